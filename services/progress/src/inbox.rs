//! What this room hears: evidence of what the agents saw a student do. Each event counts once, whenever it comes.
//!
//! Not here: what the evidence does (`decide`), how it is stored (`journal`, `alerts`).

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Delivery, Disposition, Failure, Handle, Headers};
use contracts::avro;
use contracts::events::{ErrorType, EvidenceHeader};
use room::{not_stored, unreadable};

use crate::Progress;
use crate::decide::entry::{Evidence, evidence};
use crate::decide::moment::{self, FUTURE_MAX_MS};
use crate::decide::struggle;
use crate::error::ProgressError;
use crate::journal::{Incoming, Origin, Recorded};

pub(crate) struct Inbox {
    room: Arc<Progress>,
}

/// What became of evidence.
pub(crate) struct Taken {
    /// In the log, where it moves scores.
    pub(crate) recorded: Option<Recorded>,
    /// Whether it was a sign that the alerts had not seen.
    pub(crate) is_noticed: bool,
}

impl Taken {
    /// Whether it was not known: where the log had it and the alerts did not, an earlier delivery went no further.
    fn is_news(&self) -> bool {
        self.is_noticed || matches!(self.recorded, Some(Recorded::New(_)))
    }
}

impl Inbox {
    pub(crate) fn new(room: Arc<Progress>) -> Self {
        Self { room }
    }

    /// The evidence in the delivery; `None` where it is another event.
    pub(crate) fn read(&self, delivery: &Delivery) -> Result<Option<Evidence>, Failure> {
        let event = avro::decode(&delivery.message.payload).map_err(|error| unreadable(&error))?;
        let Some(evidence) = evidence(event) else { return Ok(None) };
        let header = &evidence.header;
        if delivery.message.key != header.student_id.as_str() {
            return Err(invalid("the message's key is not the student of the event"));
        }
        let ahead_ms = header.timestamp.as_millisecond() - self.room.ports.clock.now().as_millisecond();
        if ahead_ms > FUTURE_MAX_MS {
            return Err(invalid(&format!(
                "timestamp: {ahead_ms} ms in the future, {FUTURE_MAX_MS} are allowed"
            )));
        }
        Ok(Some(evidence))
    }

    /// The log and the alerts each take it once, however often it comes: nothing is lost between the two.
    pub(crate) async fn take(&self, evidence: Evidence, headers: Headers) -> Result<Taken, ProgressError> {
        let Evidence { header, fact, sign, .. } = evidence;
        let EvidenceHeader { event_id, timestamp: occurred_at, student_id, component, .. } = header;
        let mut recorded = None;
        if let Some(fact) = fact {
            let (student_id, component) = (student_id.clone(), component.clone());
            let origin = Origin::Evidence { event_id, occurred_at };
            let incoming = Incoming { student_id, component, fact, origin, headers };
            recorded = Some(self.room.journal.record(incoming).await?);
        }
        let mut is_noticed = false;
        if let Some(what) = sign {
            let fact = struggle::fact::Fact { at: moment::of(occurred_at, event_id), what };
            is_noticed = self.room.alerts.notice(&student_id, &component, &fact).await?;
        }
        Ok(Taken { recorded, is_noticed })
    }
}

#[async_trait]
impl Handle for Inbox {
    async fn handle(&self, delivery: Delivery) -> Disposition {
        let evidence = match self.read(&delivery) {
            Ok(Some(evidence)) => evidence,
            Ok(None) => return Disposition::Ack,
            Err(failure) => return Disposition::DeadLetter(failure),
        };
        let kind = evidence.kind;
        match self.take(evidence, delivery.message.headers).await {
            // Whatever became of it is stored, or had been: it need not come again.
            Ok(taken) => {
                if taken.is_news() {
                    self.room.ports.learning.evidence(kind);
                }
                Disposition::Ack
            }
            Err(error @ (ProgressError::TooManyComponents | ProgressError::KeyTaken)) => {
                Disposition::DeadLetter(invalid(&error.to_string()))
            }
            Err(ProgressError::Ledger(error)) => not_stored(&error),
        }
    }
}

fn invalid(message: &str) -> Failure {
    Failure { error_type: ErrorType::Validation, message: message.to_owned() }
}
