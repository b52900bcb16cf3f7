//! The ledger suite on SQLite: one test for each case.

use std::sync::Arc;

use async_trait::async_trait;
use ledger::suite::Harness;
use ledger::{Ledger, LedgerError, RoomSpec};
use ledger_sqlite::{Settings, SqliteStore};
use tempfile::TempDir;
use tokio::sync::Mutex;

/// A file in a folder of its own.
struct SqliteHarness {
    folder: TempDir,
    open: Mutex<Option<SqliteStore>>,
}

impl SqliteHarness {
    fn new() -> std::io::Result<Self> {
        Ok(Self { folder: tempfile::tempdir()?, open: Mutex::new(None) })
    }
}

#[async_trait]
impl Harness for SqliteHarness {
    async fn open(&self, spec: RoomSpec, outbox_max: u64) -> Result<Arc<dyn Ledger>, LedgerError> {
        let mut open = self.open.lock().await;
        let store = match open.take() {
            Some(store) => store,
            None => {
                let settings = Settings { outbox_max, ..Settings::default() };
                SqliteStore::open_with(&self.folder.path().join("ledger.sqlite"), settings).await?
            }
        };
        open.insert(store).room(spec).await
    }

    async fn close(&self) -> Result<(), LedgerError> {
        match self.open.lock().await.take() {
            Some(store) => store.close().await,
            None => Ok(()),
        }
    }
}

ledger::suite!(SqliteHarness::new()?);
