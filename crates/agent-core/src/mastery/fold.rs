//! Runs of events: from nothing to a state, and what each event did on the way.
//!
//! Not here: what a single event does (`state`).

use serde::{Deserialize, Serialize};

use super::fact::{Dated, Moment};
use super::score::{Mastery, Scores};
use super::state::{OutOfOrder, ScoredScores, State};

/// The state after events that are in order already.
///
/// # Errors
/// [`OutOfOrder`] at the first event that is not after the one before it.
pub fn fold<'a>(sorted: impl IntoIterator<Item = &'a Dated>) -> Result<State, OutOfOrder> {
    let mut state = State::default();
    for event in sorted {
        state.apply(event)?;
    }
    Ok(state)
}

/// The state after a set of events, in whatever order and however often they are given.
#[must_use]
pub fn fold_any_order(mut events: Vec<Dated>) -> State {
    events.sort_by_key(Dated::moment);
    let mut state = State::default();
    for event in &events {
        // After the sort only an event given twice is out of order, and once is enough.
        let _given_twice = state.apply(event).is_err();
    }
    state
}

/// One of the four scores, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ScoreName {
    /// Distinct problems solved, of the target.
    Completion,
    /// Quiz questions answered right.
    Quiz,
    /// Review scores of submissions.
    Quality,
    /// Practice days in a row, of 7.
    Consistency,
}

impl ScoreName {
    fn changed(before: &Scores, after: &Scores) -> Vec<Self> {
        [
            (Self::Completion, before.completion, after.completion),
            (Self::Quiz, before.quiz, after.quiz),
            (Self::Quality, before.quality, after.quality),
            (Self::Consistency, before.consistency, after.consistency),
        ]
        .into_iter()
        .filter(|(_, before, after)| before != after)
        .map(|(name, ..)| name)
        .collect()
    }
}

/// What one event did.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The event's place.
    pub moment: Moment,
    /// The mastery before it.
    pub before: Mastery,
    /// The mastery after it.
    pub after: Mastery,
    /// The four scores after it.
    pub scored: ScoredScores,
    /// Which of them it changed.
    pub changed: Vec<ScoreName>,
}

impl Step {
    /// What the event contributed: mastery after minus mastery before. Negative where it lowered the mastery.
    #[must_use]
    pub fn contribution(&self) -> f64 {
        self.after.moved_from(self.before)
    }
}

impl State {
    /// Applies the next event and says what it did.
    ///
    /// # Errors
    /// [`OutOfOrder`], as [`State::apply`].
    pub fn step(&mut self, event: &Dated) -> Result<Step, OutOfOrder> {
        let before = self.scores().scores;
        self.apply(event)?;
        let scored = self.scores();
        Ok(Step {
            moment: event.moment(),
            before: Mastery::of(&before),
            after: Mastery::of(&scored.scores),
            changed: ScoreName::changed(&before, &scored.scores),
            scored,
        })
    }
}

#[cfg(test)]
#[path = "fold_tests.rs"]
mod tests;
