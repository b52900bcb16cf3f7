//! What the tests have in common: topics of their own, buses, handlers that show what they get.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Delivery, Disposition, Handle, Headers, Message, Publish, Subscribe, Subscription};
use bus_kafka::topics::{self, Wanted};
use bus_kafka::{KafkaBus, Settings};
use bytes::Bytes;
use clock::{RandomIds, SystemClock};
use contracts::Topic;
use tokio::sync::mpsc;

/// What a cluster of one broker can do.
pub(crate) const ONE_BROKER: Wanted = Wanted { replicas: 1, min_insync: 1 };

/// Topics of the test's own on the broker for tests.
pub(crate) async fn fresh() -> Settings {
    let settings =
        Settings { prefix: testkit::kafka::fresh_prefix(), ..Settings::new(testkit::kafka::address()) };
    topics::apply(&settings, ONE_BROKER).await.unwrap();
    settings
}

/// A bus.
pub(crate) fn bus(settings: &Settings) -> KafkaBus {
    KafkaBus::new(settings.clone(), Arc::new(SystemClock), Arc::new(RandomIds), Arc::new(())).unwrap()
}

/// A message of a student.
pub(crate) fn message(topic: Topic, key: &str, payload: impl Into<Bytes>) -> Message {
    Message { topic, key: key.to_owned(), payload: payload.into(), headers: Headers::default() }
}

/// Publishes as the outbox does: until it is taken.
pub(crate) async fn publish(bus: &KafkaBus, message: Message) {
    while bus.publish(message.clone()).await.is_err() {}
}

struct Shows<F>(mpsc::UnboundedSender<Delivery>, F);

#[async_trait]
impl<F: Fn(&Delivery) -> Disposition + Send + Sync + 'static> Handle for Shows<F> {
    async fn handle(&self, delivery: Delivery) -> Disposition {
        let answer = (self.1)(&delivery);
        let _ = self.0.send(delivery);
        answer
    }
}

/// A group that answers so, and shows what it gets.
pub(crate) async fn listen(
    bus: &KafkaBus,
    group: &'static str,
    topic: Topic,
    answer: impl Fn(&Delivery) -> Disposition + Send + Sync + 'static,
) -> mpsc::UnboundedReceiver<Delivery> {
    let (show, seen) = mpsc::unbounded_channel();
    let handler = Arc::new(Shows(show, answer));
    bus.subscribe(Subscription { group, topics: vec![topic], handler }).await.unwrap();
    seen
}
