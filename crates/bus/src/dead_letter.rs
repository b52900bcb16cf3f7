//! A record that a consumer gave up, as the message that keeps it, and the way it takes: the same for every adapter.
//!
//! Not here: when a record is given up (each adapter), what is done with dead letters (command `dead-letters`).

use std::sync::Arc;

use clock::{Clock, Ids};
use contracts::events::{ErrorEvent, Event};
use contracts::{Topic, avro};

use crate::{Delivery, Failure, Message, Publish};

/// A bus whose dead letters somebody may see to on their way out.
///
/// A bus makes its dead letters itself, behind the back of whoever stands around it. A decorator that changes what goes to
/// the broker would miss them; here it gets hold of them.
pub trait SendsLetters: Sized {
    /// The same bus. Whoever subscribes to it from here on has dead letters that go to what `gate` makes of their way so
    /// far: the bus's own way out, unless another gate stands there already.
    #[must_use]
    fn letters_through(self, gate: impl FnOnce(Arc<dyn Publish>) -> Arc<dyn Publish>) -> Self;
}

/// The dead letter of a delivery: the original bytes, where they came from, and why they were given up. It has the record's
/// key, so that the dead letters of a student keep their order, and its headers, so that it is found by the request.
#[must_use]
pub fn letter(
    group: &'static str,
    delivery: &Delivery,
    failure: &Failure,
    clock: &dyn Clock,
    ids: &dyn Ids,
) -> Message {
    let record = &delivery.message;
    let event = ErrorEvent {
        event_id: ids.event_id(),
        original_event_type: avro::event_name(&record.payload).map(str::to_owned),
        error_type: failure.error_type,
        error_message: failure.message.clone(),
        failed_at: clock.now(),
        original_payload: record.payload.to_vec(),
        original_topic: record.topic.name().to_owned(),
        partition: delivery.partition,
        offset: delivery.offset,
        retry_count: i32::try_from(delivery.attempt).unwrap_or(i32::MAX),
        consumer_agent: group.to_owned(),
        stack_trace: None,
    };
    Message {
        topic: Topic::DeadLetterQueue,
        key: record.key.clone(),
        payload: avro::encode(&Event::ErrorEvent(event)),
        headers: record.headers.clone(),
    }
}

/// Whether the topic holds dead letters: a record that fails there is not put there again.
#[must_use]
pub fn holds_letters(topic: Topic) -> bool {
    matches!(topic, Topic::DeadLetterQueue | Topic::DeadLetterRaw)
}
