//! A room's outbox: what waits to be published, of the keys that this store has leased.
//!
//! Not here: how leases are shared out (modules `lanes`, `lease`).

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use bus::{Headers, Message};
use contracts::Topic;
use ledger::gather::Work;
use ledger::{Backlog, LedgerError, Outbox, Pending};
use sqlx::Row;
use sqlx::postgres::PgRow;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::failure::Failure;
use crate::lanes::{LANES, Places};
use crate::lease::{self, Keeper};
use crate::listen;
use crate::reader::{body, timestamp, write};
use crate::room::Room;
use crate::sql::{BACKLOG, OLDEST};
use crate::writer::Job;

/// One room's outbox.
pub(crate) struct PgOutbox {
    room: Arc<Room>,
    jobs: mpsc::Sender<Job>,
    /// From the first reading on: the leases end some time after the outbox is dropped.
    keeper: OnceLock<Keeper>,
}

impl PgOutbox {
    pub(crate) fn new(room: Arc<Room>, jobs: mpsc::Sender<Job>) -> Self {
        Self { room, jobs, keeper: OnceLock::new() }
    }
}

#[async_trait]
impl Outbox for PgOutbox {
    async fn oldest(&self, after: i64, limit: u32) -> Result<Vec<Pending>, LedgerError> {
        if self.room.base.stop.is_cancelled() {
            return Err(Failure::closed().into());
        }
        let room = self.room.numbers()?.room;
        self.keeper.get_or_init(|| Keeper::start(&self.room));
        listen::start(&self.room.base);
        let mut places = self.room.lanes.places(after, Instant::now());
        if places.is_empty() {
            lease::tend_if_due(&self.room).await?;
            places = self.room.lanes.places(after, Instant::now());
        }
        let Some(lowest) = places.values().map(|(place, _)| *place).min() else { return Ok(Vec::new()) };
        let by_lane: Vec<Option<i64>> =
            (0..LANES).map(|lane| places.get(&i16::try_from(lane).ok()?).map(|(place, _)| *place)).collect();
        let limit = i64::from(limit);
        let statement = || sqlx::query(OLDEST).bind(room).bind(lowest).bind(&by_lane).bind(limit);
        let rows = self.room.base.readers.rows(statement).await?;
        let read: Result<Vec<(i16, Pending)>, Failure> =
            rows.iter().map(|row| pending(row, &places)).collect();
        let read = read?;
        let noted: Vec<(i16, i64)> = read.iter().map(|(lane, pending)| (*lane, pending.sequence)).collect();
        let is_all = i64::try_from(rows.len()).is_ok_and(|rows| rows < limit);
        self.room.lanes.handed_out(after, &places, &noted, is_all);
        Ok(read.into_iter().map(|(_, pending)| pending).collect())
    }

    fn holds(&self, pending: &Pending) -> bool {
        self.room.lanes.holds(pending, Instant::now(), self.room.base.settings.lease)
    }

    async fn published(&self, sequences: &[i64]) -> Result<(), LedgerError> {
        if sequences.is_empty() {
            return Ok(());
        }
        // Whoever has the lease by now: the bus has taken them.
        let _ = write(&self.jobs, Work::Published(sequences.to_vec())).await?;
        Ok(())
    }

    async fn changed(&self) {
        tokio::select! {
            () = self.room.changed.notified() => {}
            () = tokio::time::sleep(self.room.base.settings.poll) => {}
        }
    }

    async fn backlog(&self) -> Result<Backlog, LedgerError> {
        let room = self.room.numbers()?.room;
        let rows = self.room.base.readers.rows(|| sqlx::query(BACKLOG).bind(room)).await?;
        let Some(row) = rows.first() else {
            return Err(LedgerError::Corrupt("the room is not in the database".into()));
        };
        Ok(backlog(row)?)
    }
}

fn backlog(row: &PgRow) -> Result<Backlog, Failure> {
    let oldest_at: Option<i64> = row.try_get(1)?;
    Ok(Backlog {
        messages: row.try_get::<i64, _>(0)?.unsigned_abs(),
        oldest_at: oldest_at.map(timestamp).transpose()?,
    })
}

/// A message with its lane, handed out under the lane's lease.
fn pending(row: &PgRow, places: &Places) -> Result<(i16, Pending), Failure> {
    let topic: &str = row.try_get(2)?;
    let topic = Topic::named(topic).ok_or_else(|| Failure::Corrupt(format!("topic {topic}")))?;
    let lane: i16 = row.try_get(1)?;
    let pending = Pending {
        sequence: row.try_get(0)?,
        message: Message {
            topic,
            key: row.try_get(3)?,
            payload: body(row, 4)?,
            headers: Headers { correlation_id: row.try_get(5)?, traceparent: row.try_get(6)? },
        },
        queued_at: timestamp(row.try_get(7)?)?,
        lease: places.get(&lane).map_or(0, |(_, token)| *token),
    };
    Ok((lane, pending))
}
