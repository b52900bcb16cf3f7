//! What came of the records: the figures, what is said on the way, and whether anything is missing in the end.
//!
//! Not here: how a record is read (module `opening`), what becomes of it (room `progress`).

use std::collections::HashSet;
use std::fmt;
use std::io::Write;
use std::process::ExitCode;

use bus::Delivery;
use contracts::{Event, Topic, avro};
use indicatif::ProgressBar;
use progress::replay::{Replayed, Tally};

use crate::cli::Failure;
use crate::cli::bar::bar;
use crate::opening::Place;

/// So many records that cannot be used are named; the rest is counted.
const NAMED_MAX: u64 = 100;

/// So many places of records that were given up are kept: some 50 MB. What is beyond them excuses nothing.
const GIVEN_UP_MAX: usize = 1_000_000;

/// Records that cannot be used: how many, and the first with its reason.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    count: u64,
    first: Option<String>,
}

impl Refusals {
    pub(super) fn add(&mut self, place: Place, reason: &str) {
        self.count += 1;
        if self.first.is_none() {
            self.first = Some(format!("{place}: {reason}"));
        }
    }
}

impl fmt::Display for Refusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.count)?;
        self.first.as_ref().map_or(Ok(()), |first| write!(f, ", the first {first}"))
    }
}

/// The books of one run.
pub(super) struct Account {
    tally: Tally,
    /// Where records lie that Progress gave up when they came first.
    given_up: HashSet<Place>,
    dead_letters: u64,
    unread: Refusals,
    refused: Refusals,
    bar: ProgressBar,
}

impl Account {
    pub(super) fn open() -> Result<Self, Failure> {
        Ok(Self {
            tally: Tally::default(),
            given_up: HashSet::new(),
            dead_letters: 0,
            unread: Refusals::default(),
            refused: Refusals::default(),
            bar: bar("{spinner} {msg}: {pos} records, {per_sec}")?,
        })
    }

    /// From now on records are gone through for this.
    pub(super) fn begin(&self, what: &'static str) {
        self.bar.set_message(what);
        self.bar.reset();
    }

    /// One more was looked at.
    pub(super) fn step(&self) {
        self.bar.inc(1);
    }

    /// Notes what a dead letter tells of, if Progress made it: a record that it could not use when it came first is not missing
    /// because of this run, and has an alert and a command of its own. A letter that cannot be read, or is another agent's,
    /// excuses nothing: what lies on learning.events nobody gives up for Progress, which wrote it, and it may be an erasure.
    pub(super) fn note_letter(&mut self, letter: &Delivery) {
        let Ok(Event::ErrorEvent(letter)) = avro::decode(&letter.message.payload) else { return };
        let Some(topic) = Topic::named(&letter.original_topic) else { return };
        if letter.consumer_agent == progress::NAME && self.given_up.len() < GIVEN_UP_MAX {
            self.given_up.insert(Place { topic, partition: letter.partition, offset: letter.offset });
        }
    }

    /// These could not be searched for erasures. Said before anybody is erased or brought back.
    pub(super) fn unread(&mut self, unread: Refusals) {
        if unread.count > 0 {
            self.say(&format!(
                "agent-bus: who was erased may stand in records that cannot be read: {unread}"
            ));
        }
        self.unread = unread;
    }

    /// What erasing came to.
    pub(super) fn erased(&mut self, tally: Tally) {
        self.tally = tally;
        self.refused.count = tally.refused;
    }

    /// What became of a record.
    pub(super) fn count(&mut self, place: Place, replayed: &Replayed) {
        self.step();
        let Replayed::Refused(reason) = replayed else { return self.tally.count(replayed) };
        if self.given_up.contains(&place) {
            self.dead_letters += 1;
            return;
        }
        self.tally.count(replayed);
        self.refused.add(place, reason);
        if self.refused.count <= NAMED_MAX {
            let and_more = if self.refused.count == NAMED_MAX { "; more are only counted" } else { "" };
            self.say(&format!("refused {place}: {reason}{and_more}"));
        }
    }

    /// No more comes.
    pub(super) fn close(&self) {
        self.bar.finish_and_clear();
    }

    /// The last words. Exit status 1 where a record is neither in the database nor among Progress' dead letters: whoever restores
    /// must hear that the state is not whole, and a Job that is done tells nobody. What Progress gave up before is no such
    /// record, or one importer's mistake would fail every restore of the next seven days.
    pub(super) fn tell(&self) -> std::io::Result<ExitCode> {
        let Tally { new, known, void, refused } = self.tally;
        let dead_letters = self.dead_letters;
        let replayed = self.tally.replayed() + dead_letters;
        writeln!(
            std::io::stdout(),
            "replayed={replayed} new={new} known={known} void={void} dead_letters={dead_letters} refused={refused}"
        )?;
        if self.refused.count > 0 {
            self.say(&format!("agent-bus: the database lacks records that cannot be used: {}", self.refused));
        }
        let is_whole = self.refused.count == 0 && self.unread.count == 0;
        Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Where standard error is gone, the count and the exit status tell.
    fn say(&self, line: &str) {
        self.bar.suspend(|| drop(writeln!(std::io::stderr(), "{line}")));
    }
}
