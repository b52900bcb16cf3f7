//! The port for what every room needs in one transaction: accept an event once, append to a stream, put a versioned
//! document, queue a message out, erase a student.
//!
//! A room reads, decides, and commits one [`Change`] that names the versions it read. If somebody was faster the whole
//! change is refused ([`LedgerError::Conflict`]) and the room reads again: [`retry::on_conflict`]. Nothing is locked
//! between the read and the commit, so a change is as safe on SQLite as on Postgres.
//!
//! # Adding an adapter
//!
//! 1. A crate of its own that names its driver. Its store opens, gives the [`Ledger`] of a [`RoomSpec`], and closes.
//! 2. A room's tables are its streams, its document kinds, an inbox and an outbox. A kind declares its indexed fields: the
//!    adapter turns them into columns, and refuses a declaration that stored documents do not fit.
//! 3. Implement [`Ledger`] and [`Outbox`]. What the signatures do not say: a read begun after a commit was answered sees
//!    it; sequences of the outbox become visible in rising order (a relay reads on from the last one it saw); a commit
//!    whose caller stops waiting still happens or not as a whole; [`LedgerError::OutboxFull`] counts exactly, after a
//!    restart too. An adapter that commits several changes at once gathers them with [`gather`], has their decisions in
//!    [`plan`], and the checks of names and limits in [`declared`].
//! 4. Tests: a [`suite::Harness`] and one line (module [`mod@suite`]); then what only this adapter promises. `ledger-sqlite`
//!    is the example to copy from.
//!
//! Not here: SQL (one crate a dialect), and what a room stores (its own modules).

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bus::Message;
use bytes::Bytes;
use contracts::{EventId, StudentId};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub mod declared;
pub mod gather;
pub mod plan;
pub mod relay;
pub mod retry;
pub mod suite;

/// What a room keeps: its name and its document kinds. Streams need no declaration.
#[derive(Debug, Clone, Copy)]
pub struct RoomSpec {
    /// The room's name: a prefix of its tables. `[a-z_]{1,32}`.
    pub name: &'static str,
    /// Its document kinds.
    pub kinds: &'static [Kind],
}

/// A kind of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Part of a table's name: `[a-z_]{1,32}`.
    pub name: &'static str,
    /// Fields that [`Ledger::documents`] may ask for: column names `[a-z_]{1,32}`, at most four.
    pub indexed: &'static [&'static str],
}

/// A document's version: 1 after its first put.
pub type Version = i64;

/// A stored document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Its key, unique in its kind.
    pub key: String,
    /// How often it was put.
    pub version: Version,
    /// Its JSON text.
    pub body: Bytes,
}

impl Document {
    /// The body as `T`.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, LedgerError> {
        serde_json::from_slice(&self.body)
            .map_err(|error| LedgerError::Corrupt(format!("document {}: {error}", self.key)))
    }
}

/// What a put demands of what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Nothing under this key.
    Absent,
    /// This version.
    Version(Version),
    /// Whatever is there.
    Any,
}

impl Expected {
    /// What was read: nothing, or a document.
    #[must_use]
    pub fn as_read(document: Option<&Document>) -> Self {
        document.map_or(Self::Absent, |document| Self::Version(document.version))
    }
}

/// Writes a document.
#[derive(Debug, Clone)]
pub struct Put {
    /// Its kind.
    pub kind: Kind,
    /// Its key.
    pub key: String,
    /// The student it is about, if any: [`Change::erase`] and [`Ledger::export`] find it by this.
    pub subject: Option<StudentId>,
    /// A value for each of the kind's indexed fields, in their order.
    pub indexed: Vec<String>,
    /// What must be there now.
    pub expected: Expected,
    /// The new JSON text.
    pub body: Bytes,
}

