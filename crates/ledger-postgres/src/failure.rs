//! What can go wrong between us and the database, by what is to be done about it.

use ledger::LedgerError;
use sqlx::error::DatabaseError;

/// The database failed: nothing was written, but for a COMMIT whose answer is missing.
#[derive(Debug, Clone)]
pub(crate) enum Failure {
    /// It cannot be asked now. Asking again at once would not help.
    Unavailable(String),
    /// It answers, and does not let us in, or has no such database.
    Denied(String),
    /// The connection is gone: another one may do.
    Lost(String),
    /// The connection broke while the COMMIT was under way: it happened or not, and must not be tried again.
    Undecided(String),
    /// Another transaction was in the way: the same again may do.
    Raced(String),
    /// It does not take what one of the writes holds: the others may do.
    Refused(String),
    /// What is there cannot be read.
    Corrupt(String),
}

impl Failure {
    /// After [`crate::PgStore::close`].
    pub(crate) fn closed() -> Self {
        Self::Unavailable("the store is closed".into())
    }

    /// No answer, neither good nor bad.
    pub(crate) fn silent() -> Self {
        Self::Unavailable("the database does not answer".into())
    }
}

impl From<Failure> for LedgerError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unavailable(text)
            | Failure::Denied(text)
            | Failure::Lost(text)
            | Failure::Refused(text) => Self::Unavailable(text),
            Failure::Undecided(text) => Self::Unavailable(format!(
                "the connection broke during the commit, which may have happened or not: {text}"
            )),
            Failure::Raced(text) => Self::Conflict(text),
            Failure::Corrupt(text) => Self::Corrupt(text),
        }
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) => by_code(&**database),
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::WorkerCrashed => Self::Lost(error.to_string()),
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Self::Corrupt(error.to_string()),
            sqlx::Error::PoolTimedOut => {
                Self::Unavailable("no connection to the database came free in time".into())
            }
            sqlx::Error::PoolClosed => Self::closed(),
            _ => Self::Unavailable(error.to_string()),
        }
    }
}

/// By SQLSTATE: <https://www.postgresql.org/docs/15/errcodes-appendix.html>.
fn by_code(error: &dyn DatabaseError) -> Failure {
    let text = error.message().to_owned();
    match error.code().as_deref().unwrap_or_default() {
        // A rival's transaction; a row that a rival who broke the lock's rule has put there.
        "40001" | "40P01" | "23505" => Failure::Raced(text),
        // Told to go; going down; coming up; idle for too long; this server is a standby by now.
        "57P01" | "57P02" | "57P03" | "57P05" | "25P03" | "25006" => Failure::Lost(text),
        "28000" | "28P01" | "3D000" => Failure::Denied(text),
        "XX001" | "XX002" => Failure::Corrupt(text),
        code if code.starts_with("08") => Failure::Lost(text),
        // Data, constraints, limits of the program, errors raised by triggers.
        code if ["22", "23", "54", "P0"].iter().any(|class| code.starts_with(class)) => {
            Failure::Refused(text)
        }
        _ => Failure::Unavailable(text),
    }
}
