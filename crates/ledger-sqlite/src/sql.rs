//! The texts of one room's statements, made once: each is prepared once a connection and then only bound and run.
//!
//! Every name in them was checked against its pattern (module `schema`) before it came here, and no value is ever part of
//! a text, which is what makes the `AssertSqlSafe` in this module true. Lists of keys come as one JSON array, so that a
//! look-up has one text whatever the number of keys. A bare `LIMIT ?` is compiled anew each time it is bound (SQLite plans
//! by its value): hence `LIMIT ? + 0`.
//!
//! Not here: what makes the tables (module `schema`), when which statement runs (module `batch`).

use std::sync::Arc;

use ledger::Kind;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Sqlite};

/// A statement's text.
#[derive(Debug, Clone)]
pub(crate) struct Text(Arc<str>);

impl Text {
    pub(crate) fn new(text: String) -> Self {
        Self(text.into())
    }

    /// The statement, ready to be bound.
    pub(crate) fn query<'q>(&self) -> Query<'q, Sqlite, SqliteArguments> {
        sqlx::query(AssertSqlSafe(Arc::clone(&self.0)))
    }
}

/// Numbers of rows for which an insert has a text of its own. A list takes the smallest that holds it: places that are left
/// over are NULL and passed over, which costs far less than one more text to prepare or one more trip.
const ROWS: [usize; 6] = [1, 4, 16, 32, 64, 128];

/// The most rows of one insert.
pub(crate) const ROWS_MAX: usize = ROWS[ROWS.len() - 1];

/// An insert of one or more rows, whose first column is never NULL.
#[derive(Debug)]
pub(crate) struct Insert {
    by_rows: [(usize, String); ROWS.len()],
}

impl Insert {
    /// A row that the table refuses ends the transaction, not the statement alone: it would be rolled back anyway, and
    /// SQLite need not keep a copy of each page in order to take back half a statement.
    fn new(table: &str, columns: &[&str], on_conflict: &str) -> Self {
        let row = format!("({})", vec!["?"; columns.len()].join(","));
        let columns = columns.join(",");
        let text = |rows: usize| {
            let values = vec![row.as_str(); rows].join(",");
            format!(
                "INSERT OR ROLLBACK INTO {table} ({columns}) SELECT * FROM (VALUES {values}) \
                 WHERE column1 IS NOT NULL {on_conflict};"
            )
        };
        Self { by_rows: ROWS.map(|rows| (rows, text(rows))) }
    }

    /// The text that holds so many rows, at most [`ROWS_MAX`], and how many it holds.
    pub(crate) fn holding(&self, rows: usize) -> (usize, &str) {
        let fitting = self.by_rows.iter().find(|(holds, _)| *holds >= rows);
        let (holds, text) = fitting.unwrap_or(&self.by_rows[ROWS.len() - 1]);
        (*holds, text)
    }
}

/// The statements of a kind of documents.
#[derive(Debug)]
pub(crate) struct KindSql {
    pub(crate) kind: Kind,
    /// Puts a document that is not there.
    pub(crate) begin: Insert,
    /// Puts a document that is there with another subject or other indexed fields.
    pub(crate) put: Insert,
    /// Puts a document that is there with the same subject and indexed fields: no index is touched.
    pub(crate) renew: Insert,
    /// `?1` keys as a JSON array.
    pub(crate) delete: Text,
    /// `?1` key → key, version, body.
    pub(crate) one: Text,
    /// For each indexed field: `?1` values as a JSON array, `?2` limit, `?3` offset → key, version, body.
    pub(crate) by_field: Vec<Text>,
}

