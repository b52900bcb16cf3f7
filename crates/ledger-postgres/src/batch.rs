//! One batch of a room's writes inside its transaction: lock, ask, plan, write. Each is one trip for the whole batch.
//!
//! Not here: the connection, the COMMIT and the answers (module `writer`), the decisions (`ledger::plan`).

use std::collections::HashSet;

use contracts::EventId;
use ledger::plan::{Facts, Plan};
use ledger::{Change, LedgerError, Outcome, Version};
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Row};

use crate::columns::{Accepts, Columns, Entries};
use crate::define::Numbers;
use crate::failure::Failure;
use crate::room::Room;
use crate::sql::{ACCEPTED, APPENDED, DOCUMENT, ERASE, FACTS, WAITING, WRITE};

/// What became of one change.
pub(crate) type Verdict = Result<Outcome, LedgerError>;

/// The state of a room's outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tally {
    /// The sequence that was given last.
    last_sequence: i64,
    /// Messages that wait.
    waiting: u64,
}

/// A room's transaction.
pub(crate) struct Batch<'a> {
    connection: &'a mut PgConnection,
    room: &'a Room,
    numbers: &'a Numbers,
    tally: Tally,
    /// As the room's row has it.
    stored: Tally,
    /// The lanes of the messages that were queued.
    lanes: HashSet<i16>,
}

/// What a batch came to.
pub(crate) struct Written {
    /// One for each change, in order.
    pub(crate) verdicts: Vec<Verdict>,
    /// The lanes of the messages that were queued.
    pub(crate) lanes: HashSet<i16>,
}

