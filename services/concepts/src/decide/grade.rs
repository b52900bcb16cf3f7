//! Judges an answer by the question that was asked.
//!
//! Not here: where the question is kept, and what the result is evidence of (`routes::answers`).

use crate::library::{Kind, Question};

/// What an answer is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it is right.
    pub correct: bool,
    /// The right answer, as a learner would write it.
    pub answer: String,
    /// The misconception that a wrong answer gives away.
    pub misconception: Option<String>,
}

/// The letter of a choice by its place: a, b, c …
#[must_use]
pub fn letter(place: usize) -> String {
    char::from_u32('a' as u32 + u32::try_from(place).unwrap_or(u32::MAX).min(25)).unwrap_or('z').to_string()
}

/// Judges one answer.
#[must_use]
pub fn grade(question: &Question, answer: &str) -> Verdict {
    if question.kind == Kind::Choice {
        return grade_choice(question, answer);
    }
    let given = normal(question.kind, answer);
    let is = |other: &str| normal(question.kind, other) == given;
    let correct = question.answer.iter().any(|right| is(right));
    let misconception = question
        .wrong
        .iter()
        .find(|wrong| !correct && is(&wrong.answer))
        .map(|wrong| wrong.misconception.clone());
    Verdict { correct, answer: question.answer.first().cloned().unwrap_or_default(), misconception }
}

/// A choice is named by its letter, or by its whole text.
fn grade_choice(question: &Question, answer: &str) -> Verdict {
    let given = answer.trim();
    let chosen = question
        .choices
        .iter()
        .enumerate()
        .find(|(place, choice)| given.eq_ignore_ascii_case(&letter(*place)) || given == choice.text)
        .map(|(_, choice)| choice);
    let right = question.choices.iter().enumerate().find(|(_, choice)| choice.right);
    Verdict {
        correct: chosen.is_some_and(|choice| choice.right),
        answer: right.map(|(place, _)| letter(place)).unwrap_or_default(),
        misconception: chosen.filter(|choice| !choice.right).and_then(|choice| choice.misconception.clone()),
    }
}

/// What counts in an answer. Output: its lines, without white space at their ends. A truth: its word. A short answer:
/// everything but white space, and backticks around it.
fn normal(kind: Kind, answer: &str) -> String {
    match kind {
        Kind::PredictOutput => answer.trim().lines().map(str::trim_end).collect::<Vec<_>>().join("\n"),
        Kind::TrueFalse => match answer.trim().to_lowercase().as_str() {
            "t" | "yes" => "true".to_owned(),
            "f" | "no" => "false".to_owned(),
            other => other.to_owned(),
        },
        Kind::Short | Kind::Choice => answer.trim().trim_matches('`').split_whitespace().collect(),
    }
}

#[cfg(test)]
mod tests {
    use agent_core::curriculum::Topic;

    use super::*;
    use crate::library::Library;

    fn question(library: &Library, topic: Topic, id: &str) -> Question {
        let lesson = library.lesson(topic).expect("a lesson");
        lesson.questions.iter().find(|question| question.id.as_str() == id).expect("a question").clone()
    }

    #[test]
    fn judges_every_kind() {
        let library = Library::load().expect("the topics are well formed");
        let cases = [
            (Topic::Variables, "variables-01", "13", true, None),
            (Topic::Variables, "variables-01", " 13 \n", true, None),
            (Topic::Variables, "variables-01", "12", false, Some("old-value-kept")),
            (Topic::Variables, "variables-01", "", false, None),
            (Topic::Variables, "variables-02", "A", true, None),
            (Topic::Variables, "variables-02", "c", false, Some("equation")),
            (Topic::Variables, "variables-02", "price = 5", true, None),
            (Topic::Variables, "variables-02", "z", false, None),
            (Topic::Variables, "variables-04", "False", true, None),
            (Topic::Variables, "variables-04", "true", false, Some("equation")),
            (Topic::Variables, "variables-06", "city \r\nRome\n", true, None),
            (Topic::Variables, "variables-11", "score+=3", true, None),
            (Topic::TypeConversion, "type-conversion-10", "`float( price )`", true, None),
        ];
        for (topic, id, answer, correct, misconception) in cases {
            let verdict = grade(&question(&library, topic, id), answer);
            assert_eq!(
                (verdict.correct, verdict.misconception.as_deref()),
                (correct, misconception),
                "{id} {answer:?}"
            );
        }
    }

    #[test]
    fn the_right_answer_is_right_and_every_known_wrong_one_is_wrong() {
        let library = Library::load().expect("the topics are well formed");
        for question in library.lessons().flat_map(|lesson| &lesson.questions) {
            let shown = grade(question, "no such answer").answer;
            assert!(grade(question, &shown).correct, "{}", question.id);
            for wrong in &question.wrong {
                let verdict = grade(question, &wrong.answer);
                assert!(!verdict.correct, "{} {}", question.id, wrong.answer);
                assert_eq!(
                    verdict.misconception.as_deref(),
                    Some(wrong.misconception.as_str()),
                    "{}",
                    question.id
                );
            }
        }
    }
}
