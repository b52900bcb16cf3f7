//! A panic in a handler, logged once: where it becomes a 500.
//!
//! The hook remembers where a request's panic happened, and is silent; the layer takes it as the cause of the problem
//! that it answers. A panic outside of a request goes to the hook that was there before.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use futures::FutureExt;
use futures::future::poll_fn;

thread_local! {
    /// Whether this thread is polling a request.
    static IN_REQUEST: Cell<bool> = const { Cell::new(false) };
    /// Where the last panic of a request on this thread happened.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

static HOOK: Once = Once::new();

/// What `work` comes to, or what it panicked with and where.
pub(crate) async fn caught<F: Future>(work: F) -> Result<F::Output, String> {
    HOOK.call_once(install);
    let work = AssertUnwindSafe(work).catch_unwind();
    futures::pin_mut!(work);
    // Set for each poll, as the next one may be on another thread.
    let outcome = poll_fn(|context| {
        let before = IN_REQUEST.replace(true);
        let poll = work.as_mut().poll(context);
        IN_REQUEST.set(before);
        poll
    })
    .await;
    outcome.map_err(|payload| {
        let place = PLACE.take().unwrap_or_else(|| "an unknown place".to_owned());
        format!("panicked at {place}: {}", words(payload.as_ref()))
    })
}

fn install() {
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if IN_REQUEST.get() {
            PLACE.set(panic.location().map(ToString::to_string));
        } else {
            previous(panic);
        }
    }));
}

fn words(payload: &(dyn Any + Send)) -> &str {
    match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(words), _) => words,
        (_, Some(words)) => words,
        _ => "a panic without words",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_told_with_its_place_and_the_thread_goes_on() {
        let told = caught(async { panic!("seven is {}", 7) }).await.unwrap_err();
        assert!(told.starts_with("panicked at ") && told.contains("panics.rs:"), "{told}");
        assert!(told.ends_with(": seven is 7"), "{told}");
        assert_eq!(caught(async { 8 }).await, Ok(8));
        assert!(!IN_REQUEST.get());
    }
}