impl Put {
    /// A put of `value` as JSON.
    pub fn json<T: Serialize>(
        kind: Kind,
        key: String,
        subject: Option<StudentId>,
        indexed: Vec<String>,
        expected: Expected,
        value: &T,
    ) -> Result<Self, LedgerError> {
        let body = serde_json::to_vec(value)
            .map_err(|error| LedgerError::Corrupt(format!("document {key}: {error}")))?
            .into();
        Ok(Self { kind, key, subject, indexed, expected, body })
    }
}

/// Removes a document. Absent is no error.
#[derive(Debug, Clone)]
pub struct Delete {
    /// Its kind.
    pub kind: Kind,
    /// Its key.
    pub key: String,
}

/// Adds an entry to a stream. A stream is append-only: entries are never changed, only erased with their student.
#[derive(Debug, Clone)]
pub struct Append {
    /// The stream's name, unique in the room.
    pub stream: String,
    /// The student it is about.
    pub subject: Option<StudentId>,
    /// The entry's event. Its place (occurred_at, event_id) is taken once in a stream, a second time is a
    /// [`LedgerError::Conflict`]. That an event counts once whatever time it names is [`Change::accept`]'s to see to.
    pub event_id: EventId,
    /// When it happened: entries are read in the order (occurred_at, event_id). Kept in whole milliseconds: what is
    /// finer is cut.
    pub occurred_at: Timestamp,
    /// Its JSON text.
    pub body: Bytes,
}

/// An entry of a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its event.
    pub event_id: EventId,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// Its JSON text.
    pub body: Bytes,
}

/// Where a stream is read from: entries after this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The time of the last entry read.
    pub occurred_at: Timestamp,
    /// Its event.
    pub event_id: EventId,
}

/// An event that a consumer takes once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accept {
    /// The consumer: the room's group.
    pub consumer: &'static str,
    /// The event.
    pub event_id: EventId,
    /// The student it is about.
    pub subject: Option<StudentId>,
}

/// All that happens, or none of it. Applied in the order of the fields.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// If this event was accepted before, nothing happens: [`Outcome::Duplicate`].
    pub accept: Option<Accept>,
    /// Deletes everything about a student: streams, documents, and messages that wait in the outbox. Inbox rows stay,
    /// without the student's name, so that a redelivered event is still known.
    pub erase: Option<StudentId>,
    /// New entries.
    pub appends: Vec<Append>,
    /// New documents and versions.
    pub puts: Vec<Put>,
    /// Documents to remove.
    pub deletes: Vec<Delete>,
    /// Messages for the bus, published after the commit by the [`relay`], in order per key.
    pub messages: Vec<Message>,
}

/// What a commit came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// The change is durable.
    Committed,
    /// Its event had been accepted before; nothing was written.
    Duplicate,
}

/// Why there is no answer from the ledger.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// A version is not the expected one, or a place in the stream is taken. Read again, decide again.
    #[error("somebody was faster: {0}")]
    Conflict(String),
    /// The outbox holds as many messages as it may: the bus is down. Try later.
    #[error("the outbox is full")]
    OutboxFull,
    /// The store cannot be reached.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// What is stored cannot be read.
    #[error("stored data is not readable: {0}")]
    Corrupt(String),
    /// The room asked for what its [`RoomSpec`] does not declare, or for more than the port allows: a mistake in the
    /// program.
    #[error("the room's declaration does not allow this: {0}")]
    Undeclared(String),
}

/// Which documents.
#[derive(Debug, Clone)]
pub struct Query {
    /// An indexed field of the kind.
    pub field: &'static str,
    /// Any of these values. At most 1000.
    pub values: Vec<String>,
    /// How many at most, ordered by key.
    pub limit: u32,
    /// How many to pass over first.
    pub offset: u32,
}

/// Something that a room keeps about a student.
#[derive(Debug, Clone, PartialEq)]
pub struct Exported {
    /// The stream's name, or the document's kind.
    pub place: String,
    /// The entry's event id, or the document's key.
    pub key: String,
    /// The JSON text.
    pub body: Bytes,
}

