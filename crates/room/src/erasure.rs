//! The inbox of a room that hears one thing: a student was erased, so what the room keeps about the student goes.
//!
//! Not here: the erasing of mastery itself, which remembers that it happened (room `progress`).

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Delivery, Disposition, Failure, Handle, Subscription, unreadable};
use contracts::events::{ErrorType, StudentErased};
use contracts::{Event, Topic, avro};
use ledger::{Accept, Change, Ledger, LedgerError};

/// The subscription by which the room `group` forgets erased students.
#[must_use]
pub fn forgets_erased(group: &'static str, ledger: Arc<dyn Ledger>) -> Subscription {
    Subscription { group, topics: vec![Topic::LearningEvents], handler: Arc::new(Forget { group, ledger }) }
}

/// What becomes of a record whose effect the ledger did not take. A store that is away, or an outbox that is full because
/// the bus is, is not the record's fault.
pub fn not_stored(error: &LedgerError) -> Disposition {
    match error {
        LedgerError::Unavailable(_) | LedgerError::OutboxFull => Disposition::Hold(error.to_string()),
        LedgerError::Conflict(_) | LedgerError::Corrupt(_) | LedgerError::Undeclared(_) => {
            Disposition::Retry(Failure { error_type: ErrorType::Processing, message: error.to_string() })
        }
    }
}

/// The one event that this inbox hears, by its name in the schema.
const ERASED: &str = "StudentErased";

struct Forget {
    group: &'static str,
    ledger: Arc<dyn Ledger>,
}

impl Forget {
    async fn forget(&self, event: StudentErased) -> Disposition {
        let accept = Accept { consumer: self.group, event_id: event.event_id, subject: None };
        let change = Change { accept: Some(accept), erase: Some(event.student_id), ..Change::default() };
        match self.ledger.commit(change).await {
            Ok(_) => Disposition::Ack,
            Err(error) => not_stored(&error),
        }
    }
}

#[async_trait]
impl Handle for Forget {
    async fn handle(&self, delivery: Delivery) -> Disposition {
        // Most of the topic is of no interest here: it is known by its fingerprint, and not decoded.
        if avro::event_name(&delivery.message.payload).is_some_and(|name| name != ERASED) {
            return Disposition::Ack;
        }
        match avro::decode(&delivery.message.payload) {
            Ok(Event::StudentErased(event)) => self.forget(event).await,
            Ok(_) => Disposition::Ack,
            Err(error) => Disposition::DeadLetter(unreadable(&error)),
        }
    }
}
