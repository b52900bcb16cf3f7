//! What this room may touch: its ledger, the clock, fresh ids, and whose teacher somebody is.

use std::sync::Arc;

use auth::Rosters;
use clock::{Clock, Ids};
use ledger::{Kind, Ledger, RoomSpec};

/// One document a student, now and then: the tally of the student's stream up to a place in it.
pub const PATTERNS: Kind = Kind { name: "patterns", indexed: &[] };

/// What the room keeps.
pub const SPEC: RoomSpec = RoomSpec { name: crate::NAME, kinds: &[PATTERNS] };

/// What this room may touch.
pub struct Ports {
    /// Its ledger, opened with [`SPEC`].
    pub ledger: Arc<dyn Ledger>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Ids of entries.
    pub ids: Arc<dyn Ids>,
    /// Who teaches whom.
    pub rosters: Arc<dyn Rosters>,
}
