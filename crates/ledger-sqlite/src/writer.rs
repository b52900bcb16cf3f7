//! The thread that owns the connection that writes: takes what waits, one transaction for all of it, then the answers.
//!
//! Not here: what happens inside the transaction (module `batch`).

use std::sync::Arc;

use jiff::Timestamp;
use ledger::gather::{self, Gather, Gathered, Waiting, Work};
use ledger::{LedgerError, Outcome, Pending, RoomSpec};
use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection, SqlitePool};
use tokio::sync::{mpsc, oneshot};

use crate::Settings;
use crate::batch::{Share, Verdict};
use crate::failure::Failure;
use crate::recent::Touched;
use crate::room::{Room, Tally};
use crate::schema;

/// What the writer is asked to do beside writing.
pub(crate) enum Order {
    /// Make a room's tables.
    Define { spec: RoomSpec, reply: oneshot::Sender<Result<Arc<Room>, LedgerError>> },
    /// End.
    Close { reply: oneshot::Sender<Result<(), LedgerError>> },
}

/// What the writer is asked to do.
pub(crate) type Job = gather::Job<Write, Order>;

/// A write to one room.
pub(crate) struct Write {
    pub(crate) room: Arc<Room>,
    pub(crate) work: Work,
    pub(crate) reply: oneshot::Sender<Verdict>,
}

impl Waiting for Write {
    fn work(&self) -> &Work {
        &self.work
    }
}

/// What a transaction came to.
struct Written {
    /// One for each write, in order.
    verdicts: Vec<Verdict>,
    rooms: Vec<Settled>,
}

/// What it came to in one room.
struct Settled {
    room: Arc<Room>,
    /// Its outbox before and after.
    before: Tally,
    after: Tally,
    now: Timestamp,
    is_erased: bool,
    touched: Vec<Touched>,
}

/// The writer.
pub(crate) struct Writer {
    connection: SqliteConnection,
    readers: SqlitePool,
    settings: Settings,
    rooms: Vec<Arc<Room>>,
    /// Erased data may still be in the write-ahead log.
    must_scrub: bool,
}

impl Writer {
    pub(crate) fn new(connection: SqliteConnection, readers: SqlitePool, settings: Settings) -> Self {
        // The process before may have died between an erasure and the emptying of the log.
        Self { connection, readers, settings, rooms: Vec::new(), must_scrub: true }
    }

    /// Works until it is told to close, or until nobody is left who could ask.
    pub(crate) async fn run(mut self, waiting: mpsc::Receiver<Job>) {
        let mut gather = Gather::new(waiting);
        while let Some(Gathered { writes, order }) = gather.next().await {
            self.commit(writes).await;
            match order {
                None => {}
                Some(Order::Define { spec, reply }) => {
                    let _ = reply.send(self.define(spec).await);
                }
                Some(Order::Close { reply }) => {
                    // Whoever waits behind sees the channel go: "the store is closed".
                    drop(gather);
                    let _ = reply.send(self.finish().await.map_err(Into::into));
                    return;
                }
            }
        }
        if let Err(failure) = self.finish().await {
            tracing::warn!(?failure, "the ledger file was not closed cleanly");
        }
    }

    async fn define(&mut self, spec: RoomSpec) -> Result<Arc<Room>, LedgerError> {
        if let Some(room) = self.rooms.iter().find(|room| room.spec.name == spec.name) {
            if room.spec.kinds != spec.kinds {
                return Err(LedgerError::Undeclared(format!("room {} is declared twice", spec.name)));
            }
            return Ok(Arc::clone(room));
        }
        let kept = schema::define(&mut self.connection, spec).await?;
        let room = Arc::new(Room::load(&mut self.connection, spec, &kept).await?);
        self.rooms.push(Arc::clone(&room));
        Ok(room)
    }

    async fn commit(&mut self, writes: Vec<Write>) {
        if writes.is_empty() {
            return;
        }
        match self.transact(&writes).await {
            Ok(written) => self.answer(writes, written).await,
            // Perhaps one of them is at fault: the others shall not suffer for it.
            Err(failure) if writes.len() > 1 => {
                tracing::warn!(?failure, changes = writes.len(), "a batch failed; trying one by one");
                for write in writes {
                    match self.transact(std::slice::from_ref(&write)).await {
                        Ok(written) => self.answer(vec![write], written).await,
                        Err(failure) => refuse(vec![write], &failure),
                    }
                }
            }
            Err(failure) => refuse(writes, &failure),
        }
    }

    async fn answer(&mut self, mut writes: Vec<Write>, written: Written) {
        let is_erased = written.rooms.iter().any(|settled| settled.is_erased);
        for settled in written.rooms {
            let committed = take_messages(&settled, &mut writes, &written.verdicts);
            let Settled { room, after, is_erased, touched, .. } = settled;
            if is_erased {
                // Whatever was put before the erasure, in the same batch or long ago: the file knows what is left.
                room.recent.clear();
            } else {
                room.recent.take(touched);
            }
            room.settle(after, committed, is_erased);
        }
        if is_erased || self.must_scrub {
            self.must_scrub = !self.scrub(is_erased).await;
        }
        for (write, verdict) in writes.into_iter().zip(written.verdicts) {
            // Whoever asked may have gone; the change stands.
            let _ = write.reply.send(verdict);
        }
    }

