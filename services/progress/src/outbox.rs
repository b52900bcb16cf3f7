//! What this room tells the others: StudentProgress after each fold, StudentErased after an erasure, StruggleDetected for
//! each alert.
//!
//! Messages go into the ledger with the change that caused them; the relay publishes them.

use std::collections::BTreeMap;

use agent_core::mastery::{Mastery, Moment, Scores};
use bus::{Headers, Message};
use contracts::events::{StruggleDetected, StudentErased, StudentProgress};
use contracts::metadata::ACCEPTED_EVENTS;
use contracts::{Component, Event, EventId, IdempotencyKey, StudentId, avro};
use jiff::Timestamp;

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
pub(crate) fn student_progress(decided: &Decided<'_>, event_id: EventId, headers: &Headers) -> Message {
    let cause = moment::event_id(decided.moment);
    let accepted = (ACCEPTED_EVENTS.to_owned(), decided.accepted.to_string());
    let event = Event::StudentProgress(StudentProgress {
        event_id,
        timestamp: moment::occurred_at(decided.moment),
        student_id: decided.student_id.clone(),
        component: decided.component.clone(),
        scores: decided.scores,
        mastery: decided.mastery,
        idempotency_key: decided.key.cloned().unwrap_or_else(|| named_after(cause)),
        metadata: Some(BTreeMap::from([accepted])),
    });
    message(&event, decided.student_id, headers)
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
