//! Rebuilds the state from what lies on the topics: evidence as it came, and from what this room told the others whatever
//! somebody said, and who was erased. Every record may come again, in a run or in the next: it counts once.
//!
//! What is void is so in any order of the records. First learning.events is noted twice, for who was erased
//! ([`Replay::note`]) and for what went with it ([`Replay::note_void`]), and who was erased is erased here too
//! ([`Replay::erase`]); then learning.events and learning.evidence are taken ([`Replay::take`]). Each partition comes in its
//! order, partitions in any.
//!
//! What is new here is told again, by the outbox: the others are idempotent. Not on the topics are rosters, targets that
//! were set before there was any evidence, and what teachers said of alerts: these come back from a backup alone. Not here:
//! reading the topics (command `replay`).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use agent_core::mastery::Fact;
use bus::Delivery;
use contracts::events::{StudentErased, StudentProgress};
use contracts::metadata::{BY, CAUSE, FACT};
use contracts::{Event, EventId, StudentId, Topic, avro};
use jiff::Timestamp;
use ledger::LedgerError;

use crate::error::ProgressError;
use crate::inbox::Inbox;
use crate::journal::{ErasedThen, Incoming, Origin, Recorded, Restored};
use crate::{Ports, Progress};

/// What became of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replayed {
    /// It was missing here, and is here now.
    New,
    /// It was here.
    Known,
    /// It happened before its student was erased.
    Void,
    /// It holds nothing that is replayed, such as the mastery after evidence, which evidence itself brings back.
    Passed,
    /// It cannot be used, as it could not when it came first; with the reason.
    Refused(String),
}

/// How many records came to what; those that were passed over are in none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each count is that of the variant of its name")]
pub struct Tally {
    pub new: u64,
    pub known: u64,
    pub void: u64,
    pub refused: u64,
}

impl Tally {
    /// Counts one more.
    pub fn count(&mut self, replayed: &Replayed) {
        match replayed {
            Replayed::New => self.new += 1,
            Replayed::Known => self.known += 1,
            Replayed::Void => self.void += 1,
            Replayed::Refused(_) => self.refused += 1,
            Replayed::Passed => {}
        }
    }

    /// All of them.
    #[must_use]
    pub fn replayed(&self) -> u64 {
        self.new + self.known + self.void + self.refused
    }
}

/// A student was erased: when, and where the record lay when it was first published.
#[derive(Debug, Clone, Copy)]
struct Erasure {
    event_id: EventId,
    erased_at: Timestamp,
    partition: i32,
    offset: i64,
}

/// One run of a replay.
pub struct Replay {
    room: Arc<Progress>,
    inbox: Inbox,
    /// Each erasure of a student once, however often it was published.
    erasures: HashMap<StudentId, Vec<Erasure>>,
    /// Events that were in a log when it was erased though they are of a later time, by a clock that was ahead.
    void: Arc<HashSet<EventId>>,
}

