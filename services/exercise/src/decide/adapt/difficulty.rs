//! How hard the next exercise should be.
//!
//! The band of the mastery, one step up or down by the latest first answers. Not here: which exercise (`choice`).

use agent_core::mastery::{Mastery, Score};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::history::TopicHistory;
use crate::decide::exercise::Difficulty;

/// First answers without which nothing is moved.
const ANSWERS_MIN: usize = 3;
/// Graded answers from which on the recommendation is certain.
const CERTAIN_FROM: u32 = 10;

/// How hard the next exercise should be, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Recommendation {
    /// How hard.
    pub recommended: Difficulty,
    /// Why, in words, with the numbers.
    pub reasoning: String,
    /// How much it rests on: the graded answers of the topic, of ten.
    pub confidence: Score,
}

/// How hard the next exercise of a topic should be.
#[must_use]
pub fn recommend(mastery: Option<Mastery>, history: &TopicHistory) -> Recommendation {
    let (band, why) = band(mastery);
    let answers = history.first_answers();
    let right = answers.iter().filter(|right| **right).count();
    let of = answers.len();
    let (recommended, moved) = if of < ANSWERS_MIN {
        (band, format!("{of} first answers so far are too few to move that"))
    } else if right * 5 >= of * 4 {
        (band.harder(), step(right, of, band, band.harder(), "up"))
    } else if right * 5 <= of * 2 {
        (band.easier(), step(right, of, band, band.easier(), "down"))
    } else {
        (band, format!("{right} of the last {of} first answers were right, so it stays there"))
    };
    let moved = moved.replace("1 first answers so far are", "1 first answer so far is");
    Recommendation {
        recommended,
        reasoning: format!("{why}; {moved}."),
        confidence: Score::share(history.graded, CERTAIN_FROM),
    }
}

fn step(right: usize, of: usize, from: Difficulty, to: Difficulty, way: &str) -> String {
    let count = format!("{right} of the last {of} first answers were right");
    if from == to {
        format!("{count}, and there is no step further {way}")
    } else {
        format!("{count}, so it goes one step {way} to {}", to.name())
    }
}

fn band(mastery: Option<Mastery>) -> (Difficulty, String) {
    let Some(mastery) = mastery else {
        return (Difficulty::Beginner, "No mastery is known yet, which means beginner".to_owned());
    };
    let (band, range) = match mastery.get() {
        value if value <= 0.2 => (Difficulty::Beginner, "at most 0.2"),
        value if value <= 0.4 => (Difficulty::Easy, "above 0.2, at most 0.4"),
        value if value <= 0.7 => (Difficulty::Medium, "above 0.4, at most 0.7"),
        value if value <= 0.9 => (Difficulty::Hard, "above 0.7, at most 0.9"),
        _ => (Difficulty::Challenge, "above 0.9"),
    };
    (band, format!("Mastery {} ({range}) means {}", mastery.get(), band.name()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn history(answers: &[bool], graded: u32) -> TopicHistory {
        let mut history = TopicHistory::default();
        for right in answers {
            history.add_first(*right);
        }
        history.graded = graded;
        history
    }

    fn of(mastery: Option<f64>, answers: &[bool]) -> Difficulty {
        let mastery = mastery.map(|value| Mastery::new(value).expect("in range"));
        recommend(mastery, &history(answers, 0)).recommended
    }

    #[test]
    fn the_bands_of_mastery_hold_their_upper_edge() {
        for (mastery, difficulty) in [
            (None, Difficulty::Beginner),
            (Some(0.0), Difficulty::Beginner),
            (Some(0.2), Difficulty::Beginner),
            (Some(0.200_000_001), Difficulty::Easy),
            (Some(0.4), Difficulty::Easy),
            (Some(0.400_000_001), Difficulty::Medium),
            (Some(0.7), Difficulty::Medium),
            (Some(0.700_000_001), Difficulty::Hard),
            (Some(0.9), Difficulty::Hard),
            (Some(0.900_000_001), Difficulty::Challenge),
            (Some(1.0), Difficulty::Challenge),
        ] {
            assert_eq!(of(mastery, &[]), difficulty, "{mastery:?}");
        }
    }

    #[test]
    fn recent_first_answers_move_it_by_one_step() {
        let (y, n) = (true, false);
        for (answers, difficulty) in [
            (&[][..], Difficulty::Medium),
            (&[y, y], Difficulty::Medium),
            (&[n, n], Difficulty::Medium),
            (&[y, y, y], Difficulty::Hard),
            (&[y, y, n], Difficulty::Medium),
            (&[y, n, n], Difficulty::Easy),
            (&[n, n, n], Difficulty::Easy),
            (&[y, y, y, n], Difficulty::Medium),
            (&[y, y, n, n], Difficulty::Medium),
            (&[y, n, n, n], Difficulty::Easy),
            (&[y, y, y, y, n], Difficulty::Hard),
            (&[y, y, y, n, n], Difficulty::Medium),
            (&[y, y, n, n, n], Difficulty::Easy),
            // Only the last five count.
            (&[n, n, n, y, y, y, y, n], Difficulty::Hard),
            (&[y, y, y, y, y, n, n, n, y, n], Difficulty::Easy),
        ] {
            assert_eq!(of(Some(0.5), answers), difficulty, "{answers:?}");
        }
        assert_eq!(of(Some(1.0), &[y, y, y]), Difficulty::Challenge, "nothing is harder");
        assert_eq!(of(None, &[n, n, n]), Difficulty::Beginner, "nothing is easier");
    }

    #[test]
    fn ten_graded_answers_are_certain() {
        for (graded, confidence) in
            [(0, 0.0), (1, 0.1), (3, 0.3), (9, 0.9), (10, 1.0), (11, 1.0), (u32::MAX, 1.0)]
        {
            let found = recommend(None, &history(&[], graded)).confidence.get();
            assert!((found - confidence).abs() < f64::EPSILON, "{graded}: {found}");
        }
    }

    #[test]
    fn the_reasoning_says_the_numbers() {
        let mastery = |value| Some(Mastery::new(value).expect("in range"));
        let said = [
            recommend(None, &history(&[], 0)),
            recommend(mastery(0.35), &history(&[true], 1)),
            recommend(mastery(0.62), &history(&[true, true, true, true, false], 8)),
            recommend(mastery(0.62), &history(&[true, false, false], 3)),
            recommend(mastery(0.7), &history(&[true, true, false], 3)),
            recommend(mastery(0.95), &history(&[true; 5], 30)),
        ];
        let said: Vec<_> = said.iter().map(|one| (one.recommended.name(), one.reasoning.as_str())).collect();
        insta::assert_debug_snapshot!(said);
    }

    proptest! {
        #[test]
        fn more_mastery_never_makes_it_easier(low in 0.0..=1.0_f64, high in 0.0..=1.0_f64, answers in proptest::collection::vec(any::<bool>(), 0..8)) {
            let (low, high) = (low.min(high), low.max(high));
            prop_assert!(of(Some(low), &answers) <= of(Some(high), &answers));
        }
    }
}
