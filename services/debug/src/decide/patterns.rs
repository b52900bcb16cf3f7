//! Patterns: how often a student met each kind of error.
//!
//! Counted are submissions, not errors: one lost bracket can make five errors of one kind in one file.

use std::collections::BTreeMap;

use agent_core::curriculum::Topic;
use agent_core::syntax::{ErrorCode, SyntaxError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is kept about a student. Bounded: one entry for each kind of error there is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    kinds: BTreeMap<ErrorCode, Seen>,
    /// Submissions that did not parse.
    broken_submissions: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Seen {
    count: u64,
    concept: Topic,
    first_seen_at: Timestamp,
    last_seen_at: Timestamp,
}

/// One kind of error in a student's submissions.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Pattern {
    /// The kind.
    pub code: ErrorCode,
    /// The topic that explains it.
    pub concept: Topic,
    /// Submissions that held it.
    #[schema(minimum = 1)]
    pub count: u64,
    /// Of the submissions that did not parse, the share that held it.
    #[schema(minimum = 0.0, maximum = 1.0)]
    pub share: f64,
    /// The first time.
    #[schema(value_type = String, format = DateTime)]
    pub first_seen_at: Timestamp,
    /// The last time.
    #[schema(value_type = String, format = DateTime)]
    pub last_seen_at: Timestamp,
}

/// The kinds of error that one submission held, each once, with the topic that explains it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission(BTreeMap<ErrorCode, Topic>);

impl Submission {
    /// What an analysis found; nothing where it found nothing.
    #[must_use]
    pub fn of(errors: &[SyntaxError]) -> Option<Self> {
        let kinds: BTreeMap<_, _> = errors.iter().map(|error| (error.code, error.concept)).collect();
        (!kinds.is_empty()).then_some(Self(kinds))
    }
}

impl Tally {
    /// Counts one more submission.
    pub fn count_in(&mut self, submission: &Submission, at: Timestamp) {
        for (code, concept) in &submission.0 {
            let seen = self.kinds.entry(*code).or_insert_with(|| Seen {
                count: 0,
                concept: *concept,
                first_seen_at: at,
                last_seen_at: at,
            });
            seen.count += 1;
            seen.last_seen_at = seen.last_seen_at.max(at);
        }
        self.broken_submissions += 1;
    }

    /// Submissions that did not parse.
    #[must_use]
    pub fn broken_submissions(&self) -> u64 {
        self.broken_submissions
    }

    /// How many submissions held this kind.
    #[must_use]
    pub fn count(&self, code: ErrorCode) -> u64 {
        self.kinds.get(&code).map_or(0, |seen| seen.count)
    }

    /// The patterns, most frequent first; of equals the one met last.
    #[must_use]
    pub fn patterns(&self) -> Vec<Pattern> {
        let mut patterns: Vec<Pattern> =
            self.kinds.iter().map(|(code, seen)| self.pattern(*code, seen)).collect();
        patterns.sort_by(|a, b| (b.count, b.last_seen_at, a.code).cmp(&(a.count, a.last_seen_at, b.code)));
        patterns
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of submissions stay far below 2^52")]
    fn pattern(&self, code: ErrorCode, seen: &Seen) -> Pattern {
        Pattern {
            code,
            concept: seen.concept,
            count: seen.count,
            share: seen.count as f64 / self.broken_submissions.max(1) as f64,
            first_seen_at: seen.first_seen_at,
            last_seen_at: seen.last_seen_at,
        }
    }
}
