//! What a learner may hand in, and what of it cannot be judged at all.
//!
//! An answer that is merely wrong is no [`BadAnswer`]. Not here: judging.

use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::order::{self, Ordered};
use crate::decide::exercise::{Exercise, Kind, Task};

/// The longest program, or predicted output, in bytes.
pub const TEXT_MAX_BYTES: usize = 64 << 10;
/// The longest text for a gap, in characters.
pub const GAP_MAX_CHARS: usize = 200;
/// How much of an unknown piece's name is repeated to the learner, in characters.
const ECHO_CHARS: usize = 40;

/// An answer as it is handed in. Which of the two it must be follows from the kind of the exercise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Answer {
    /// A program (write, fix-bug), or what a program prints (predict-output).
    Text(String),
    /// The ids of the pieces in order (order), or a text for each gap (fill-gap).
    Parts(Vec<String>),
}

impl<'de> Deserialize<'de> for Answer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextOrTexts)
    }
}

/// Says of any other value what it should have been, and where.
struct TextOrTexts;

impl<'de> Visitor<'de> for TextOrTexts {
    type Value = Answer;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a list of texts")
    }

    fn visit_str<E>(self, text: &str) -> Result<Answer, E> {
        Ok(Answer::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Answer, E> {
        Ok(Answer::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut texts: A) -> Result<Answer, A::Error> {
        let mut parts = Vec::new();
        while let Some(text) = texts.next_element()? {
            parts.push(text);
        }
        Ok(Answer::Parts(parts))
    }
}

/// Why an answer cannot be judged. Each is about the field that [`BadAnswer::field`] names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadAnswer {
    /// A list where a text is needed.
    #[error("must be a text: this exercise asks for {what}")]
    TextNeeded {
        /// What is asked for.
        what: &'static str,
    },
    /// A text where a list is needed.
    #[error("must be a list of texts: {what}")]
    ListNeeded {
        /// What each of them is.
        what: &'static str,
    },
    /// Over the limit.
    #[error("must be at most {max_bytes} bytes long")]
    TooLong {
        /// The limit.
        max_bytes: usize,
    },
    /// A piece that the exercise does not have.
    #[error("no piece of this exercise is called `{id}`")]
    UnknownPiece {
        /// The name, cut where it is long.
        id: String,
        /// Its place in the answer, from 0.
        place: usize,
    },
    /// A piece twice.
    #[error("piece `{id}` is there already: each may be used once")]
    RepeatedPiece {
        /// Its name.
        id: String,
        /// The place of the second one, from 0.
        place: usize,
    },
    /// Every piece belongs into the program, and some are not there.
    #[error("must hold every piece: {missing} of {of} are missing")]
    MissingPieces {
        /// How many are not there.
        missing: usize,
        /// How many there are.
        of: usize,
    },
    /// More or fewer texts than gaps.
    #[error("must hold one text for each of the {expected} gaps, not {given}")]
    GapCount {
        /// How many gaps there are.
        expected: usize,
        /// How many texts came.
        given: usize,
    },
    /// A text that no gap is made for.
    #[error("must be one line of at most {GAP_MAX_CHARS} characters")]
    GapText {
        /// Its place, from 0.
        place: usize,
    },
}

impl BadAnswer {
    /// The field that is wrong: `answer`, or a part of it.
    #[must_use]
    pub fn field(&self) -> String {
        match self {
            Self::UnknownPiece { place, .. }
            | Self::RepeatedPiece { place, .. }
            | Self::GapText { place } => {
                format!("answer[{place}]")
            }
            _ => "answer".to_owned(),
        }
    }
}

/// An answer as it can be judged.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Given {
    /// The learner's own program.
    Program(String),
    /// Lines that were put in order.
    Ordered(Ordered),
    /// A program with its gaps filled.
    Filled {
        /// The whole program.
        program: String,
        /// The first gap, from 1, that nothing was written into.
        blank: Option<usize>,
    },
    /// What the learner says a program prints.
    Prediction(String),
}

impl Given {
    /// Reads an answer for an exercise.
    pub(super) fn read(exercise: &Exercise, answer: &Answer) -> Result<Self, BadAnswer> {
        match &exercise.task {
            Task::Write | Task::FixBug { .. } => text(exercise, answer).map(Self::Program),
            Task::PredictOutput => text(exercise, answer).map(Self::Prediction),
            Task::Order { pieces } => {
                let ids = parts(answer, "the ids of the lines, in order")?;
                order::read(exercise, pieces, ids).map(Self::Ordered)
            }
            Task::FillGap { gaps } => {
                let texts = parts(answer, "what belongs into each gap")?;
                if texts.len() != gaps.len() {
                    return Err(BadAnswer::GapCount { expected: gaps.len(), given: texts.len() });
                }
                let long =
                    |text: &String| text.contains(['\n', '\r']) || text.chars().count() > GAP_MAX_CHARS;
                if let Some(place) = texts.iter().position(long) {
                    return Err(BadAnswer::GapText { place });
                }
                let blank = texts.iter().position(|text| text.trim().is_empty()).map(|place| place + 1);
                Ok(Self::Filled { program: super::gaps::fill(&exercise.starter, texts), blank })
            }
        }
    }

    /// The program that there is to run.
    pub(super) fn program(&self) -> Option<&str> {
        match self {
            Self::Program(program) | Self::Filled { program, blank: None } => Some(program),
            Self::Ordered(ordered) => Some(&ordered.program),
            Self::Filled { .. } | Self::Prediction(_) => None,
        }
    }
}

fn text(exercise: &Exercise, answer: &Answer) -> Result<String, BadAnswer> {
    let what =
        if exercise.name.kind == Kind::PredictOutput { "what the program prints" } else { "a program" };
    match answer {
        Answer::Text(text) if text.len() > TEXT_MAX_BYTES => {
            Err(BadAnswer::TooLong { max_bytes: TEXT_MAX_BYTES })
        }
        Answer::Text(text) => Ok(text.clone()),
        Answer::Parts(_) => Err(BadAnswer::TextNeeded { what }),
    }
}

fn parts<'a>(answer: &'a Answer, what: &'static str) -> Result<&'a [String], BadAnswer> {
    match answer {
        Answer::Parts(parts) => Ok(parts),
        Answer::Text(_) => Err(BadAnswer::ListNeeded { what }),
    }
}

/// What is repeated of a name that the learner made up.
pub(super) fn echo(id: &str) -> String {
    id.chars().filter(|sign| !sign.is_control()).take(ECHO_CHARS).collect()
}
