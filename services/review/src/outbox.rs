//! What this room tells the others: one CodeReviewed for each different program of a student.
//!
//! The message and the mark that the program was counted go into the ledger in one change, so a program sent twice (by a
//! client that lost the answer, or to fill the window of the last ten with one good program) counts once. Not here: what
//! the evidence is worth (crate `agent-core`).

use agent_core::mastery::Score;
use bus::{Headers, Message};
use contracts::events::{CodeReviewed, EvidenceHeader};
use contracts::{Component, Event, EventId, StudentId, avro};
use jiff::Timestamp;
use ledger::{Change, Expected, LedgerError, Put};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::ports::{Ports, SUBMISSIONS};

/// What became of a review as evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Evidence {
    /// It counts from now on.
    Recorded,
    /// This very program of this student was counted before.
    RecordedBefore,
    /// Student or component are not known, or there was no program: nothing is recorded.
    None,
}

/// Whose program, and for what.
pub(crate) struct Submission<'a> {
    pub(crate) student: &'a StudentId,
    pub(crate) component: &'a Component,
    pub(crate) code: &'a str,
    /// The review's score, 0 to 100.
    pub(crate) score: u32,
}

/// What is kept of a program that was counted.
#[derive(Debug, Serialize)]
struct Counted {
    event_id: EventId,
    component: Component,
    score: u32,
    reviewed_at: Timestamp,
}

/// Makes a review count. Durable when it returns.
pub(crate) async fn record(
    ports: &Ports,
    submission: Submission<'_>,
    headers: Headers,
) -> Result<Evidence, LedgerError> {
    let (event_id, now) = (ports.ids.event_id(), ports.clock.now());
    let counted = Counted {
        event_id,
        component: submission.component.clone(),
        score: submission.score,
        reviewed_at: now,
    };
    let subject = Some(submission.student.clone());
    let put = Put::json(SUBMISSIONS, key(&submission), subject, Vec::new(), Expected::Absent, &counted)?;
    let message = code_reviewed(&submission, event_id, now, headers)?;
    let change = Change { puts: vec![put], messages: vec![message], ..Change::default() };
    match ports.ledger.commit(change).await {
        Ok(_) => Ok(Evidence::Recorded),
        Err(LedgerError::Conflict(_)) => Ok(Evidence::RecordedBefore),
        Err(error) => Err(error),
    }
}

fn code_reviewed(
    submission: &Submission<'_>,
    event_id: EventId,
    now: Timestamp,
    headers: Headers,
) -> Result<Message, LedgerError> {
    let score = Score::new(f64::from(submission.score) / 100.0)
        .map_err(|error| LedgerError::Corrupt(format!("a review's score {error}")))?;
    let header = EvidenceHeader {
        event_id,
        timestamp: now,
        student_id: submission.student.clone(),
        component: submission.component.clone(),
        metadata: None,
    };
    let event = Event::CodeReviewed(CodeReviewed { header, score });
    let key = submission.student.to_string();
    Ok(Message { topic: event.topic(), key, payload: avro::encode(&event), headers })
}

/// The same for the same program of the same student and component. Ids hold no NUL, so nothing can be shifted.
fn key(submission: &Submission<'_>) -> String {
    let mut digest = Sha256::new();
    for part in [submission.student.as_str(), submission.component.as_str(), submission.code] {
        digest.update(part);
        digest.update([0]);
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
