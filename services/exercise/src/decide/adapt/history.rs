//! What is known of a student: the exercises they had, how the first answers went, and which mistakes come back. Of bounded
//! size, as the store keeps it.
//!
//! Not here: whole attempts (the store's problems), and mastery.

use std::collections::{BTreeMap, VecDeque};

use agent_core::curriculum::Topic;
use serde::{Deserialize, Serialize};

use super::likeness::Sketch;
use crate::decide::exercise::{Exercise, Kind, Name};

/// First answers that are kept of a topic: as many as a recommendation looks at.
pub const FIRST_KEPT: usize = 5;
/// Exercises that are kept, the latest: about 300 bytes each.
pub const SHOWN_KEPT: usize = 40;
/// Kinds of mistakes that are kept: a rare and old one makes room.
pub const MISTAKES_KEPT: usize = 32;
/// The longest name of a mistake that is kept, in bytes.
const MISTAKE_MAX_BYTES: usize = 64;

/// What is known of a student.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// By topic: at most one for each topic of the curriculum.
    pub topics: BTreeMap<Topic, TopicHistory>,
    /// The exercises they had, the latest last; at most [`SHOWN_KEPT`].
    pub shown: VecDeque<Shown>,
    /// Misconceptions and errors by name; at most [`MISTAKES_KEPT`].
    pub mistakes: BTreeMap<String, Mistake>,
}

/// How a topic went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicHistory {
    /// Answers that were graded, all of them.
    pub graded: u32,
    /// Whether the first answers to the latest exercises were right, the latest last; at most [`FIRST_KEPT`].
    pub first: VecDeque<bool>,
}

/// An exercise that the student had.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// Its name.
    pub name: Name,
    /// What its solution looks like.
    pub sketch: Sketch,
}

/// A mistake that comes back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mistake {
    /// How often it was made.
    pub count: u32,
    /// The number of the graded answer, over all topics, in which it was made last.
    pub last: u64,
}

/// A graded answer, as history needs it.
#[derive(Debug, Clone, Copy)]
pub struct Graded<'a> {
    /// The exercise's topic.
    pub topic: Topic,
    /// Whether it is the first answer to its exercise.
    pub first: bool,
    /// Whether it is right.
    pub correct: bool,
    /// The misconception of the verdict.
    pub misconception: Option<&'a str>,
    /// The error of the verdict.
    pub error: Option<&'a str>,
}

impl TopicHistory {
    /// Whether the latest first answers were right, the latest last.
    #[must_use]
    pub fn first_answers(&self) -> Vec<bool> {
        self.first.iter().copied().skip(self.first.len().saturating_sub(FIRST_KEPT)).collect()
    }

    /// Counts a first answer.
    pub fn add_first(&mut self, right: bool) {
        self.first.push_back(right);
        while self.first.len() > FIRST_KEPT {
            self.first.pop_front();
        }
    }
}

impl History {
    /// How a topic went so far.
    #[must_use]
    pub fn topic(&self, topic: Topic) -> TopicHistory {
        self.topics.get(&topic).cloned().unwrap_or_default()
    }

    /// The student is given an exercise.
    pub fn show(&mut self, exercise: &Exercise) {
        self.shown.push_back(Shown { name: exercise.name.clone(), sketch: Sketch::of(&exercise.reference) });
        while self.shown.len() > SHOWN_KEPT {
            self.shown.pop_front();
        }
    }

    /// An answer was graded.
    pub fn grade(&mut self, graded: Graded<'_>) {
        let topic = self.topics.entry(graded.topic).or_default();
        topic.graded = topic.graded.saturating_add(1);
        if graded.first {
            topic.add_first(graded.correct);
        }
        if graded.correct {
            return;
        }
        let number = self.topics.values().map(|topic| u64::from(topic.graded)).sum();
        for name in [graded.misconception, graded.error].into_iter().flatten() {
            self.add_mistake(name, number);
        }
    }

    fn add_mistake(&mut self, name: &str, number: u64) {
        if name.len() > MISTAKE_MAX_BYTES {
            return;
        }
        if !self.mistakes.contains_key(name) && self.mistakes.len() >= MISTAKES_KEPT {
            let weakest = self.mistakes.iter().min_by_key(|(_, mistake)| (mistake.count, mistake.last));
            if let Some(name) = weakest.map(|(name, _)| name.clone()) {
                self.mistakes.remove(&name);
            }
        }
        let mistake = self.mistakes.entry(name.to_owned()).or_default();
        mistake.count = mistake.count.saturating_add(1);
        mistake.last = number;
    }

    /// The mistakes that come back: made at least twice, the most frequent first.
    #[must_use]
    pub fn patterns(&self) -> Vec<(&str, u32)> {
        let again = self.mistakes.iter().filter(|(_, mistake)| mistake.count >= 2);
        let mut patterns: Vec<_> = again.map(|(name, mistake)| (name.as_str(), *mistake)).collect();
        patterns.sort_by_key(|(name, mistake)| (std::cmp::Reverse((mistake.count, mistake.last)), *name));
        patterns.into_iter().map(|(name, mistake)| (name, mistake.count)).collect()
    }

    /// How many exercises ago one was shown for which this holds: 1 is the latest.
    pub(super) fn ago(&self, holds: impl Fn(&Name) -> bool) -> Option<usize> {
        self.shown.iter().rev().position(|shown| holds(&shown.name)).map(|place| place + 1)
    }

    /// Whether the student had this kind of this template.
    pub(super) fn ago_template(&self, topic: Topic, template: &str, kind: Option<Kind>) -> Option<usize> {
        self.ago(|name| {
            name.topic == topic && name.template == template && kind.is_none_or(|kind| name.kind == kind)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(misconception: &str) -> Graded<'_> {
        Graded {
            topic: Topic::For,
            first: true,
            correct: false,
            misconception: Some(misconception),
            error: None,
        }
    }

    #[test]
    fn a_history_counts_first_answers_and_mistakes() {
        let mut history = History::default();
        history.grade(Graded { error: Some("IndexError"), ..wrong("off-by-one") });
        history.grade(Graded { first: false, ..wrong("off-by-one") });
        history.grade(Graded { correct: true, ..wrong("ignored") });
        assert_eq!(history.topic(Topic::For).graded, 3);
        assert_eq!(history.topic(Topic::For).first_answers(), [false, true]);
        assert_eq!(history.topic(Topic::While), TopicHistory::default());
        assert_eq!(history.patterns(), [("off-by-one", 2)]);
        assert_eq!(history.mistakes["IndexError"], Mistake { count: 1, last: 1 });
        assert!(!history.mistakes.contains_key("ignored"));
    }

    #[test]
    fn a_history_stays_small_however_long_it_goes_on() {
        let mut history = History::default();
        let exercise = crate::decide::grade::samples::total();
        for round in 0..2_000_u32 {
            history.show(&exercise);
            let name = format!("mistake-{}", round % 97);
            history.grade(wrong(&name));
            history.grade(wrong("always"));
        }
        history.grade(wrong(&"x".repeat(10_000)));
        assert_eq!((history.shown.len(), history.mistakes.len()), (SHOWN_KEPT, MISTAKES_KEPT));
        assert_eq!(history.patterns()[0], ("always", 2_000));
        assert_eq!(history.topic(Topic::For).first.len(), FIRST_KEPT);
        let stored = serde_json::to_string(&history).expect("serialises");
        assert!(stored.len() < 32 << 10, "{} bytes", stored.len());
        assert_eq!(serde_json::from_str::<History>(&stored).expect("reads back"), history);
    }
}
