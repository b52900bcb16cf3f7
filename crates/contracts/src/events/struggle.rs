//! The events of struggle: what the agents saw beside scores, and what Progress tells teachers.
//!
//! Not here: when a sign is one (room `progress`).

use agent_core::signs::Sign;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{EvidenceHeader, Metadata};
use crate::ids::{Component, ErrorName, EventId, ProblemId, StudentId};

/// The most codes that one [`CodeAnalyzed`] may name.
pub const CODES_MAX: usize = 100;

/// An analysis found errors that this component explains. Moves no score. Topic learning.evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct CodeAnalyzed {
    /// Who, about which concept, when.
    pub header: EvidenceHeader,
    /// Their codes, each once: 1 to [`CODES_MAX`].
    pub codes: Vec<ErrorName>,
}

/// A student was given an exercise. Moves no score. Topic learning.evidence.
///
/// Only what the student was shown is told: an exercise that is made ready for a teacher is not open.
#[derive(Debug, Clone, PartialEq)]
pub struct ExerciseOpened {
    /// Who, in which topic, when.
    pub header: EvidenceHeader,
    /// The exercise.
    pub problem: ProblemId,
}

/// A student said to be stuck. Moves no score; the words themselves are not told. Topic learning.evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct LearnerSaid {
    /// Who, about what, when.
    pub header: EvidenceHeader,
    /// What was said.
    pub sign: Sign,
    /// The agent that heard it: debug, concepts, …
    pub agent: String,
}

/// Which sign of struggle it was.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum StruggleCause {
    /// The same error or misconception came three times.
    RepeatedError,
    /// An exercise was open for ten minutes without a right answer.
    LongOpenExercise,
    /// A quiz was less than half right.
    LowQuiz,
    /// The student said so.
    AskedForHelp,
    /// Five wrong answers in a row, or three exercises in a row that ended wrong.
    FailedInARow,
}

/// One thing that an alert stands on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StruggleEvidence {
    /// The event that told it.
    pub event_id: EventId,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// What happened, in plain words.
    pub what: String,
}

/// An exercise that is ready to be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReadyExercise {
    /// The exercise.
    pub problem_id: ProblemId,
    /// Its topic.
    pub topic: Component,
    /// beginner, easy, medium, hard or challenge.
    pub difficulty: String,
    /// What it asks for.
    pub exercise_kind: String,
}

/// A student struggles: for teachers. Topic struggle.alerts.
#[derive(Debug, Clone, PartialEq)]
pub struct StruggleDetected {
    /// This event, for ever.
    pub event_id: EventId,
    /// When it was told.
    pub timestamp: Timestamp,
    /// Who struggles.
    pub student_id: StudentId,
    /// With what.
    pub component: Component,
    /// The alert.
    pub alert_id: EventId,
    /// Which sign it was.
    pub cause: StruggleCause,
    /// When the sign was seen.
    pub detected_at: Timestamp,
    /// What was seen, in a plain sentence.
    pub reason: String,
    /// What it stands on, oldest first.
    pub evidence: Vec<StruggleEvidence>,
    /// What the teacher can give.
    pub exercise: Option<ReadyExercise>,
    /// Why there is no exercise, where there is none.
    pub no_exercise: Option<String>,
    /// Notes.
    pub metadata: Metadata,
}
