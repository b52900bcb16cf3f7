//! Where a student stands in a component, as Progress tells it. A help, not a need: whoever asks goes on without it.
//!
//! Not here: mastery itself (crate `agent-core`), and what an agent does where nothing is known (each room).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use agent_core::mastery::Mastery;
use async_trait::async_trait;
use contracts::StudentId;
use serde::Deserialize;

use crate::{Invoke, InvokeError, get_as};

/// What Progress says of a student in a component.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Standing {
    /// This is the mastery.
    Known(Mastery),
    /// There is no evidence yet.
    NoEvidence,
    /// Progress did not answer in time.
    Unavailable,
}

impl Standing {
    /// The mastery, where it is known.
    #[must_use]
    pub fn mastery(self) -> Option<Mastery> {
        match self {
            Self::Known(mastery) => Some(mastery),
            Self::NoEvidence | Self::Unavailable => None,
        }
    }
}

/// Knows where students stand: whoever that is, and however it knows.
#[async_trait]
pub trait Standings: Send + Sync + 'static {
    /// Where the student stands in the component. Never an error, and never much longer than an answer may wait.
    async fn standing(&self, student: &StudentId, component: &str) -> Standing;
}

/// Knows it by asking Progress each time.
pub struct AskProgress {
    invoke: Arc<dyn Invoke>,
    patience: Duration,
}

impl AskProgress {
    /// Waits no longer than `patience` for an answer.
    #[must_use]
    pub fn new(invoke: Arc<dyn Invoke>, patience: Duration) -> Self {
        Self { invoke, patience }
    }
}

#[async_trait]
impl Standings for AskProgress {
    async fn standing(&self, student: &StudentId, component: &str) -> Standing {
        ask(self.invoke.as_ref(), student, component, self.patience).await
    }
}

/// The part of Progress's answer that is read.
#[derive(Debug, Deserialize)]
struct Progress {
    #[serde(default)]
    components: BTreeMap<String, Component>,
}

#[derive(Debug, Deserialize)]
struct Component {
    mastery: Mastery,
}

/// Asks Progress, and waits no longer than `patience`.
async fn ask(invoke: &dyn Invoke, student: &StudentId, component: &str, patience: Duration) -> Standing {
    let asked = get_as::<Progress>(invoke, "progress", student.as_str(), Some(student));
    match tokio::time::timeout(patience, asked).await {
        Ok(Ok(progress)) => match progress.components.get(component) {
            Some(component) => Standing::Known(component.mastery),
            None => Standing::NoEvidence,
        },
        Ok(Err(InvokeError::NotFound)) => Standing::NoEvidence,
        Ok(Err(error)) => {
            tracing::warn!(%error, "the mastery is not known");
            Standing::Unavailable
        }
        Err(_) => {
            tracing::warn!(
                patience_ms = patience.as_millis(),
                "Progress took too long: the mastery is not known"
            );
            Standing::Unavailable
        }
    }
}
