//! The file's tables: numbered migrations for what all rooms share, and the tables of each room from its declaration.
//!
//! A migration only adds, and once it is released it is never edited: a correction is a migration of its own. A file of a
//! newer version is refused, since this program does not know what it would break.
//!
//! Not here: statements over rows (module `sql`).

use ledger::{Kind, LedgerError, RoomSpec, declared};
use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};

use crate::failure::Failure;
use crate::sql::{IS_KEYED_OTHERWISE, document_table, field_column};

/// Applied in order; the place in the list, from 1, is the schema's version.
const MIGRATIONS: &[&str] = &[
    // 1: the version itself, and which kinds of documents have a table, with their indexed fields as a JSON array.
    "CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
     CREATE TABLE kind (
       room TEXT NOT NULL, name TEXT NOT NULL, indexed TEXT NOT NULL, PRIMARY KEY (room, name)
     ) STRICT, WITHOUT ROWID;
     INSERT INTO meta (name, value) VALUES ('schema_version', 0);",
];

/// The version that this program brings a file to.
pub(crate) const KNOWN: usize = MIGRATIONS.len();

/// Brings the file to this program's version.
pub(crate) async fn migrate(connection: &mut SqliteConnection) -> Result<(), LedgerError> {
    // Takes the write lock even when nothing is to be done: a file that another process writes is noticed here.
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(Failure::from)?;
    let found = version(&mut transaction).await?;
    let missing = MIGRATIONS.get(found..).ok_or_else(|| {
        LedgerError::Unavailable(format!(
            "the file has schema version {found}, this program knows versions up to {KNOWN}: it was written by a newer \
             version of the program; use that one, or a backup from before"
        ))
    })?;
    for (number, migration) in missing.iter().enumerate().map(|(i, text)| (found + i + 1, text)) {
        tracing::info!(version = number, "migrating the ledger file");
        sqlx::raw_sql(*migration).execute(&mut *transaction).await.map_err(Failure::from)?;
    }
    if !missing.is_empty() {
        sqlx::query("UPDATE meta SET value = ?1 WHERE name = 'schema_version'")
            .bind(i64::try_from(KNOWN).unwrap_or(i64::MAX))
            .execute(&mut *transaction)
            .await
            .map_err(Failure::from)?;
    }
    transaction.commit().await.map_err(Failure::from)?;
    Ok(())
}

/// The file's version; 0 where it has none yet.
pub(crate) async fn version(connection: &mut SqliteConnection) -> Result<usize, Failure> {
    let made = sqlx::query("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'meta'")
        .fetch_optional(&mut *connection)
        .await?;
    if made.is_none() {
        return Ok(0);
    }
    let row =
        sqlx::query("SELECT value FROM meta WHERE name = 'schema_version'").fetch_one(connection).await?;
    let value: i64 = row.try_get(0)?;
    usize::try_from(value).map_err(|_| Failure::Corrupt(format!("schema version {value}")))
}

/// Makes the room's tables where they are missing, and returns the names of all its kinds that have a table: those of the
/// declaration, and those that an earlier version of the program left.
pub(crate) async fn define(
    connection: &mut SqliteConnection,
    spec: RoomSpec,
) -> Result<Vec<String>, LedgerError> {
    check_names(spec)?;
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(Failure::from)?;
    sqlx::raw_sql(AssertSqlSafe(room_tables(spec.name)))
        .execute(&mut *transaction)
        .await
        .map_err(Failure::from)?;
    for kind in spec.kinds {
        define_kind(&mut transaction, spec.name, *kind).await?;
    }
    let kept = sqlx::query("SELECT name FROM kind WHERE room = ?1 ORDER BY name")
        .bind(spec.name)
        .fetch_all(&mut *transaction)
        .await
        .map_err(Failure::from)?;
    let kept: Result<Vec<String>, sqlx::Error> = kept.iter().map(|row| row.try_get(0)).collect();
    transaction.commit().await.map_err(Failure::from)?;
    Ok(kept.map_err(Failure::from)?)
}

