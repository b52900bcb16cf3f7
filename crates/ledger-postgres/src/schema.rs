//! Brings the database to this program's schema: numbered migrations, applied once, by one process at a time. Their rules
//! are in `migrations/README.md`.
//!
//! Not here: what a room declares (module `define`).

use ledger::LedgerError;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

use crate::failure::Failure;

/// Applied in order; the place in the list, from 1, is the schema's version.
const MIGRATIONS: &[&str] = &[include_str!("../migrations/0001_ledger.sql")];

/// Whoever migrates holds this advisory lock ("agentbus" in ASCII).
const LOCK: i64 = 0x6167_656e_7462_7573;

/// How long to wait for another process that migrates, and for a table that is in use.
const LOCK_WITHIN_MS: u32 = 60_000;

/// Brings the database to this program's version.
pub(crate) async fn migrate(connection: &mut PgConnection) -> Result<(), LedgerError> {
    if missing(version(connection).await?)?.is_empty() {
        return Ok(());
    }
    let mut transaction = connection.begin().await.map_err(Failure::from)?;
    let lock = format!(
        "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = {LOCK_WITHIN_MS}; SELECT pg_advisory_xact_lock({LOCK})"
    );
    sqlx::raw_sql(AssertSqlSafe(lock)).execute(&mut *transaction).await.map_err(Failure::from)?;
    // Another process may have been faster.
    let found = version(&mut transaction).await?;
    for (place, migration) in missing(found)?.iter().enumerate() {
        tracing::info!(version = found + place + 1, "migrating the ledger's database");
        sqlx::raw_sql(*migration).execute(&mut *transaction).await.map_err(Failure::from)?;
    }
    sqlx::query("UPDATE ledger_meta SET value = $1 WHERE name = 'schema_version'")
        .bind(i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX))
        .execute(&mut *transaction)
        .await
        .map_err(Failure::from)?;
    transaction.commit().await.map_err(Failure::from)?;
    Ok(())
}

/// What a database of this version lacks.
fn missing(found: usize) -> Result<&'static [&'static str], LedgerError> {
    MIGRATIONS.get(found..).ok_or_else(|| {
        LedgerError::Unavailable(format!(
            "the database has schema version {found}, this program knows versions up to {}: it was migrated by a newer \
             version of the program; use that one, or a backup from before",
            MIGRATIONS.len()
        ))
    })
}

async fn version(connection: &mut PgConnection) -> Result<usize, Failure> {
    // Asked of the catalog itself: what `to_regclass` says may be from before the lock.
    let text = "SELECT EXISTS (SELECT 1 FROM pg_class \
                WHERE relname = 'ledger_meta' AND relnamespace = current_schema()::regnamespace)";
    let made = sqlx::query(text).fetch_one(&mut *connection).await?;
    if !made.try_get::<bool, _>(0)? {
        return Ok(0);
    }
    let row = sqlx::query("SELECT value FROM ledger_meta WHERE name = 'schema_version'")
        .fetch_one(connection)
        .await?;
    let value: i64 = row.try_get(0)?;
    usize::try_from(value).map_err(|_| Failure::Corrupt(format!("schema version {value}")))
}
