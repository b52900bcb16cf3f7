//! A room's outbox: what waits to be published.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Headers, Message};
use bytes::Bytes;
use contracts::Topic;
use ledger::gather::Work;
use ledger::{Backlog, LedgerError, Outbox, Pending};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqlitePool};
use tokio::sync::mpsc;

use crate::failure::Failure;
use crate::reader::{timestamp, write};
use crate::room::Room;
use crate::writer::Job;

/// One room's outbox.
pub(crate) struct SqliteOutbox {
    room: Arc<Room>,
    jobs: mpsc::Sender<Job>,
    readers: SqlitePool,
}

impl SqliteOutbox {
    pub(crate) fn new(room: Arc<Room>, jobs: mpsc::Sender<Job>, readers: SqlitePool) -> Self {
        Self { room, jobs, readers }
    }
}

#[async_trait]
impl Outbox for SqliteOutbox {
    async fn oldest(&self, after: i64, limit: u32) -> Result<Vec<Pending>, LedgerError> {
        if let Some(fresh) = self.room.fresh().take(after, usize::try_from(limit).unwrap_or(usize::MAX)) {
            return Ok(fresh);
        }
        let statement = self.room.sql.oldest.query().bind(after).bind(limit);
        let rows = statement.fetch_all(&self.readers).await.map_err(Failure::from)?;
        Ok(rows.iter().map(pending).collect::<Result<_, _>>()?)
    }

    async fn published(&self, sequences: &[i64]) -> Result<(), LedgerError> {
        if sequences.is_empty() {
            return Ok(());
        }
        self.room.fresh().forget(sequences);
        let _ = write(&self.jobs, &self.room, Work::Published(sequences.to_vec())).await?;
        Ok(())
    }

    async fn changed(&self) {
        self.room.changed.notified().await;
    }

    async fn backlog(&self) -> Result<Backlog, LedgerError> {
        let messages = self.room.tally().waiting;
        if messages == 0 {
            return Ok(Backlog::default());
        }
        let row =
            self.room.sql.oldest_at.query().fetch_optional(&self.readers).await.map_err(Failure::from)?;
        let oldest_at = row.map(|row| timestamp(row.try_get(0)?)).transpose()?;
        Ok(Backlog { messages, oldest_at })
    }
}

fn pending(row: &SqliteRow) -> Result<Pending, Failure> {
    let topic: &str = row.try_get(1)?;
    let topic = Topic::named(topic).ok_or_else(|| Failure::Corrupt(format!("topic {topic}")))?;
    Ok(Pending {
        sequence: row.try_get(0)?,
        message: Message {
            topic,
            key: row.try_get(2)?,
            payload: Bytes::from(row.try_get::<Vec<u8>, _>(3)?),
            headers: Headers { correlation_id: row.try_get(4)?, traceparent: row.try_get(5)? },
        },
        queued_at: timestamp(row.try_get(6)?)?,
        lease: 0,
    })
}
