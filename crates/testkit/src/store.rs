//! A real store in a folder that goes away.

use std::ops::Deref;
use std::path::Path;

use ledger_sqlite::SqliteStore;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tempfile::TempDir;

/// A store and its folder. The folder goes when this does.
pub struct TempStore {
    store: SqliteStore,
    folder: TempDir,
}

impl TempStore {
    /// The folder, for what else a test wants to keep there.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Deref for TempStore {
    type Target = SqliteStore;

    fn deref(&self) -> &SqliteStore {
        &self.store
    }
}

/// An empty store on a file of its own.
///
/// # Panics
/// If the machine gives no folder or the store does not open: a test must fail then.
pub async fn temp_store() -> TempStore {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let store = SqliteStore::open(&folder.path().join("agent-bus.db")).await.expect("a new store");
    TempStore { store, folder }
}

/// Makes a store's file, which nobody has open, one that a newer version of the program wrote, for all that it says of itself.
///
/// # Panics
/// If it is no store's file.
pub async fn made_newer(file: &Path) {
    let options = SqliteConnectOptions::new().filename(file).disable_statement_logging();
    let mut connection = options.connect().await.expect("a store's file");
    let newer = sqlx::query("UPDATE meta SET value = value + 1 WHERE name = 'schema_version'");
    newer.execute(&mut connection).await.expect("a schema version");
    connection.close().await.expect("the change is in the file");
}
