//! The texts of one room's statements, made once: each is prepared once a connection and then only bound and run.
//!
//! Every name in them was checked against its pattern (module `schema`) before it came here, and no value is ever part of
//! a text, which is what makes the `AssertSqlSafe` in this module true. Lists of keys come as one JSON array, so that a
//! look-up has one text whatever the number of keys.
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

/// Numbers of rows for which an insert has a text of its own. A list is cut into these, largest first: any number up to
/// 128 in at most four, and each part is a trip to the connection's thread, which costs as much as inserting a few rows.
const ROWS: [usize; 14] = [128, 96, 64, 48, 32, 24, 16, 12, 8, 6, 4, 3, 2, 1];

/// An insert of one or more rows.
#[derive(Debug)]
pub(crate) struct Insert {
    by_rows: [(usize, Text); ROWS.len()],
}

impl Insert {
    fn new(table: &str, columns: &[&str], on_conflict: &str) -> Self {
        let row = format!("({})", vec!["?"; columns.len()].join(","));
        let columns = columns.join(",");
        let text = |rows: usize| {
            let values = vec![row.as_str(); rows].join(",");
            Text::new(format!("INSERT INTO {table} ({columns}) VALUES {values} {on_conflict}"))
        };
        Self { by_rows: ROWS.map(|rows| (rows, text(rows))) }
    }

    /// Cuts `items` into lists for which there is a text.
    pub(crate) fn cut<'a, T>(&'a self, items: &'a [T]) -> impl Iterator<Item = (&'a Text, &'a [T])> {
        let mut rest = items;
        std::iter::from_fn(move || {
            let (rows, text) = self.by_rows.iter().find(|(rows, _)| *rows <= rest.len())?;
            let (now, later) = rest.split_at(*rows);
            rest = later;
            Some((text, now))
        })
    }
}

/// The statements of a kind of documents.
#[derive(Debug)]
pub(crate) struct KindSql {
    pub(crate) kind: Kind,
    /// `?1` keys as a JSON array → key, version, subject, indexed fields.
    pub(crate) versions: Text,
    /// Puts a document of which subject or indexed fields are new.
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
        let labels: String = fields.iter().map(|field| format!(", d.{field}")).collect();
        Self {
            kind,
            versions: Text::new(format!(
                "SELECT d.key, d.version, d.subject{labels} FROM json_each(?1) AS j \
                 CROSS JOIN {table} AS d ON d.key = j.value"
            )),
            put: Insert::new(&table, &columns, &on_conflict),
            renew: Insert::new(&table, &columns, on_known),
            delete: Text::new(format!("DELETE FROM {table} WHERE key IN (SELECT value FROM json_each(?1))")),
            one: Text::new(format!("SELECT key, version, body FROM {table} WHERE key = ?1")),
            by_field: fields
                .iter()
                .map(|column| {
                    Text::new(format!(
                        "SELECT key, version, body FROM {table} WHERE {column} IN (SELECT value FROM json_each(?1)) \
                         ORDER BY key LIMIT ?2 OFFSET ?3"
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
    /// `?1` student.
    pub(crate) erase: Text,
    /// `?1` student → place, key, body.
    pub(crate) export: Text,
}

/// All statements of a room.
#[derive(Debug)]
pub(crate) struct RoomSql {
    /// `?1` pairs (consumer, event id in hex) as a JSON array → consumer, event id.
    pub(crate) accepted: Text,
    pub(crate) accept: Insert,
    /// `?1` pairs (stream, event id in hex) as a JSON array → stream, event id.
    pub(crate) appended: Text,
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
            accepted: text(
                "SELECT i.consumer, i.event_id FROM json_each(?1) AS j CROSS JOIN {room}_inbox AS i \
                 ON i.consumer = j.value->>0 AND i.event_id = unhex(j.value->>1)",
            ),
            accept: insert("inbox", &["consumer", "event_id", "accepted_at"], ""),
            appended: text(
                "SELECT e.stream, e.event_id FROM json_each(?1) AS j CROSS JOIN {room}_entry AS e \
                 ON e.stream = j.value->>0 AND e.event_id = unhex(j.value->>1)",
            ),
            append: insert("entry", &["stream", "occurred_at", "event_id", "subject", "body"], ""),
            about: insert("about", &["subject", "stream"], "ON CONFLICT DO NOTHING"),
            stream: text(
                "SELECT event_id, occurred_at, body FROM {room}_entry \
                 WHERE stream = ?1 AND (occurred_at, event_id) > (?2, ?3) ORDER BY occurred_at, event_id LIMIT ?4",
            ),
            queue: insert("outbox", &message, ""),
            oldest: text(
                "SELECT sequence, topic, key, payload, correlation_id, traceparent, queued_at FROM {room}_outbox \
                 WHERE sequence > ?1 ORDER BY sequence LIMIT ?2",
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

    /// A declared kind's place among [`RoomSql::kinds`].
    pub(crate) fn kind(&self, kind: Kind) -> Option<usize> {
        self.kinds.iter().position(|known| known.kind == kind)
    }
}

impl SubjectSql {
    fn new(room: &str, kind: &str) -> Self {
        let table = document_table(room, kind);
        Self {
            place: kind.to_owned(),
            erase: Text::new(format!("DELETE FROM {table} WHERE subject = ?1")),
            export: Text::new(format!("SELECT key, body FROM {table} WHERE subject = ?1 ORDER BY key")),
        }
    }
}

/// The table of a kind.
pub(crate) fn document_table(room: &str, kind: &str) -> String {
    format!("{room}_doc_{kind}")
}

/// The column of an indexed field: a prefix keeps it apart from our own columns and from SQL's words.
pub(crate) fn field_column(field: &str) -> String {
    format!("by_{field}")
}