impl Replay {
    /// A replay into the ledger of these ports. It asks nobody.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        let room = Arc::new(Progress::new(ports));
        let inbox = Inbox::new(Arc::clone(&room));
        Self { room, inbox, erasures: HashMap::new(), void: Arc::default() }
    }

    /// Notes who was erased. For every record of learning.events, before anything is taken.
    ///
    /// # Errors
    /// Why the record cannot be read: an erasure may be told in it, and nobody is erased by it.
    pub fn note(&mut self, delivery: &Delivery) -> Result<(), String> {
        let Event::StudentErased(erased) = read(delivery)? else { return Ok(()) };
        let found = Erasure {
            event_id: erased.event_id,
            erased_at: erased.timestamp,
            partition: delivery.partition,
            offset: delivery.offset,
        };
        let known = self.erasures.entry(erased.student_id).or_default();
        match known.iter_mut().find(|known| known.event_id == found.event_id) {
            Some(again) if again.partition == found.partition => {
                again.offset = again.offset.min(found.offset)
            }
            Some(_) => {}
            None => known.push(found),
        }
        Ok(())
    }

    /// Erases everybody who was erased, as of then. What a student did since stays. An erasure that came after a newer one
    /// counts as known.
    ///
    /// # Errors
    /// Where the ledger does not do it: what was done stays, and the next run goes on.
    pub async fn erase(&self) -> Result<Tally, LedgerError> {
        let mut tally = Tally::default();
        for (student_id, erasures) in &self.erasures {
            let Some(newest) = newest(erasures) else { continue };
            let replayed = self.erase_as_of(student_id, newest.event_id, newest.erased_at).await?;
            tally.count(&replayed);
            tally.known += erasures.len() as u64 - 1;
        }
        Ok(tally)
    }

    /// Takes one record.
    ///
    /// # Errors
    /// Where the ledger does not take it: it is to be given again, by the next run.
    pub async fn take(&self, delivery: Delivery) -> Result<Replayed, LedgerError> {
        match delivery.message.topic {
            Topic::LearningEvidence => self.take_evidence(delivery).await,
            Topic::LearningEvents => match read(&delivery) {
                Ok(Event::StudentErased(erased)) => self.take_erasure(erased).await,
                Ok(Event::StudentProgress(progress)) => self.take_progress(progress, &delivery).await,
                Ok(_) => Ok(Replayed::Passed),
                Err(reason) => Ok(Replayed::Refused(reason)),
            },
            _ => Ok(Replayed::Passed),
        }
    }

    async fn take_evidence(&self, delivery: Delivery) -> Result<Replayed, LedgerError> {
        let evidence = match self.inbox.read(&delivery) {
            Ok(Some(evidence)) => evidence,
            Ok(None) => return Ok(Replayed::Passed),
            Err(failure) => return Ok(Replayed::Refused(failure.message)),
        };
        if self.is_void(evidence.header.event_id) {
            return Ok(Replayed::Void);
        }
        let taken = self.inbox.take(evidence, delivery.message.headers).await;
        settled(taken.map(|taken| match taken.recorded {
            Some(recorded) => of_recorded(recorded),
            None if taken.is_noticed => Replayed::New,
            None => Replayed::Known,
        }))
    }

    /// One that was noted is done already. Another was published since: what was taken before it goes with it.
    async fn take_erasure(&self, erased: StudentErased) -> Result<Replayed, LedgerError> {
        let noted = self.erasures.get(&erased.student_id);
        if noted.is_some_and(|noted| noted.iter().any(|noted| noted.event_id == erased.event_id)) {
            return Ok(Replayed::Passed);
        }
        self.erase_as_of(&erased.student_id, erased.event_id, erased.timestamp).await
    }

    async fn erase_as_of(
        &self,
        student_id: &StudentId,
        told: EventId,
        erased_at: Timestamp,
    ) -> Result<Replayed, LedgerError> {
        let (student_id, void) = (student_id.clone(), Arc::clone(&self.void));
        let erased = self.room.journal.erase_as_of(ErasedThen { student_id, told, erased_at, void }).await;
        settled(erased.map(|is_new| if is_new { Replayed::New } else { Replayed::Known }))
    }

    async fn take_progress(
        &self,
        progress: StudentProgress,
        delivery: &Delivery,
    ) -> Result<Replayed, LedgerError> {
        let (event_id, fact, by) = match said(&progress) {
            Ok(Some(said)) => said,
            Ok(None) => return Ok(Replayed::Passed),
            Err(reason) => return Ok(Replayed::Refused(reason)),
        };
        if self.is_void(event_id) {
            return Ok(Replayed::Void);
        }
        let restored = Restored {
            event_id,
            occurred_at: progress.timestamp,
            by: Some(by),
            key: crate::outbox::key_of(&progress, event_id),
            breakdown: Some(progress.scores),
        };
        let incoming = Incoming {
            student_id: progress.student_id,
            component: progress.component,
            fact,
            origin: Origin::Restored(restored),
            headers: delivery.message.headers.clone(),
        };
        settled(self.room.journal.record(incoming).await.map(of_recorded))
    }

    /// Notes what was told before its student was erased: it went with the erasure, whatever time it is of. For every record
    /// of learning.events, when all of them are noted.
    ///
    /// # Errors
    /// Why the record cannot be read.
    pub fn note_void(&mut self, delivery: &Delivery) -> Result<(), String> {
        let Event::StudentProgress(progress) = read(delivery)? else { return Ok(()) };
        let Some(erased) = self.erasures.get(&progress.student_id).and_then(|known| newest(known)) else {
            return Ok(());
        };
        let is_before = delivery.partition == erased.partition && delivery.offset < erased.offset;
        if is_before
            && progress.timestamp > erased.erased_at
            && let Some(cause) = cause(&progress)
        {
            Arc::make_mut(&mut self.void).insert(cause);
        }
        Ok(())
    }

    fn is_void(&self, event_id: EventId) -> bool {
        self.void.contains(&event_id)
    }
}

