//! What this room keeps about a student: a stream of what each broken submission held, and the tally of it.
//!
//! Counting a submission is one append: it reads nothing and never conflicts. Whoever asks for the tally folds the stream
//! from the last checkpoint on. Not here: what a tally says (module `decide`).

use contracts::{EventId, StudentId};
use jiff::{SignedDuration, Timestamp};
use ledger::{Append, Change, Document, Entry, Expected, LedgerError, Position, Put};
use serde::{Deserialize, Serialize};

use crate::decide::patterns::{Submission, Tally};
use crate::outbox::{self, Submitted};
use crate::ports::{PATTERNS, Ports};

/// Entries that are read at once.
const PAGE_MAX: u32 = 500;

/// A checkpoint is worth its write when it saves reading this many entries.
const CHECKPOINT_MIN: u32 = 100;

/// An entry this old has no earlier one on its way any more: the clocks of two replicas are not that far apart.
const SETTLED_AFTER: SignedDuration = SignedDuration::from_mins(5);

/// The tally of a stream up to a place in it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Checkpoint {
    tally: Tally,
    up_to: Option<(Timestamp, EventId)>,
}

impl Checkpoint {
    fn take(&mut self, entry: &Entry) -> Result<(), LedgerError> {
        let submission: Submission = serde_json::from_slice(&entry.body)
            .map_err(|error| LedgerError::Corrupt(format!("submission {}: {error}", entry.event_id)))?;
        self.tally.count_in(&submission, entry.occurred_at);
        self.up_to = Some((entry.occurred_at, entry.event_id));
        Ok(())
    }

    fn position(&self) -> Option<Position> {
        self.up_to.map(|(occurred_at, event_id)| Position { occurred_at, event_id })
    }
}

/// Counts one submission's errors, and tells of them. Durable when it returns.
pub(crate) async fn count(ports: &Ports, submitted: &Submitted<'_>) -> Result<(), LedgerError> {
    let Some(submission) = Submission::of(submitted.errors) else {
        return Ok(());
    };
    let (student, now) = (submitted.student, ports.clock.now());
    let body = serde_json::to_vec(&submission).map_err(|error| LedgerError::Corrupt(error.to_string()))?;
    let append = Append {
        stream: stream(student),
        subject: Some(student.clone()),
        event_id: ports.ids.event_id(),
        occurred_at: now,
        body: body.into(),
    };
    let messages = outbox::evidence(ports, submitted, now);
    ports.ledger.commit(Change { appends: vec![append], messages, ..Change::default() }).await.map(|_| ())
}

/// The student's tally; empty where nothing was met.
pub(crate) async fn tally(ports: &Ports, student: &StudentId) -> Result<Tally, LedgerError> {
    let document = ports.ledger.document(PATTERNS, student.as_str()).await?;
    let mut folded: Checkpoint = document.as_ref().map(Document::read).transpose()?.unwrap_or_default();
    let settled_at = ports.clock.now().saturating_sub(SETTLED_AFTER).unwrap_or(Timestamp::MIN);
    let (mut settled, mut settled_entries) = (folded.clone(), 0);
    loop {
        let page = ports.ledger.stream(&stream(student), folded.position(), PAGE_MAX).await?;
        for entry in &page {
            folded.take(entry)?;
            if entry.occurred_at <= settled_at {
                settled.take(entry)?;
                settled_entries += 1;
            }
        }
        if page.len() < PAGE_MAX as usize {
            break;
        }
    }
    if settled_entries >= CHECKPOINT_MIN {
        keep(ports, student, document.as_ref(), &settled).await?;
    }
    Ok(folded.tally)
}

/// Keeps a checkpoint. Somebody else's is as good: a conflict is no failure.
async fn keep(
    ports: &Ports,
    student: &StudentId,
    read: Option<&Document>,
    checkpoint: &Checkpoint,
) -> Result<(), LedgerError> {
    let put = Put::json(
        PATTERNS,
        student.to_string(),
        Some(student.clone()),
        Vec::new(),
        Expected::as_read(read),
        checkpoint,
    )?;
    match ports.ledger.commit(Change { puts: vec![put], ..Change::default() }).await {
        Ok(_) | Err(LedgerError::Conflict(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

fn stream(student: &StudentId) -> String {
    format!("met/{student}")
}
