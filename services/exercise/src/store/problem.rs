//! An exercise that a student was given: what was asked, as it was asked, and what became of it.
//!
//! Not here: what shapes the choice of the next one (`learner`).

use std::collections::VecDeque;

use agent_core::mastery::Score;
use contracts::{EventId, ProblemId, StudentId};
use jiff::Timestamp;
use ledger::{Document, Expected, Ledger, LedgerError, Put};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::decide::exercise::Exercise;
use crate::decide::grade::{Answer, Verdict};
use crate::ports::PROBLEMS;

/// How many different answers to a problem are known again.
const KNOWN_MAX: usize = 64;

/// A problem.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Problem {
    pub(crate) problem_id: ProblemId,
    pub(crate) student_id: StudentId,
    /// Solution included.
    pub(crate) exercise: Exercise,
    pub(crate) made_at: Timestamp,
    /// When the student first saw it; none where it is only made ready.
    pub(crate) opened_at: Option<Timestamp>,
    /// How many different answers were judged.
    pub(crate) attempts: u32,
    pub(crate) best: Option<Score>,
    /// The latest answer.
    pub(crate) last: Option<Attempt>,
    /// Fingerprints of the answers that were counted, the latest last; at most [`KNOWN_MAX`].
    #[serde(default)]
    pub(crate) known: VecDeque<String>,
    /// The strongest hint that was taken: 0 to 3.
    pub(crate) hint_level: u8,
    /// What it was given for.
    pub(crate) assignment_id: Option<EventId>,
}

/// A judged answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Attempt {
    /// What tells the answer from others ([`fingerprint`]): the same answer again is not judged again.
    pub(crate) fingerprint: String,
    pub(crate) verdict: Verdict,
    /// How many answers right before it went wrong in the same way.
    pub(crate) same_before: u32,
}

impl Problem {
    /// The verdict on this answer, if it was the latest one.
    pub(crate) fn verdict_on(&self, fingerprint: &str) -> Option<&Verdict> {
        self.last.as_ref().filter(|last| last.fingerprint == fingerprint).map(|last| &last.verdict)
    }

    /// Whether this answer was counted before.
    pub(crate) fn knows(&self, fingerprint: &str) -> bool {
        self.known.iter().any(|known| known == fingerprint)
    }

    /// Counts a judged answer that is not known.
    pub(crate) fn answered(&mut self, fingerprint: String, verdict: Verdict) {
        self.attempts = self.attempts.saturating_add(1);
        self.best = Some(self.best.map_or(verdict.score, |best| best.better(verdict.score)));
        self.known.push_back(fingerprint.clone());
        while self.known.len() > KNOWN_MAX {
            self.known.pop_front();
        }
        self.note(fingerprint, verdict);
    }

    /// Notes the latest answer, for hints and for the same answer again.
    pub(crate) fn note(&mut self, fingerprint: String, verdict: Verdict) {
        let same_before = self.last.as_ref().map_or(0, |last| {
            let is_same = went_wrong(&verdict).is_some() && went_wrong(&verdict) == went_wrong(&last.verdict);
            if is_same { last.same_before.saturating_add(1) } else { 0 }
        });
        self.last = Some(Attempt { fingerprint, verdict, same_before });
    }

    /// A put of it.
    pub(crate) fn put(&self, expected: Expected) -> Result<Put, LedgerError> {
        let subject = Some(self.student_id.clone());
        Put::json(PROBLEMS, self.problem_id.to_string(), subject, Vec::new(), expected, self)
    }
}

/// What went wrong, as a kind that can be counted.
pub(crate) fn went_wrong(verdict: &Verdict) -> Option<&str> {
    verdict.error.as_deref().or(verdict.misconception.as_deref())
}

/// What tells one answer from another: half of its SHA-256, in hex.
pub(crate) fn fingerprint(answer: &Answer) -> String {
    let mut hasher = Sha256::new();
    match answer {
        Answer::Text(text) => hasher.update(text),
        Answer::Parts(parts) => {
            for part in parts {
                hasher.update((part.len() as u64).to_be_bytes());
                hasher.update(part);
            }
        }
    }
    hasher.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// A problem as it is kept.
pub(crate) async fn find(
    ledger: &dyn Ledger,
    problem_id: &ProblemId,
) -> Result<Option<(Document, Problem)>, LedgerError> {
    let Some(document) = ledger.document(PROBLEMS, problem_id.as_str()).await? else { return Ok(None) };
    let problem = document.read()?;
    Ok(Some((document, problem)))
}
