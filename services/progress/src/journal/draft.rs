//! What a commit holds: for each event its entry, its message and its key or the note that it was accepted; and once the
//! new head with its checkpoints.

use agent_core::mastery::{Dated, Mastery, State};
use clock::Ids;
use contracts::StudentId;
use ledger::{Accept, Append, Change, Delete, Expected, LedgerError, Put};

use super::writer::Place;
use super::{Incoming, Origin, Restored};
use crate::decide::entry::{COMPONENTS_MAX, LogEntry};
use crate::decide::head::{Folding, Head};
use crate::decide::moment;
use crate::error::ProgressError;
use crate::outbox;
use crate::views::{self, Answered, CHECKPOINT, HEAD, Log, POSTED, Posted, STUDENT, Student, about};

/// A change of one log in the making.
pub(super) struct Draft<'a> {
    log: &'a Log,
    ids: &'a dyn Ids,
    change: Change,
}

impl<'a> Draft<'a> {
    pub(super) fn new(log: &'a Log, ids: &'a dyn Ids) -> Self {
        Self { log, ids, change: Change::default() }
    }

    /// Whether there is nothing to commit.
    pub(super) fn is_empty(&self) -> bool {
        self.change.appends.is_empty()
    }

    /// Adds an event; `state` is what the log comes to with it.
    pub(super) fn add(
        &mut self,
        incoming: &Incoming,
        event: &Dated,
        state: &State,
    ) -> Result<Answered, LedgerError> {
        let place = event.moment();
        let event_id = moment::event_id(place);
        let scored = state.scores();
        let breakdown = match &incoming.origin {
            Origin::Restored(Restored { breakdown: Some(breakdown), .. }) => *breakdown,
            _ => scored.scores,
        };
        let answered = Answered { event_id, breakdown };
        let mut entry = LogEntry {
            occurred_at: moment::occurred_at(place),
            fact: event.fact.clone(),
            by: None,
            idempotency_key: None,
        };
        match &incoming.origin {
            Origin::Evidence { .. } => {
                let subject = Some(incoming.student_id.clone());
                self.change.accept = Some(Accept { consumer: crate::NAME, event_id, subject });
            }
            Origin::Said { by, key } => {
                entry.by = Some(by.clone());
                entry.idempotency_key.clone_from(key);
                self.change.puts.extend(remember_key(incoming, answered)?);
            }
            Origin::Restored(restored) => {
                entry.by.clone_from(&restored.by);
                entry.idempotency_key.clone_from(&restored.key);
                self.change.puts.extend(remember_key(incoming, answered)?);
            }
        }
        // A target alone is no evidence: nobody's mastery is told by it.
        if scored.has_evidence.any() {
            let decided = outbox::Decided {
                student_id: &incoming.student_id,
                component: &incoming.component,
                moment: place,
                fact: &entry.fact,
                by: entry.by.as_ref(),
                scores: scored.scores,
                mastery: Mastery::of(&scored.scores),
                accepted: state.accepted(),
                key: entry.idempotency_key.as_ref(),
            };
            let message = outbox::student_progress(&decided, self.ids.event_id(), &incoming.headers)?;
            self.change.messages.push(message);
        }
        self.change.appends.push(append(self.log, incoming, &entry, event_id)?);
        Ok(answered)
    }

    /// The change with the head after all events.
    pub(super) fn close(mut self, folding: Folding, place: &Place) -> Result<(Change, Head), ProgressError> {
        let (head, stored, dropped) = folding.finish();
        let (student_id, log) = (&head.student_id, self.log);
        let subject = || Some(student_id.clone());
        let expected = match place {
            Place::Open(version) => Expected::Version(*version),
            Place::New(student, expected) => {
                self.change.puts.push(begin(&head, student, *expected)?);
                Expected::Absent
            }
            Place::Begun => Expected::Absent,
        };
        let indexed = vec![student_id.to_string(), about(student_id, &head.component)];
        self.change.puts.push(Put::json(HEAD, log.name().to_owned(), subject(), indexed, expected, &head)?);
        for (accepted, state) in &stored {
            let key = log.checkpoint(*accepted);
            let put = Put::json(CHECKPOINT, key, subject(), Vec::new(), Expected::Any, state)?;
            self.change.puts.push(put);
        }
        self.change.deletes = dropped
            .iter()
            .map(|accepted| Delete { kind: CHECKPOINT, key: log.checkpoint(*accepted) })
            .collect();
        Ok((self.change, head))
    }
}

/// The student's document.
pub(super) fn put_student(
    student_id: &StudentId,
    student: &Student,
    expected: Expected,
) -> Result<Put, LedgerError> {
    Put::json(STUDENT, student_id.to_string(), None, Vec::new(), expected, student)
}

/// One more component of the student. Whoever erases the student in between makes this fail.
fn begin(head: &Head, student: &Student, expected: Expected) -> Result<Put, ProgressError> {
    if student.components.len() >= COMPONENTS_MAX {
        return Err(ProgressError::TooManyComponents);
    }
    let mut student = student.clone();
    student.components.insert(head.component.clone());
    Ok(put_student(&head.student_id, &student, expected)?)
}

fn remember_key(incoming: &Incoming, answer: Answered) -> Result<Option<Put>, LedgerError> {
    let Some((key, scores)) = incoming.keyed_scores() else { return Ok(None) };
    let student_id = &incoming.student_id;
    let posted = Posted { component: incoming.component.clone(), scores, answer };
    let key = views::posted_key(student_id, key);
    Put::json(POSTED, key, Some(student_id.clone()), Vec::new(), Expected::Absent, &posted).map(Some)
}

fn append(
    log: &Log,
    incoming: &Incoming,
    entry: &LogEntry,
    event_id: contracts::EventId,
) -> Result<Append, LedgerError> {
    let body = serde_json::to_vec(entry).map_err(|error| LedgerError::Corrupt(error.to_string()))?;
    Ok(Append {
        stream: log.name().to_owned(),
        subject: Some(incoming.student_id.clone()),
        event_id,
        occurred_at: entry.occurred_at,
        body: body.into(),
    })
}
