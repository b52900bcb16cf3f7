//! The head of a log: the state after all its events, and where to start again when one comes late.
//!
//! A log is folded once, as it grows. An event that occurred before the last one folded is put in its place, and what
//! comes after it is folded again, from the newest checkpoint before it. A checkpoint is the state after each 256th
//! event; the newest 8 are kept. Head and checkpoints depend on the set of events alone, never on the order in which
//! they came. Not here: reading the log (`journal`).

use std::collections::{BTreeMap, BTreeSet};

use agent_core::mastery::{DAY_MS, Dated, EventKey, Moment, OutOfOrder, State};
use contracts::{Component, StudentId};
use serde::{Deserialize, Serialize};

/// A checkpoint follows each of this many events.
pub const CHECKPOINT_EVERY: u64 = 256;
/// So many of them are kept.
pub const CHECKPOINTS_MAX: usize = 8;
/// So many of a log's newest events can be told from checkpoints that are sure to be kept.
pub const REACH_EVENTS: u64 = CHECKPOINT_EVERY * (CHECKPOINTS_MAX as u64 - 1);

/// Where a checkpoint stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// After so many events: a multiple of [`CHECKPOINT_EVERY`], and the checkpoint's name.
    pub accepted: u64,
    /// The last of them.
    pub last: Moment,
}

/// The state of a student in a component, and the log's checkpoints from old to new.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// Whose.
    pub student_id: StudentId,
    /// Of what.
    pub component: Component,
    /// The state after the last event.
    pub state: State,
    /// At most [`CHECKPOINTS_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checkpoints: Vec<Checkpoint>,
}

impl Head {
    /// The head of an empty log.
    #[must_use]
    pub fn new(student_id: StudentId, component: Component) -> Self {
        Self { student_id, component, state: State::default(), checkpoints: Vec::new() }
    }

    /// Where to start again to put an event in its place: the newest checkpoint before it, or the beginning.
    #[must_use]
    pub fn checkpoint_before(&self, moment: Moment) -> Option<Checkpoint> {
        self.checkpoints.iter().rev().find(|checkpoint| checkpoint.last < moment).copied()
    }

    /// Where to start to tell the events from a UTC day on.
    #[must_use]
    pub fn start_of_day(&self, day: i64) -> Start {
        let midnight = Moment { occurred_at_ms: day.saturating_mul(DAY_MS), event_id: EventKey(0) };
        match (self.checkpoint_before(midnight), self.checkpoints.first()) {
            // Checkpoints older than the first were dropped: the day begins too early to be reached.
            (None, Some(first)) if first.accepted > CHECKPOINT_EVERY => {
                Start { checkpoint: Some(*first), is_late: true }
            }
            (checkpoint, _) => Start { checkpoint, is_late: false },
        }
    }

    /// Where to start to tell the events after the first `accepted`: the newest checkpoint up to there, or the beginning.
    #[must_use]
    pub fn checkpoint_up_to(&self, accepted: u64) -> Option<Checkpoint> {
        self.checkpoints.iter().rev().find(|checkpoint| checkpoint.accepted <= accepted).copied()
    }
}

/// Where a walk along a log starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start {
    /// After this, or at the beginning.
    pub checkpoint: Option<Checkpoint>,
    /// Whether that is later than what was asked for.
    pub is_late: bool,
}

/// A head that is being moved on, and what has to be stored with it.
#[derive(Debug)]
pub struct Folding {
    head: Head,
    stored: BTreeMap<u64, State>,
    dropped: BTreeSet<u64>,
}

impl Folding {
    /// On from where the head stands.
    #[must_use]
    pub fn on(head: Head) -> Self {
        Self { head, stored: BTreeMap::new(), dropped: BTreeSet::new() }
    }

    /// Again from a checkpoint's state, or from the beginning.
    #[must_use]
    pub fn again(mut head: Head, from: Option<State>) -> Self {
        let state = from.unwrap_or_default();
        head.checkpoints.retain(|checkpoint| checkpoint.accepted <= state.accepted());
        head.state = state;
        Self::on(head)
    }

    /// The state so far.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.head.state
    }

    /// Folds the next event.
    ///
    /// # Errors
    /// [`OutOfOrder`], and nothing changed, if the event is not after the last one.
    pub fn apply(&mut self, event: &Dated) -> Result<(), OutOfOrder> {
        self.head.state.apply(event)?;
        let accepted = self.head.state.accepted();
        if accepted.is_multiple_of(CHECKPOINT_EVERY) {
            self.head.checkpoints.push(Checkpoint { accepted, last: event.moment() });
            self.stored.insert(accepted, self.head.state.clone());
            if self.head.checkpoints.len() > CHECKPOINTS_MAX {
                let oldest = self.head.checkpoints.remove(0).accepted;
                self.stored.remove(&oldest);
                self.dropped.insert(oldest);
            }
        }
        Ok(())
    }

    /// The head, the checkpoints to store and those to remove, by name.
    #[must_use]
    pub fn finish(self) -> (Head, BTreeMap<u64, State>, BTreeSet<u64>) {
        (self.head, self.stored, self.dropped)
    }
}

#[cfg(test)]
#[path = "head_tests.rs"]
mod tests;