impl KindSql {
    fn new(room: &str, kind: Kind) -> Self {
        let table = document_table(room, kind.name);
        let fields: Vec<String> = kind.indexed.iter().map(|field| field_column(field)).collect();
        let mut columns = vec!["key", "version", "subject", "body"];
        columns.extend(fields.iter().map(String::as_str));
        let set: Vec<String> =
            columns[1..].iter().map(|column| format!("{column}=excluded.{column}")).collect();
        let on_conflict = format!("ON CONFLICT (key) DO UPDATE SET {}", set.join(","));
        let on_known = "ON CONFLICT (key) DO UPDATE SET version=excluded.version,body=excluded.body";
        Self {
            kind,
            begin: Insert::new(&table, &columns, ""),
            put: Insert::new(&table, &columns, &on_conflict),
            renew: Insert::new(&table, &columns, on_known),
            delete: Text::new(format!("DELETE FROM {table} WHERE key IN (SELECT value FROM json_each(?1))")),
            one: Text::new(format!("SELECT key, version, body FROM {table} WHERE key = ?1")),
            by_field: fields
                .iter()
                .map(|column| {
                    Text::new(format!(
                        "SELECT key, version, body FROM {table} WHERE {column} IN (SELECT value FROM json_each(?1)) \
                         ORDER BY key LIMIT ?2 + 0 OFFSET ?3 + 0"
                    ))
                })
                .collect(),
        }
    }
}

/// The statements about one student over a kind of documents, whether the program still declares it or not.
#[derive(Debug)]
pub(crate) struct SubjectSql {
    /// The kind's name.
    pub(crate) place: String,
    /// `?1` student: what its key names first, and what the index on subjects knows.
    pub(crate) erase: [Text; 2],
    /// `?1` student → key, body.
    pub(crate) export: Text,
}

/// All statements of a room.
#[derive(Debug)]
pub(crate) struct RoomSql {
    /// What the file holds of the things that a run touches, in one look-up: [`facts_text`].
    pub(crate) facts: Text,
    pub(crate) accept: Insert,
    pub(crate) append: Insert,
    pub(crate) about: Insert,
    /// `?1` stream, `?2` `?3` position, `?4` limit → event id, time, body.
    pub(crate) stream: Text,
    pub(crate) queue: Insert,
    /// `?1` sequence, `?2` limit → the message.
    pub(crate) oldest: Text,
    /// → when the oldest message was queued.
    pub(crate) oldest_at: Text,
    /// `?1` sequences as a JSON array.
    pub(crate) published: Text,
    /// → number of messages, highest sequence or 0.
    pub(crate) waiting: Text,
    /// `?1` student.
    pub(crate) erase_entries: Text,
    /// `?1` student; after the entries.
    pub(crate) erase_about: Text,
    /// `?1` student.
    pub(crate) erase_messages: Text,
    /// `?1` student → stream, event id, body.
    pub(crate) export_entries: Text,
    pub(crate) kinds: Vec<KindSql>,
    pub(crate) subjects: Vec<SubjectSql>,
}

impl RoomSql {
    /// The statements of a room with these declared kinds; `kept` names every kind that has a table.
    pub(crate) fn new(room: &str, kinds: &[Kind], kept: &[String]) -> Self {
        let text = |text: &str| Text::new(text.replace("{room}", room));
        let insert = |table: &str, columns: &[&str], on_conflict: &str| {
            Insert::new(&format!("{room}_{table}"), columns, on_conflict)
        };
        let message = ["sequence", "topic", "key", "payload", "correlation_id", "traceparent", "queued_at"];
        Self {
            facts: facts_text(room, kinds),
            accept: insert("inbox", &["consumer", "event_id", "accepted_at"], ""),
            append: insert("entry", &["stream", "occurred_at", "event_id", "subject", "body"], ""),
            about: insert("about", &["subject", "stream"], "ON CONFLICT DO NOTHING"),
            stream: text(
                "SELECT event_id, occurred_at, body FROM {room}_entry \
                 WHERE stream = ?1 AND (occurred_at, event_id) > (?2, ?3) ORDER BY occurred_at, event_id LIMIT ?4 + 0",
            ),
            queue: insert("outbox", &message, ""),
            oldest: text(
                "SELECT sequence, topic, key, payload, correlation_id, traceparent, queued_at FROM {room}_outbox \
                 WHERE sequence > ?1 ORDER BY sequence LIMIT ?2 + 0",
            ),
            oldest_at: text("SELECT queued_at FROM {room}_outbox ORDER BY sequence LIMIT 1"),
            published: text("DELETE FROM {room}_outbox WHERE sequence IN (SELECT value FROM json_each(?1))"),
            waiting: text("SELECT count(*), coalesce(max(sequence), 0) FROM {room}_outbox"),
            erase_entries: text(
                "DELETE FROM {room}_entry \
                 WHERE subject = ?1 AND stream IN (SELECT stream FROM {room}_about WHERE subject = ?1)",
            ),
            erase_about: text("DELETE FROM {room}_about WHERE subject = ?1"),
            erase_messages: text("DELETE FROM {room}_outbox WHERE key = ?1"),
            export_entries: text(
                "SELECT stream, event_id, body FROM {room}_entry \
                 WHERE subject = ?1 AND stream IN (SELECT stream FROM {room}_about WHERE subject = ?1) \
                 ORDER BY stream, occurred_at, event_id",
            ),
            kinds: kinds.iter().map(|kind| KindSql::new(room, *kind)).collect(),
            subjects: kept.iter().map(|kind| SubjectSql::new(room, kind)).collect(),
        }
    }
}

