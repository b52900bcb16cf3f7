//! Five wrong answers in a row, or three different exercises in a row whose last answer was wrong.

use agent_core::mastery::{Moment, Score};
use contracts::events::StruggleEvidence;
use serde::{Deserialize, Serialize};

use super::WINDOW_MS;
use super::alert::Sighting;
use super::fact::{Fact, What, is_right};

/// So many wrong answers in a row are a struggle.
pub const ANSWERS: usize = 5;
/// So many exercises in a row that ended wrong are one.
pub const EXERCISES: usize = 3;

/// The last answers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FailedInARow {
    /// Wrong answers since the last right one, at most [`ANSWERS`].
    answers: Vec<StruggleEvidence>,
    /// The last [`EXERCISES`] exercises by their last answer.
    exercises: Vec<Last>,
}

/// The last answer to an exercise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Last {
    problem: String,
    /// What was wrong; nothing where it was right.
    wrong: Option<StruggleEvidence>,
    at: Moment,
}

impl FailedInARow {
    /// Takes the next fact.
    pub fn take(&mut self, fact: &Fact) -> Option<Sighting> {
        let What::ExerciseAnswered { problem, score, .. } = &fact.what else { return None };
        let since_ms = fact.at.occurred_at_ms - WINDOW_MS;
        self.answers.retain(|answer| answer.occurred_at.as_millisecond() > since_ms);
        self.exercises.retain(|last| last.at.occurred_at_ms > since_ms && last.problem != *problem);
        let wrong = (!is_right(*score)).then(|| fact.seen(wrong_answer(problem, *score)));
        self.exercises.push(Last { problem: problem.clone(), wrong: wrong.clone(), at: fact.at });
        keep_newest(&mut self.exercises, EXERCISES);
        let Some(wrong) = wrong else {
            self.answers.clear();
            return None;
        };
        self.answers.push(wrong);
        keep_newest(&mut self.answers, ANSWERS);
        self.exercises_in_a_row().or_else(|| self.answers_in_a_row())
    }

    fn answers_in_a_row(&self) -> Option<Sighting> {
        let since = self.answers.first()?.occurred_at.strftime("%H:%M");
        (self.answers.len() == ANSWERS).then(|| Sighting {
            reason: format!("{ANSWERS} answers in a row were wrong since {since} UTC."),
            evidence: self.answers.clone(),
        })
    }

    fn exercises_in_a_row(&self) -> Option<Sighting> {
        let wrong: Vec<StruggleEvidence> =
            self.exercises.iter().filter_map(|last| last.wrong.clone()).collect();
        let since = wrong.first()?.occurred_at.strftime("%H:%M");
        (wrong.len() == EXERCISES).then(|| Sighting {
            reason: format!(
                "The last answers to {EXERCISES} exercises in a row were wrong, since {since} UTC."
            ),
            evidence: wrong.clone(),
        })
    }
}

fn wrong_answer(problem: &str, score: Score) -> String {
    format!("An answer to {problem} was {} % right.", (score.get() * 100.0).floor())
}

fn keep_newest<T>(items: &mut Vec<T>, most: usize) {
    let surplus = items.len().saturating_sub(most);
    items.drain(..surplus);
}
