//! One room's share of a batch, inside the transaction: ask the file, plan, write.
//!
//! Each statement is a trip to the connection's thread and back, so everything goes in lists: a run of changes costs at
//! most two look-ups, one more for each kind of document, and a few inserts, whatever its length.
//!
//! Not here: the transaction and the answers (module `writer`), the decisions (module `plan`).

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use bus::Message;
use contracts::EventId;
use jiff::Timestamp;
use ledger::{Change, LedgerError, Outcome, Put, Version};
use serde_json::json;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Row, Sqlite, SqliteConnection};

use crate::failure::Failure;
use crate::plan::{Facts, Plan, Stored, Target};
use crate::room::{Room, Tally};
use crate::sql::{Insert, KindSql, RoomSql, Text};

type Statement<'q> = Query<'q, Sqlite, SqliteArguments>;

/// What became of one change.
pub(crate) type Verdict = Result<Outcome, LedgerError>;

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
        let kinds = sql.subjects.iter().map(|kind| &kind.erase);
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
        Ok(verdicts)
    }

    async fn write(&mut self, plan: &Plan<'_>, facts: &Facts) -> Result<(), Failure> {
        let sql = &self.room.sql;
        let now_ms = self.now.as_millisecond();
        insert(self.connection, &sql.accept, &plan.accepts, |statement, accept| {
            statement.bind(accept.consumer).bind(id_bytes(accept.event_id)).bind(now_ms)
        })
        .await?;
        insert(self.connection, &sql.append, &plan.appends, |statement, append| {
            statement
                .bind(append.stream.as_str())
                .bind(append.occurred_at.as_millisecond())
                .bind(id_bytes(append.event_id))
                .bind(append.subject.as_ref().map(|subject| subject.as_str()))
                .bind(append.body.to_vec())
        })
        .await?;
        let about = plan.appends.iter().filter_map(|append| Some((append.subject.as_ref()?, &append.stream)));
        insert(self.connection, &sql.about, &unique(about), |statement, (subject, stream)| {
            statement.bind(subject.as_str()).bind(stream.as_str())
        })
        .await?;
        for ((kind, documents), stored) in sql.kinds.iter().zip(&plan.documents).zip(&facts.documents) {
            let (mut puts, mut renewals, mut absent) = (Vec::new(), Vec::new(), Vec::new());
            for (key, target) in documents {
                match target {
                    Target::Put(version, put) => {
                        let is_found_as_before =
                            stored.get(*key).is_some_and(|stored| stored.is_found_as(put));
                        let list = if is_found_as_before { &mut renewals } else { &mut puts };
                        list.push((*version, *put));
                    }
                    Target::Absent => absent.push(*key),
                }
            }
            insert(self.connection, &kind.put, &puts, bind_put).await?;
            insert(self.connection, &kind.renew, &renewals, bind_put).await?;
            if !absent.is_empty() {
                let statement = kind.delete.query().bind(json!(absent).to_string());
                statement.execute(&mut *self.connection).await?;
            }
        }
        self.queue(&plan.messages).await
    }

    async fn queue(&mut self, messages: &[&Message]) -> Result<(), Failure> {
        let first = self.tally.last_sequence + 1;
        let numbered: Vec<(i64, &Message)> = (first..).zip(messages.iter().copied()).collect();
        let now_ms = self.now.as_millisecond();
        insert(self.connection, &self.room.sql.queue, &numbered, |statement, (sequence, message)| {
            statement
                .bind(*sequence)
                .bind(message.topic.name())
                .bind(message.key.as_str())
                .bind(message.payload.to_vec())
                .bind(message.headers.correlation_id.as_deref())
                .bind(message.headers.traceparent.as_deref())
                .bind(now_ms)
        })
        .await?;
        self.tally.waiting += messages.len() as u64;
        self.tally.last_sequence =
            numbered.last().map_or(self.tally.last_sequence, |(sequence, _)| *sequence);
        Ok(())
    }
}

fn bind_put<'q>(statement: Statement<'q>, (version, put): &(Version, &Put)) -> Statement<'q> {
    let statement = statement
        .bind(put.key.as_str())
        .bind(*version)
        .bind(put.subject.as_ref().map(|subject| subject.as_str()))
        .bind(put.body.to_vec());
    put.indexed.iter().fold(statement, |statement, value| statement.bind(value.as_str()))
}

async fn insert<T>(
    connection: &mut SqliteConnection,
    insert: &Insert,
    items: &[T],
    bind: impl for<'q> Fn(Statement<'q>, &T) -> Statement<'q>,
) -> Result<(), Failure> {
    for (text, items) in insert.cut(items) {
        let statement = items.iter().fold(text.query(), &bind);
        statement.execute(&mut *connection).await?;
    }
    Ok(())
}

async fn load_facts(
    connection: &mut SqliteConnection,
    sql: &RoomSql,
    changes: &[&Change],
) -> Result<Facts, Failure> {
    let accepts = changes.iter().filter_map(|change| change.accept.as_ref());
    let accepts = accepts.map(|accept| (accept.consumer, hex(accept.event_id))).collect();
    let appends = changes.iter().flat_map(|change| &change.appends);
    let appends = appends.map(|append| (append.stream.as_str(), hex(append.event_id))).collect();
    let accepted = load_events(connection, &sql.accepted, accepts).await?;
    let appended = load_events(connection, &sql.appended, appends).await?;
    let mut documents = Vec::with_capacity(sql.kinds.len());
    for kind in &sql.kinds {
        let puts = changes.iter().flat_map(|change| &change.puts);
        let keys = puts.filter(|put| put.kind.name == kind.kind.name).map(|put| put.key.as_str());
        documents.push(load_documents(connection, kind, unique(keys)).await?);
    }
    Ok(Facts { accepted, appended, documents })
}

async fn load_events(
    connection: &mut SqliteConnection,
    text: &Text,
    pairs: Vec<(&str, String)>,
) -> Result<HashMap<String, HashSet<EventId>>, Failure> {
    let mut found: HashMap<String, HashSet<EventId>> = HashMap::new();
    if pairs.is_empty() {
        return Ok(found);
    }
    let statement = text.query().bind(json!(pairs).to_string());
    for row in statement.fetch_all(connection).await? {
        found.entry(row.try_get(0)?).or_default().insert(event_id(row.try_get(1)?)?);
    }
    Ok(found)
}

async fn load_documents(
    connection: &mut SqliteConnection,
    sql: &KindSql,
    keys: Vec<&str>,
) -> Result<HashMap<String, Stored>, Failure> {
    let mut found = HashMap::new();
    if keys.is_empty() {
        return Ok(found);
    }
    let statement = sql.versions.query().bind(json!(keys).to_string());
    for row in statement.fetch_all(connection).await? {
        let indexed =
            (0..sql.kind.indexed.len()).map(|field| row.try_get(field + 3)).collect::<Result<_, _>>()?;
        let stored = Stored { version: row.try_get(1)?, subject: row.try_get(2)?, indexed };
        found.insert(row.try_get(0)?, stored);
    }
    Ok(found)
}

fn unique<T: Hash + Eq + Copy>(items: impl Iterator<Item = T>) -> Vec<T> {
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
