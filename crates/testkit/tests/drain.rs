//! The drain lets a clean test pass and fails one that left something behind.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use async_trait::async_trait;
use bus::{Delivery, Disposition, Failure, Handle, Headers, Message, Publish, Subscribe, Subscription};
use contracts::Topic;
use contracts::events::ErrorType;
use futures::FutureExt;
use testkit::{Drain, FixedClock, SeededIds};

/// Takes everything, or gives everything up.
struct Taker {
    gives_up: bool,
}

#[async_trait]
impl Handle for Taker {
    async fn handle(&self, _: Delivery) -> Disposition {
        if self.gives_up {
            let message = "it cannot be used".to_owned();
            return Disposition::DeadLetter(Failure { error_type: ErrorType::Validation, message });
        }
        Disposition::Ack
    }
}

async fn published(gives_up: bool) -> Drain {
    let drain = Drain::new(Arc::new(FixedClock::default()), Arc::new(SeededIds::default()));
    let subscription = Subscription {
        group: "progress",
        topics: vec![Topic::LearningEvidence],
        handler: Arc::new(Taker { gives_up }),
    };
    drain.bus().subscribe(subscription).await.unwrap();
    let message = Message {
        topic: Topic::LearningEvidence,
        key: "ann".to_owned(),
        payload: "whatever".into(),
        headers: Headers::default(),
    };
    drain.bus().publish(message).await.unwrap();
    drain
}

#[tokio::test]
async fn what_is_taken_passes() {
    published(false).await.finish(&[]).await;
}

#[tokio::test]
async fn a_dead_letter_fails_the_test_unless_it_is_expected() {
    let drain = published(true).await;
    assert!(AssertUnwindSafe(drain.finish(&[])).catch_unwind().await.is_err());
    let drain = published(true).await.expecting_dead_letter("progress", Topic::LearningEvidence);
    drain.finish(&[]).await;
}

#[tokio::test]
async fn a_drain_that_is_forgotten_fails_the_test() {
    let drain = published(false).await;
    assert!(std::panic::catch_unwind(AssertUnwindSafe(|| drop(drain))).is_err());
}
