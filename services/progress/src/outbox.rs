//! What this room tells the others: StudentProgress after each fold, StudentErased after an erasure, StruggleDetected for
//! each alert.
//!
//! Messages go into the ledger with the change that caused them; the relay publishes them.

use std::collections::BTreeMap;

use agent_core::mastery::{Fact, Mastery, Moment, Scores};
use bus::{Headers, Message};
use contracts::events::{StruggleDetected, StudentErased, StudentProgress};
use contracts::metadata::{ACCEPTED_EVENTS, BY, CAUSE, FACT};
use contracts::{Component, Event, EventId, IdempotencyKey, StudentId, SubjectId, avro};
use jiff::Timestamp;
use ledger::LedgerError;

use crate::alerts::kept::Kept;
use crate::decide::moment;

/// What was decided on an event.
pub(crate) struct Decided<'a> {
    /// Whose mastery.
    pub(crate) student_id: &'a StudentId,
    /// Of what.
    pub(crate) component: &'a Component,
    /// The event.
    pub(crate) moment: Moment,
    /// What it says.
    pub(crate) fact: &'a Fact,
    /// Who said so, where it was no evidence.
    pub(crate) by: Option<&'a SubjectId>,
    /// The scores after it.
    pub(crate) scores: Scores,
    /// The mastery after it.
    pub(crate) mastery: Mastery,
    /// How many events that stands on.
    pub(crate) accepted: u64,
    /// The key that the event came under.
    pub(crate) key: Option<&'a IdempotencyKey>,
}

/// The mastery after an event.
pub(crate) fn student_progress(
    decided: &Decided<'_>,
    event_id: EventId,
    headers: &Headers,
) -> Result<Message, LedgerError> {
    let cause = moment::event_id(decided.moment);
    let mut metadata = BTreeMap::from([(ACCEPTED_EVENTS.to_owned(), decided.accepted.to_string())]);
    if let Some(by) = decided.by {
        // Evidence lies on its own topic. Of this, nothing but our log and this record tells.
        let fact =
            serde_json::to_string(decided.fact).map_err(|error| LedgerError::Corrupt(error.to_string()))?;
        let notes = [(CAUSE, cause.to_string()), (FACT, fact), (BY, by.to_string())];
        metadata.extend(notes.map(|(key, text)| (key.to_owned(), text)));
    }
    let event = Event::StudentProgress(StudentProgress {
        event_id,
        timestamp: moment::occurred_at(decided.moment),
        student_id: decided.student_id.clone(),
        component: decided.component.clone(),
        scores: decided.scores,
        mastery: decided.mastery,
        idempotency_key: decided.key.cloned().unwrap_or_else(|| named_after(cause)),
        metadata: Some(metadata),
    });
    Ok(message(&event, decided.student_id, headers))
}

/// The student's data is gone.
pub(crate) fn student_erased(
    student_id: &StudentId,
    event_id: EventId,
    erased_at: Timestamp,
    headers: &Headers,
) -> Message {
    let event = Event::StudentErased(StudentErased {
        event_id,
        timestamp: erased_at,
        student_id: student_id.clone(),
    });
    message(&event, student_id, headers)
}

/// A student struggles.
pub(crate) fn struggle_detected(kept: &Kept, event_id: EventId, told_at: Timestamp) -> Message {
    let event = Event::StruggleDetected(StruggleDetected {
        event_id,
        timestamp: told_at,
        student_id: kept.student_id.clone(),
        component: kept.component.clone(),
        alert_id: kept.alert_id,
        cause: kept.cause,
        detected_at: kept.detected_at,
        reason: kept.reason.clone(),
        evidence: kept.evidence.clone(),
        exercise: kept.exercise.clone(),
        no_exercise: kept.no_exercise.clone(),
        metadata: None,
    });
    message(&event, &kept.student_id, &Headers::default())
}

/// The client's key, if it gave one.
pub(crate) fn key_of(progress: &StudentProgress, cause: EventId) -> Option<IdempotencyKey> {
    Some(&progress.idempotency_key).filter(|key| **key != named_after(cause)).cloned()
}

/// Where the client gave no key, the event's id is the key.
#[expect(clippy::expect_used, reason = "a UUID's text matches the pattern of ids")]
fn named_after(event_id: EventId) -> IdempotencyKey {
    event_id.to_string().parse().expect("a UUID is an id")
}

fn message(event: &Event, student_id: &StudentId, headers: &Headers) -> Message {
    Message {
        topic: event.topic(),
        key: student_id.to_string(),
        payload: avro::encode(event),
        headers: headers.clone(),
    }
}
