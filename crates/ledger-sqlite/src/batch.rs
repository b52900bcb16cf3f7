//! One room's share of a batch, inside the transaction: ask the file, plan, write.
//!
//! Each statement is a trip to the connection's thread and back, and that is most of what a small statement costs. So
//! everything goes in lists: a run of changes costs one look-up and one trip for all inserts, whatever its length.
//!
//! Not here: the transaction and the answers (module `writer`), the decisions (`ledger::plan`).

use std::collections::HashSet;
use std::hash::Hash;

use contracts::EventId;
use jiff::Timestamp;
use ledger::plan::{Plan, Target, place_of};
use ledger::{Append, Change, LedgerError, Outcome, Put, Version, plan};
use serde_json::json;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use crate::failure::Failure;
use crate::recent::{Touched, touched};
use crate::room::{Room, Tally};
use crate::rows::{about_rows, accept_rows, append_rows, document_rows, insert, message_rows};
use crate::sql::{ACCEPTED, APPENDED, FIRST_KIND, KindSql, RoomSql};

/// What became of one change.
pub(crate) type Verdict = Result<Outcome, LedgerError>;

/// What the file holds of the things that a run touches.
pub(crate) type Facts = plan::Facts<Stored>;

/// What the file holds of a document, but for its body.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) version: Version,
    pub(crate) subject: Option<String>,
    pub(crate) indexed: Vec<String>,
}

impl plan::Stored for Stored {
    fn version(&self) -> Version {
        self.version
    }
}

impl Stored {
    /// Whether a put leaves the indexes as they are.
    pub(crate) fn is_found_as(&self, put: &Put) -> bool {
        self.subject.as_deref() == put.subject.as_ref().map(|subject| subject.as_str())
            && self.indexed == put.indexed
    }
}

/// A room's part of a transaction.
pub(crate) struct Share<'a> {
    pub(crate) connection: &'a mut SqliteConnection,
    pub(crate) room: &'a Room,
    /// The outbox as it will be after the COMMIT.
    pub(crate) tally: Tally,
    pub(crate) outbox_max: u64,
    pub(crate) now: Timestamp,
    /// Whether a student was erased.
    pub(crate) erased: bool,
    /// What becomes of documents with the COMMIT.
    pub(crate) touched: Vec<Touched>,
}

impl Share<'_> {
    /// Forgets published messages.
    pub(crate) async fn forget(&mut self, sequences: &[i64]) -> Result<(), Failure> {
        if sequences.is_empty() {
            return Ok(());
        }
        let statement = self.room.sql.published.query().bind(json!(sequences).to_string());
        let gone = statement.execute(&mut *self.connection).await?.rows_affected();
        self.tally.waiting = self.tally.waiting.saturating_sub(gone);
        Ok(())
    }

    /// Applies changes in order; one verdict each.
    pub(crate) async fn apply(&mut self, changes: &[&Change]) -> Result<Vec<Verdict>, Failure> {
        let mut verdicts = Vec::with_capacity(changes.len());
        // What an erasure deletes is not among the facts of its neighbours: it runs by itself.
        for run in changes.chunk_by(|a, b| a.erase.is_none() && b.erase.is_none()) {
            verdicts.extend(match run {
                [change] if change.erase.is_some() => self.apply_erasure(change).await?,
                _ => self.apply_run(run).await?,
            });
        }
        Ok(verdicts)
    }

    async fn apply_erasure(&mut self, change: &Change) -> Result<Vec<Verdict>, Failure> {
        let before = self.tally;
        sqlx::query("SAVEPOINT erasure").execute(&mut *self.connection).await?;
        if let Some(subject) = &change.erase {
            self.erase(subject.as_str()).await?;
        }
        let verdicts = self.apply_run(&[change]).await?;
        if matches!(verdicts.as_slice(), [Ok(Outcome::Committed)]) {
            self.erased = true;
        } else {
            sqlx::query("ROLLBACK TO erasure").execute(&mut *self.connection).await?;
            self.tally = before;
        }
        sqlx::query("RELEASE erasure").execute(&mut *self.connection).await?;
        Ok(verdicts)
    }

    async fn erase(&mut self, subject: &str) -> Result<(), Failure> {
        let sql = &self.room.sql;
        let kinds = sql.subjects.iter().flat_map(|kind| &kind.erase);
        for text in [&sql.erase_entries, &sql.erase_about].into_iter().chain(kinds) {
            text.query().bind(subject).execute(&mut *self.connection).await?;
        }
        let gone = sql.erase_messages.query().bind(subject).execute(&mut *self.connection).await?;
        self.tally.waiting = self.tally.waiting.saturating_sub(gone.rows_affected());
        Ok(())
    }

    async fn apply_run(&mut self, changes: &[&Change]) -> Result<Vec<Verdict>, Failure> {
        let facts = load_facts(self.connection, &self.room.sql, changes).await?;
        let room_left = self.outbox_max.saturating_sub(self.tally.waiting);
        let mut plan = Plan::new(&facts, self.room.spec.kinds, room_left);
        let verdicts = changes.iter().map(|change| plan.consider(change)).collect();
        self.write(&plan, &facts).await?;
        self.touched.extend(touched(&plan, &facts));
        Ok(verdicts)
    }

    async fn write(&mut self, plan: &Plan<'_, Stored>, facts: &Facts) -> Result<(), Failure> {
        let sql = &self.room.sql;
        let mut lists = vec![
            accept_rows(&sql.accept, &plan.accepts, self.now),
            append_rows(&sql.append, &plan.appends),
            about_rows(&sql.about, &plan.appends),
        ];
        for ((kind, documents), stored) in sql.kinds.iter().zip(&plan.documents).zip(&facts.documents) {
            lists.extend(document_rows(kind, documents, stored));
            let absent = documents.iter().filter(|(_, target)| matches!(target, Target::Absent));
            let absent: Vec<&str> = absent.map(|(key, _)| *key).collect();
            if !absent.is_empty() {
                let statement = kind.delete.query().bind(json!(absent).to_string());
                statement.execute(&mut *self.connection).await?;
            }
        }
        let first = self.tally.last_sequence + 1;
        lists.push(message_rows(&sql.queue, first, &plan.messages, self.now));
        insert(self.connection, &lists).await?;
        let messages = plan.messages.len() as u64;
        self.tally.waiting += messages;
        self.tally.last_sequence += i64::try_from(messages).unwrap_or(i64::MAX);
        Ok(())
    }
}