impl<'a> Batch<'a> {
    /// Begins the transaction and waits for the room's lock. The level is stated: with the lock held, each statement
    /// must see what was committed before it.
    pub(crate) async fn begin(connection: &'a mut PgConnection, room: &'a Room) -> Result<Self, Failure> {
        let numbers = room.numbers()?;
        let text = format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; \
             SELECT last_sequence, waiting FROM ledger_room WHERE id = {} FOR NO KEY UPDATE",
            numbers.room
        );
        let rows = sqlx::raw_sql(AssertSqlSafe(text)).fetch_all(&mut *connection).await?;
        let row = rows.first().ok_or_else(|| Failure::Corrupt("the room is not in the database".into()))?;
        let (last_sequence, waiting): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        let tally = Tally { last_sequence, waiting: waiting.unsigned_abs() };
        Ok(Self { connection, room, numbers, tally, stored: tally, lanes: HashSet::new() })
    }

    /// Forgets published messages and applies the changes, in order.
    pub(crate) async fn write(mut self, published: &[i64], changes: &[&Change]) -> Result<Written, Failure> {
        let mut verdicts = Vec::with_capacity(changes.len());
        let mut published = published;
        // What an erasure deletes is not among the facts of its neighbours: it runs by itself.
        let runs: Vec<&[&Change]> = changes.chunk_by(|a, b| a.erase.is_none() && b.erase.is_none()).collect();
        let is_first_erasing = changes.first().is_none_or(|change| change.erase.is_some());
        if is_first_erasing && !published.is_empty() {
            self.apply_run(std::mem::take(&mut published), &[]).await?;
        }
        for run in runs {
            verdicts.extend(match run {
                [change] if change.erase.is_some() => self.apply_erasure(change).await?,
                _ => self.apply_run(std::mem::take(&mut published), run).await?,
            });
        }
        Ok(Written { verdicts, lanes: self.lanes })
    }

    async fn apply_erasure(&mut self, change: &Change) -> Result<Vec<Verdict>, Failure> {
        let before = (self.tally, self.stored);
        sqlx::query("SAVEPOINT erasure").execute(&mut *self.connection).await?;
        if let Some(subject) = &change.erase {
            let erase = sqlx::query(ERASE).bind(self.numbers.room).bind(subject.as_str());
            let gone: i64 = erase.fetch_one(&mut *self.connection).await?.try_get(0)?;
            self.tally.waiting = self.tally.waiting.saturating_sub(gone.unsigned_abs());
        }
        let verdicts = self.apply_run(&[], &[change]).await?;
        if !matches!(verdicts.as_slice(), [Ok(Outcome::Committed)]) {
            sqlx::query("ROLLBACK TO SAVEPOINT erasure").execute(&mut *self.connection).await?;
            (self.tally, self.stored) = before;
        }
        Ok(verdicts)
    }

    async fn apply_run(&mut self, published: &[i64], changes: &[&Change]) -> Result<Vec<Verdict>, Failure> {
        let (facts, gone) = self.load_facts(published, changes).await?;
        self.tally.waiting = self.tally.waiting.saturating_sub(gone);
        let room_left = self.room.base.settings.outbox_max.saturating_sub(self.tally.waiting);
        let mut plan = Plan::new(&facts, self.room.spec.kinds, room_left);
        let verdicts = changes.iter().map(|change| plan.consider(change)).collect();
        self.write_run(published, &plan).await?;
        Ok(verdicts)
    }

    /// What is there of what the run touches, and how many of the published messages still wait.
    async fn load_facts(
        &mut self,
        published: &[i64],
        changes: &[&Change],
    ) -> Result<(Facts<Version>, u64), Failure> {
        let (mut accepts, mut entries) = (Accepts::default(), Entries::default());
        changes.iter().filter_map(|change| change.accept.as_ref()).for_each(|accept| accepts.add(accept));
        changes.iter().flat_map(|change| &change.appends).for_each(|append| entries.add(append));
        let (kinds, keys): (Vec<i16>, Vec<&str>) = self.keys_of(changes).into_iter().unzip();
        let statement = sqlx::query(FACTS)
            .bind(self.numbers.room)
            .bind(accepts.consumers)
            .bind(accepts.events)
            .bind(entries.streams)
            .bind(entries.times)
            .bind(entries.events)
            .bind(kinds)
            .bind(keys)
            .bind(published);
        let rows = statement.fetch_all(&mut *self.connection).await?;
        let mut facts = Facts::none(self.room.spec.kinds.len());
        let mut gone = 0;
        for row in &rows {
            match row.try_get(0)? {
                WAITING => gone = row.try_get::<i64, _>(3)?.unsigned_abs(),
                part => take_fact(&mut facts, &self.numbers.kinds, part, row)?,
            }
        }
        Ok((facts, gone))
    }

    /// The documents that the changes put, each once.
    fn keys_of<'c>(&self, changes: &[&'c Change]) -> HashSet<(i16, &'c str)> {
        let (spec, numbers) = (self.room.spec, self.numbers);
        let puts = changes.iter().flat_map(|change| &change.puts);
        let number =
            |kind| spec.kinds.iter().position(|known| *known == kind).map(|place| numbers.kinds[place]);
        puts.filter_map(|put| Some((number(put.kind)?, put.key.as_str()))).collect()
    }

    async fn write_run(&mut self, published: &[i64], plan: &Plan<'_, Version>) -> Result<(), Failure> {
        let columns = Columns::of(plan, &self.numbers.kinds, self.tally.last_sequence + 1);
        let Columns { accepts, entries, documents, deleted, messages } = columns;
        let queued = messages.sequences.len() as u64;
        self.tally.waiting += queued;
        self.tally.last_sequence += i64::try_from(queued).unwrap_or(i64::MAX);
        self.lanes.extend(&messages.lanes);
        // Duplicates and conflicts alone leave nothing to write.
        let is_nothing = accepts.events.is_empty()
            && entries.events.is_empty()
            && documents.keys.is_empty()
            && deleted.1.is_empty()
            && published.is_empty();
        if is_nothing && self.tally == self.stored {
            return Ok(());
        }
        self.stored = self.tally;
        let [by_1, by_2, by_3, by_4] = documents.fields;
        let statement = sqlx::query(WRITE)
            .bind(self.numbers.room)
            .bind(accepts.consumers)
            .bind(accepts.events)
            .bind(self.room.base.settings.clock.now().as_millisecond())
            .bind(entries.streams)
            .bind(entries.times)
            .bind(entries.events)
            .bind(entries.subjects)
            .bind(entries.bodies)
            .bind(documents.kinds)
            .bind(documents.keys)
            .bind(documents.versions)
            .bind(documents.subjects)
            .bind(documents.bodies)
            .bind(by_1)
            .bind(by_2)
            .bind(by_3)
            .bind(by_4)
            .bind(deleted.0)
            .bind(deleted.1)
            .bind(messages.sequences)
            .bind(messages.lanes)
            .bind(messages.topics)
            .bind(messages.keys)
            .bind(messages.payloads)
            .bind(messages.correlation_ids)
            .bind(messages.traceparents)
            .bind(published)
            .bind(self.tally.last_sequence)
            .bind(i64::try_from(self.tally.waiting).unwrap_or(i64::MAX));
        statement.execute(&mut *self.connection).await?;
        Ok(())
    }
}

fn take_fact(facts: &mut Facts<Version>, kinds: &[i16], part: i32, row: &PgRow) -> Result<(), Failure> {
    let name: String = row.try_get(1)?;
    match part {
        ACCEPTED => {
            facts.accepted.entry(name).or_default().insert(EventId(row.try_get(2)?));
        }
        APPENDED => {
            let place = (row.try_get(3)?, EventId(row.try_get(2)?));
            facts.appended.entry(name).or_default().insert(place);
        }
        DOCUMENT => {
            let kind: i16 = row.try_get(4)?;
            let place = kinds.iter().position(|number| *number == kind);
            let documents = place.and_then(|place| facts.documents.get_mut(place));
            let documents =
                documents.ok_or_else(|| Failure::Corrupt(format!("a document of kind {kind}")))?;
            documents.insert(name, row.try_get(3)?);
        }
        _ => return Err(Failure::Corrupt(format!("a fact of part {part}"))),
    }
    Ok(())
}
