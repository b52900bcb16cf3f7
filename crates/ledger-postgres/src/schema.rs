//! Whether a database has this program's schema, and how it gets it: numbered migrations, applied once, by one process at a
//! time. Their rules are in `migrations/README.md`.
//!
//! Not here: waiting for a database (modules `migrate`, `opening`), what a room declares (module `define`).

use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

use crate::failure::Failure;

/// A migration: its file's name, and what it does.
type Migration = (&'static str, &'static str);

/// Applied in order; the place in the list, from 1, is the schema's version.
const MIGRATIONS: &[Migration] = &[("0001_ledger", include_str!("../migrations/0001_ledger.sql"))];

/// Whoever migrates holds this advisory lock ("agentbus" in ASCII).
const LOCK: i64 = 0x6167_656e_7462_7573;

/// How long to wait for another process that migrates, and for a table that is in use.
const LOCK_WITHIN_MS: u32 = 60_000;

/// What a database says of its schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Found {
    /// How many migrations it had.
    version: usize,
    /// The migration that a program must know to use it: the last one that took something away.
    needs: usize,
}

impl Found {
    /// What it lacks. One that had more than this program knows lacks nothing: a migration only adds.
    fn missing(self) -> &'static [Migration] {
        MIGRATIONS.get(self.version..).unwrap_or_default()
    }

    /// Whether it still has what this program needs, in words if not.
    fn check_age(self) -> Result<(), String> {
        if self.needs <= MIGRATIONS.len() {
            return Ok(());
        }
        Err(format!(
            "the database has schema version {}, and a program must know version {} to use it; this one knows versions up \
             to {}: use a newer one, or a backup from before",
            self.version,
            self.needs,
            MIGRATIONS.len()
        ))
    }
}

/// Brings the database to this program's version; the names of the migrations that it lacked.
pub(crate) async fn migrate(connection: &mut PgConnection) -> Result<Vec<&'static str>, Failure> {
    let found = found(connection).await?;
    found.check_age().map_err(Failure::Refused)?;
    if found.missing().is_empty() {
        return Ok(Vec::new());
    }
    let mut transaction = connection.begin().await?;
    let lock = format!(
        "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = {LOCK_WITHIN_MS}; SELECT pg_advisory_xact_lock({LOCK})"
    );
    sqlx::raw_sql(AssertSqlSafe(lock)).execute(&mut *transaction).await?;
    // Another process may have been faster.
    let missing = self::found(&mut transaction).await?.missing();
    for (name, migration) in missing {
        tracing::info!(migration = name, "migrating the ledger's database");
        sqlx::raw_sql(*migration).execute(&mut *transaction).await?;
    }
    if !missing.is_empty() {
        sqlx::query("UPDATE ledger_meta SET value = $1 WHERE name = 'schema_version'")
            .bind(i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX))
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(missing.iter().map(|(name, _)| *name).collect())
}

/// Whether this program can work on the database as it is; in words what is to be done if not.
pub(crate) async fn check(connection: &mut PgConnection) -> Result<Result<(), String>, Failure> {
    let found = found(connection).await?;
    Ok(found.check_age().and_then(|()| told_missing(found.missing())))
}

fn told_missing(missing: &[Migration]) -> Result<(), String> {
    let names: Vec<&str> = missing.iter().map(|(name, _)| *name).collect();
    match names.as_slice() {
        [] => Ok(()),
        [one] => Err(format!("the database lacks migration {one}: run `agent-bus migrate`")),
        more => Err(format!("the database lacks migrations {}: run `agent-bus migrate`", more.join(", "))),
    }
}

async fn found(connection: &mut PgConnection) -> Result<Found, Failure> {
    // Asked of the catalog itself: what `to_regclass` says may be from before the lock.
    let text = "SELECT EXISTS (SELECT 1 FROM pg_class \
                WHERE relname = 'ledger_meta' AND relnamespace = current_schema()::regnamespace)";
    let made = sqlx::query(text).fetch_one(&mut *connection).await?;
    if !made.try_get::<bool, _>(0)? {
        return Ok(Found { version: 0, needs: 0 });
    }
    let text = "SELECT max(value) FILTER (WHERE name = 'schema_version'), \
                coalesce(max(value) FILTER (WHERE name = 'program_needs'), 0) FROM ledger_meta";
    let row = sqlx::query(text).fetch_one(connection).await?;
    let number = |value: Option<i64>| {
        let number = value.and_then(|value| usize::try_from(value).ok());
        number.ok_or_else(|| Failure::Corrupt(format!("schema version {value:?}")))
    };
    Ok(Found { version: number(row.try_get(0)?)?, needs: number(row.try_get(1)?)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_that_is_newer_lacks_nothing_until_it_took_something_away() {
        let known = MIGRATIONS.len();
        let newer = Found { version: known + 2, needs: known };
        assert_eq!((newer.missing(), newer.check_age()), (&[][..], Ok(())));
        let refused = Found { needs: known + 1, ..newer }.check_age().unwrap_err();
        assert!(refused.contains("a program must know version 2"), "{refused}");
        assert_eq!(Found { version: 0, needs: 0 }.missing(), MIGRATIONS);
    }

    #[test]
    fn each_missing_migration_is_named() {
        let told =
            |names: &[&'static str]| told_missing(&names.iter().map(|name| (*name, "")).collect::<Vec<_>>());
        assert_eq!(told(&[]), Ok(()));
        let one = "the database lacks migration 0002_b: run `agent-bus migrate`";
        assert_eq!(told(&["0002_b"]), Err(one.to_owned()));
        let two = "the database lacks migrations 0002_b, 0003_c: run `agent-bus migrate`";
        assert_eq!(told(&["0002_b", "0003_c"]), Err(two.to_owned()));
    }
}
