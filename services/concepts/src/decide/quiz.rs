//! Chooses the questions of a quiz: seeded, without repeats, what was wrong or new before what was right, near the
//! difficulty that fits.
//!
//! Not here: keeping the quiz (`store`), judging answers (`grade`).

use std::collections::BTreeMap;

use agent_core::mastery::Mastery;
use contracts::QuestionId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::library::{Difficulty, Lesson, Question};

/// The most questions of one quiz. Every topic has at least as many.
pub const QUESTIONS_MAX: u8 = 10;

/// What became of a question the last time the student had it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Last {
    /// It was asked and is not answered yet.
    Asked,
    /// Right.
    Right,
    /// Wrong.
    Wrong,
}

/// A student's questions of one topic.
pub type History = BTreeMap<QuestionId, Last>;

/// Chooses `count` questions; the same seed and history choose the same. Choices stand in an order of their own.
#[must_use]
pub fn choose(
    lesson: &Lesson,
    seed: &[u8],
    history: &History,
    mastery: Option<Mastery>,
    count: u8,
) -> Vec<Question> {
    let fitting = Difficulty::fitting(mastery);
    let mut ranked: Vec<&Question> = lesson.questions.iter().collect();
    ranked.sort_by_cached_key(|question| {
        let novelty = match history.get(&question.id) {
            None | Some(Last::Wrong) => 0,
            Some(Last::Asked) => 1,
            Some(Last::Right) => 2,
        };
        (novelty, question.difficulty.distance(fitting), lot(seed, &[question.id.as_str()]))
    });
    let mut chosen: Vec<Question> = ranked.into_iter().take(usize::from(count)).cloned().collect();
    // Asked from easy to hard.
    chosen.sort_by_key(|question| question.difficulty);
    for question in &mut chosen {
        let id = question.id.clone();
        question.choices.sort_by_cached_key(|choice| lot(seed, &[id.as_str(), &choice.text]));
    }
    chosen
}

/// A lot drawn for a name: as good as random, and the same each time for the same seed.
fn lot(seed: &[u8], names: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new_with_prefix(seed);
    for name in names {
        hash.update([0]);
        hash.update(name.as_bytes());
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::LazyLock;

    use agent_core::curriculum::Topic;
    use proptest::prelude::*;

    use super::*;
    use crate::library::Library;

    static LIBRARY: LazyLock<Library> =
        LazyLock::new(|| Library::load().expect("the topics are well formed"));

    fn library() -> &'static Library {
        &LIBRARY
    }

    fn ids(questions: &[Question]) -> Vec<&str> {
        questions.iter().map(|question| question.id.as_str()).collect()
    }

    #[test]
    fn every_topic_fills_the_longest_quiz() {
        for lesson in library().lessons() {
            assert!(lesson.questions.len() >= usize::from(QUESTIONS_MAX), "{}", lesson.topic);
        }
    }

    #[test]
    fn asks_what_was_wrong_or_new_before_what_was_right() {
        let library = library();
        let lesson = library.lesson(Topic::Variables).expect("a lesson");
        let mut history: History =
            lesson.questions.iter().map(|question| (question.id.clone(), Last::Right)).collect();
        let wrong = lesson.questions[7].id.clone();
        let new = lesson.questions[9].id.clone();
        history.insert(wrong.clone(), Last::Wrong);
        history.remove(&new);
        let chosen = choose(lesson, b"1", &history, None, 2);
        assert_eq!(ids(&chosen).into_iter().collect::<BTreeSet<_>>(), [wrong.as_str(), new.as_str()].into());
    }

    #[test]
    fn fits_the_difficulty_to_the_mastery() {
        let library = library();
        let lesson = library.lesson(Topic::Operators).expect("a lesson");
        let mastered = Mastery::new(0.95).ok();
        let hardest = choose(lesson, b"1", &History::new(), mastered, 1);
        assert_eq!(hardest[0].difficulty, Difficulty::Challenge);
        let first = choose(lesson, b"1", &History::new(), None, 1);
        assert_eq!(first[0].difficulty, Difficulty::Beginner);
    }

    #[test]
    fn another_quiz_draws_other_questions_or_another_order() {
        let library = library();
        let lesson = library.lesson(Topic::DataTypes).expect("a lesson");
        let drawn: BTreeSet<Vec<String>> = (1..20_u8)
            .map(|number| {
                let chosen = choose(lesson, &[number], &History::new(), Mastery::new(0.5).ok(), 3);
                chosen.into_iter().map(|question| question.id.to_string()).collect()
            })
            .collect();
        assert!(drawn.len() > 1);
    }

    proptest! {
        #[test]
        fn a_quiz_has_as_many_questions_as_asked_for_and_none_twice(seed in any::<[u8; 16]>(), count in 1..=QUESTIONS_MAX) {
            let library = library();
            for lesson in library.lessons() {
                let chosen = choose(lesson, &seed, &History::new(), None, count);
                prop_assert_eq!(chosen.len(), usize::from(count));
                prop_assert_eq!(ids(&chosen).into_iter().collect::<BTreeSet<_>>().len(), usize::from(count));
                prop_assert_eq!(&chosen, &choose(lesson, &seed, &History::new(), None, count));
            }
        }
    }
}