    async fn transact(&mut self, writes: &[Write]) -> Result<Written, Failure> {
        sqlx::query("BEGIN IMMEDIATE").execute(&mut self.connection).await?;
        let written = match self.write(writes).await {
            Ok(written) => sqlx::query("COMMIT").execute(&mut self.connection).await.map(|_| written),
            Err(failure) => {
                self.roll_back().await;
                return Err(failure);
            }
        };
        if written.is_err() {
            self.roll_back().await;
        }
        Ok(written?)
    }

    /// SQLite may have rolled back by itself: then there is nothing to do, and it says so.
    async fn roll_back(&mut self) {
        if let Err(error) = sqlx::query("ROLLBACK").execute(&mut self.connection).await {
            tracing::debug!(%error, "nothing to roll back");
        }
    }

    /// Rooms share nothing, so each room's writes can be done together.
    async fn write(&mut self, writes: &[Write]) -> Result<Written, Failure> {
        let mut verdicts: Vec<Verdict> = writes.iter().map(|_| Ok(Outcome::Committed)).collect();
        let mut written = Written { verdicts: Vec::new(), rooms: Vec::new() };
        for room in &self.rooms {
            let mine = || writes.iter().enumerate().filter(|(_, write)| Arc::ptr_eq(&write.room, room));
            if mine().next().is_none() {
                continue;
            }
            let (mut places, mut changes, mut published) = (Vec::new(), Vec::new(), Vec::new());
            for (place, write) in mine() {
                match &write.work {
                    Work::Change(change) => {
                        places.push(place);
                        changes.push(&**change);
                    }
                    Work::Published(sequences) => published.extend_from_slice(sequences),
                }
            }
            let (before, now) = (room.tally(), self.settings.clock.now());
            let mut share = Share {
                connection: &mut self.connection,
                room,
                tally: before,
                outbox_max: self.settings.outbox_max,
                now,
                erased: false,
                touched: Vec::new(),
            };
            share.forget(&published).await?;
            for (place, verdict) in places.into_iter().zip(share.apply(&changes).await?) {
                verdicts[place] = verdict;
            }
            let Share { tally: after, erased: is_erased, touched, .. } = share;
            written.rooms.push(Settled { room: Arc::clone(room), before, after, now, is_erased, touched });
        }
        written.verdicts = verdicts;
        Ok(written)
    }

    /// Takes what was erased out of the write-ahead log: empties it into the file, where the place is zeros. Whether that
    /// is done: a reader may keep the log. Only the erasure itself waits for readers; whoever commits later does not.
    async fn scrub(&mut self, patiently: bool) -> bool {
        let busy_timeout_ms = if patiently { self.settings.busy_timeout.as_millis() } else { 0 };
        let emptied = match self.set_busy_timeout(busy_timeout_ms).await {
            Ok(()) => self.empty_log().await,
            Err(error) => Err(error),
        };
        let restored = self.set_busy_timeout(self.settings.busy_timeout.as_millis()).await;
        match emptied.and_then(|is_empty| restored.map(|()| is_empty)) {
            Ok(true) => true,
            Ok(false) => {
                tracing::debug!(
                    "a reader keeps the write-ahead log; erased data leaves it after a later commit"
                );
                false
            }
            Err(error) => {
                tracing::warn!(%error, "the write-ahead log could not be emptied");
                false
            }
        }
    }

    async fn empty_log(&mut self) -> Result<bool, sqlx::Error> {
        let row = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut self.connection).await?;
        Ok(row.try_get::<i64, _>(0)? == 0)
    }

    async fn set_busy_timeout(&mut self, busy_timeout_ms: u128) -> Result<(), sqlx::Error> {
        let pragma = AssertSqlSafe(format!("PRAGMA busy_timeout = {busy_timeout_ms}"));
        sqlx::query(pragma).execute(&mut self.connection).await.map(|_| ())
    }

    async fn finish(mut self) -> Result<(), Failure> {
        self.readers.close().await;
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut self.connection).await?;
        Ok(self.connection.close().await?)
    }
}

/// The messages that were committed, out of the changes, with the sequences that they have in the file.
fn take_messages(settled: &Settled, writes: &mut [Write], verdicts: &[Verdict]) -> Vec<Pending> {
    let committed = writes.iter_mut().zip(verdicts).filter_map(|(write, verdict)| match &mut write.work {
        Work::Change(change)
            if Arc::ptr_eq(&write.room, &settled.room) && matches!(verdict, Ok(Outcome::Committed)) =>
        {
            Some(std::mem::take(&mut change.messages))
        }
        _ => None,
    });
    // As the file keeps it.
    let queued_at = Timestamp::from_millisecond(settled.now.as_millisecond()).unwrap_or(settled.now);
    (settled.before.last_sequence + 1..)
        .zip(committed.flatten())
        .map(|(sequence, message)| Pending { sequence, message, queued_at, lease: 0 })
        .collect()
}

fn refuse(writes: Vec<Write>, failure: &Failure) {
    tracing::error!(?failure, changes = writes.len(), "the ledger file cannot be written");
    for write in writes {
        let _ = write.reply.send(Err(failure.clone().into()));
    }
}
