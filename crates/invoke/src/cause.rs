//! Why somebody asks: the ids of the request in hand, so that a question carries them to the next agent without every
//! function passing them down.
//!
//! Not here: where the ids come from (crates `telemetry`, `room`), and the headers of events (crate `bus`).

use std::future::Future;

tokio::task_local! {
    static CAUSE: Cause;
}

/// The header by which a request is named.
pub const CORRELATION_HEADER: &str = "x-correlation-id";
/// The header of W3C's trace context.
pub const TRACEPARENT_HEADER: &str = "traceparent";

/// The ids of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cause {
    /// What its caller named it.
    pub correlation_id: Option<String>,
    /// W3C trace context.
    pub traceparent: Option<String>,
}

impl Cause {
    /// As headers: names and values, of those that are there.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let correlation_id = self.correlation_id.as_deref().map(|id| (CORRELATION_HEADER, id));
        let traceparent = self.traceparent.as_deref().map(|header| (TRACEPARENT_HEADER, header));
        correlation_id.into_iter().chain(traceparent)
    }
}

/// Does `work`, and whatever is asked in it is asked because of `cause`. Not what it spawns.
pub async fn caused_by<F: Future>(cause: Cause, work: F) -> F::Output {
    CAUSE.scope(cause, work).await
}

/// Because of what is asked now; of nothing that is known outside of [`caused_by`].
#[must_use]
pub fn cause() -> Cause {
    CAUSE.try_with(Clone::clone).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_cause_holds_within_its_work_and_not_outside() {
        let named = |id: &str| Cause { correlation_id: Some(id.to_owned()), traceparent: None };
        assert_eq!(cause(), Cause::default());
        caused_by(named("outer"), async {
            caused_by(named("inner"), async { assert_eq!(cause(), named("inner")) }).await;
            assert_eq!(cause().headers().collect::<Vec<_>>(), [("x-correlation-id", "outer")]);
        })
        .await;
        assert_eq!(cause().headers().count(), 0);
    }
}
