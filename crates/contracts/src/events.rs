//! The events of the fleet as Rust types, one for each Avro schema in `contracts/avro`.
//!
//! A value of these types is well formed: scores lie in [0, 1], ids match their pattern. Not here: the bytes (module
//! `avro`), the rules that make mastery from evidence (crate `agent-core`).

use std::collections::BTreeMap;

use agent_core::mastery::{Mastery, Score, Scores};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{Component, EventId, IdempotencyKey, ProblemId, QuestionId, StudentId};
use crate::topics::Topic;

mod struggle;

pub use struggle::{
    CODES_MAX, CodeAnalyzed, ExerciseOpened, LearnerSaid, ReadyExercise, StruggleCause, StruggleDetected,
    StruggleEvidence,
};

/// Notes beside an event: null or a map of texts.
pub type Metadata = Option<BTreeMap<String, String>>;

/// What every piece of evidence says: who, about what, when.
#[derive(Debug, Clone, PartialEq)]
pub struct EvidenceHeader {
    /// This event, for ever.
    pub event_id: EventId,
    /// When the student did it.
    pub timestamp: Timestamp,
    /// Who did it.
    pub student_id: StudentId,
    /// What it is evidence of.
    pub component: Component,
    /// Notes.
    pub metadata: Metadata,
}

/// What kind of exercise was graded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ExerciseKind {
    /// Write a function.
    Write,
    /// Mend a program.
    FixBug,
    /// Put lines in order.
    Order,
    /// Say what is printed.
    PredictOutput,
    /// Fill the gap.
    FillGap,
}

/// A student's answer to an exercise was graded. Topic learning.evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct ExerciseGraded {
    /// Who, what, when.
    pub header: EvidenceHeader,
    /// The exercise.
    pub problem: ProblemId,
    /// Its kind.
    pub kind: ExerciseKind,
    /// How right the answer was.
    pub score: Score,
}

/// A student answered a quiz question. Topic learning.evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct QuizAnswered {
    /// Who, what, when.
    pub header: EvidenceHeader,
    /// The question.
    pub question: QuestionId,
    /// Whether the answer was right.
    pub correct: bool,
}

/// A submission was reviewed. Topic learning.evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct CodeReviewed {
    /// Who, what, when.
    pub header: EvidenceHeader,
    /// The review's score, 0 to 100, as a share of 100.
    pub score: Score,
}

/// What Progress decided on accepting an event. Topic learning.events.
#[derive(Debug, Clone, PartialEq)]
pub struct StudentProgress {
    /// This event, for ever.
    pub event_id: EventId,
    /// When the event that moved the mastery happened.
    pub timestamp: Timestamp,
    /// Whose mastery.
    pub student_id: StudentId,
    /// Of what.
    pub component: Component,
    /// The four scores after the fold.
    pub scores: Scores,
    /// The mastery after the fold.
    pub mastery: Mastery,
    /// The key of the accepted event.
    pub idempotency_key: IdempotencyKey,
    /// Notes.
    pub metadata: Metadata,
}

/// A student's data is gone; whoever keeps a copy deletes it. Topic learning.events.
#[derive(Debug, Clone, PartialEq)]
pub struct StudentErased {
    /// This event, for ever.
    pub event_id: EventId,
    /// When. Events of the student up to this moment are void, in a replay too.
    pub timestamp: Timestamp,
    /// Who.
    pub student_id: StudentId,
}

/// How an agent's call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ResponseStatus {
    /// Answered.
    Success,
    /// Answered in part: something was cut.
    Partial,
    /// Not answered.
    Error,
}

/// A usage record: what one call cost. Topic agent.responses. It may be lost; it is no promise.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentResponse {
    /// This record.
    pub response_id: EventId,
    /// The agent: progress, debug, …
    pub agent_type: String,
    /// For whom, where known.
    pub student_id: Option<StudentId>,
    /// When.
    pub timestamp: Timestamp,
    /// What was asked, without the learner's own text: the route.
    pub content: String,
    /// Notes.
    pub metadata: BTreeMap<String, String>,
    /// 1 - tokens / baseline. May be negative.
    pub token_efficiency: f64,
    /// From request to answer, in milliseconds.
    pub processing_time_ms: i64,
    /// How it ended.
    pub status: ResponseStatus,
}

