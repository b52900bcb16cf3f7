//! The level that a review is made for: the one asked for, else the one that Progress knows, else beginner. A review never
//! fails for want of it.
//!
//! Not here: mastery itself (room `progress`, crate `agent-core`).

use std::time::Duration;

use agent_core::mastery::{Level, Mastery};
use contracts::{Component, StudentId};
use invoke::Invoke;

/// How long a review waits for Progress: half of its budget.
const PATIENCE: Duration = Duration::from_millis(100);

/// For whom nothing is known.
pub(crate) const UNKNOWN: Level = Level::Beginner;

/// The student's level in the component, as far as Progress knows it.
pub(crate) async fn of(invoke: &dyn Invoke, student: &StudentId, component: &Component) -> Level {
    let standing = invoke::standing(invoke, student, component.as_str(), PATIENCE).await;
    standing.mastery().map_or(UNKNOWN, Mastery::level)
}
