//! What a review says: the types every client reads.
//!
//! How it is found out does not belong here.

use agent_core::curriculum::Topic;
use agent_core::mastery::Level;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Very likely a bug.
    Essential,
    /// Worth changing now.
    Actionable,
    /// Worth knowing.
    Informative,
    /// Well done.
    Celebratory,
}

/// What a finding is about; each has a score of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    /// Does it do what it says.
    Correctness,
    /// Is it easy to read.
    Clarity,
    /// Is it cut into parts of a good size.
    Structure,
    /// Does it use what Python offers.
    Pythonic,
}

/// The score in one letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub enum Grade {
    /// 90 and more.
    A,
    /// 75 to 89.
    B,
    /// 60 to 74.
    C,
    /// 40 to 59.
    D,
    /// Below 40.
    E,
}

/// A score for each category, 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Categories {
    /// Does it do what it says.
    pub correctness: u32,
    /// Is it easy to read.
    pub clarity: u32,
    /// Is it cut into parts of a good size.
    pub structure: u32,
    /// Does it use what Python offers.
    pub pythonic: u32,
}

/// One thing that was seen in the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// Its rule, stable over releases.
    pub rule: String,
    /// How much it matters.
    pub severity: Severity,
    /// What it is about.
    pub category: Category,
    /// Where, from 1.
    pub line: u32,
    /// Further lines on which the same was seen, 20 at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_lines: Vec<u32>,
    /// What was seen, in the learner's own names.
    pub message: String,
    /// Why it matters. Absent from praise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// What to write instead. Absent from praise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub instead: String,
    /// Where to read on.
    pub concept: Topic,
}

/// The one change that is worth most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NextStep {
    /// The rule it follows from; absent where nothing is left to mend.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Where, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// What to do.
    pub message: String,
    /// What the score would be after it, where that can be said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score_after: Option<u32>,
    /// Where to read on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concept: Option<Topic>,
}

/// A review of one program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Review {
    /// 0 to 100.
    pub score: u32,
    /// The score in one letter.
    pub grade: Grade,
    /// Whether Python can read the program at all.
    pub valid: bool,
    /// The level it was reviewed for.
    pub level: Level,
    /// A score for each category.
    pub categories: Categories,
    /// Most important first, then in the order of the text; 50 at most.
    pub findings: Vec<Finding>,
    /// What is well done, in words; 4 at most.
    pub praise: Vec<String>,
    /// The one change that is worth most.
    pub next_step: NextStep,
    /// There was more than is listed, or only the beginning of a long text was looked at.
    pub truncated: bool,
}

impl Review {
    /// Whether there is a program to judge, so that the score says something about its author.
    #[must_use]
    pub fn is_of_a_program(&self) -> bool {
        let unseen = [super::NOTHING, super::TOO_LARGE, super::TOO_DEEP];
        self.findings.iter().all(|finding| !unseen.contains(&finding.rule.as_str()))
    }

    /// Findings that are no praise.
    pub fn concerns(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity != Severity::Celebratory)
    }
}
