//! A real store in a folder that goes away.

use std::ops::Deref;
use std::path::Path;

use ledger_sqlite::SqliteStore;
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