impl SubjectSql {
    fn new(room: &str, kind: &str) -> Self {
        let table = document_table(room, kind);
        // '0' is the character after '/'.
        let by_key = "key >= ?1 || '/' AND key < ?1 || '0' AND subject = ?1";
        let by_index = format!("subject = ?1 AND {IS_KEYED_OTHERWISE}");
        let erase = |found: &str| Text::new(format!("DELETE FROM {table} WHERE {found}"));
        Self {
            place: kind.to_owned(),
            erase: [erase(by_key), erase(&by_index)],
            export: Text::new(format!(
                "SELECT key, body FROM {table} WHERE {by_key} UNION ALL \
                 SELECT key, body FROM {table} WHERE {by_index} ORDER BY key"
            )),
        }
    }
}

/// Of a document with a subject: its key does not begin with the subject and a slash. Only such are in the index on subjects;
/// the others are found by their key, and putting one touches no page of an index.
pub(crate) const IS_KEYED_OTHERWISE: &str = "substr(key, 1, length(subject) + 1) <> subject || '/'";

/// Which part of [`facts_text`] a row is of; the kinds follow.
pub(crate) const ACCEPTED: i64 = 0;
/// As [`ACCEPTED`].
pub(crate) const APPENDED: i64 = 1;
/// As [`ACCEPTED`]: of the first kind.
pub(crate) const FIRST_KIND: i64 = 2;

/// `?1` pairs (consumer, event id in hex) → [`ACCEPTED`], consumer, event id. `?2` places (stream, time, event id in hex) →
/// [`APPENDED`], stream, event id, time. For each kind its keys → [`FIRST_KIND`] and on, key, nothing, version, subject,
/// indexed fields. Each list is a JSON array.
fn facts_text(room: &str, kinds: &[Kind]) -> Text {
    let labels_max = kinds.iter().map(|kind| kind.indexed.len()).max().unwrap_or(0);
    let (nothing, nothing_behind) = (", NULL".repeat(2 + labels_max), ", NULL".repeat(1 + labels_max));
    let mut parts = vec![
        format!(
            "SELECT {ACCEPTED}, i.consumer, i.event_id{nothing} FROM json_each(?1) AS j \
             CROSS JOIN {room}_inbox AS i ON i.consumer = j.value->>0 AND i.event_id = unhex(j.value->>1)"
        ),
        format!(
            "SELECT {APPENDED}, e.stream, e.event_id, e.occurred_at{nothing_behind} FROM json_each(?2) AS j \
             CROSS JOIN {room}_entry AS e \
             ON e.stream = j.value->>0 AND e.occurred_at = j.value->>1 AND e.event_id = unhex(j.value->>2)"
        ),
    ];
    parts.extend((FIRST_KIND..).zip(kinds).map(|(part, kind)| {
        let table = document_table(room, kind.name);
        let labels: String =
            kind.indexed.iter().map(|field| format!(", d.{}", field_column(field))).collect();
        let nothing = ", NULL".repeat(labels_max - kind.indexed.len());
        format!(
            "SELECT {part}, d.key, NULL, d.version, d.subject{labels}{nothing} FROM json_each(?{}) AS j \
             CROSS JOIN {table} AS d ON d.key = j.value",
            part + 1
        )
    }));
    Text::new(parts.join(" UNION ALL "))
}

/// The table of a kind.
pub(crate) fn document_table(room: &str, kind: &str) -> String {
    format!("{room}_doc_{kind}")
}

/// The column of an indexed field: a prefix keeps it apart from our own columns and from SQL's words.
pub(crate) fn field_column(field: &str) -> String {
    format!("by_{field}")
}
