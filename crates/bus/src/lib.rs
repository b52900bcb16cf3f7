//! The port for events between agents: publish, subscribe, and what a handler may answer.
//!
//! To add an adapter: implement [`Publish`] and [`Subscribe`], take each record to its end with a [`settle::Settler`], let
//! others see to its dead letters ([`dead_letter::SendsLetters`]), then run the suite in [`conformance`](mod@conformance) on
//! it. The promise is at-least-once; order holds per key where [`Subscribe::keeps_order`] says so. Consumers are idempotent.
//!
//! Not here: encoding (crate `contracts`), storing an event with the change that caused it (crate `ledger`), and the
//! drivers of brokers (one crate each).

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use contracts::Topic;
use contracts::events::ErrorType;

pub mod conformance;
pub mod dead_letter;
pub mod memory;
mod observe;
pub mod settle;
mod unreadable;

pub use observe::BusObserver;
pub use unreadable::unreadable;

/// What goes with a message beside its bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers {
    /// The request that started it all, for the logs.
    pub correlation_id: Option<String>,
    /// W3C trace context.
    pub traceparent: Option<String>,
}

impl Headers {
    /// The trace's id, for the logs; `None` where there is none, or nothing of its form.
    #[must_use]
    pub fn trace_id(&self) -> Option<&str> {
        let trace_id = self.traceparent.as_deref()?.split('-').nth(1)?;
        let is_one = trace_id.len() == 32 && trace_id.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_one.then_some(trace_id)
    }
}

/// One encoded event on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Where it goes.
    pub topic: Topic,
    /// The student's id: events of one key keep their order.
    pub key: String,
    /// The Avro bytes.
    pub payload: Bytes,
    /// Correlation and trace.
    pub headers: Headers,
}

/// Why a message was not taken. Every case may be tried again.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The broker cannot be reached, or does not answer.
    #[error("the broker is not available: {0}")]
    Unavailable(String),
    /// The bus is stopping.
    #[error("the bus is stopping")]
    Stopping,
}

/// The way out.
#[async_trait]
pub trait Publish: Send + Sync + 'static {
    /// Hands one message to the bus. `Ok` means that the bus answers for it: the publisher may forget it.
    async fn publish(&self, message: Message) -> Result<(), PublishError>;
}

/// One message handed to one consumer group, perhaps not for the first time.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The message as published.
    pub message: Message,
    /// The partition it lay in.
    pub partition: i32,
    /// Its place in the partition.
    pub offset: i64,
    /// 1 on the first delivery. At most [`ATTEMPTS_MAX`].
    pub attempt: u32,
}

/// How often a record is handed out before it becomes a dead letter.
pub const ATTEMPTS_MAX: u32 = 5;

/// Why a handler could not use a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The kind, as in the ErrorEvent.
    pub error_type: ErrorType,
    /// What was wrong, for an operator. No learner's text.
    pub message: String,
}

/// What a handler makes of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Disposition {
    /// Done: its effect is stored, or it had been before.
    Ack,
    /// It failed: hand it out again, later; after [`ATTEMPTS_MAX`] it becomes a dead letter.
    Retry(Failure),
    /// It is not the record's fault: what the handler needs is away, such as its store. The record is held, and what is
    /// behind it in its partition waits, until that is back. It counts as no attempt. With the reason, for the log.
    Hold(String),
    /// Never: to the dead letters, and go on with the next.
    DeadLetter(Failure),
}

/// A consumer's code. It must be idempotent. A panic counts as [`Disposition::Retry`].
#[async_trait]
pub trait Handle: Send + Sync + 'static {
    /// Takes one delivery to its end.
    async fn handle(&self, delivery: Delivery) -> Disposition;
}

/// Who listens to what. Each consuming service has a group of its own and sees every event.
#[derive(Clone)]
pub struct Subscription {
    /// The consumer group: the service's name.
    pub group: &'static str,
    /// What it listens to.
    pub topics: Vec<Topic>,
    /// Its code.
    pub handler: Arc<dyn Handle>,
}

/// The way in.
#[async_trait]
pub trait Subscribe: Send + Sync + 'static {
    /// Starts handing deliveries to the handler. They go on until [`Subscribe::stop`].
    async fn subscribe(&self, subscription: Subscription) -> Result<(), PublishError>;

    /// Takes no more, finishes what is being handled, and returns. What was not acknowledged is handed out again after
    /// the next start (by the broker, or by the publisher's outbox).
    async fn stop(&self);

    /// Whether events of one key reach a group in the order in which they were published.
    fn keeps_order(&self) -> bool;

    /// How many records were taken and wait for their handler. Bounded, whatever is published.
    fn queued(&self) -> usize;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trace_id_is_read_out_of_the_trace_context_and_nothing_else_is_taken_for_one() {
        let of = |header: &str| Headers { traceparent: Some(header.to_owned()), ..Headers::default() };
        let trace_id = "0af7651916cd43dd8448eb211c80319c";
        assert_eq!(of(&format!("00-{trace_id}-b7ad6b7169203331-01")).trace_id(), Some(trace_id));
        for header in ["", "00", "00-short-b7ad6b7169203331-01", "00-0af7651916cd43dd8448eb211c80319\n-b-01"]
        {
            assert_eq!(of(header).trace_id(), None, "{header:?}");
        }
        assert_eq!(Headers::default().trace_id(), None);
    }
}
