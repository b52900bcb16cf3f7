//! A room's ledger: reads over the read-only connections, writes through the writer.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use contracts::StudentId;
use jiff::Timestamp;
use ledger::declared::{check_change, check_query, place};
use ledger::gather::Work;
use ledger::{
    Change, Document, Entry, Exported, Kind, Ledger, LedgerError, Outbox, Outcome, Position, Query,
};
use serde_json::json;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqlitePool};
use tokio::sync::{mpsc, oneshot};

use crate::batch::{event_id, id_bytes};
use crate::failure::Failure;
use crate::outbox::SqliteOutbox;
use crate::room::Room;
use crate::writer::{Job, Write};

/// One room's ledger.
#[derive(Clone)]
pub(crate) struct SqliteLedger {
    room: Arc<Room>,
    jobs: mpsc::Sender<Job>,
    readers: SqlitePool,
}

impl SqliteLedger {
    pub(crate) fn new(room: Arc<Room>, jobs: mpsc::Sender<Job>, readers: SqlitePool) -> Self {
        Self { room, jobs, readers }
    }
}

/// Hands work to the writer and waits for the COMMIT. Whoever stops waiting does not stop the work.
pub(crate) async fn write(
    jobs: &mpsc::Sender<Job>,
    room: &Arc<Room>,
    work: Work,
) -> Result<Outcome, LedgerError> {
    let (reply, answer) = oneshot::channel();
    let write = Write { room: Arc::clone(room), work, reply };
    jobs.send(Job::Write(write)).await.map_err(|_| Failure::closed())?;
    answer.await.map_err(|_| Failure::closed())?
}

#[async_trait]
impl Ledger for SqliteLedger {
    async fn commit(&self, change: Change) -> Result<Outcome, LedgerError> {
        check_change(self.room.spec.kinds, &change)?;
        write(&self.jobs, &self.room, Work::Change(Box::new(change))).await
    }

    async fn document(&self, kind: Kind, key: &str) -> Result<Option<Document>, LedgerError> {
        let place = place(self.room.spec.kinds, kind)?;
        if let Some(document) = self.room.recent.get(place, key) {
            return Ok(Some(document));
        }
        let sql = &self.room.sql.kinds[place];
        let row = sql.one.query().bind(key).fetch_optional(&self.readers).await.map_err(Failure::from)?;
        Ok(row.as_ref().map(document).transpose()?)
    }

    async fn documents(&self, kind: Kind, query: Query) -> Result<Vec<Document>, LedgerError> {
        let (place, field) = check_query(self.room.spec.kinds, kind, &query)?;
        // No stored value holds a NUL, and SQLite would read such a value as a shorter one.
        let values: Vec<&String> = query.values.iter().filter(|value| !value.contains('\0')).collect();
        let statement = self.room.sql.kinds[place].by_field[field].query();
        let statement = statement.bind(json!(values).to_string()).bind(query.limit).bind(query.offset);
        let rows = statement.fetch_all(&self.readers).await.map_err(Failure::from)?;
        Ok(rows.iter().map(document).collect::<Result<_, _>>()?)
    }

    async fn stream(
        &self,
        stream: &str,
        after: Option<Position>,
        limit: u32,
    ) -> Result<Vec<Entry>, LedgerError> {
        // Before the first entry: the earliest time, and an id shorter than any.
        let (occurred_at_ms, id) = after.map_or((i64::MIN, Vec::new()), |position| {
            (position.occurred_at.as_millisecond(), id_bytes(position.event_id))
        });
        let statement = self.room.sql.stream.query().bind(stream).bind(occurred_at_ms).bind(id).bind(limit);
        let rows = statement.fetch_all(&self.readers).await.map_err(Failure::from)?;
        Ok(rows.iter().map(entry).collect::<Result<_, _>>()?)
    }

    async fn export(&self, subject: &StudentId) -> Result<Vec<Exported>, LedgerError> {
        let sql = &self.room.sql;
        // One transaction: the export is of one moment.
        let mut moment = self.readers.begin().await.map_err(Failure::from)?;
        let entries = sql.export_entries.query().bind(subject.as_str()).fetch_all(&mut *moment).await;
        let mut exported =
            entries.map_err(Failure::from)?.iter().map(exported_entry).collect::<Result<Vec<_>, _>>()?;
        for kind in &sql.subjects {
            let documents = kind.export.query().bind(subject.as_str()).fetch_all(&mut *moment).await;
            for row in documents.map_err(Failure::from)? {
                exported.push(exported_document(&kind.place, &row)?);
            }
        }
        moment.rollback().await.map_err(Failure::from)?;
        Ok(exported)
    }

    fn outbox(&self) -> Arc<dyn Outbox> {
        Arc::new(SqliteOutbox::new(Arc::clone(&self.room), self.jobs.clone(), self.readers.clone()))
    }

    async fn ready(&self) -> Result<(), LedgerError> {
        if self.jobs.is_closed() {
            return Err(Failure::closed().into());
        }
        sqlx::query("SELECT value FROM meta WHERE name = 'schema_version'")
            .fetch_one(&self.readers)
            .await
            .map_err(Failure::from)?;
        Ok(())
    }
}

fn document(row: &SqliteRow) -> Result<Document, Failure> {
    Ok(Document { key: row.try_get(0)?, version: row.try_get(1)?, body: body(row, 2)? })
}

fn entry(row: &SqliteRow) -> Result<Entry, Failure> {
    Ok(Entry {
        event_id: event_id(row.try_get(0)?)?,
        occurred_at: timestamp(row.try_get(1)?)?,
        body: body(row, 2)?,
    })
}

fn exported_entry(row: &SqliteRow) -> Result<Exported, Failure> {
    Ok(Exported { place: row.try_get(0)?, key: event_id(row.try_get(1)?)?.to_string(), body: body(row, 2)? })
}

fn exported_document(place: &str, row: &SqliteRow) -> Result<Exported, Failure> {
    Ok(Exported { place: place.to_owned(), key: row.try_get(0)?, body: body(row, 1)? })
}

fn body(row: &SqliteRow, column: usize) -> Result<Bytes, Failure> {
    Ok(Bytes::from(row.try_get::<Vec<u8>, _>(column)?))
}

/// The time in a column.
pub(crate) fn timestamp(ms: i64) -> Result<Timestamp, Failure> {
    Timestamp::from_millisecond(ms).map_err(|error| Failure::Corrupt(format!("a time: {error}")))
}
