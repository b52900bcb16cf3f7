//! The suite itself: adapters that break a promise do not pass it.

use std::sync::Arc;

use async_trait::async_trait;
use bus::conformance::{Harness, delivery, failures, stopping};
use bus::memory::{MemoryBus, Settings};
use bus::{Delivery, Disposition, Failure, Handle, Message, Publish, PublishError, Subscribe, Subscription};
use clock::{RandomIds, SystemClock};
use contracts::events::ErrorType;

/// A memory bus with one thing done wrong.
struct Flawed {
    bus: MemoryBus,
    flaw: Flaw,
}

#[derive(Clone, Copy, PartialEq)]
enum Flaw {
    /// Takes messages and delivers none.
    Deaf,
    /// Acknowledges whatever the handler says.
    AcksAlways,
    /// Gives up at the first failure.
    NoRetry,
    /// Counts what is held as attempts.
    CountsHolds,
    /// Stops without waiting.
    Hasty,
}

#[async_trait]
impl Publish for Flawed {
    async fn publish(&self, message: Message) -> Result<(), PublishError> {
        self.bus.publish(message).await
    }
}

#[async_trait]
impl Subscribe for Flawed {
    async fn subscribe(&self, subscription: Subscription) -> Result<(), PublishError> {
        if self.flaw == Flaw::Deaf {
            return Ok(());
        }
        let handler = Arc::new(Distorted { handler: subscription.handler, flaw: self.flaw });
        self.bus.subscribe(Subscription { handler, ..subscription }).await
    }

    async fn stop(&self) {
        if self.flaw != Flaw::Hasty {
            self.bus.stop().await;
        }
    }

    fn keeps_order(&self) -> bool {
        true
    }

    fn queued(&self) -> usize {
        self.bus.queued()
    }
}

struct Distorted {
    handler: Arc<dyn Handle>,
    flaw: Flaw,
}

#[async_trait]
impl Handle for Distorted {
    async fn handle(&self, delivery: Delivery) -> Disposition {
        match (self.flaw, self.handler.handle(delivery).await) {
            (Flaw::AcksAlways, _) => Disposition::Ack,
            (Flaw::NoRetry, Disposition::Retry(failure)) => Disposition::DeadLetter(failure),
            (Flaw::CountsHolds, Disposition::Hold(message)) => {
                Disposition::Retry(Failure { error_type: ErrorType::Processing, message })
            }
            (_, disposition) => disposition,
        }
    }
}

#[async_trait]
impl Harness for Flaw {
    type Bus = Flawed;

    async fn bus(&self) -> Flawed {
        let (clock, ids) = (Arc::new(SystemClock), Arc::new(RandomIds));
        Flawed { bus: MemoryBus::new(Settings::default(), clock, ids, Arc::new(())), flaw: *self }
    }

    fn queue_max_records(&self) -> usize {
        Settings::default().queue_max_records
    }

    fn run(&self) -> &str {
        "flawed"
    }
}

#[tokio::test(start_paused = true)]
async fn an_adapter_that_breaks_a_promise_does_not_pass() {
    delivery::every_group_sees_every_event(&Flaw::Deaf).await.unwrap_err();
    failures::a_retry_is_handed_out_again(&Flaw::AcksAlways).await.unwrap_err();
    failures::a_retry_is_handed_out_again(&Flaw::NoRetry).await.unwrap_err();
    failures::what_is_held_is_no_attempt_and_comes_again(&Flaw::CountsHolds).await.unwrap_err();
    stopping::stop_waits_for_what_is_in_hand(&Flaw::Hasty).await.unwrap_err();
}
