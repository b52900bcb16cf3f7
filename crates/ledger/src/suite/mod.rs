//! What every ledger adapter must do, as plain functions: the port's contract, executable.
//!
//! An adapter's test file is a [`Harness`] and one line, `ledger::suite!(MyHarness::new()?)`: each case becomes a test of
//! its own name. A new case is a function in one of the modules and a line in the macro's list.
//!
//! Not here: what only one adapter promises (its own tests), how fast it is (its example).

use std::sync::Arc;

use async_trait::async_trait;

use crate::{Ledger, LedgerError, RoomSpec};

pub mod changes;
pub mod concurrency;
pub mod documents;
pub mod durability;
pub mod erasure;
pub mod given;
pub mod load;
#[cfg(feature = "model")]
pub mod model;
pub mod outbox;
pub mod streams;

/// What a case comes to: an error or a panic is a failure.
pub type Verdict = Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// Gives a case its ledgers. Each harness has data of its own, empty at first, which goes when it is dropped.
#[async_trait]
pub trait Harness: Send + Sync {
    /// The ledger of a room on the harness's data, with at most `outbox_max` messages in the outbox. What is open is
    /// opened with the same limit as before.
    async fn open(&self, spec: RoomSpec, outbox_max: u64) -> Result<Arc<dyn Ledger>, LedgerError>;

    /// Closes what is open, as at shutdown. The next [`Harness::open`] finds the data again.
    async fn close(&self) -> Result<(), LedgerError>;
}

/// A test for each case of the suite on the harness that the expression makes.
#[macro_export]
macro_rules! suite {
    ($harness:expr) => {
        $crate::suite!(@cases $harness;
            changes::a_change_is_there_as_a_whole,
            changes::an_empty_change_commits,
            changes::an_event_is_accepted_once,
            changes::another_consumer_accepts_the_same_event,
            changes::a_refused_change_leaves_nothing,
            changes::what_is_not_declared_is_refused,
            changes::rooms_do_not_see_each_other,
            documents::versions_count_the_puts,
            documents::a_put_that_expects_something_else_is_a_conflict,
            documents::a_change_sees_its_own_puts,
            documents::a_deleted_document_is_gone,
            documents::documents_are_found_by_field_in_the_order_of_keys,
            documents::a_document_is_found_by_its_present_fields_only,
            documents::texts_are_never_taken_for_sql,
            streams::entries_come_in_order_however_they_were_added,
            streams::pages_join_without_gap_or_repeat,
            streams::a_place_in_a_stream_is_taken_once,
            streams::bodies_come_back_as_they_were,
            erasure::a_student_is_erased_and_no_other,
            erasure::an_erased_event_is_still_known,
            erasure::what_the_erasing_change_adds_stays,
            erasure::a_refused_erasure_leaves_everything,
            erasure::a_key_makes_no_document_a_students,
            erasure::an_export_holds_all_of_a_student_in_a_stable_order,
            outbox::messages_wait_in_commit_order,
            outbox::published_messages_are_forgotten_once,
            outbox::sequences_rise_after_the_outbox_was_empty,
            outbox::a_commit_with_messages_wakes_the_relay,
            outbox::a_full_outbox_refuses_messages_and_nothing_else,
            outbox::an_erasure_makes_room_in_the_outbox,
            concurrency::no_update_is_lost,
            concurrency::of_the_same_event_many_times_one_is_accepted,
            concurrency::the_outbox_limit_holds_for_many_at_once,
            concurrency::one_refused_change_does_not_harm_its_neighbours,
            durability::everything_is_there_after_reopening,
            durability::the_outbox_limit_is_exact_after_reopening,
            durability::a_closed_ledger_refuses_and_says_so,
        );
    };
    (@cases $harness:expr; $($module:ident::$case:ident),* $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() -> $crate::suite::Verdict {
                let harness = $harness;
                $crate::suite::$module::$case(&harness).await
            }
        )*
    };
}
