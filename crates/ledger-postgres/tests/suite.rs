//! The ledger suite on Postgres: one test for each case, each on a database of its own.

use std::sync::Arc;

use async_trait::async_trait;
use ledger::suite::Harness;
use ledger::{Ledger, LedgerError, RoomSpec};
use ledger_postgres::{PgStore, Settings};
use testkit::postgres::Database;
use tokio::sync::Mutex;

/// A database, and the store that is open on it.
struct PgHarness {
    database: Database,
    open: Mutex<Option<PgStore>>,
}

impl PgHarness {
    async fn new() -> Self {
        Self { database: Database::fresh().await, open: Mutex::new(None) }
    }
}

#[async_trait]
impl Harness for PgHarness {
    async fn open(&self, spec: RoomSpec, outbox_max: u64) -> Result<Arc<dyn Ledger>, LedgerError> {
        let mut open = self.open.lock().await;
        let store = match open.take() {
            Some(store) => store,
            None => {
                let settings = Settings { outbox_max, ..Settings::default() };
                PgStore::open(self.database.url(), settings).await?
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

mod postgres {
    use super::PgHarness;

    ledger::suite!(PgHarness::new().await);
}
