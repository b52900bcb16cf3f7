//! What Progress knows of a student, as far as it shapes an answer. It is a help, not a need: without it an answer is
//! worded for a beginner.
//!
//! Not here: mastery itself (room `progress`, crate `agent-core`).

use std::time::Duration;

use agent_core::curriculum::Topic;
use agent_core::mastery::{Level, Mastery};
use contracts::StudentId;
use invoke::{Invoke, InvokeError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How long an answer waits for Progress: half of its budget.
const PATIENCE: Duration = Duration::from_millis(150);

/// Where a level comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Source {
    /// The mastery that Progress reports.
    Progress,
    /// Progress has no evidence of this student on this concept: worded for a beginner.
    NoEvidence,
    /// Progress did not answer: worded for a beginner.
    Unavailable,
    /// The request is about no student: worded for a beginner.
    NoStudent,
}

/// What an answer is fitted to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Fit {
    /// The mastery of the concept, where it is known.
    pub(crate) mastery: Option<Mastery>,
    /// Where it comes from.
    pub(crate) source: Source,
}

impl Fit {
    fn unknown(source: Source) -> Self {
        Self { mastery: None, source }
    }

    /// The level of the wording.
    #[must_use]
    pub(crate) fn level(self) -> Level {
        self.mastery.map_or(Level::Beginner, Mastery::level)
    }
}

/// The part of Progress's answer that is read here.
#[derive(Debug, Deserialize)]
struct Standing {
    #[serde(default)]
    components: std::collections::BTreeMap<String, Component>,
}

#[derive(Debug, Deserialize)]
struct Component {
    mastery: Mastery,
}

/// What an answer about `concept` is fitted to, for this student. Never an error.
pub(crate) async fn fit(invoke: &dyn Invoke, student: Option<&StudentId>, concept: Topic) -> Fit {
    let Some(student) = student else { return Fit::unknown(Source::NoStudent) };
    let asked = invoke::get_as::<Standing>(invoke, "progress", student.as_str(), student);
    let answer = tokio::time::timeout(PATIENCE, asked).await;
    match answer {
        Ok(Ok(standing)) => match standing.components.get(concept.slug()) {
            Some(component) => Fit { mastery: Some(component.mastery), source: Source::Progress },
            None => Fit::unknown(Source::NoEvidence),
        },
        Ok(Err(InvokeError::NotFound)) => Fit::unknown(Source::NoEvidence),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the mastery is not known: worded for a beginner");
            Fit::unknown(Source::Unavailable)
        }
        Err(_) => {
            tracing::warn!("Progress took too long: worded for a beginner");
            Fit::unknown(Source::Unavailable)
        }
    }
}
