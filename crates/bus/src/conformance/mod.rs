//! What every adapter promises, as plain functions: the port's contract, executable.
//!
//! An adapter's test file is a [`Harness`] and one line, `bus::conformance!(#[tokio::test] MyHarness::new())`: each case becomes
//! a test of its own name. A new case is a function in one of the modules and a line in the macro's list.
//!
//! Nothing here sleeps or asks how long something took: a case waits for what must happen, and gives up after
//! [`PATIENCE`]. A bus may hold records of earlier runs; a case only looks at its own keys.
//!
//! Not here: what one adapter promises beyond the port (its own tests).

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use contracts::events::ErrorType;
use futures::future::BoxFuture;

use crate::{Disposition, Failure, Publish, Subscribe};

pub mod delivery;
pub mod failures;
mod stage;
pub mod stopping;

/// How long a case waits for what must happen before it calls the promise broken.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Bytes that are no event and no text.
const NO_EVENT: &[u8] = b"\xC3\x01\x00\xFE not avro";

/// A promise that the adapter does not keep.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Broken(pub(crate) String);

/// What a case comes to.
pub type Outcome = Result<(), Broken>;

/// Gives a case its buses.
#[async_trait]
pub trait Harness: Send + Sync {
    /// The adapter.
    type Bus: Publish + Subscribe;

    /// One more bus on the harness's broker: its groups go on where those of the same name were.
    async fn bus(&self) -> Self::Bus;

    /// Ends a bus as a crash of its process would: what is in hand is not finished, nothing more is acknowledged.
    async fn crash(&self, bus: Arc<Self::Bus>) {
        drop(bus);
    }

    /// How many records of one partition a bus takes beside the one in hand.
    fn queue_max_records(&self) -> usize;

    /// Tells the records of this run from others on the same broker: letters and digits.
    fn run(&self) -> &str;
}

/// A test for each case of the suite on the harness that the expression makes.
#[macro_export]
macro_rules! conformance {
    ($(#[$attribute:meta])+ $harness:expr) => {
        $crate::conformance!(@cases [$(#[$attribute])+] $harness;
            delivery::every_group_sees_every_event,
            delivery::without_a_listener_a_message_is_taken,
            delivery::order_is_kept_per_key,
            delivery::keys_are_handled_side_by_side,
            delivery::a_slow_handler_bounds_what_is_taken,
            failures::a_retry_is_handed_out_again,
            failures::a_panic_is_a_retry,
            failures::what_is_held_is_no_attempt_and_comes_again,
            failures::after_the_last_attempt_it_is_a_dead_letter,
            failures::what_can_never_be_used_is_not_tried_again,
            failures::a_dead_letter_that_is_refused_gets_none_of_its_own,
            stopping::stop_waits_for_what_is_in_hand,
            stopping::a_stop_does_not_wait_for_what_is_held,
            stopping::nothing_is_lost_over_a_stop,
            stopping::what_was_in_hand_at_a_crash_is_handed_out_again,
        );
    };
    (@cases $attributes:tt $harness:expr; $($module:ident::$case:ident),* $(,)?) => {
        $($crate::conformance!(@case $attributes $harness; $module::$case);)*
    };
    (@case [$($attribute:tt)+] $harness:expr; $module:ident::$case:ident) => {
        $($attribute)+
        async fn $case() -> $crate::conformance::Outcome {
            let harness = $harness;
            $crate::conformance::$module::$case(&harness).await
        }
    };
}

fn answer(disposition: Disposition) -> BoxFuture<'static, Disposition> {
    Box::pin(std::future::ready(disposition))
}

fn failure(error_type: ErrorType) -> Failure {
    Failure { error_type, message: "it does not work".to_owned() }
}
