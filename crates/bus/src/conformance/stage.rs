//! What the cases of the suite have in common: a bus, keys of one's own, a handler that shows what it gets.
//!
//! Not here: what is promised (`conformance`).

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use contracts::events::{ErrorEvent, Event};
use contracts::{Topic, avro};
use futures::future::BoxFuture;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;

use super::{Broken, Harness, Outcome, PATIENCE, answer};
use crate::{
    Delivery, Disposition, Handle, Headers, Message, Publish, PublishError, Subscribe, Subscription,
};

/// One case's bus, and the keys that are its own.
pub(super) struct Stage<B> {
    pub(super) key: String,
    pub(super) bus: Arc<B>,
}

impl<B: Publish + Subscribe> Stage<B> {
    /// A bus of the harness for the case; one more with the same keys where it is called again.
    pub(super) async fn new<H: Harness<Bus = B>>(harness: &H, case: &str) -> Self {
        Self { key: format!("{}-{case}", harness.run()), bus: Arc::new(harness.bus().await) }
    }

    /// A message of the case. `suffix` tells its keys apart.
    pub(super) fn message(&self, suffix: &str, payload: &'static [u8]) -> Message {
        Message {
            topic: Topic::LearningEvidence,
            key: format!("{}-{suffix}", self.key),
            payload: Bytes::from_static(payload),
            headers: Headers { correlation_id: Some(self.key.clone()), traceparent: None },
        }
    }

    /// Publishes as an outbox does, beside the case: an adapter may answer only when the message is handled.
    pub(super) fn publish(&self, message: Message) -> JoinHandle<Result<(), PublishError>> {
        let bus = Arc::clone(&self.bus);
        tokio::spawn(async move { bus.publish(message).await })
    }

    /// Subscribes, and shows each delivery of the case's keys before it is answered.
    pub(super) async fn listen<F>(&self, group: &'static str, topic: Topic, answer: F) -> Result<Seen, Broken>
    where
        F: Fn(Delivery) -> BoxFuture<'static, Disposition> + Send + Sync + 'static,
    {
        let (show, deliveries) = mpsc::unbounded_channel();
        let handler = Arc::new(Probe { key: self.key.clone(), show, answer });
        let subscribed = self.bus.subscribe(Subscription { group, topics: vec![topic], handler }).await;
        subscribed.map_err(|cause| self.broken(format!("{group} could not subscribe: {cause}")))?;
        Ok(Seen { deliveries })
    }

    /// The dead letters of the case, each acknowledged.
    pub(super) async fn listen_to_dead_letters(&self) -> Result<Seen, Broken> {
        self.listen("conformance-letters", Topic::DeadLetterQueue, |_| answer(Disposition::Ack)).await
    }

    pub(super) async fn finished<T>(&self, what: &str, task: JoinHandle<T>) -> Result<T, Broken> {
        match tokio::time::timeout(PATIENCE, task).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(cause)) => Err(self.broken(format!("{what} failed: {cause}"))),
            Err(_) => Err(self.broken(format!("{what} does not end"))),
        }
    }

    pub(super) async fn published(&self, task: JoinHandle<Result<(), PublishError>>) -> Outcome {
        let answer = self.finished("publishing", task).await?;
        answer.map_err(|cause| self.broken(format!("a message was not taken: {cause}")))
    }

    pub(super) fn ensure(&self, holds: bool, problem: impl FnOnce() -> String) -> Outcome {
        if holds { Ok(()) } else { Err(self.broken(problem())) }
    }

    pub(super) fn broken(&self, problem: String) -> Broken {
        Broken(problem)
    }
}

/// An answer that waits until the gate is closed, and the gate.
pub(super) fn gated()
-> (Arc<Semaphore>, impl Fn(Delivery) -> BoxFuture<'static, Disposition> + Send + Sync + 'static) {
    let gate = Arc::new(Semaphore::new(0));
    let held = Arc::clone(&gate);
    let answers = move |_| -> BoxFuture<'static, Disposition> {
        let held = Arc::clone(&held);
        Box::pin(async move {
            let _ = held.acquire().await;
            Disposition::Ack
        })
    };
    (gate, answers)
}

/// A handler that answers what the case says.
struct Probe<F> {
    key: String,
    show: mpsc::UnboundedSender<Delivery>,
    answer: F,
}

#[async_trait]
impl<F> Handle for Probe<F>
where
    F: Fn(Delivery) -> BoxFuture<'static, Disposition> + Send + Sync + 'static,
{
    async fn handle(&self, delivery: Delivery) -> Disposition {
        if !delivery.message.key.starts_with(&self.key) {
            return Disposition::Ack;
        }
        let _ = self.show.send(delivery.clone());
        (self.answer)(delivery).await
    }
}

/// What a group was handed, in order.
pub(super) struct Seen {
    pub(super) deliveries: mpsc::UnboundedReceiver<Delivery>,
}

impl Seen {
    pub(super) async fn next(&mut self) -> Result<Delivery, Broken> {
        match tokio::time::timeout(PATIENCE, self.deliveries.recv()).await {
            Ok(Some(delivery)) => Ok(delivery),
            _ => Err(Broken("nothing was delivered".to_owned())),
        }
    }

    pub(super) async fn next_letter(&mut self) -> Result<ErrorEvent, Broken> {
        let payload = self.next().await?.message.payload;
        match avro::decode(&payload) {
            Ok(Event::ErrorEvent(letter)) => Ok(letter),
            other => Err(Broken(format!("no dead letter, but {other:?}"))),
        }
    }
}