/// One room's store.
#[async_trait]
pub trait Ledger: Send + Sync + 'static {
    /// Makes the change durable, whole, or not at all.
    async fn commit(&self, change: Change) -> Result<Outcome, LedgerError>;

    /// One document.
    async fn document(&self, kind: Kind, key: &str) -> Result<Option<Document>, LedgerError>;

    /// Documents by an indexed field, ordered by key.
    async fn documents(&self, kind: Kind, query: Query) -> Result<Vec<Document>, LedgerError>;

    /// A stream in the order (occurred_at, event_id), from after a position, at most `limit` entries.
    async fn stream(
        &self,
        stream: &str,
        after: Option<Position>,
        limit: u32,
    ) -> Result<Vec<Entry>, LedgerError>;

    /// All that is kept about a student, streams first, then documents, in a stable order.
    async fn export(&self, subject: &StudentId) -> Result<Vec<Exported>, LedgerError>;

    /// The way out for what was committed.
    fn outbox(&self) -> Arc<dyn Outbox>;

    /// Whether the store answers, for /ready.
    async fn ready(&self) -> Result<(), LedgerError>;
}

/// A message that waits to be published.
#[derive(Debug, Clone)]
pub struct Pending {
    /// Its place in the outbox, rising in commit order.
    pub sequence: i64,
    /// The message.
    pub message: Message,
    /// When it was committed.
    pub queued_at: Timestamp,
    /// The lease under which it was handed out, for [`Outbox::holds`]. 0 where the store knows no leases.
    pub lease: i64,
}

/// How much waits, and how long.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Messages that wait.
    pub messages: u64,
    /// When the oldest of them was committed.
    pub oldest_at: Option<Timestamp>,
}

impl Backlog {
    /// How long the oldest message has waited. Zero where none waits, or where the clock went back.
    #[must_use]
    pub fn age(&self, now: Timestamp) -> Duration {
        let age = self.oldest_at.map(|oldest_at| now.duration_since(oldest_at));
        age.and_then(|age| Duration::try_from(age).ok()).unwrap_or_default()
    }
}

/// One room's messages that wait to be published. One relay takes them: [`Outbox::changed`] wakes one waiter.
///
/// Where several processes write one store, each has a relay, and the store shares the keys out among them by leases: a
/// relay is handed only messages whose keys its process has leased, and asks [`Outbox::holds`] before it publishes one.
#[async_trait]
pub trait Outbox: Send + Sync + 'static {
    /// The oldest messages with a sequence above `after` (0: from the start), in order. Messages of keys that were leased
    /// since the last call come from the start, whatever `after` is. Fewer than `limit` are all that there are: of more, or of
    /// newly leased keys, [`Outbox::changed`] tells.
    async fn oldest(&self, after: i64, limit: u32) -> Result<Vec<Pending>, LedgerError>;

    /// Whether the lease under which a message was handed out still holds. Where it does not, the message is not this
    /// relay's any more: it is handed out again, here or elsewhere.
    fn holds(&self, _: &Pending) -> bool {
        true
    }

    /// Forgets messages that the bus has taken.
    async fn published(&self, sequences: &[i64]) -> Result<(), LedgerError>;

    /// Resolves when something was committed with messages since the last call, or at once if so.
    async fn changed(&self);

    /// How much waits.
    async fn backlog(&self) -> Result<Backlog, LedgerError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backlog_is_as_old_as_its_oldest_message() {
        let at = |second: i64| Timestamp::from_second(second).ok();
        let age = |oldest_at, now: i64| {
            let backlog = Backlog { messages: 1, oldest_at };
            at(now).map(|now| backlog.age(now).as_secs())
        };
        assert_eq!(age(at(100), 105), Some(5));
        assert_eq!(age(at(100), 99), Some(0), "the clock went back");
        assert_eq!(age(None, 105), Some(0));
    }
}
