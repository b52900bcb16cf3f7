//! The level that a review is made for: the one asked for, else the one that Progress knows, else beginner. A review never
//! fails for want of it.
//!
//! Not here: mastery itself (room `progress`, crate `agent-core`).

use std::collections::BTreeMap;
use std::time::Duration;

use agent_core::mastery::{Level, Mastery};
use contracts::{Component, StudentId};
use invoke::{Invoke, InvokeError};
use serde::Deserialize;

/// How long a review waits for Progress: half of its budget.
const PATIENCE: Duration = Duration::from_millis(100);

/// For whom nothing is known.
pub(crate) const UNKNOWN: Level = Level::Beginner;

/// The part of Progress's answer that is read here.
#[derive(Debug, Deserialize)]
struct Standing {
    #[serde(default)]
    components: BTreeMap<String, Known>,
}

#[derive(Debug, Deserialize)]
struct Known {
    mastery: Mastery,
}

/// The student's level in the component, as far as Progress knows it.
pub(crate) async fn of(invoke: &dyn Invoke, student: &StudentId, component: &Component) -> Level {
    let asked = invoke::get_as::<Standing>(invoke, "progress", student.as_str(), student);
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(standing)) => {
            standing.components.get(component.as_str()).map_or(UNKNOWN, |known| known.mastery.level())
        }
        Ok(Err(InvokeError::NotFound)) => UNKNOWN,
        Ok(Err(error)) => {
            tracing::warn!(%error, "the level is not known: reviewed as for a beginner");
            UNKNOWN
        }
        Err(_) => {
            tracing::warn!("Progress took too long: reviewed as for a beginner");
            UNKNOWN
        }
    }
}
