//! What stands around a bus: frames on the broker's side, single objects on the rooms'.
//!
//! Not here: the translation itself (`framing`).

use std::sync::Arc;

use async_trait::async_trait;
use bus::dead_letter::SendsLetters;
use bus::{Delivery, Disposition, Failure, Handle, Message, Publish, PublishError, Subscribe, Subscription};
use contracts::events::ErrorType;

use crate::{Framing, UnframeError};

/// A bus whose broker sees frames.
///
/// Order is the inner bus's own. While a schema is registered for the first time, messages of other records go past those
/// that wait for it: who needs an order publishes one after the other, as an outbox does.
#[derive(Clone)]
pub struct Framed<B> {
    bus: B,
    framing: Framing,
}

impl<B: Publish + Subscribe + SendsLetters> Framed<B> {
    /// Stands around the bus, and in the way of its dead letters. Whoever uses the bus from now on uses this.
    #[must_use]
    pub fn new(bus: B, framing: Framing) -> Self {
        let letters = framing.clone();
        let bus = bus.letters_through(|way| Arc::new(Letters { way, framing: letters }));
        Self { bus, framing }
    }
}

#[async_trait]
impl<B: Publish> Publish for Framed<B> {
    async fn publish(&self, message: Message) -> Result<(), PublishError> {
        self.bus.publish(self.framing.outgoing(message).await?).await
    }
}

#[async_trait]
impl<B: Subscribe> Subscribe for Framed<B> {
    async fn subscribe(&self, subscription: Subscription) -> Result<(), PublishError> {
        let handler = Unframing { framing: self.framing.clone(), handler: subscription.handler };
        self.bus.subscribe(Subscription { handler: Arc::new(handler), ..subscription }).await
    }

    async fn stop(&self) {
        self.bus.stop().await;
    }

    fn keeps_order(&self) -> bool {
        self.bus.keeps_order()
    }

    fn queued(&self) -> usize {
        self.bus.queued()
    }
}

/// Shows a room single objects. The bus beneath keeps the original bytes, for a dead letter.
struct Unframing {
    framing: Framing,
    handler: Arc<dyn Handle>,
}

#[async_trait]
impl Handle for Unframing {
    async fn handle(&self, mut delivery: Delivery) -> Disposition {
        let message = &mut delivery.message;
        match self.framing.unframe(message.topic, &message.payload).await {
            Ok(payload) => message.payload = payload,
            Err(UnframeError::Away(why)) => return Disposition::Hold(why),
            Err(UnframeError::Unusable(message)) => {
                return Disposition::DeadLetter(Failure { error_type: ErrorType::Schema, message });
            }
        }
        self.handler.handle(delivery).await
    }
}

/// The dead letters that the bus makes.
struct Letters {
    way: Arc<dyn Publish>,
    framing: Framing,
}

#[async_trait]
impl Publish for Letters {
    async fn publish(&self, letter: Message) -> Result<(), PublishError> {
        let letter = self.framing.outgoing(self.framing.name_original(letter)).await?;
        self.way.publish(letter).await
    }
}
