//! Rows for the inserts of a run, and the one trip in which all of them are written.
//!
//! The inserts of all tables make one text with several statements, which the driver prepares and runs as one. All take the
//! same number of rows, so that a room has few such texts: they stay prepared.
//!
//! Not here: what is to be written (`ledger::plan`), the texts of the inserts (module `sql`).

use std::collections::{BTreeMap, HashMap};

use bus::Message;
use jiff::Timestamp;
use ledger::plan::Target;
use ledger::{Accept, Append, Put, Version};
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Sqlite, SqliteConnection};

use crate::batch::{Stored, id_bytes, unique};
use crate::failure::Failure;
use crate::sql::{Insert, KindSql, ROWS_MAX};

/// One column of a row.
#[derive(Clone)]
enum Cell<'a> {
    Null,
    Number(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
    Id(Vec<u8>),
}

/// Rows for one insert.
pub(crate) struct Rows<'a> {
    insert: &'a Insert,
    rows: Vec<Vec<Cell<'a>>>,
}

impl<'a> Rows<'a> {
    fn new(insert: &'a Insert, rows: impl Iterator<Item = Vec<Cell<'a>>>) -> Self {
        Self { insert, rows: rows.collect() }
    }
}

/// Writes all lists.
pub(crate) async fn insert(connection: &mut SqliteConnection, lists: &[Rows<'_>]) -> Result<(), Failure> {
    let longest = lists.iter().map(|list| list.rows.len()).max().unwrap_or(0);
    for start in (0..longest).step_by(ROWS_MAX) {
        let part = |list: &Rows<'_>| list.rows.len().saturating_sub(start).min(ROWS_MAX);
        let most = lists.iter().map(part).max().unwrap_or(0);
        let parts = lists.iter().filter(|list| part(list) > 0);
        let parts: Vec<(&Insert, &[Vec<Cell<'_>>])> =
            parts.map(|list| (list.insert, &list.rows[start..start + part(list)])).collect();
        let text: String = parts.iter().map(|(insert, _)| insert.holding(most).1).collect();
        let mut statement = sqlx::query(AssertSqlSafe(text));
        for (insert, rows) in parts {
            let (holds, _) = insert.holding(most);
            let left_over = (holds - rows.len()) * rows[0].len();
            statement = rows.iter().flatten().fold(statement, bind);
            statement = (0..left_over).fold(statement, |statement, _| bind(statement, &Cell::Null));
        }
        statement.execute(&mut *connection).await?;
    }
    Ok(())
}

fn bind<'q>(
    statement: Query<'q, Sqlite, SqliteArguments>,
    cell: &Cell<'_>,
) -> Query<'q, Sqlite, SqliteArguments> {
    match cell {
        Cell::Null => statement.bind(None::<i64>),
        Cell::Number(number) => statement.bind(*number),
        Cell::Text(text) => statement.bind((*text).to_owned()),
        Cell::Bytes(bytes) => statement.bind(bytes.to_vec()),
        Cell::Id(bytes) => statement.bind(bytes.clone()),
    }
}

/// Inbox rows.
pub(crate) fn accept_rows<'a>(insert: &'a Insert, accepts: &[&'a Accept], now: Timestamp) -> Rows<'a> {
    let row = |accept: &&'a Accept| {
        let id = Cell::Id(id_bytes(accept.event_id));
        vec![Cell::Text(accept.consumer), id, Cell::Number(now.as_millisecond())]
    };
    Rows::new(insert, accepts.iter().map(row))
}

/// Entries.
pub(crate) fn append_rows<'a>(insert: &'a Insert, appends: &[&'a Append]) -> Rows<'a> {
    let row = |append: &&'a Append| {
        vec![
            Cell::Text(&append.stream),
            Cell::Number(append.occurred_at.as_millisecond()),
            Cell::Id(id_bytes(append.event_id)),
            text_or_null(append.subject.as_ref().map(|subject| subject.as_str())),
            Cell::Bytes(&append.body),
        ]
    };
    Rows::new(insert, appends.iter().map(row))
}

/// In which streams students are.
pub(crate) fn about_rows<'a>(insert: &'a Insert, appends: &[&'a Append]) -> Rows<'a> {
    let about =
        appends.iter().filter_map(|append| Some((append.subject.as_ref()?.as_str(), append.stream.as_str())));
    let row = |(subject, stream)| vec![Cell::Text(subject), Cell::Text(stream)];
    Rows::new(insert, unique(about).into_iter().map(row))
}

/// Documents of a kind: those that are not there, those that are found otherwise from now on, and those that are renewed.
pub(crate) fn document_rows<'a>(
    kind: &'a KindSql,
    documents: &BTreeMap<&str, Target<'a>>,
    stored: &HashMap<String, Stored>,
) -> [Rows<'a>; 3] {
    let [mut fresh, mut moved, mut renewed] =
        [&kind.begin, &kind.put, &kind.renew].map(|insert| Rows::new(insert, std::iter::empty()));
    for (key, target) in documents {
        let Target::Put(version, put) = target else { continue };
        let list = match stored.get(*key) {
            None => &mut fresh,
            Some(stored) if stored.is_found_as(put) => &mut renewed,
            Some(_) => &mut moved,
        };
        list.rows.push(document_row(*version, put));
    }
    [fresh, moved, renewed]
}

fn document_row(version: Version, put: &Put) -> Vec<Cell<'_>> {
    let subject = text_or_null(put.subject.as_ref().map(|subject| subject.as_str()));
    let row = [Cell::Text(&put.key), Cell::Number(version), subject, Cell::Bytes(&put.body)];
    row.into_iter().chain(put.indexed.iter().map(|value| Cell::Text(value))).collect()
}

/// Messages, with sequences from `first` on.
pub(crate) fn message_rows<'a>(
    insert: &'a Insert,
    first: i64,
    messages: &[&'a Message],
    now: Timestamp,
) -> Rows<'a> {
    let row = |(sequence, message): (i64, &&'a Message)| {
        vec![
            Cell::Number(sequence),
            Cell::Text(message.topic.name()),
            Cell::Text(&message.key),
            Cell::Bytes(&message.payload),
            text_or_null(message.headers.correlation_id.as_deref()),
            text_or_null(message.headers.traceparent.as_deref()),
            Cell::Number(now.as_millisecond()),
        ]
    };
    Rows::new(insert, (first..).zip(messages).map(row))
}

fn text_or_null(text: Option<&str>) -> Cell<'_> {
    text.map_or(Cell::Null, Cell::Text)
}
