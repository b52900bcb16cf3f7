//! What can go wrong between us and the file, in a form that can be told to every caller of a batch.

use ledger::LedgerError;

/// The store failed: nothing was written.
#[derive(Debug, Clone)]
pub(crate) enum Failure {
    /// It cannot be reached or written.
    Unavailable(String),
    /// It cannot be read.
    Corrupt(String),
}

/// SQLite's primary result codes (the low byte of an extended code).
const SQLITE_BUSY: u32 = 5;
const SQLITE_LOCKED: u32 = 6;
const SQLITE_CORRUPT: u32 = 11;
const SQLITE_NOTADB: u32 = 26;

impl Failure {
    /// After [`crate::SqliteStore::close`].
    pub(crate) fn closed() -> Self {
        Self::Unavailable("the store is closed".into())
    }

    /// What went wrong, whichever it is.
    pub(crate) fn into_text(self) -> String {
        match self {
            Self::Unavailable(text) | Self::Corrupt(text) => text,
        }
    }
}

impl From<Failure> for LedgerError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unavailable(text) => Self::Unavailable(text),
            Failure::Corrupt(text) => Self::Corrupt(text),
        }
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) => {
                let code = database.code().and_then(|code| code.parse::<u32>().ok()).map(|code| code & 0xff);
                match code {
                    Some(SQLITE_BUSY | SQLITE_LOCKED) => {
                        Self::Unavailable("the file is locked by another process".into())
                    }
                    Some(SQLITE_CORRUPT | SQLITE_NOTADB) => Self::Corrupt(database.to_string()),
                    _ => Self::Unavailable(database.to_string()),
                }
            }
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Self::Corrupt(error.to_string()),
            _ => Self::Unavailable(error.to_string()),
        }
    }
}