async fn define_kind(
    connection: &mut SqliteConnection,
    room: &'static str,
    kind: Kind,
) -> Result<(), LedgerError> {
    let declared = serde_json::json!(kind.indexed).to_string();
    let known = sqlx::query("SELECT indexed FROM kind WHERE room = ?1 AND name = ?2")
        .bind(room)
        .bind(kind.name)
        .fetch_optional(&mut *connection)
        .await
        .map_err(Failure::from)?;
    let known: Option<String> = known.map(|row| row.try_get(0)).transpose().map_err(Failure::from)?;
    if known.as_ref() == Some(&declared) {
        return Ok(());
    }
    let table = document_table(room, kind.name);
    if let Some(known) = known {
        let text = format!("SELECT 1 FROM {table} LIMIT 1");
        let holds = sqlx::query(AssertSqlSafe(text)).fetch_optional(&mut *connection).await;
        if holds.map_err(Failure::from)?.is_some() {
            return Err(LedgerError::Undeclared(format!(
                "kind {} of room {room} holds documents with the indexed fields {known}, now {declared} is declared: \
                 declare a new kind, or write a migration that fills the fields",
                kind.name
            )));
        }
    }
    sqlx::raw_sql(AssertSqlSafe(kind_table(&table, kind)))
        .execute(&mut *connection)
        .await
        .map_err(Failure::from)?;
    sqlx::query("INSERT OR REPLACE INTO kind (room, name, indexed) VALUES (?1, ?2, ?3)")
        .bind(room)
        .bind(kind.name)
        .bind(declared)
        .execute(connection)
        .await
        .map_err(Failure::from)?;
    Ok(())
}

/// Times are milliseconds since 1970, event ids 16 bytes: both sort as their Rust types do. `about` tells in which streams
/// a student is: an index over all entries would cost one more page with every change.
///
/// What carries a body has rowids: new bodies of a batch lie together at the table's end, and the tree of keys has room for
/// many on a page. With the bodies in that tree each new one would touch a page of its own, and split it every few times.
fn room_tables(room: &str) -> String {
    format!(
        "CREATE TABLE IF NOT EXISTS {room}_inbox (
           consumer TEXT NOT NULL, event_id BLOB NOT NULL, accepted_at INTEGER NOT NULL, PRIMARY KEY (consumer, event_id)
         ) STRICT, WITHOUT ROWID;
         CREATE TABLE IF NOT EXISTS {room}_entry (
           stream TEXT NOT NULL, occurred_at INTEGER NOT NULL, event_id BLOB NOT NULL, subject TEXT, body BLOB NOT NULL,
           PRIMARY KEY (stream, occurred_at, event_id)
         ) STRICT;
         CREATE TABLE IF NOT EXISTS {room}_about (
           subject TEXT NOT NULL, stream TEXT NOT NULL, PRIMARY KEY (subject, stream)
         ) STRICT, WITHOUT ROWID;
         CREATE TABLE IF NOT EXISTS {room}_outbox (
           sequence INTEGER NOT NULL PRIMARY KEY, topic TEXT NOT NULL, key TEXT NOT NULL, payload BLOB NOT NULL,
           correlation_id TEXT, traceparent TEXT, queued_at INTEGER NOT NULL
         ) STRICT;"
    )
}

fn kind_table(table: &str, kind: Kind) -> String {
    let columns: String =
        kind.indexed.iter().map(|field| format!(", {} TEXT NOT NULL", field_column(field))).collect();
    let indexes: String = kind
        .indexed
        .iter()
        .map(|field| field_column(field))
        .map(|column| format!("CREATE INDEX {table}_{column} ON {table} ({column}, key);"))
        .collect();
    format!(
        "DROP TABLE IF EXISTS {table};
         CREATE TABLE {table} (
           key TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL, subject TEXT, body BLOB NOT NULL{columns}
         ) STRICT;
         CREATE INDEX {table}_subject ON {table} (subject) WHERE subject IS NOT NULL AND {IS_KEYED_OTHERWISE};
         {indexes}"
    )
}

fn check_names(spec: RoomSpec) -> Result<(), LedgerError> {
    // A room `a_doc_b` would share the table names of the kinds of a room `a`; `sqlite_` is SQLite's own.
    if spec.name.contains("_doc") || spec.name.starts_with("sqlite") {
        let text = format!("the room's name {:?} must not hold _doc, nor begin with sqlite", spec.name);
        return Err(LedgerError::Undeclared(text));
    }
    declared::check_names(spec)
}
