//! The suite itself: adapters that break a promise do not pass it.

use std::sync::Arc;

use async_trait::async_trait;
use bus::memory::{MemoryBus, Settings};
use bus::{
    Delivery, Disposition, Handle, Message, Publish, PublishError, Subscribe, Subscription, conformance,
};
use clock::{RandomIds, SystemClock};

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
            (_, disposition) => disposition,
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_adapter_that_breaks_a_promise_does_not_pass() {
    for (flaw, case) in [
        (Flaw::Deaf, "groups"),
        (Flaw::AcksAlways, "redelivery"),
        (Flaw::NoRetry, "redelivery"),
        (Flaw::Hasty, "stop"),
    ] {
        let make = async || Flawed {
            bus: MemoryBus::new(
                Settings::default(),
                Arc::new(SystemClock),
                Arc::new(RandomIds),
                Arc::new(()),
            ),
            flaw,
        };
        let broken = conformance::suite("flawed", make).await.unwrap_err();
        assert_eq!(broken.case, case, "{broken}");
    }
}
