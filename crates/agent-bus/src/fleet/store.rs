//! Where the rooms keep everything: one SQLite file, or a Postgres database.
//!
//! Not here: how either works (crates `ledger-sqlite`, `ledger-postgres`).

use std::path::Path;
use std::sync::Arc;

use ledger::{Ledger, LedgerError, RoomSpec};
use ledger_postgres::PgStore;
use ledger_sqlite::SqliteStore;

/// The store of all rooms.
pub(crate) enum Store {
    File(SqliteStore),
    Database(PgStore),
}

impl Store {
    /// Opens the Postgres database where one is named, else the file.
    pub(crate) async fn open(database: Option<&str>, file: &Path) -> Result<Self, LedgerError> {
        Ok(match database {
            Some(url) => Self::Database(PgStore::open(url, ledger_postgres::Settings::default()).await?),
            None => Self::File(SqliteStore::open(file).await?),
        })
    }

    /// Opens the Postgres database, with room for so many messages in each outbox.
    pub(crate) async fn database(url: &str, outbox_max: u64) -> Result<Self, LedgerError> {
        let settings = ledger_postgres::Settings { outbox_max, ..ledger_postgres::Settings::default() };
        Ok(Self::Database(PgStore::open(url, settings).await?))
    }

    /// The ledger of one room.
    pub(crate) async fn room(&self, spec: RoomSpec) -> Result<Arc<dyn Ledger>, LedgerError> {
        match self {
            Self::File(store) => store.room(spec).await,
            Self::Database(store) => store.room(spec).await,
        }
    }

    /// Commits what was handed in before, and closes it.
    pub(crate) async fn close(&self) -> Result<(), LedgerError> {
        match self {
            Self::File(store) => store.close().await,
            Self::Database(store) => store.close().await,
        }
    }
}
