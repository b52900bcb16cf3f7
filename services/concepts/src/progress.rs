//! What Progress knows of a student, as far as it shapes an answer. It is a help, not a need: without it an answer is
//! worded for a beginner.
//!
//! Not here: mastery itself (room `progress`, crate `agent-core`).

use agent_core::curriculum::Topic;
use agent_core::mastery::{Level, Mastery};
use contracts::StudentId;
use invoke::{Standing, Standings};
use serde::Serialize;
use utoipa::ToSchema;

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

/// What an answer about `concept` is fitted to, for this student. Never an error.
pub(crate) async fn fit(standings: &dyn Standings, student: Option<&StudentId>, concept: Topic) -> Fit {
    let Some(student) = student else { return Fit::unknown(Source::NoStudent) };
    match standings.standing(student, concept.slug()).await {
        Standing::Known(mastery) => Fit { mastery: Some(mastery), source: Source::Progress },
        Standing::NoEvidence => Fit::unknown(Source::NoEvidence),
        Standing::Unavailable => Fit::unknown(Source::Unavailable),
    }
}
