//! What the tests are worth together.
//!
//! Not here: what one test is worth (`cases`).

use agent_core::mastery::Score;

use super::cases::Seen;
use crate::decide::exercise::Exercise;

/// A hidden test counts as much as this many open ones: an answer written in for the examples alone earns little.
const HIDDEN_WEIGHT: f64 = 2.0;
/// What an answer is worth at most that does the right thing with what it must not use, or without what it must.
const BROKEN_RULE_MAX: f64 = 0.5;

/// The share of the tests passed, by weight.
pub(super) fn of_tests(exercise: &Exercise, seen: &[Seen], rule_broken: bool) -> Score {
    let (mut sum, mut whole, mut all) = (0.0, 0.0, !seen.is_empty());
    for (test, seen) in exercise.tests.iter().zip(seen) {
        let weight = if test.open { 1.0 } else { HIDDEN_WEIGHT };
        whole += weight;
        sum += weight * seen.credit;
        all &= seen.fault.is_none();
    }
    // All is all: no rounding may keep a right answer from it.
    let share = if all { 1.0 } else { sum / f64::max(whole, 1.0) };
    score(if rule_broken { share.min(BROKEN_RULE_MAX) } else { share })
}

/// A number that is in range by how it was made.
pub(super) fn score(share: f64) -> Score {
    Score::new(share.clamp(0.0, 1.0)).unwrap_or(Score::ZERO)
}
