//! What is said of an answer: the types every client reads.
//!
//! Nothing here ever holds what a hidden test reads, calls or expects. Not here: finding it out.

use agent_core::mastery::Score;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an answer is worth, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Verdict {
    /// All tests pass, and no rule is broken.
    pub correct: bool,
    /// The share of the tests passed, hidden ones counted twice; at most half where a rule is broken.
    pub score: Score,
    /// What, where, and what to try next, in plain words.
    pub feedback: String,
    /// One for each test, in order; none where nothing was run.
    pub tests: Vec<TestResult>,
    /// What went wrong, as a kind that can be counted: the code of a syntax error (`missing-colon`), the class of an
    /// exception (`IndexError`), or a limit (`timed-out`, `out-of-memory`, `too-much-output`, `crashed`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What the learner may have misunderstood: a kebab-case slug.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub misconception: Option<String>,
    /// The line of the learner's program that the feedback speaks of, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// What must be used and is not, or must not be and is.
    pub rules_broken: Vec<BrokenRule>,
}

/// How a test went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TestResult {
    /// What it is about.
    pub about: String,
    /// Whether the learner may see what it reads and expects.
    pub open: bool,
    /// Whether the program did what it should.
    pub passed: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What was called, or read; of open tests alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// What it should have come to; of open tests alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What it came to; of open tests alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub got: Option<String>,
}

/// A rule of the exercise that the answer breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BrokenRule {
    /// What it is about, as a learner writes it: `for`, `sum()`, `a list comprehension`.
    pub construct: String,
    /// Whether it must be there (else it must not).
    pub required: bool,
    /// Where it stands, from 1, if it must not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// What to do.
    pub message: String,
}
