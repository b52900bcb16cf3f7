//! What the rules look at: evidence, as far as it may be a sign; and a teacher's word.

use agent_core::mastery::{Moment, SOLVED_FROM, Score};
use agent_core::signs::Sign;
use contracts::events::{Metadata, StruggleCause, StruggleEvidence};
use contracts::{Event, SubjectId, metadata};
use serde::{Deserialize, Serialize};

use crate::decide::moment;

/// The most characters of a misconception that are kept: it comes from another agent's notes.
const MISCONCEPTION_MAX_CHARS: usize = 80;

/// Something that happened, at its place in the order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// When, and which event told it.
    pub at: Moment,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// An analysis found errors of these codes.
    ErrorsFound {
        /// Each once.
        codes: Vec<String>,
    },
    /// An exercise was shown to the student.
    ExerciseOpened {
        /// The exercise.
        problem: String,
    },
    /// An exercise was answered.
    ExerciseAnswered {
        /// The exercise.
        problem: String,
        /// How right the answer was.
        score: Score,
        /// What a wrong answer gave away.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        misconception: Option<String>,
    },
    /// A quiz question was answered.
    QuizAnswered {
        /// The quiz and its whole score, where the answer tells it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quiz: Option<(String, Score)>,
        /// What a wrong answer gave away.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        misconception: Option<String>,
    },
    /// The student said so.
    Said {
        /// What.
        sign: Sign,
        /// The agent that heard it.
        agent: String,
    },
    /// A teacher closed an alert.
    Closed {
        /// Of this cause.
        cause: StruggleCause,
        /// The cause's so many-th alert.
        number: u32,
        /// Who.
        by: SubjectId,
        /// What the teacher noted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
}

impl Fact {
    /// The fact as evidence of an alert.
    #[must_use]
    pub fn seen(&self, what: String) -> StruggleEvidence {
        StruggleEvidence {
            event_id: moment::event_id(self.at),
            occurred_at: moment::occurred_at(self.at),
            what,
        }
    }
}

/// What may be a sign in the evidence, or takes one back. `None` where it is neither.
#[must_use]
pub fn of(event: &Event) -> Option<What> {
    match event {
        Event::CodeAnalyzed(analyzed) => {
            let codes = analyzed.codes.iter().map(|code| code.as_str().to_owned()).collect();
            Some(What::ErrorsFound { codes })
        }
        Event::ExerciseOpened(opened) => Some(What::ExerciseOpened { problem: opened.problem.to_string() }),
        Event::ExerciseGraded(graded) => Some(What::ExerciseAnswered {
            problem: graded.problem.to_string(),
            score: graded.score,
            misconception: misconception(&graded.header.metadata).filter(|_| !is_right(graded.score)),
        }),
        Event::QuizAnswered(answered) => {
            let misconception = misconception(&answered.header.metadata).filter(|_| !answered.correct);
            let quiz = quiz(&answered.header.metadata);
            (quiz.is_some() || misconception.is_some()).then_some(What::QuizAnswered { quiz, misconception })
        }
        Event::LearnerSaid(said) => Some(What::Said { sign: said.sign, agent: shortened(&said.agent) }),
        _ => None,
    }
}

/// Whether an answer of this score is right: the score from which a problem counts as solved.
#[must_use]
pub fn is_right(score: Score) -> bool {
    score.get() >= SOLVED_FROM
}

fn note<'a>(notes: &'a Metadata, key: &str) -> Option<&'a str> {
    notes.as_ref()?.get(key).map(|text| text.trim()).filter(|text| !text.is_empty())
}

fn misconception(notes: &Metadata) -> Option<String> {
    note(notes, metadata::MISCONCEPTION).map(shortened)
}

/// The quiz and its score; nothing where a note is lacking, or is no score.
fn quiz(notes: &Metadata) -> Option<(String, Score)> {
    let score = note(notes, metadata::QUIZ_SCORE)?.parse().ok()?;
    Some((shortened(note(notes, metadata::QUIZ)?), Score::new(score).ok()?))
}

fn shortened(text: &str) -> String {
    text.chars().take(MISCONCEPTION_MAX_CHARS).collect()
}
