//! What this room may touch: its ledger, the clock, ids, the count of tokens, and the way to the exercise agent.
//!
//! It asks that one agent, and for one thing: an exercise to go with an alert. Nothing but its own rosters says whose
//! teacher somebody is.

use std::sync::Arc;

use clock::{Alarm, Clock, Ids};
use invoke::Invoke;
use ledger::Ledger;

/// Measures what a call cost.
pub trait MeasureTokens: Send + Sync + 'static {
    /// 1 − (tokens of the request + tokens of the answer) / baseline. Negative where the call cost more than the baseline.
    fn token_efficiency(&self, request: &str, answer: &str) -> f64;
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
}
