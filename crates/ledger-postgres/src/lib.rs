//! The ledger on Postgres, for several processes on one database.
//!
//! # Tables
//!
//! All rooms share the tables of `migrations/`, told apart by small numbers: a change touches a few tables whatever the
//! room, so that every statement has one text, prepared once a connection, and everything a batch writes goes in one trip.
//! Nothing is created while the program runs, so it needs no right to create tables once the migrations are applied.
//! Bodies are bytea: not a byte may change, and the port asks only for indexed fields, which are columns of their own.
//!
//! # A commit
//!
//! Each room of a store has a writer with a connection of its own (module `writer`). It takes the changes that wait, at
//! most [`BATCH_MAX`], and commits them in one transaction of four trips, whatever their number:
//!
//! 1. BEGIN, and lock the room's row. The row says how many messages wait and which sequence was given last.
//! 2. Ask what is there of all that the batch touches.
//! 3. Write what is left after deciding about each change in memory (`ledger::plan`).
//! 4. COMMIT, and all callers have their answer.
//!
//! The lock is what several processes need in any case: an outbox limit that is exact, and sequences that become visible
//! in rising order, both make the writers of one room follow each other. Taken first, it also makes what was asked stay
//! true until it is written: no change is lost, and since a transaction holds the lock of one room alone and waits for
//! no other, there is no deadlock between writers. While one process holds the lock, the changes of the others gather,
//! and go together in their next batch. A process that stops in the middle loses the lock with
//! [`Settings::idle_in_transaction_timeout`].
//!
//! # The outbox
//!
//! A room's keys are shared out in lanes, and the lanes among the stores that relay, by leases (module `lanes`). A key
//! is published by one relay at a time, in order. When a store goes without a word, others take its lanes when the lease
//! ends.
//!
//! # When the database is away
//!
//! Whoever asks hears [`LedgerError::Unavailable`], and nothing needs a restart: connections are made anew. A store that is
//! opened by [`PgStore::at`] needs no database at the start either. A change whose
//! COMMIT was under way when the connection broke may be there or not; the room's next read tells.
//!
//! # Erasing
//!
//! An erasure deletes rows. No statement finds them from then on; their bytes leave the data files when VACUUM has passed
//! and the pages are used again, and leave the write-ahead log and backups when those are recycled. That is Postgres' way,
//! and the operator's to bound.
//!
//! # In front of the database
//!
//! A pooler must work in session mode and let the startup parameter `options` through: statements stay prepared, limits
//! are set at the start of a connection, and one connection listens. Reads go to the primary: a standby lags.
//!
//! Not here: what rooms store, and the outbox relay (crate `ledger`).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clock::{Clock, Ids, RandomIds, SystemClock};
use ledger::{Ledger, LedgerError, RoomSpec};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

mod batch;
mod columns;
mod connect;
mod define;
mod failure;
mod lanes;
mod lease;
mod listen;
mod migrate;
mod opening;
mod outbox;
mod reader;
mod room;
mod schema;
mod sql;
mod writer;

pub use lanes::LANES;
pub use ledger::gather::{BATCH_MAX, WAITING_MAX};
pub use migrate::migrate;
pub use opening::{Opening, Stage};

use connect::{Connector, Readers};
use failure::Failure;
use listen::Ears;
use reader::PgLedger;
use room::Room;

/// How a database is used.
#[derive(Clone)]
pub struct Settings {
    /// Connections that read, over all rooms. Besides these a store has one that listens, and one for each room that
    /// writes.
    pub readers_max: u32,
    /// How long a request waits for a connection.
    pub acquire_timeout: Duration,
    /// How long one statement may take.
    pub statement_timeout: Duration,
    /// How long a statement may wait for a lock: for other processes that write to the same room.
    pub lock_timeout: Duration,
    /// How long a transaction may stand still before the server ends it: a process that was stopped holds the others up
    /// no longer than this.
    pub idle_in_transaction_timeout: Duration,
    /// How long a connection that nobody uses is kept.
    pub idle_timeout: Duration,
    /// Messages that may wait in one room's outbox: more are refused with [`LedgerError::OutboxFull`]. The same in all
    /// processes.
    pub outbox_max: u64,
    /// How long a lease on a share of the keys lasts without being renewed. At the least a second or so: longer than the
    /// bus takes for a message, and than any pause of the process.
    pub lease: Duration,
    /// How often a relay looks for messages of which it was not told.
    pub poll: Duration,
    /// How long a room that is opened in the background waits for a migration, where the database has not the schema that
    /// this program needs.
    pub migration_wait: Duration,
    /// Tells when a message was queued.
    pub clock: Arc<dyn Clock>,
    /// Names the store among those that relay.
    pub ids: Arc<dyn Ids>,
}