async fn load_facts<'a>(
    connection: &mut SqliteConnection,
    sql: &RoomSql,
    changes: &[&'a Change],
) -> Result<Facts, Failure> {
    let accepts = changes.iter().filter_map(|change| change.accept.as_ref());
    let accepts: Vec<_> = accepts.map(|accept| (accept.consumer, hex(accept.event_id))).collect();
    let appends = changes.iter().flat_map(|change| &change.appends);
    let place = |append: &'a Append| {
        let (occurred_at_ms, event_id) = place_of(append);
        (append.stream.as_str(), occurred_at_ms, hex(event_id))
    };
    let appends: Vec<_> = appends.map(place).collect();
    let keys: Vec<Vec<&str>> = sql.kinds.iter().map(|kind| keys_of(kind, changes)).collect();
    let mut facts = Facts::none(sql.kinds.len());
    if accepts.is_empty() && appends.is_empty() && keys.iter().all(Vec::is_empty) {
        return Ok(facts);
    }
    let statement = sql.facts.query().bind(json!(accepts).to_string()).bind(json!(appends).to_string());
    let statement = keys.iter().fold(statement, |statement, keys| statement.bind(json!(keys).to_string()));
    for row in statement.fetch_all(connection).await? {
        take_fact(&mut facts, sql, &row)?;
    }
    Ok(facts)
}

/// The keys of a kind that the changes put, each once.
fn keys_of<'a>(sql: &KindSql, changes: &[&'a Change]) -> Vec<&'a str> {
    let puts = changes.iter().flat_map(|change| &change.puts);
    unique(puts.filter(|put| put.kind.name == sql.kind.name).map(|put| put.key.as_str()))
}

fn take_fact(facts: &mut Facts, sql: &RoomSql, row: &SqliteRow) -> Result<(), Failure> {
    let name: String = row.try_get(1)?;
    match row.try_get(0)? {
        ACCEPTED => facts.accepted.entry(name).or_default().insert(event_id(row.try_get(2)?)?),
        APPENDED => {
            let place = (row.try_get(3)?, event_id(row.try_get(2)?)?);
            facts.appended.entry(name).or_default().insert(place)
        }
        part => {
            let place = usize::try_from(part - FIRST_KIND).unwrap_or(usize::MAX);
            let (Some(kind), Some(documents)) = (sql.kinds.get(place), facts.documents.get_mut(place)) else {
                return Err(Failure::Corrupt(format!("a fact of part {part}")));
            };
            let fields = 0..kind.kind.indexed.len();
            let indexed = fields.map(|field| row.try_get(field + 5)).collect::<Result<_, _>>()?;
            let stored = Stored { version: row.try_get(3)?, subject: row.try_get(4)?, indexed };
            documents.insert(name, stored).is_none()
        }
    };
    Ok(())
}

pub(crate) fn unique<T: Hash + Eq + Copy>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = HashSet::new();
    items.filter(|item| seen.insert(*item)).collect()
}

fn hex(event_id: EventId) -> String {
    event_id.0.simple().to_string()
}

pub(crate) fn id_bytes(event_id: EventId) -> Vec<u8> {
    event_id.0.as_bytes().to_vec()
}

/// The event id in a column.
pub(crate) fn event_id(bytes: &[u8]) -> Result<EventId, Failure> {
    let id = uuid::Uuid::from_slice(bytes);
    id.map(EventId).map_err(|error| Failure::Corrupt(format!("an event id: {error}")))
}
