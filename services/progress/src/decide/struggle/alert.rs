//! An alert as the facts make it: what opened it, and how it ended.
//!
//! Not here: its id, its exercise, and whether somebody was told (`alerts`).

use std::collections::BTreeSet;

use agent_core::mastery::Moment;
use contracts::SubjectId;
use contracts::events::{StruggleCause, StruggleEvidence};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// So many exercises solved after it was opened close an alert.
pub const SOLVED_TO_CLOSE: usize = 2;

/// Why an alert ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EndedBy {
    /// Two different exercises of the component were solved after it was opened.
    Solved,
    /// A teacher closed it.
    Teacher,
    /// What came late shows that there was no struggle.
    Withdrawn,
}

/// How an alert ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// Why.
    pub by: EndedBy,
    /// When, in milliseconds since 1970 in UTC.
    pub at_ms: i64,
    /// The teacher who closed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teacher: Option<SubjectId>,
    /// What the teacher noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What a rule saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// In a plain sentence.
    pub reason: String,
    /// What it stands on, oldest first.
    pub evidence: Vec<StruggleEvidence>,
}

/// An alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// Which sign.
    pub cause: StruggleCause,
    /// The cause's so many-th alert, from 1.
    pub number: u32,
    /// When the sign was shown. Of an exercise open too long, the opening and ten minutes.
    pub opened: Moment,
    /// What was seen.
    pub sighting: Sighting,
    /// Exercises solved since: fewer than [`SOLVED_TO_CLOSE`].
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub solved: BTreeSet<String>,
    /// How it ended; open where it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<End>,
}

impl Alert {
    /// Whether it goes on.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.end.is_none()
    }

    /// Counts an exercise that was solved. The second one ends the alert.
    pub fn solve(&mut self, problem: &str, at: Moment) {
        if !self.is_open() || at <= self.opened {
            return;
        }
        self.solved.insert(problem.to_owned());
        if self.solved.len() >= SOLVED_TO_CLOSE {
            self.end = Some(End { by: EndedBy::Solved, at_ms: at.occurred_at_ms, teacher: None, note: None });
        }
    }
}
