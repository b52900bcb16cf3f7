//! What this room may touch: its ledger, the clock, ids, the count of tokens, the way to the exercise agent, and who counts.
//!
//! It asks that one agent, and for one thing: an exercise to go with an alert. Nothing but its own rosters says whose
//! teacher somebody is.

use std::sync::Arc;

use agent_core::mastery::Level;
use clock::{Alarm, Clock, Ids};
use contracts::events::StruggleCause;
use invoke::Invoke;
use ledger::Ledger;

pub use crate::decide::entry::EvidenceKind;

/// Measures what a call cost.
pub trait MeasureTokens: Send + Sync + 'static {
    /// 1 − (tokens of the request + tokens of the answer) / baseline. Negative where the call cost more than the baseline.
    fn token_efficiency(&self, request: &str, answer: &str) -> f64;
}

/// Counts what is learnt about students together. Called where it happens: it must not block. What is done twice by mistake
/// of the way (a record that comes again) is told once; a process that dies may leave something untold.
pub trait LearningObserver: Send + Sync + 'static {
    /// Evidence was taken that was not known.
    fn evidence(&self, kind: EvidenceKind);

    /// A student has come to another level in a component: to this one. Where nothing was known, the level was beginner.
    fn level_changed(&self, level: Level);

    /// Teachers were told of a struggle.
    fn struggle(&self, sign: StruggleCause);
}

/// Nobody counts.
impl LearningObserver for () {
    fn evidence(&self, _: EvidenceKind) {}
    fn level_changed(&self, _: Level) {}
    fn struggle(&self, _: StruggleCause) {}
}

/// What this room may touch.
#[derive(Clone)]
pub struct Ports {
    /// Its ledger, opened with [`crate::SPEC`].
    pub ledger: Arc<dyn Ledger>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Wakes at a time of that clock.
    pub alarm: Arc<dyn Alarm>,
    /// Ids of new events.
    pub ids: Arc<dyn Ids>,
    /// What a call cost.
    pub tokens: Arc<dyn MeasureTokens>,
    /// The way to the exercise agent.
    pub invoke: Arc<dyn Invoke>,
    /// Who counts what is learnt.
    pub learning: Arc<dyn LearningObserver>,
}