/// The one that voids most: of one moment, the one that was published last.
fn newest(erasures: &[Erasure]) -> Option<&Erasure> {
    erasures.iter().max_by_key(|erasure| (erasure.erased_at, erasure.offset))
}

/// The event in the record, if it is of the student that the key names.
fn read(delivery: &Delivery) -> Result<Event, String> {
    let event = avro::decode(&delivery.message.payload).map_err(|error| error.to_string())?;
    let student = event.student_id().map(StudentId::as_str);
    if student == Some(delivery.message.key.as_str()) {
        Ok(event)
    } else {
        Err("the message's key is not the student of the event".to_owned())
    }
}

/// The event in the log that was told of: the key of evidence is its id.
fn cause(progress: &StudentProgress) -> Option<EventId> {
    let noted = progress.metadata.as_ref().and_then(|notes| notes.get(CAUSE));
    noted.map_or(progress.idempotency_key.as_str(), String::as_str).parse().ok()
}

type Said = (EventId, Fact, contracts::SubjectId);

/// What somebody said, and who; `None` where it was evidence.
fn said(progress: &StudentProgress) -> Result<Option<Said>, String> {
    let Some(notes) = progress.metadata.as_ref().filter(|notes| notes.contains_key(FACT)) else {
        return Ok(None);
    };
    let note = |key: &str| notes.get(key).ok_or_else(|| format!("metadata: no {key}"));
    let wrong = |key: &str, error: &dyn std::fmt::Display| format!("metadata: {key}: {error}");
    let event_id = note(CAUSE)?.parse().map_err(|error| wrong(CAUSE, &error))?;
    let by = note(BY)?.parse().map_err(|error| wrong(BY, &error))?;
    let fact: Fact = serde_json::from_str(note(FACT)?).map_err(|error| wrong(FACT, &error))?;
    match fact {
        Fact::ExplicitScores { .. } | Fact::TargetSet { .. } => Ok(Some((event_id, fact, by))),
        _ => Err(format!("metadata: {FACT}: evidence is nobody's to say")),
    }
}

fn of_recorded(recorded: Recorded) -> Replayed {
    match recorded {
        Recorded::New(_) => Replayed::New,
        Recorded::Known | Recorded::Repeated(_) | Recorded::Unchanged => Replayed::Known,
        Recorded::Void => Replayed::Void,
    }
}

/// A record that cannot be used is refused; a ledger that does not do it ends the run.
fn settled(replayed: Result<Replayed, ProgressError>) -> Result<Replayed, LedgerError> {
    match replayed {
        Ok(replayed) => Ok(replayed),
        Err(ProgressError::Ledger(error)) => Err(error),
        Err(error) => Ok(Replayed::Refused(error.to_string())),
    }
}
