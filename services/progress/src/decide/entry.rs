//! What the log keeps of an event, and what evidence says.
//!
//! Not here: what a fact does to the scores (crate `agent-core`).

use agent_core::mastery::{Dated, EventKey, Fact, Moment, ProblemName, QuestionName};
use contracts::events::EvidenceHeader;
use contracts::{Event, IdempotencyKey, SubjectId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::struggle::fact::{self, What};

/// The most components of a student. Any slug may be one, so that something must bound them.
pub const COMPONENTS_MAX: usize = 200;

/// An entry of a log. The event's id and time stand beside it in the stream; the time is here too, for the export.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogEntry {
    /// When it happened.
    pub occurred_at: Timestamp,
    /// What happened.
    pub fact: Fact,
    /// Who said so, where it was a person or a service and not evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<SubjectId>,
    /// The client's key, where it gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<IdempotencyKey>,
}

/// An event as the log tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct Logged {
    /// What happened, at its place.
    pub event: Dated,
    /// Who said so, where it was no evidence.
    pub by: Option<SubjectId>,
}

/// All that the log keeps of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// What happened, at its place.
    pub event: Dated,
    /// Who said so, where it was no evidence.
    pub by: Option<SubjectId>,
    /// The key that it came under.
    pub key: Option<IdempotencyKey>,
}

impl LogEntry {
    /// The entry at its place.
    #[must_use]
    pub fn at(self, moment: Moment) -> Kept {
        let Moment { occurred_at_ms, event_id } = moment;
        let event = Dated { occurred_at_ms, event_id, fact: self.fact };
        Kept { event, by: self.by, key: self.idempotency_key }
    }
}

/// The evidence that counts, by the event that brings it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvidenceKind {
    /// An answer to an exercise.
    ExerciseGraded,
    /// An answer of a quiz.
    QuizAnswered,
    /// A program that was reviewed.
    CodeReviewed,
    /// A program that was analysed.
    CodeAnalyzed,
    /// An exercise that was begun.
    ExerciseOpened,
    /// A learner's own words.
    LearnerSaid,
}

impl EvidenceKind {
    /// Every one.
    pub const ALL: [Self; 6] = [
        Self::ExerciseGraded,
        Self::QuizAnswered,
        Self::CodeReviewed,
        Self::CodeAnalyzed,
        Self::ExerciseOpened,
        Self::LearnerSaid,
    ];

    /// The event's name, as its schema has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ExerciseGraded => "ExerciseGraded",
            Self::QuizAnswered => "QuizAnswered",
            Self::CodeReviewed => "CodeReviewed",
            Self::CodeAnalyzed => "CodeAnalyzed",
            Self::ExerciseOpened => "ExerciseOpened",
            Self::LearnerSaid => "LearnerSaid",
        }
    }
}

/// What evidence says.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Which event says it.
    pub kind: EvidenceKind,
    /// Who did it, when, in which component.
    pub header: EvidenceHeader,
    /// What it does to the scores, if anything.
    pub fact: Option<Fact>,
    /// What it may be a sign of, if anything.
    pub sign: Option<What>,
}

/// What the event says; `None` where it is no evidence.
#[must_use]
pub fn evidence(event: Event) -> Option<Evidence> {
    let sign = fact::of(&event);
    let (kind, header, fact) = match event {
        Event::ExerciseGraded(graded) => {
            let problem = ProblemName(graded.problem.into());
            let fact = Fact::ExerciseGraded { problem, score: graded.score };
            (EvidenceKind::ExerciseGraded, graded.header, Some(fact))
        }
        Event::QuizAnswered(answered) => {
            let question = QuestionName(answered.question.into());
            let fact = Fact::QuizAnswered { question, correct: answered.correct };
            (EvidenceKind::QuizAnswered, answered.header, Some(fact))
        }
        Event::CodeReviewed(reviewed) => {
            let fact = Fact::CodeReviewed { score: reviewed.score };
            (EvidenceKind::CodeReviewed, reviewed.header, Some(fact))
        }
        Event::CodeAnalyzed(analyzed) => (EvidenceKind::CodeAnalyzed, analyzed.header, None),
        Event::ExerciseOpened(opened) => (EvidenceKind::ExerciseOpened, opened.header, None),
        Event::LearnerSaid(said) => (EvidenceKind::LearnerSaid, said.header, None),
        _ => return None,
    };
    Some(Evidence { kind, header, fact, sign })
}

/// The place just before an event: a log read from there begins with the event, if it is in it.
#[must_use]
pub fn just_before(moment: Moment) -> Moment {
    match moment.event_id.0.checked_sub(1) {
        Some(before) => Moment { event_id: EventKey(before), ..moment },
        None => Moment { occurred_at_ms: moment.occurred_at_ms - 1, event_id: EventKey(u128::MAX) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_lies_between_an_event_and_the_place_just_before_it() {
        for (event, before) in [((5, 7), (5, 6)), ((5, 0), (4, u128::MAX)), ((0, 0), (-1, u128::MAX))] {
            let place = |(occurred_at_ms, id): (i64, u128)| Moment { occurred_at_ms, event_id: EventKey(id) };
            assert_eq!(just_before(place(event)), place(before));
            assert!(place(before) < place(event));
        }
    }

    #[test]
    fn an_entry_says_no_more_than_there_is() {
        let fact = Fact::QuizAnswered { question: QuestionName("q1".into()), correct: true };
        let occurred_at = Timestamp::from_millisecond(1).unwrap();
        let entry = LogEntry { occurred_at, fact, by: None, idempotency_key: None };
        let json = serde_json::to_string(&entry).unwrap();
        let fact = r#"{"kind":"quiz_answered","question":"q1","correct":true}"#;
        assert_eq!(json, format!(r#"{{"occurred_at":"1970-01-01T00:00:00.001Z","fact":{fact}}}"#));
        assert_eq!(serde_json::from_str::<LogEntry>(&json).unwrap(), entry);
    }
}