impl Default for Settings {
    /// 8 readers; 3 s for a connection or a lock, 5 s for a statement, 10 s of standing still; idle connections for 5
    /// minutes; 100,000 messages; leases of 10 s, a look each second; 10 s for a migration; the machine's clock and random ids.
    fn default() -> Self {
        Self {
            readers_max: 8,
            acquire_timeout: Duration::from_secs(3),
            statement_timeout: Duration::from_secs(5),
            lock_timeout: Duration::from_secs(3),
            idle_in_transaction_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_mins(5),
            outbox_max: 100_000,
            lease: Duration::from_secs(10),
            poll: Duration::from_secs(1),
            migration_wait: Duration::from_secs(10),
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
        }
    }
}

/// What all rooms of a store share.
pub(crate) struct Base {
    connector: Connector,
    readers: Readers,
    settings: Settings,
    /// This store's name among those that relay.
    holder: Uuid,
    ears: Ears,
    /// Ends what runs in the background.
    stop: CancellationToken,
}

impl Drop for Base {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// One database with the ledgers of several rooms. Clones share it.
#[derive(Clone)]
pub struct PgStore {
    base: Arc<Base>,
    rooms: Arc<Mutex<Vec<PgLedger>>>,
}

impl PgStore {
    /// Opens the database `postgres://user:password@host:port/name` and brings its tables to this program's version.
    /// Several processes may do so at once.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`] if the address is not well formed, the database does not answer, refuses, or has lost
    /// what this version of the program needs.
    pub async fn open(url: &str, settings: Settings) -> Result<Self, LedgerError> {
        let connector = Connector::new(url, &settings)?;
        let mut connection = connector.connect().await?;
        schema::migrate(&mut connection).await?;
        warn_of_loss(&mut connection).await?;
        // Whether it says good-bye does not matter.
        drop(connection);
        Ok(Self::on(connector, settings))
    }

    fn on(connector: Connector, settings: Settings) -> Self {
        let base = Base {
            readers: connector.pool(&settings),
            connector,
            holder: settings.ids.event_id().0,
            ears: Ears::default(),
            stop: CancellationToken::new(),
            settings,
        };
        Self { base: Arc::new(base), rooms: Arc::default() }
    }

    /// The ledger of one room: writes its declaration into the database where it is missing. The same room may be asked
    /// for again.
    ///
    /// # Errors
    /// [`LedgerError::Undeclared`] if a name is not well formed, if the room was declared otherwise before in this
    /// process, or if a kind that already holds documents was declared with other indexed fields.
    pub async fn room(&self, spec: RoomSpec) -> Result<Arc<dyn Ledger>, LedgerError> {
        if let Some(ledger) = self.known(spec)? {
            return Ok(ledger);
        }
        if self.base.stop.is_cancelled() {
            return Err(Failure::closed().into());
        }
        let mut connection = self.base.connector.connect().await?;
        let numbers = define::define(&mut connection, spec).await?;
        // Somebody may have asked for the same room meanwhile.
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ledger) = rooms.iter().find(|ledger| ledger.spec().name == spec.name) {
            return Ok(Arc::new(ledger.clone()));
        }
        let room = Arc::new(Room::new(Arc::clone(&self.base), spec));
        room.is_known_by(numbers);
        let ledger = PgLedger::start(room, Some(connection));
        rooms.push(ledger.clone());
        Ok(Arc::new(ledger))
    }

    fn known(&self, spec: RoomSpec) -> Result<Option<Arc<dyn Ledger>>, LedgerError> {
        let rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(ledger) = rooms.iter().find(|ledger| ledger.spec().name == spec.name) else {
            return Ok(None);
        };
        if ledger.spec().kinds != spec.kinds {
            return Err(LedgerError::Undeclared(format!("room {} is declared twice", spec.name)));
        }
        Ok(Some(Arc::new(ledger.clone())))
    }

    /// Commits what was handed in before, gives its leases back, and closes its connections. Everything asked later is
    /// refused. Closing twice is no error.
    ///
    /// # Errors
    /// None so far: what cannot be given back ends by itself.
    pub async fn close(&self) -> Result<(), LedgerError> {
        self.base.stop.cancel();
        let rooms: Vec<PgLedger> = self.rooms.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for ledger in rooms {
            ledger.close().await;
        }
        if tokio::time::timeout(self.base.settings.acquire_timeout, self.base.readers.pool.close())
            .await
            .is_err()
        {
            tracing::warn!("connections to the database were still in use when the store closed");
        }
        Ok(())
    }
}

/// A server that answers before it has written keeps no promise of ours.
async fn warn_of_loss(connection: &mut sqlx::PgConnection) -> Result<(), Failure> {
    let text = "SELECT current_setting('fsync') || ' ' || current_setting('synchronous_commit')";
    let row = sqlx::query(text).fetch_one(connection).await?;
    let found: String = sqlx::Row::try_get(&row, 0)?;
    if found.contains("off") {
        tracing::warn!(
            "the database may lose what it has answered: fsync and synchronous_commit are {found}"
        );
    }
    Ok(())
}
