//! What this room may touch: its ledger, the clock, fresh ids, whose teacher somebody is, what Progress knows, and a place
//! to run programs.

use std::sync::Arc;
use std::time::Duration;

use auth::Rosters;
use clock::{Clock, Ids};
use invoke::Standings;
use ledger::{Kind, Ledger, RoomSpec};
use sandbox::Sandbox;

/// One document a quiz: its questions as they were asked, and what was answered.
pub const QUIZZES: Kind = Kind { name: "quizzes", indexed: &[] };

/// One document a student: the latest quizzes, and what became of each question.
pub const LEARNERS: Kind = Kind { name: "learners", indexed: &[] };

/// What the room keeps.
pub const SPEC: RoomSpec = RoomSpec { name: crate::NAME, kinds: &[QUIZZES, LEARNERS] };

/// How long an answer waits for Progress: half of its budget.
pub const PATIENCE: Duration = Duration::from_millis(150);

/// What this room may touch.
pub struct Ports {
    /// Its ledger, opened with [`SPEC`].
    pub ledger: Arc<dyn Ledger>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Ids of quizzes and events.
    pub ids: Arc<dyn Ids>,
    /// Who teaches whom.
    pub rosters: Arc<dyn Rosters>,
    /// Who knows the mastery, within [`PATIENCE`].
    pub standings: Arc<dyn Standings>,
    /// Where short programs are followed step by step; without it explanations have no traces.
    pub sandbox: Option<Arc<dyn Sandbox>>,
}