/// Why a record became a dead letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorType {
    /// Readable, but a value is out of its range, or of the wrong student.
    Validation,
    /// The handler failed each time.
    Processing,
    /// The handler took too long each time.
    Timeout,
    /// Not Avro, or of a schema that is not known.
    Schema,
}

impl ErrorType {
    /// The symbol in the schema, and the label in metrics.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Validation => "validation",
            Self::Processing => "processing",
            Self::Timeout => "timeout",
            Self::Schema => "schema",
        }
    }
}

/// A dead letter: the record that a consumer could not use, as it came. Topic dead-letter.queue.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorEvent {
    /// This dead letter.
    pub event_id: EventId,
    /// The event's name, where it could be read.
    pub original_event_type: Option<String>,
    /// The kind of failure.
    pub error_type: ErrorType,
    /// What was wrong.
    pub error_message: String,
    /// When it was given up.
    pub failed_at: Timestamp,
    /// The original bytes.
    pub original_payload: Vec<u8>,
    /// Where it came from.
    pub original_topic: String,
    /// Its partition.
    pub partition: i32,
    /// Its place there.
    pub offset: i64,
    /// How often it was tried. Final at 5.
    pub retry_count: i32,
    /// Who gave it up.
    pub consumer_agent: String,
    /// For a failure of ours, where it was.
    pub stack_trace: Option<String>,
}

/// Any event of the fleet.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each variant is its type")]
pub enum Event {
    ExerciseGraded(ExerciseGraded),
    QuizAnswered(QuizAnswered),
    CodeReviewed(CodeReviewed),
    StudentProgress(StudentProgress),
    StudentErased(StudentErased),
    AgentResponse(AgentResponse),
    ErrorEvent(ErrorEvent),
    CodeAnalyzed(CodeAnalyzed),
    ExerciseOpened(ExerciseOpened),
    LearnerSaid(LearnerSaid),
    StruggleDetected(StruggleDetected),
}

impl Event {
    /// The topic that carries it.
    #[must_use]
    pub fn topic(&self) -> Topic {
        match self {
            Self::ExerciseGraded(_)
            | Self::QuizAnswered(_)
            | Self::CodeReviewed(_)
            | Self::CodeAnalyzed(_)
            | Self::ExerciseOpened(_)
            | Self::LearnerSaid(_) => Topic::LearningEvidence,
            Self::StruggleDetected(_) => Topic::StruggleAlerts,
            Self::StudentProgress(_) | Self::StudentErased(_) => Topic::LearningEvents,
            Self::AgentResponse(_) => Topic::AgentResponses,
            Self::ErrorEvent(_) => Topic::DeadLetterQueue,
        }
    }

    /// The student it is about: the key of its message.
    #[must_use]
    pub fn student_id(&self) -> Option<&StudentId> {
        match self {
            Self::ExerciseGraded(event) => Some(&event.header.student_id),
            Self::QuizAnswered(event) => Some(&event.header.student_id),
            Self::CodeReviewed(event) => Some(&event.header.student_id),
            Self::StudentProgress(event) => Some(&event.student_id),
            Self::StudentErased(event) => Some(&event.student_id),
            Self::AgentResponse(event) => event.student_id.as_ref(),
            Self::ErrorEvent(_) => None,
            Self::CodeAnalyzed(event) => Some(&event.header.student_id),
            Self::ExerciseOpened(event) => Some(&event.header.student_id),
            Self::LearnerSaid(event) => Some(&event.header.student_id),
            Self::StruggleDetected(event) => Some(&event.student_id),
        }
    }

    /// What consumers dedupe on.
    #[must_use]
    pub fn event_id(&self) -> EventId {
        match self {
            Self::ExerciseGraded(event) => event.header.event_id,
            Self::QuizAnswered(event) => event.header.event_id,
            Self::CodeReviewed(event) => event.header.event_id,
            Self::StudentProgress(event) => event.event_id,
            Self::StudentErased(event) => event.event_id,
            Self::AgentResponse(event) => event.response_id,
            Self::ErrorEvent(event) => event.event_id,
            Self::CodeAnalyzed(event) => event.header.event_id,
            Self::ExerciseOpened(event) => event.header.event_id,
            Self::LearnerSaid(event) => event.header.event_id,
            Self::StruggleDetected(event) => event.event_id,
        }
    }
}
