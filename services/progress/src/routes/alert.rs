//! The shape of an alert in answers and in the stream.

use contracts::events::{ReadyExercise, StruggleCause, StruggleEvidence};
use contracts::{Component, EventId, StudentId, SubjectId};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::alerts::AlertState;
use super::answer::Time;
use crate::alerts::kept::Kept;
use crate::decide::struggle::alert::{End, EndedBy};

/// One thing that an alert stands on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EvidenceAnswer {
    /// The event that told it.
    event_id: EventId,
    occurred_at: Time,
    /// What happened, in plain words.
    what: String,
}

/// How an alert ended.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EndAnswer {
    by: EndedBy,
    at: Time,
    /// The teacher who closed it.
    teacher: Option<SubjectId>,
    /// What the teacher noted.
    note: Option<String>,
}

/// A student struggles with a component.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AlertAnswer {
    alert_id: EventId,
    student_id: StudentId,
    component: Component,
    cause: StruggleCause,
    /// What was seen, in a plain sentence.
    reason: String,
    /// What it stands on, oldest first; five at most.
    evidence: Vec<EvidenceAnswer>,
    state: AlertState,
    /// When the sign was shown.
    opened_at: Time,
    /// How it ended; null while it is open.
    ended: Option<EndAnswer>,
    /// An exercise that is ready to be given.
    exercise: Option<ReadyExercise>,
    /// Why there is no exercise, where there is none.
    no_exercise: Option<String>,
}

impl From<StruggleEvidence> for EvidenceAnswer {
    fn from(seen: StruggleEvidence) -> Self {
        Self { event_id: seen.event_id, occurred_at: Time(seen.occurred_at), what: seen.what }
    }
}

impl From<End> for EndAnswer {
    fn from(end: End) -> Self {
        let at = Timestamp::from_millisecond(end.at_ms).unwrap_or(Timestamp::UNIX_EPOCH);
        Self { by: end.by, at: Time(at), teacher: end.teacher, note: end.note }
    }
}

impl From<Kept> for AlertAnswer {
    fn from(kept: Kept) -> Self {
        Self {
            state: if kept.is_open() { AlertState::Open } else { AlertState::Closed },
            alert_id: kept.alert_id,
            student_id: kept.student_id,
            component: kept.component,
            cause: kept.cause,
            reason: kept.reason,
            evidence: kept.evidence.into_iter().map(EvidenceAnswer::from).collect(),
            opened_at: Time(kept.opened_at),
            ended: kept.end.map(EndAnswer::from),
            exercise: kept.exercise,
            no_exercise: kept.no_exercise,
        }
    }
}
