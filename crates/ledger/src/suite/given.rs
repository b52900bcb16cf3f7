//! What the cases are made of: one room, two kinds, and short words for changes.

use std::sync::Arc;

use bus::{Headers, Message};
use bytes::Bytes;
use contracts::{EventId, StudentId, Topic};
use jiff::Timestamp;

use super::{Harness, Verdict};
use crate::{
    Accept, Append, Change, Delete, Document, Expected, Kind, Ledger, LedgerError, Outcome, Pending, Put,
    Query, RoomSpec,
};

/// A kind with two indexed fields.
pub const NOTE: Kind = Kind { name: "note", indexed: &["colour", "owner"] };

/// A kind without.
pub const COUNTER: Kind = Kind { name: "counter", indexed: &[] };

/// The room of most cases.
pub const ROOM: RoomSpec = RoomSpec { name: "suite", kinds: &[NOTE, COUNTER] };

/// More messages than any case but those about the limit queues.
pub const ROOMY: u64 = 10_000;

/// A ledger for [`ROOM`].
pub async fn ledger(harness: &dyn Harness) -> Result<Arc<dyn Ledger>, LedgerError> {
    harness.open(ROOM, ROOMY).await
}

/// The event of that number.
#[must_use]
pub fn event(number: u32) -> EventId {
    EventId(uuid::Uuid::from_u128(u128::from(number)))
}

/// A student of that name.
pub fn student(name: &str) -> Result<StudentId, contracts::IdError> {
    name.parse()
}

/// An acceptance of the event, about nobody.
#[must_use]
pub fn accept(number: u32) -> Accept {
    Accept { consumer: "suite", event_id: event(number), subject: None }
}

/// An entry at that many milliseconds, about nobody.
pub fn append(stream: &str, number: u32, occurred_at_ms: i64) -> Result<Append, jiff::Error> {
    Ok(Append {
        stream: stream.to_owned(),
        subject: None,
        event_id: event(number),
        occurred_at: Timestamp::from_millisecond(occurred_at_ms)?,
        body: format!("{{\"event\":{number}}}").into(),
    })
}

/// A put of a [`NOTE`], about nobody.
#[must_use]
pub fn note(key: &str, colour: &str, expected: Expected) -> Put {
    Put {
        kind: NOTE,
        key: key.to_owned(),
        subject: None,
        indexed: vec![colour.to_owned(), "nobody".to_owned()],
        expected,
        body: format!("{{\"colour\":\"{colour}\"}}").into(),
    }
}

/// A put of a [`COUNTER`], about nobody.
pub fn counter(key: &str, value: u64, expected: Expected) -> Result<Put, LedgerError> {
    Put::json(COUNTER, key.to_owned(), None, Vec::new(), expected, &value)
}

/// A deletion of a [`NOTE`].
#[must_use]
pub fn no_note(key: &str) -> Delete {
    Delete { kind: NOTE, key: key.to_owned() }
}

/// A message with that payload.
#[must_use]
pub fn message(key: &str, payload: &str) -> Message {
    Message {
        topic: Topic::LearningEvents,
        key: key.to_owned(),
        payload: Bytes::copy_from_slice(payload.as_bytes()),
        headers: Headers::default(),
    }
}

/// A change that only queues messages.
#[must_use]
pub fn messages(messages: impl IntoIterator<Item = Message>) -> Change {
    Change { messages: messages.into_iter().collect(), ..Change::default() }
}

/// A change that only puts.
#[must_use]
pub fn puts(puts: impl IntoIterator<Item = Put>) -> Change {
    Change { puts: puts.into_iter().collect(), ..Change::default() }
}

/// Commits a change that must be taken.
pub async fn committed(ledger: &dyn Ledger, change: Change) -> Verdict {
    assert_eq!(ledger.commit(change).await?, Outcome::Committed);
    Ok(())
}

/// Commits a change that must be a conflict.
pub async fn conflict(ledger: &dyn Ledger, change: Change) {
    let result = ledger.commit(change).await;
    assert!(matches!(result, Err(LedgerError::Conflict(_))), "{result:?}");
}

/// The notes of a colour: their keys.
pub async fn keys_by_colour(ledger: &dyn Ledger, colours: &[&str]) -> Result<Vec<String>, LedgerError> {
    let values = colours.iter().map(|colour| (*colour).to_owned()).collect();
    let query = Query { field: "colour", values, limit: 1000, offset: 0 };
    Ok(keys(&ledger.documents(NOTE, query).await?))
}

/// The keys of documents.
#[must_use]
pub fn keys(documents: &[Document]) -> Vec<String> {
    documents.iter().map(|document| document.key.clone()).collect()
}

/// The numbers of a whole stream's events, in its order.
pub async fn numbers(ledger: &dyn Ledger, stream: &str) -> Result<Vec<u128>, LedgerError> {
    let entries = ledger.stream(stream, None, u32::MAX).await?;
    Ok(entries.iter().map(|entry| entry.event_id.0.as_u128()).collect())
}

/// What waits in the outbox.
pub async fn waiting(ledger: &dyn Ledger) -> Result<Vec<Pending>, LedgerError> {
    ledger.outbox().oldest(0, u32::MAX).await
}

/// The payloads of what waits in the outbox.
pub async fn payloads(ledger: &dyn Ledger) -> Result<Vec<String>, LedgerError> {
    let text = |pending: &Pending| String::from_utf8_lossy(&pending.message.payload).into_owned();
    Ok(waiting(ledger).await?.iter().map(text).collect())
}
