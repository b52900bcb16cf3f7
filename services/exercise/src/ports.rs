//! What this room may touch: its ledger, the clock, fresh ids, whose teacher somebody is, what Progress knows, the sandbox
//! in which answers run, and who counts them.

use std::sync::Arc;
use std::time::Duration;

use auth::Rosters;
use clock::{Clock, Ids};
use invoke::Standings;
use ledger::{Kind, Ledger, RoomSpec};
use sandbox::Sandbox;

use crate::decide::exercise;

/// One document for each exercise that a student was given: what was asked, and every attempt.
pub const PROBLEMS: Kind = Kind { name: "problems", indexed: &[] };

/// One document a student: the latest problems, and what shapes the choice of the next.
pub const LEARNERS: Kind = Kind { name: "learners", indexed: &[] };

/// What teachers assigned, without the students.
pub const ASSIGNMENTS: Kind = Kind { name: "assignments", indexed: &["maker", "class_id"] };

/// One document for each student of an assignment: how far it is done.
pub const ASSIGNED: Kind = Kind { name: "assigned", indexed: &["assignment_id", "student_id"] };

/// Exercises that were admitted, so that a restart needs not try them again.
pub const SHELF: Kind = Kind { name: "shelf", indexed: &["topic"] };

/// What the room keeps.
pub const SPEC: RoomSpec =
    RoomSpec { name: crate::NAME, kinds: &[PROBLEMS, LEARNERS, ASSIGNMENTS, ASSIGNED, SHELF] };

/// How long an answer waits for Progress: half of its budget.
pub const PATIENCE: Duration = Duration::from_millis(125);

/// Counts answers that were judged. Called on a request's path: it must not block.
pub trait AnswerObserver: Send + Sync + 'static {
    /// An answer that was not known was judged, and its verdict is kept.
    fn answered(&self, kind: exercise::Kind, correct: bool);
}

/// Nobody counts.
impl AnswerObserver for () {
    fn answered(&self, _: exercise::Kind, _: bool) {}
}

/// What this room may touch.
pub struct Ports {
    /// Its ledger, opened with [`SPEC`].
    pub ledger: Arc<dyn Ledger>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Ids of problems, assignments and events; what chance chooses comes from them too.
    pub ids: Arc<dyn Ids>,
    /// Who teaches whom.
    pub rosters: Arc<dyn Rosters>,
    /// Who knows the mastery, within [`PATIENCE`].
    pub standings: Arc<dyn Standings>,
    /// Where learners' programs run.
    pub sandbox: Arc<dyn Sandbox>,
    /// Who counts answers.
    pub answers: Arc<dyn AnswerObserver>,
}
