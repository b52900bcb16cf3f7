//! What this room may touch: its ledger, the clock, fresh ids, whose teacher somebody is, and what Progress knows.

use std::sync::Arc;
use std::time::Duration;

use auth::Rosters;
use clock::{Clock, Ids};
use invoke::Standings;
use ledger::{Kind, Ledger, RoomSpec};

/// One document for each different program of a student: that it was counted. Its key is a digest.
pub const SUBMISSIONS: Kind = Kind { name: "submissions", indexed: &[] };

/// What the room keeps.
pub const SPEC: RoomSpec = RoomSpec { name: crate::NAME, kinds: &[SUBMISSIONS] };

/// How long a review waits for Progress: half of its budget.
pub const PATIENCE: Duration = Duration::from_millis(100);

/// What this room may touch.
pub struct Ports {
    /// Its ledger, opened with [`SPEC`].
    pub ledger: Arc<dyn Ledger>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Ids of events.
    pub ids: Arc<dyn Ids>,
    /// Who teaches whom.
    pub rosters: Arc<dyn Rosters>,
    /// Who knows the mastery, within [`PATIENCE`].
    pub standings: Arc<dyn Standings>,
}
