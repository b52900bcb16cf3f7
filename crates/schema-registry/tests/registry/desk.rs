//! What the tests have in common: framing with the registry for tests, and a bus that is a desk: what is published lies on
//! it, and who subscribes is handed what the test says.
//!
//! Not here: what is shown (the other modules).

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bus::dead_letter::SendsLetters;
use bus::{Delivery, Disposition, Handle, Headers, Message, Publish, PublishError, Subscribe, Subscription};
use bytes::Bytes;
use clock::SystemClock;
use contracts::Topic;
use schema_registry::{Framed, Framing, Settings};
use testkit::registry::Registry;

/// Framing that knows nothing yet.
pub(crate) fn framing(registry: &Registry) -> Framing {
    framing_at(&registry.url())
}

pub(crate) fn framing_at(address: &str) -> Framing {
    Framing::new(&Settings::new(address).unwrap(), Arc::new(SystemClock)).unwrap()
}

pub(crate) fn message(topic: Topic, payload: impl Into<Bytes>) -> Message {
    let headers = Headers { correlation_id: Some("req-1".to_owned()), traceparent: None };
    Message { topic, key: "ada".to_owned(), payload: payload.into(), headers }
}

/// A bus that does nothing by itself. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Desk {
    published: Arc<Mutex<Vec<Message>>>,
    subscribed: Arc<Mutex<Vec<Subscription>>>,
    stops: Arc<Mutex<u32>>,
}

impl Desk {
    /// What was published since the last look.
    pub(crate) fn published(&self) -> Vec<Message> {
        std::mem::take(&mut self.published.lock().unwrap())
    }

    pub(crate) fn stops(&self) -> u32 {
        *self.stops.lock().unwrap()
    }

    /// Hands the payload to whoever subscribed last.
    pub(crate) async fn deliver(&self, topic: Topic, payload: impl Into<Bytes>) -> Disposition {
        let handler = Arc::clone(&self.subscribed.lock().unwrap().last().unwrap().handler);
        let message = message(topic, payload);
        handler.handle(Delivery { message, partition: 1, offset: 2, attempt: 3 }).await
    }
}

#[async_trait]
impl Publish for Desk {
    async fn publish(&self, message: Message) -> Result<(), PublishError> {
        self.published.lock().unwrap().push(message);
        Ok(())
    }
}

#[async_trait]
impl Subscribe for Desk {
    async fn subscribe(&self, subscription: Subscription) -> Result<(), PublishError> {
        self.subscribed.lock().unwrap().push(subscription);
        Ok(())
    }

    async fn stop(&self) {
        *self.stops.lock().unwrap() += 1;
    }

    fn keeps_order(&self) -> bool {
        false
    }

    fn queued(&self) -> usize {
        42
    }
}

impl SendsLetters for Desk {
    /// It gives nothing up.
    fn letters_through(self, _: impl FnOnce(Arc<dyn Publish>) -> Arc<dyn Publish>) -> Self {
        self
    }
}

/// A room that takes everything and keeps what it saw.
#[derive(Clone, Default)]
pub(crate) struct Room(Arc<Mutex<Vec<Delivery>>>);

impl Room {
    /// What was handled since the last look.
    pub(crate) fn seen(&self) -> Vec<Delivery> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

#[async_trait]
impl Handle for Room {
    async fn handle(&self, delivery: Delivery) -> Disposition {
        self.0.lock().unwrap().push(delivery);
        Disposition::Ack
    }
}

/// A desk with frames around it, and a room that listens to the evidence there.
pub(crate) async fn desk(framing: Framing) -> (Framed<Desk>, Desk, Room) {
    let (desk, room) = (Desk::default(), Room::default());
    let framed = Framed::new(desk.clone(), framing);
    let topics = vec![Topic::LearningEvidence];
    framed.subscribe(Subscription { group: "room", topics, handler: Arc::new(room.clone()) }).await.unwrap();
    (framed, desk, room)
}
