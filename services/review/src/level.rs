//! The level that a review is made for: the one asked for, else the one that Progress knows, else beginner. A review never
//! fails for want of it.
//!
//! Not here: mastery itself (room `progress`, crate `agent-core`).

use agent_core::mastery::{Level, Mastery};
use contracts::{Component, StudentId};
use invoke::Standings;

/// For whom nothing is known.
pub(crate) const UNKNOWN: Level = Level::Beginner;

/// The student's level in the component, as far as Progress knows it.
pub(crate) async fn of(standings: &dyn Standings, student: &StudentId, component: &Component) -> Level {
    let standing = standings.standing(student, component.as_str()).await;
    standing.mastery().map_or(UNKNOWN, Mastery::level)
}
