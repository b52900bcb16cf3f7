//! A question as it is asked: without its answer.

use contracts::QuestionId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::decide::grade;
use crate::library::{Difficulty, Kind, Question};

/// One of the answers to choose from.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AskedChoice {
    /// What to answer with.
    letter: String,
    /// What it says.
    text: String,
}

/// A question.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AskedQuestion {
    question_id: QuestionId,
    kind: Kind,
    difficulty: Difficulty,
    prompt: String,
    /// The program it asks about.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// What to choose from, for a choice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<AskedChoice>,
}

impl From<Question> for AskedQuestion {
    fn from(question: Question) -> Self {
        let choices = question.choices.into_iter().enumerate();
        Self {
            question_id: question.id,
            kind: question.kind,
            difficulty: question.difficulty,
            prompt: question.prompt,
            code: question.code,
            choices: choices
                .map(|(place, choice)| AskedChoice { letter: grade::letter(place), text: choice.text })
                .collect(),
        }
    }
}
