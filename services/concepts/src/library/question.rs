//! Check questions: kinds, answers, and what a wrong answer gives away.
//!
//! Not here: choosing questions (`decide::quiz`) and judging answers (`decide::grade`).

use std::collections::BTreeSet;

use agent_core::curriculum::Topic;
use agent_core::mastery::Mastery;
use contracts::QuestionId;
use serde::{Deserialize, Serialize};

use super::lesson::Misconception;

/// How hard something is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Difficulty {
    /// The first steps.
    Beginner,
    /// One idea at a time.
    Easy,
    /// Two ideas together.
    Medium,
    /// The traps.
    Hard,
    /// Beyond the lesson.
    Challenge,
}

impl Difficulty {
    /// What fits a mastery; the first steps where it is not known.
    #[must_use]
    pub fn fitting(mastery: Option<Mastery>) -> Self {
        match mastery.map_or(0.0, Mastery::get) {
            value if value <= 0.2 => Self::Beginner,
            value if value <= 0.4 => Self::Easy,
            value if value <= 0.7 => Self::Medium,
            value if value <= 0.9 => Self::Hard,
            _ => Self::Challenge,
        }
    }

    /// How many steps lie between two.
    #[must_use]
    pub fn distance(self, other: Self) -> u8 {
        (self as u8).abs_diff(other as u8)
    }
}

/// How a question is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// One of the choices, by its letter.
    Choice,
    /// What the program prints, line by line.
    PredictOutput,
    /// `true` or `false`.
    TrueFalse,
    /// A word or an expression.
    Short,
}

/// One of several answers to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What it says.
    pub text: String,
    /// Whether it is the right one.
    #[serde(default)]
    pub right: bool,
    /// What choosing it gives away.
    #[serde(default)]
    pub misconception: Option<String>,
}

/// A wrong answer that gives something away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrongAnswer {
    /// The answer.
    pub answer: String,
    /// What it gives away.
    pub misconception: String,
}

/// A question. Also the form in which a quiz keeps it, so that an answer is judged by what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its id, unique over all topics: it begins with the topic's slug.
    pub id: QuestionId,
    /// How it is answered.
    pub kind: Kind,
    /// How hard it is.
    pub difficulty: Difficulty,
    /// What is asked.
    pub prompt: String,
    /// The program it asks about.
    #[serde(default)]
    pub code: Option<String>,
    /// The answers to choose from, for a choice.
    #[serde(default)]
    pub choices: Vec<Choice>,
    /// The right answers, for the other kinds; the first is the one that is shown.
    #[serde(default)]
    pub answer: Vec<String>,
    /// Wrong answers that give something away, for the other kinds.
    #[serde(default)]
    pub wrong: Vec<WrongAnswer>,
    /// Why the right answer is right.
    pub why: String,
}

/// questions.toml.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Questions {
    #[serde(rename = "question")]
    questions: Vec<Question>,
}

/// Reads a topic's questions.
pub(super) fn parse(
    source: &str,
    topic: Topic,
    misconceptions: &[Misconception],
) -> Result<Vec<Question>, String> {
    let Questions { questions } = toml::from_str(source).map_err(|error| error.to_string())?;
    let known: BTreeSet<&str> =
        misconceptions.iter().map(|misconception| misconception.id.as_str()).collect();
    let mut ids = BTreeSet::new();
    for question in &questions {
        let problem = |problem: &str| format!("{}: {problem}", question.id);
        if !question.id.as_str().starts_with(topic.slug()) || !ids.insert(question.id.as_str()) {
            return Err(problem("the id must begin with the topic's slug and be unique"));
        }
        check_answers(question).map_err(problem)?;
        let from_choices = question.choices.iter().filter_map(|choice| choice.misconception.as_deref());
        let from_answers = question.wrong.iter().map(|wrong| wrong.misconception.as_str());
        if let Some(unknown) = from_choices.chain(from_answers).find(|id| !known.contains(id)) {
            return Err(problem(&format!("no misconception {unknown} in topic.toml")));
        }
    }
    Ok(questions)
}

/// Whether the answers fit the kind.
fn check_answers(question: &Question) -> Result<(), &'static str> {
    let right = question.choices.iter().filter(|choice| choice.right).count();
    let is_truth = |answer: &String| answer == "true" || answer == "false";
    match question.kind {
        Kind::Choice if right != 1 => Err("exactly one choice must be right"),
        Kind::Choice if !(2..=6).contains(&question.choices.len()) => Err("needs two to six choices"),
        Kind::Choice if !question.answer.is_empty() || !question.wrong.is_empty() => {
            Err("has choices, no answers")
        }
        Kind::Choice => Ok(()),
        _ if !question.choices.is_empty() => Err("only a choice has choices"),
        _ if question.answer.is_empty() => Err("needs an answer"),
        Kind::PredictOutput if question.code.is_none() => Err("needs a program"),
        Kind::TrueFalse if !question.answer.iter().all(is_truth) || question.answer.len() != 1 => {
            Err("the answer is true or false")
        }
        _ => Ok(()),
    }
}
