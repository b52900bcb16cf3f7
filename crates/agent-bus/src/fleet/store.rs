//! Where the rooms keep everything: one SQLite file, or a Postgres database.
//!
//! Not here: how either works (crates `ledger-sqlite`, `ledger-postgres`).

use std::path::Path;
use std::sync::Arc;

use ledger::{Ledger, LedgerError, RoomSpec};
use ledger_postgres::{Opening, PgStore};
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

    /// One room in the Postgres database, which need not be there yet, with room for so many messages in its outbox; and how
    /// far the room is.
    pub(crate) fn room_when_there(
        url: &str,
        outbox_max: u64,
        spec: RoomSpec,
    ) -> Result<(Self, Arc<dyn Ledger>, Opening), LedgerError> {
        let settings = ledger_postgres::Settings { outbox_max, ..ledger_postgres::Settings::default() };
        let store = PgStore::at(url, settings)?;
        let (ledger, opening) = store.room_when_there(spec)?;
        Ok((Self::Database(store), ledger, opening))
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
