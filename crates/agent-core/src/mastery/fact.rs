//! What may happen to a student's mastery of a component, and when it did.
//!
//! Not here: what a fact does to the scores (`state`), the events that carry facts between agents (crate `contracts`).

use serde::{Deserialize, Serialize};

use super::score::{Score, Scores};

/// The id of an event as a number. The order of these numbers is the order of the ids' bytes and of their hex text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EventKey(pub u128);

/// A text that is not 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 32 hexadecimal digits")]
pub struct NotAnEventKey;

impl TryFrom<String> for EventKey {
    type Error = NotAnEventKey;

    fn try_from(text: String) -> Result<Self, NotAnEventKey> {
        // `from_str_radix` alone would take a sign.
        if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NotAnEventKey);
        }
        u128::from_str_radix(&text, 16).map(Self).map_err(|_| NotAnEventKey)
    }
}

impl From<EventKey> for String {
    fn from(key: EventKey) -> Self {
        format!("{:032x}", key.0)
    }
}

/// An event's place in the one order in which events count: when it occurred, and its id where two occurred at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Moment {
    /// Milliseconds since 1970 in UTC.
    pub occurred_at_ms: i64,
    /// The event.
    pub event_id: EventKey,
}

/// An exercise's name within its component.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
pub struct ProblemName(pub String);

/// A quiz question's name within its component.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
pub struct QuestionName(pub String);

/// How many distinct problems make a component complete: 1 to 100, and 5 unless a teacher says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
#[cfg_attr(
    feature = "openapi",
    derive(utoipa::ToSchema),
    schema(value_type = u32, minimum = 1, maximum = 100)
)]
pub struct Target(u32);

/// A number of problems that no target may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number from 1 to 100")]
pub struct BadTarget;

impl Target {
    /// The largest target, and so the most solved problems that a state needs to remember.
    pub const MAX: u32 = 100;

    /// The target, or why it is none.
    pub fn new(problems: u32) -> Result<Self, BadTarget> {
        if (1..=Self::MAX).contains(&problems) { Ok(Self(problems)) } else { Err(BadTarget) }
    }

    /// As a number of problems.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }
}

impl Default for Target {
    fn default() -> Self {
        Self(5)
    }
}

impl TryFrom<u32> for Target {
    type Error = BadTarget;
    fn try_from(problems: u32) -> Result<Self, BadTarget> {
        Self::new(problems)
    }
}

impl From<Target> for u32 {
    fn from(target: Target) -> u32 {
        target.0
    }
}

/// Something that happened to one student in one component.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Fact {
    /// A teacher or a service says what the four scores are (an import, an exam). Evidence before it no longer counts.
    ExplicitScores {
        /// The scores from which each starts anew.
        scores: Scores,
    },
    /// An answer to an exercise was graded.
    ExerciseGraded {
        /// The exercise.
        problem: ProblemName,
        /// How right the answer was.
        score: Score,
    },
    /// A quiz question was answered.
    QuizAnswered {
        /// The question.
        question: QuestionName,
        /// Whether the answer was right.
        correct: bool,
    },
    /// A submission was reviewed.
    CodeReviewed {
        /// The review's score as a share of 100.
        score: Score,
    },
    /// A teacher set how many problems make the component complete.
    TargetSet {
        /// That many.
        target: Target,
    },
}

impl Fact {
    /// Whether the student was at work: what makes a practice day. A teacher's post or target is none.
    #[must_use]
    pub fn is_practice(&self) -> bool {
        match self {
            Self::ExerciseGraded { .. } | Self::QuizAnswered { .. } | Self::CodeReviewed { .. } => true,
            Self::ExplicitScores { .. } | Self::TargetSet { .. } => false,
        }
    }
}

/// A fact with its place in the order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dated {
    /// When it occurred: milliseconds since 1970 in UTC.
    pub occurred_at_ms: i64,
    /// Its event.
    pub event_id: EventKey,
    /// What happened.
    pub fact: Fact,
}

impl Dated {
    /// Its place in the order.
    #[must_use]
    pub fn moment(&self) -> Moment {
        Moment { occurred_at_ms: self.occurred_at_ms, event_id: self.event_id }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_key_reads_back_and_sorts_as_its_text() {
        let keys = [0, 1, 0xff, 1 << 64, u128::MAX].map(EventKey);
        for pair in keys.windows(2) {
            let texts = [String::from(pair[0]), String::from(pair[1])];
            assert!(pair[0] < pair[1] && texts[0] < texts[1]);
        }
        for key in keys {
            assert_eq!(EventKey::try_from(String::from(key)), Ok(key));
        }
        for text in ["", "ff", "+0000000000000000000000000000001", "g0000000000000000000000000000000"] {
            assert_eq!(EventKey::try_from(text.to_owned()), Err(NotAnEventKey), "{text}");
        }
    }

    #[test]
    fn a_target_lies_between_1_and_100_and_is_5_by_default() {
        assert_eq!(Target::default().get(), 5);
        assert_eq!(Target::new(0), Err(BadTarget));
        assert_eq!(Target::new(101), Err(BadTarget));
        assert!(serde_json::from_str::<Target>("0").is_err());
        assert_eq!(serde_json::from_str::<Target>("100").expect("allowed").get(), Target::MAX);
    }

    #[test]
    fn a_moment_is_ordered_by_time_and_then_by_event() {
        let at = |occurred_at_ms, event| Moment { occurred_at_ms, event_id: EventKey(event) };
        assert!(at(-1, 9) < at(0, 1) && at(0, 1) < at(0, 2) && at(0, 2) < at(1, 0));
    }
}
