//! A room's ledger: reads over the pool, writes through the room's writer.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use contracts::{EventId, StudentId};
use jiff::Timestamp;
use ledger::declared::{check_change, check_query, place};
use ledger::gather::{WAITING_MAX, Work};
use ledger::{
    Change, Document, Entry, Exported, Kind, Ledger, LedgerError, Outbox, Outcome, Position, Query, RoomSpec,
};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use tokio::sync::{mpsc, oneshot};

use crate::failure::Failure;
use crate::lease;
use crate::outbox::PgOutbox;
use crate::room::Room;
use crate::sql::{DOCUMENT_BY_KEY, DOCUMENTS_BY_FIELD, EXPORT, STREAM, STREAM_START};
use crate::writer::{Job, Order, Write, Writer};

/// One room's ledger.
#[derive(Clone)]
pub(crate) struct PgLedger {
    room: Arc<Room>,
    jobs: mpsc::Sender<Job>,
}

impl PgLedger {
    /// Sets a writer to work on this connection, or on one that it makes when it is needed, until the ledger is closed or all its clones are gone.
    pub(crate) fn start(room: Arc<Room>, connection: Option<PgConnection>) -> Self {
        let (jobs, waiting) = mpsc::channel(WAITING_MAX);
        tokio::spawn(Writer::new(Arc::clone(&room), connection).run(waiting));
        Self { room, jobs }
    }

    pub(crate) fn spec(&self) -> RoomSpec {
        self.room.spec
    }

    /// Commits what was handed in before, ends the writer, and gives the leases back.
    pub(crate) async fn close(&self) {
        let (reply, answer) = oneshot::channel();
        if self.jobs.send(Job::Order(Order::Close { reply })).await.is_ok() {
            // No answer: another close was before this one in the queue.
            let _ = answer.await;
            lease::leave(&self.room).await;
        }
    }
}

/// Hands work to the writer and waits for the COMMIT. Whoever stops waiting does not stop the work.
pub(crate) async fn write(jobs: &mpsc::Sender<Job>, work: Work) -> Result<Outcome, LedgerError> {
    let (reply, answer) = oneshot::channel();
    jobs.send(Job::Write(Write { work, reply })).await.map_err(|_| Failure::closed())?;
    answer.await.map_err(|_| Failure::closed())?
}

/// Postgres has no texts with NUL: whoever looks for one finds nothing.
fn can_be_there(text: &str) -> bool {
    !text.contains('\0')
}

/// What the port leaves open and Postgres does not take.
fn check_messages(change: &Change) -> Result<(), LedgerError> {
    let texts = change.messages.iter().flat_map(|message| {
        let headers = [&message.headers.correlation_id, &message.headers.traceparent];
        headers.into_iter().flatten().chain([&message.key])
    });
    for text in texts {
        if !can_be_there(text) {
            return Err(LedgerError::Undeclared(format!("a message's key or header with NUL: {text:?}")));
        }
    }
    Ok(())
}

#[async_trait]
impl Ledger for PgLedger {
    async fn commit(&self, change: Change) -> Result<Outcome, LedgerError> {
        check_change(self.room.spec.kinds, &change)?;
        check_messages(&change)?;
        self.room.numbers()?;
        write(&self.jobs, Work::Change(Box::new(change))).await
    }

    async fn document(&self, kind: Kind, key: &str) -> Result<Option<Document>, LedgerError> {
        let number = self.room.numbers()?.kinds[place(self.room.spec.kinds, kind)?];
        if !can_be_there(key) {
            return Ok(None);
        }
        let rows =
            self.room.base.readers.rows(|| sqlx::query(DOCUMENT_BY_KEY).bind(number).bind(key)).await?;
        Ok(rows.first().map(document).transpose()?)
    }

    async fn documents(&self, kind: Kind, query: Query) -> Result<Vec<Document>, LedgerError> {
        let (place, field) = check_query(self.room.spec.kinds, kind, &query)?;
        let number = self.room.numbers()?.kinds[place];
        let values = query.values.iter().map(String::as_str).filter(|value| can_be_there(value));
        let values: Vec<&str> = values.collect();
        let (limit, offset) = (i64::from(query.limit), i64::from(query.offset));
        let statement =
            || sqlx::query(DOCUMENTS_BY_FIELD[field]).bind(number).bind(&values).bind(limit).bind(offset);
        let rows = self.room.base.readers.rows(statement).await?;
        Ok(rows.iter().map(document).collect::<Result<_, _>>()?)
    }

    async fn stream(
        &self,
        stream: &str,
        after: Option<Position>,
        limit: u32,
    ) -> Result<Vec<Entry>, LedgerError> {
        if !can_be_there(stream) {
            return Ok(Vec::new());
        }
        let (room, limit) = (self.room.numbers()?.room, i64::from(limit));
        let statement = || match after {
            None => sqlx::query(STREAM_START).bind(room).bind(stream).bind(limit),
            Some(after) => sqlx::query(STREAM)
                .bind(room)
                .bind(stream)
                .bind(after.occurred_at.as_millisecond())
                .bind(after.event_id.0)
                .bind(limit),
        };
        let rows = self.room.base.readers.rows(statement).await?;
        Ok(rows.iter().map(entry).collect::<Result<_, _>>()?)
    }

    async fn export(&self, subject: &StudentId) -> Result<Vec<Exported>, LedgerError> {
        // One statement: the export is of one moment.
        let room = self.room.numbers()?.room;
        let statement = || sqlx::query(EXPORT).bind(room).bind(subject.as_str());
        let rows = self.room.base.readers.rows(statement).await?;
        Ok(rows.iter().map(exported).collect::<Result<_, _>>()?)
    }

    fn outbox(&self) -> Arc<dyn Outbox> {
        Arc::new(PgOutbox::new(Arc::clone(&self.room), self.jobs.clone()))
    }

    async fn ready(&self) -> Result<(), LedgerError> {
        if self.jobs.is_closed() {
            return Err(Failure::closed().into());
        }
        self.room.numbers()?;
        self.room.base.readers.rows(|| sqlx::query("SELECT 1")).await?;
        Ok(())
    }
}

fn document(row: &PgRow) -> Result<Document, Failure> {
    Ok(Document { key: row.try_get(0)?, version: row.try_get(1)?, body: body(row, 2)? })
}

fn entry(row: &PgRow) -> Result<Entry, Failure> {
    Ok(Entry {
        event_id: EventId(row.try_get(0)?),
        occurred_at: timestamp(row.try_get(1)?)?,
        body: body(row, 2)?,
    })
}

fn exported(row: &PgRow) -> Result<Exported, Failure> {
    let key = match row.try_get(1)? {
        Some(event_id) => EventId(event_id).to_string(),
        None => row.try_get(2)?,
    };
    Ok(Exported { place: row.try_get(0)?, key, body: body(row, 3)? })
}

/// The bytes in a column.
pub(crate) fn body(row: &PgRow, column: usize) -> Result<Bytes, Failure> {
    Ok(Bytes::from(row.try_get::<Vec<u8>, _>(column)?))
}

/// The time in a column.
pub(crate) fn timestamp(ms: i64) -> Result<Timestamp, Failure> {
    Timestamp::from_millisecond(ms).map_err(|error| Failure::Corrupt(format!("a time: {error}")))
}
