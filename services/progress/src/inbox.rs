//! What this room hears: evidence of what the agents saw a student do. Each event counts once, whenever it comes.
//!
//! Not here: what the evidence does (`decide`), how it is stored (`journal`).

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Delivery, Disposition, Failure, Handle};
use contracts::avro;
use contracts::events::ErrorType;
use room::unreadable;

use crate::Progress;
use crate::decide::entry::evidence;
use crate::decide::moment::FUTURE_MAX_MS;
use crate::error::ProgressError;
use crate::journal::{Incoming, Origin};

pub(crate) struct Inbox {
    room: Arc<Progress>,
}

impl Inbox {
    pub(crate) fn new(room: Arc<Progress>) -> Self {
        Self { room }
    }

    /// The evidence in the delivery; `None` where it is another event.
    fn read(&self, delivery: Delivery) -> Result<Option<Incoming>, Failure> {
        let event = avro::decode(&delivery.message.payload).map_err(|error| unreadable(&error))?;
        let Some((header, fact)) = evidence(event) else { return Ok(None) };
        if delivery.message.key != header.student_id.as_str() {
            return Err(invalid("the message's key is not the student of the event"));
        }
        let ahead_ms = header.timestamp.as_millisecond() - self.room.ports.clock.now().as_millisecond();
        if ahead_ms > FUTURE_MAX_MS {
            return Err(invalid(&format!(
                "timestamp: {ahead_ms} ms in the future, {FUTURE_MAX_MS} are allowed"
            )));
        }
        Ok(Some(Incoming {
            student_id: header.student_id,
            component: header.component,
            fact,
            origin: Origin::Evidence { event_id: header.event_id, occurred_at: header.timestamp },
            headers: delivery.message.headers,
        }))
    }
}

#[async_trait]
impl Handle for Inbox {
    async fn handle(&self, delivery: Delivery) -> Disposition {
        let incoming = match self.read(delivery) {
            Ok(Some(incoming)) => incoming,
            Ok(None) => return Disposition::Ack,
            Err(failure) => return Disposition::DeadLetter(failure),
        };
        match self.room.journal.record(incoming).await {
            // Whatever became of it is stored, or had been: it need not come again.
            Ok(_) => Disposition::Ack,
            Err(error @ (ProgressError::TooManyComponents | ProgressError::KeyTaken)) => {
                Disposition::DeadLetter(invalid(&error.to_string()))
            }
            Err(ProgressError::Ledger(error)) => {
                Disposition::Retry(Failure { error_type: ErrorType::Processing, message: error.to_string() })
            }
        }
    }
}

fn invalid(message: &str) -> Failure {
    Failure { error_type: ErrorType::Validation, message: message.to_owned() }
}
