//! The ledger on one SQLite file: `agent-bus up` keeps everything in it.
//!
//! One file holds all rooms; a room's tables carry its name in front (module `schema`). One thread owns the only connection
//! that writes. It takes the changes that wait (at most [`BATCH_MAX`]), asks the file once what they touch, decides about
//! each in memory (`ledger::plan`), writes what is left in one trip, and answers after one COMMIT for all: the price of
//! making data durable is shared, and a refused change leaves the others alone. Reads go over a few read-only connections
//! and see every commit that was answered; such a connection forgets its pages with every commit, so that a read costs far
//! more than its statement. What was just written comes from memory: messages for the relay (module `fresh`), and documents
//! that were renewed (module `recent`).
//!
//! What a change costs is pages and trips. A page is written to the log and, later, to the file: so the bodies that a batch
//! adds lie together, apart from the trees of keys, and a document whose key begins with its student (`student/...`) is in
//! no index on students. A trip is a message to the connection's thread and back.
//! The writer has a thread of its own, because between its trips it would stand in line behind requests.
//!
//! What was answered survives SIGKILL and loss of power (WAL, synchronous=FULL). What was erased is overwritten with
//! zeros and leaves the write-ahead log before the erasure is answered (secure_delete, checkpoint). Copies that were taken
//! before (module [`copy`]), the file system's own free blocks and snapshots are not in this crate's hands.
//!
//! One process at a time: counts are kept in memory. The program holds a lock on the data folder; this crate only notices
//! a file that is locked while it opens it. A copy may be taken by another process at any time.
//!
//! Not here: what rooms store, and the outbox relay (crate `ledger`).

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clock::{Clock, SystemClock};
use ledger::{Ledger, LedgerError, RoomSpec};
use sqlx::SqlitePool;
use tokio::sync::{mpsc, oneshot};

mod batch;
mod connect;
pub mod copy;
mod failure;
mod fresh;
mod outbox;
mod reader;
mod recent;
mod room;
mod rows;
mod schema;
mod sql;
mod writer;

pub use ledger::gather::{BATCH_MAX, WAITING_MAX};

use failure::Failure;
use reader::SqliteLedger;
use writer::{Job, Order, Writer};

/// How many read-only connections there are.
pub const READERS: u32 = 3;

/// How a file is opened.
#[derive(Clone)]
pub struct Settings {
    /// Messages that may wait in one room's outbox: more are refused with [`LedgerError::OutboxFull`].
    pub outbox_max: u64,
    /// How long to wait for another process's lock before giving up.
    pub busy_timeout: Duration,
    /// Tells when a message was queued.
    pub clock: Arc<dyn Clock>,
}

impl Default for Settings {
    /// 100,000 messages, 5 seconds, the machine's clock.
    fn default() -> Self {
        Self { outbox_max: 100_000, busy_timeout: Duration::from_secs(5), clock: Arc::new(SystemClock) }
    }
}

/// One SQLite file with the ledgers of several rooms. Clones share it.
#[derive(Clone)]
pub struct SqliteStore {
    jobs: mpsc::Sender<Job>,
    readers: SqlitePool,
    path: Arc<PathBuf>,
}

impl SqliteStore {
    /// Opens the file, or makes it, with the default [`Settings`].
    ///
    /// # Errors
    /// As [`SqliteStore::open_with`].
    pub async fn open(path: &Path) -> Result<Self, LedgerError> {
        Self::open_with(path, Settings::default()).await
    }

    /// Opens the file, or makes it (mode 0600; the folder must exist).
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`] if the file cannot be opened, is locked by another process, or was written by a newer
    /// version of this program; [`LedgerError::Corrupt`] if it is no SQLite file.
    pub async fn open_with(path: &Path, settings: Settings) -> Result<Self, LedgerError> {
        let mut connection = connect::writer(path, &settings).await?;
        schema::migrate(&mut connection).await?;
        let readers = connect::readers(path, &settings).await?;
        let (jobs, waiting) = mpsc::channel(WAITING_MAX);
        start(Writer::new(connection, readers.clone(), settings), waiting)?;
        Ok(Self { jobs, readers, path: Arc::new(path.to_owned()) })
    }

    /// The ledger of one room: makes its tables where they are missing. The same room may be asked for again.
    ///
    /// # Errors
    /// [`LedgerError::Undeclared`] if a name is not well formed, if the room was declared otherwise before in this
    /// process, or if a kind that already holds documents was declared with other indexed fields: an older document has
    /// no value for a new field, so such a change needs a migration or a new kind.
    pub async fn room(&self, spec: RoomSpec) -> Result<Arc<dyn Ledger>, LedgerError> {
        let (reply, answer) = oneshot::channel();
        self.jobs.send(Job::Order(Order::Define { spec, reply })).await.map_err(|_| Failure::closed())?;
        let room = answer.await.map_err(|_| Failure::closed())??;
        Ok(Arc::new(SqliteLedger::new(room, self.jobs.clone(), self.readers.clone())))
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Commits what was handed in before, empties the write-ahead log into the file and closes it. Everything asked later
    /// is refused. Closing twice is no error.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`] if the log could not be emptied; nothing is lost, the next start reads it.
    pub async fn close(&self) -> Result<(), LedgerError> {
        let (reply, answer) = oneshot::channel();
        if self.jobs.send(Job::Order(Order::Close { reply })).await.is_err() {
            return Ok(());
        }
        // No answer: another close was before this one in the queue.
        answer.await.unwrap_or(Ok(()))
    }
}

/// Sets the writer to work on a thread of its own, until the store is closed or dropped.
fn start(writer: Writer, waiting: mpsc::Receiver<Job>) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::Unavailable(format!("the writer's thread: {error}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(failed)?;
    let work = move || runtime.block_on(writer.run(waiting));
    std::thread::Builder::new().name("ledger-writer".to_owned()).spawn(work).map_err(failed)?;
    Ok(())
}
