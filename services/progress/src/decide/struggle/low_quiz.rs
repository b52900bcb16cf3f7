//! A quiz that is less than half right. Each of its answers tells the score of the whole, so that the first one to come
//! is enough, and the others say nothing new.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::alert::Sighting;
use super::fact::{Fact, What};

/// Below this share of right answers a quiz is a struggle.
pub const ENOUGH: f64 = 0.5;
/// So many quizzes are remembered as looked at.
const SEEN_MAX: usize = 10;

/// The quizzes that were looked at last.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LowQuiz {
    seen: VecDeque<String>,
}

impl LowQuiz {
    /// Takes the next fact.
    pub fn take(&mut self, fact: &Fact) -> Option<Sighting> {
        let What::QuizAnswered { quiz: Some((quiz, score)), .. } = &fact.what else { return None };
        if self.seen.contains(quiz) {
            return None;
        }
        if self.seen.len() >= SEEN_MAX {
            self.seen.pop_front();
        }
        self.seen.push_back(quiz.clone());
        (score.get() < ENOUGH).then(|| {
            let percent = (score.get() * 100.0).round();
            let seen = fact.seen(format!("A quiz was {percent} % right."));
            let at = seen.occurred_at.strftime("%H:%M");
            Sighting { reason: format!("A quiz was {percent} % right, at {at} UTC."), evidence: vec![seen] }
        })
    }
}
