//! How connections to the file are set up: what makes it durable, and what keeps statements prepared.
//!
//! Not here: the tables (module `schema`).

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqliteConnection, SqlitePool};

use crate::failure::Failure;
use crate::{READERS, Settings};

/// Distinct statements stay prepared: a few dozen a room, and a few for each way in which its changes are put together.
const STATEMENTS_MAX: usize = 1024;

/// How many result rows the connection's thread may run ahead of the task that reads them.
const ROWS_AHEAD: usize = 512;

/// Pages of write-ahead log before it is copied into the file. At 4 KiB a page 32 MiB: a batch touches up to a few
/// thousand pages, and each copy costs two more fsyncs.
const CHECKPOINT_PAGES: &str = "8000";

/// Pages that the connection that writes keeps, in KiB (SQLite's minus sign says so): the ends of all streams and keys of
/// some hundred students who are at work.
const WRITER_CACHE: &str = "-8192";

/// The same for each connection that reads: it forgets them with every commit anyway.
const READER_CACHE: &str = "-512";

fn options(path: &Path, settings: &Settings) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(settings.busy_timeout)
        .statement_cache_capacity(STATEMENTS_MAX)
        .row_buffer_size(ROWS_AHEAD)
        .foreign_keys(false)
        .pragma("temp_store", "MEMORY")
        .disable_statement_logging()
}

/// The one connection that writes.
pub(crate) async fn writer(path: &Path, settings: &Settings) -> Result<SqliteConnection, Failure> {
    make_private(path)?;
    let options = options(path, settings)
        .journal_mode(SqliteJournalMode::Wal)
        // An answered commit survives loss of power, not only the death of the process.
        .synchronous(SqliteSynchronous::Full)
        .pragma("secure_delete", "ON")
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
        .pragma("cache_size", WRITER_CACHE);
    Ok(options.connect().await?)
}

/// The connections that read.
pub(crate) async fn readers(path: &Path, settings: &Settings) -> Result<SqlitePool, Failure> {
    let pool = SqlitePoolOptions::new()
        .max_connections(READERS)
        // The connection is a thread of this process: asking whether it is there doubles the price of a read.
        .test_before_acquire(false)
        .max_lifetime(None)
        .idle_timeout(None)
        .connect_with(options(path, settings).read_only(true).pragma("cache_size", READER_CACHE))
        .await?;
    Ok(pool)
}

/// One more connection that reads, beside whoever has the file open.
pub(crate) async fn reader(path: &Path, settings: &Settings) -> Result<SqliteConnection, Failure> {
    Ok(options(path, settings).read_only(true).connect().await?)
}

/// A connection to a file that nobody writes: it takes no lock, and leaves nothing beside the file.
pub(crate) async fn still(path: &Path) -> Result<SqliteConnection, Failure> {
    Ok(options(path, &Settings::default()).read_only(true).immutable(true).connect().await?)
}

/// SQLite gives its log the mode of the file, so it is enough to make the file for its owner alone.
fn make_private(path: &Path) -> Result<(), Failure> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| Failure::Unavailable(format!("{}: {error}", path.display())))?;
    Ok(())
}
