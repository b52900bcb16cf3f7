//! How connections are made: their limits, and plans that stay good while tables grow.
//!
//! Not here: the tables (module `schema`).

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgRow};
use sqlx::query::Query;
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool, Postgres};
use tokio::time::timeout;

use crate::Settings;
use crate::failure::Failure;

/// How connections of a store are made.
#[derive(Clone)]
pub(crate) struct Connector {
    options: PgConnectOptions,
    within: Duration,
}

impl Connector {
    /// The address is not told in errors: it may hold a password.
    pub(crate) fn new(url: &str, settings: &Settings) -> Result<Self, Failure> {
        let wrong =
            |error: sqlx::Error| Failure::Unavailable(format!("the address of the database: {error}"));
        let options: PgConnectOptions = url.parse().map_err(wrong)?;
        let ms = |time: Duration| time.as_millis().to_string();
        let options = options
            .application_name("agent-bus")
            .options([
                ("statement_timeout", ms(settings.statement_timeout)),
                ("lock_timeout", ms(settings.lock_timeout)),
                ("idle_in_transaction_session_timeout", ms(settings.idle_in_transaction_timeout)),
            ])
            // Every statement goes by an index. A plan made while a table was small would read it whole, and stay.
            .options([("enable_seqscan", "off"), ("enable_hashjoin", "off"), ("enable_mergejoin", "off")])
            .options([("plan_cache_mode", "force_generic_plan"), ("jit", "off")])
            .disable_statement_logging();
        Ok(Self { options, within: settings.acquire_timeout })
    }

    /// A connection outside the pool.
    pub(crate) async fn connect(&self) -> Result<PgConnection, Failure> {
        match timeout(self.within, PgConnection::connect_with(&self.options)).await {
            Ok(connected) => Ok(connected?),
            Err(_) => Err(Failure::silent()),
        }
    }

    /// The connections that read. They are made when they are needed.
    pub(crate) fn pool(&self, settings: &Settings) -> Readers {
        let pool = PgPoolOptions::new()
            // One of them listens.
            .max_connections(settings.readers_max.saturating_add(1))
            .acquire_timeout(settings.acquire_timeout)
            .idle_timeout(settings.idle_timeout)
            // A dead connection shows when it is used; asking each time would be a trip with every read.
            .test_before_acquire(false)
            .connect_lazy_with(self.options.clone());
        let within = settings.acquire_timeout + settings.statement_timeout + ANSWER_MARGIN;
        Readers { pool, within, attempts_max: settings.readers_max.saturating_add(2) }
    }
}

/// The server ends a statement that takes too long. If its answer does not come either, the server is not there.
pub(crate) const ANSWER_MARGIN: Duration = Duration::from_secs(1);

/// The connections that read.
#[derive(Clone)]
pub(crate) struct Readers {
    pub(crate) pool: PgPool,
    within: Duration,
    attempts_max: u32,
}

impl Readers {
    /// All rows of a statement that may be asked twice. A connection that died in the pool is no reason to fail: each one
    /// is found out once.
    pub(crate) async fn rows<'q>(
        &self,
        statement: impl Fn() -> Query<'q, Postgres, sqlx::postgres::PgArguments>,
    ) -> Result<Vec<PgRow>, Failure> {
        let mut attempts = 1;
        loop {
            let failure = match timeout(self.within, statement().fetch_all(&self.pool)).await {
                Ok(Ok(rows)) => return Ok(rows),
                Ok(Err(error)) => Failure::from(error),
                Err(_) => return Err(Failure::silent()),
            };
            if !matches!(failure, Failure::Lost(_)) || attempts >= self.attempts_max {
                return Err(failure);
            }
            attempts += 1;
        }
    }
}
