//! Keeps dead letters in the data folder: a stream of their own, in the order in which they were given up. Those that hold
//! something about a student go with the student.
//!
//! Not here: what makes a record a dead letter (crate `bus`).

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Delivery, Disposition, Handle, Subscription};
use contracts::events::ErrorEvent;
use contracts::{Event, StudentId, Topic, avro};
use ledger::{Accept, Append, Change, Ledger, RoomSpec};
use serde_json::json;

/// The stream's ledger.
pub(super) const SPEC: RoomSpec = RoomSpec { name: "dead_letters", kinds: &[] };

const GROUP: &str = "dead-letters";
const STREAM: &str = "queue";

/// The subscriptions that store dead letters in `ledger`, and forget those of erased students.
pub(super) fn subscriptions(ledger: Arc<dyn Ledger>) -> [Subscription; 2] {
    let forgets = room::forgets_erased(GROUP, Arc::clone(&ledger));
    let topics = vec![Topic::DeadLetterQueue];
    [Subscription { group: GROUP, topics, handler: Arc::new(Store { ledger }) }, forgets]
}

struct Store {
    ledger: Arc<dyn Ledger>,
}

#[async_trait]
impl Handle for Store {
    async fn handle(&self, delivery: Delivery) -> Disposition {
        let Ok(Event::ErrorEvent(letter)) = avro::decode(&delivery.message.payload) else {
            // A dead letter that is none would come back for ever: it is logged, and that is its end.
            tracing::error!(offset = delivery.offset, "a record on the dead-letter queue is no dead letter");
            return Disposition::Ack;
        };
        let subject = subject(&letter, &delivery.message.key);
        match self.ledger.commit(change(&letter, subject)).await {
            Ok(_) => Disposition::Ack,
            Err(error) => room::not_stored(&error),
        }
    }
}

/// Whose record the letter holds. The key says so where the record cannot be read. An erasure that a room could not do is
/// kept, or nobody would know that it is still to be done.
fn subject(letter: &ErrorEvent, key: &str) -> Option<StudentId> {
    match avro::decode(&letter.original_payload) {
        Ok(Event::StudentErased(_)) => None,
        Ok(event) => event.student_id().cloned(),
        Err(_) => key.parse().ok(),
    }
}

fn change(letter: &ErrorEvent, subject: Option<StudentId>) -> Change {
    let body = json!({
        "event_id": letter.event_id,
        "original_event_type": letter.original_event_type,
        "error_type": letter.error_type,
        "error_message": letter.error_message,
        "failed_at": letter.failed_at,
        "original_payload": letter.original_payload,
        "original_topic": letter.original_topic,
        "partition": letter.partition,
        "offset": letter.offset,
        "retry_count": letter.retry_count,
        "consumer_agent": letter.consumer_agent,
        "stack_trace": letter.stack_trace,
    });
    Change {
        accept: Some(Accept { consumer: GROUP, event_id: letter.event_id, subject: None }),
        appends: vec![Append {
            stream: STREAM.to_owned(),
            subject,
            event_id: letter.event_id,
            occurred_at: letter.failed_at,
            body: body.to_string().into(),
        }],
        ..Change::default()
    }
}

#[cfg(test)]
mod tests {
    use bus::{Failure, Headers, Message, dead_letter};
    use clock::Ids;
    use contracts::events::{CodeReviewed, ErrorType, EvidenceHeader, StudentErased};
    use testkit::{FixedClock, SeededIds, temp_store};

    use super::*;

    fn delivery(topic: Topic, key: &str, event: &Event) -> Delivery {
        let (key, payload) = (key.to_owned(), avro::encode(event));
        let message = Message { topic, key, payload, headers: Headers::default() };
        Delivery { message, partition: 0, offset: 0, attempt: 1 }
    }

    fn erased(student: &str, ids: &SeededIds) -> Delivery {
        let (event_id, timestamp) = (ids.event_id(), jiff::Timestamp::UNIX_EPOCH);
        let event = StudentErased { event_id, timestamp, student_id: student.parse().unwrap() };
        delivery(Topic::LearningEvents, student, &Event::StudentErased(event))
    }

    fn reviewed(student: &str, key: &str, ids: &SeededIds) -> Delivery {
        let header = EvidenceHeader {
            event_id: ids.event_id(),
            timestamp: jiff::Timestamp::UNIX_EPOCH,
            student_id: student.parse().unwrap(),
            component: "loops".parse().unwrap(),
            metadata: None,
        };
        let score = agent_core::mastery::Score::ONE;
        delivery(Topic::LearningEvidence, key, &Event::CodeReviewed(CodeReviewed { header, score }))
    }

    fn unreadable(key: &str, ids: &SeededIds) -> Delivery {
        let mut delivery = reviewed(key, key, ids);
        delivery.message.payload = delivery.message.payload.slice(..60);
        delivery
    }

    #[tokio::test]
    async fn with_a_student_go_the_letters_about_the_student_and_an_erasure_that_failed_stays() {
        let (store, ids) = (temp_store().await, SeededIds::default());
        let ledger = store.room(SPEC).await.unwrap();
        let [keeps, forgets] = subscriptions(Arc::clone(&ledger));
        let given_up = [
            reviewed("ada", "ada", &ids),
            reviewed("ada", "noor", &ids),
            unreadable("ada", &ids),
            reviewed("noor", "ada", &ids),
            unreadable("noor", &ids),
            erased("ada", &ids),
        ];
        let failure = Failure { error_type: ErrorType::Validation, message: "of no use".to_owned() };
        for record in &given_up {
            let message = dead_letter::letter("progress", record, &failure, &FixedClock::default(), &ids);
            let letter = Delivery { message, ..record.clone() };
            assert_eq!(keeps.handler.handle(letter).await, Disposition::Ack);
        }
        let kept = async || ledger.stream(STREAM, None, 100).await.unwrap();
        let all = kept().await;
        assert_eq!(all.len(), given_up.len());

        assert_eq!(forgets.handler.handle(erased("ada", &ids)).await, Disposition::Ack);
        let about = |record: &Delivery| json!(record.message.payload.to_vec());
        let left: Vec<_> = kept()
            .await
            .iter()
            .map(|entry| {
                let letter: serde_json::Value = serde_json::from_slice(&entry.body).unwrap();
                given_up.iter().position(|record| about(record) == letter["original_payload"])
            })
            .collect();
        assert_eq!(left.len(), 3, "{left:?}");
        assert!([3, 4, 5].iter().all(|place| left.contains(&Some(*place))), "{left:?}");
    }
}
