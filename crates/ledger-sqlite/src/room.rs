//! What the writer and the readers share about one room.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ledger::{Pending, RoomSpec};
use sqlx::{Row, SqliteConnection};
use tokio::sync::Notify;

use crate::failure::Failure;
use crate::fresh::Fresh;
use crate::recent::Recent;
use crate::sql::RoomSql;

/// A room with its statements and the state of its outbox. Only the writer changes the state, after a COMMIT.
pub(crate) struct Room {
    pub(crate) spec: RoomSpec,
    pub(crate) sql: RoomSql,
    pub(crate) changed: Notify,
    waiting: AtomicU64,
    last_sequence: AtomicI64,
    fresh: Mutex<Fresh>,
    pub(crate) recent: Recent,
}

/// The state of a room's outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Messages that wait.
    pub(crate) waiting: u64,
    /// The sequence of the newest message there ever was in this process. Sequences are given out here, so that they rise
    /// even after the newest message is gone.
    pub(crate) last_sequence: i64,
}

impl Room {
    /// Counts what waits.
    pub(crate) async fn load(
        connection: &mut SqliteConnection,
        spec: RoomSpec,
        kept: &[String],
    ) -> Result<Self, Failure> {
        let sql = RoomSql::new(spec.name, spec.kinds, kept);
        let row = sql.waiting.query().fetch_one(connection).await?;
        let (waiting, last_sequence): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        Ok(Self {
            spec,
            sql,
            changed: Notify::new(),
            waiting: AtomicU64::new(waiting.unsigned_abs()),
            last_sequence: AtomicI64::new(last_sequence),
            fresh: Mutex::new(Fresh::after(last_sequence)),
            recent: Recent::new(),
        })
    }

    pub(crate) fn tally(&self) -> Tally {
        Tally {
            waiting: self.waiting.load(Ordering::Acquire),
            last_sequence: self.last_sequence.load(Ordering::Acquire),
        }
    }

    /// The outbox's newest messages.
    pub(crate) fn fresh(&self) -> MutexGuard<'_, Fresh> {
        self.fresh.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over the state after a COMMIT, and wakes the relay if there are new messages.
    pub(crate) fn settle(&self, tally: Tally, committed: Vec<Pending>, is_erased: bool) {
        self.waiting.store(tally.waiting, Ordering::Release);
        {
            let mut fresh = self.fresh();
            if is_erased {
                // Some of them may be gone: the file knows which.
                *fresh = Fresh::after(tally.last_sequence);
            } else {
                fresh.add(committed);
            }
        }
        if self.last_sequence.swap(tally.last_sequence, Ordering::AcqRel) < tally.last_sequence {
            self.changed.notify_one();
        }
    }
}
