//! Migrating by itself, as an operator or an installation does before the program runs: a database that does not answer yet is
//! waited for.
//!
//! Not here: the migrations (module `schema`).

use std::time::Duration;

use ledger::LedgerError;
use tokio::time::{Instant, sleep};

use crate::connect::Connector;
use crate::failure::Failure;
use crate::{Settings, schema};

/// How often the database is asked.
const ASK_EVERY: Duration = Duration::from_millis(500);

/// Brings the database `postgres://user:password@host:port/name` to this program's schema; the names of the migrations that
/// it lacked. Several processes may do so at once. A database that does not answer is asked again for so long.
///
/// # Errors
/// [`LedgerError::Unavailable`] if the address is not well formed, the database did not answer in time, does not let us in,
/// does not allow what a migration does, or lacks what this program needs since a newer one migrated it.
pub async fn migrate(url: &str, patience: Duration) -> Result<Vec<&'static str>, LedgerError> {
    let connector = Connector::new(url, &Settings::default())?;
    let until = Instant::now() + patience;
    loop {
        let failure = match connector.connect().await {
            Ok(mut connection) => match schema::migrate(&mut connection).await {
                // It broke off in the middle: nothing is applied.
                Err(failure @ (Failure::Lost(_) | Failure::Raced(_))) => failure,
                ended => return Ok(ended?),
            },
            Err(failure @ Failure::Denied(_)) => return Err(failure.into()),
            Err(failure) => failure,
        };
        if Instant::now() + ASK_EVERY > until {
            return Err(failure.into());
        }
        tracing::debug!(?failure, "the database does not answer yet");
        sleep(ASK_EVERY).await;
    }
}
