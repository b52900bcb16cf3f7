//! One dead letter: what it is called, what it says, and the record that it holds.

use std::fmt;
use std::str::FromStr;

use bus::{Delivery, Message, dead_letter};
use bytes::Bytes;
use contracts::events::{ErrorEvent, ErrorType};
use contracts::{Event, EventId, StudentId, Topic, avro};
use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::opening::Opener;

/// What a dead letter is called. One that is no ErrorEvent has no id of its own: it is called by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Id {
    Event(EventId),
    Place { topic: Topic, partition: i32, offset: i64 },
}

const RAW: &str = "raw";
const QUEUE: &str = "queue";

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Event(event_id) => event_id.fmt(f),
            Self::Place { topic, partition, offset } => {
                let name = if *topic == Topic::DeadLetterRaw { RAW } else { QUEUE };
                write!(f, "{name}/{partition}/{offset}")
            }
        }
    }
}

impl FromStr for Id {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        const WRONG: &str =
            "a dead letter is called by its event id, or raw/PARTITION/OFFSET, as `list` shows it";
        let parts: Vec<&str> = text.split('/').collect();
        let (topic, partition, offset) = match parts[..] {
            [event_id] => return event_id.parse().map(Self::Event).map_err(|_| WRONG),
            [RAW, partition, offset] => (Topic::DeadLetterRaw, partition, offset),
            [QUEUE, partition, offset] => (Topic::DeadLetterQueue, partition, offset),
            _ => return Err(WRONG),
        };
        let (partition, offset) = (partition.parse().map_err(|_| WRONG)?, offset.parse().map_err(|_| WRONG)?);
        Ok(Self::Place { topic, partition, offset })
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Id {
    /// Where it lies.
    pub(super) fn topic(&self) -> Topic {
        match self {
            Self::Event(_) => Topic::DeadLetterQueue,
            Self::Place { topic, .. } => *topic,
        }
    }
}

/// A dead letter as it lies on its topic.
pub(super) struct Letter {
    pub(super) id: Id,
    /// What it says; nothing where it is a record as it came.
    pub(super) event: Option<ErrorEvent>,
    /// Why it stays in its frame: whatever it says, nobody hears it.
    pub(super) closed: Option<String>,
    delivery: Delivery,
    payload: Bytes,
}

/// The record that a letter holds, out of its frame, or why it stays in it.
pub(super) type Record = Result<Bytes, String>;

impl Letter {
    /// The letter as it lies there, and as a room would read it.
    pub(super) fn of(delivery: Delivery, opened: Result<Delivery, String>) -> Self {
        let message = &delivery.message;
        let is_of_queue = message.topic == Topic::DeadLetterQueue;
        let (event, closed) = match opened.map(|opened| avro::decode(&opened.message.payload)) {
            Ok(Ok(Event::ErrorEvent(event))) if is_of_queue => (Some(event), None),
            Err(why) if is_of_queue => (None, Some(why)),
            _ => (None, None),
        };
        let (topic, partition, offset) = (message.topic, delivery.partition, delivery.offset);
        let place = Id::Place { topic, partition, offset };
        let id = event.as_ref().map_or(place, |event| Id::Event(event.event_id));
        let original = event.as_ref().map(|event| Bytes::copy_from_slice(&event.original_payload));
        let payload = original.unwrap_or_else(|| message.payload.clone());
        Self { id, event, closed, delivery, payload }
    }

    /// The bytes of the record that nobody could use, as they came: in a frame, where they were in one.
    pub(super) fn payload(&self) -> &Bytes {
        &self.payload
    }

    /// The order of letters on a topic, from old to new. A record as it came has no time of its own.
    pub(super) fn order(&self) -> (Option<Timestamp>, i64, i32) {
        let failed_at = self.event.as_ref().map(|event| event.failed_at);
        (failed_at, self.delivery.offset, self.delivery.partition)
    }

    /// The record as it was published: the original bytes, to the original topic, under its key, with its headers.
    ///
    /// # Errors
    /// Why it cannot be.
    pub(super) async fn original(&self, opener: &Opener) -> Result<Message, String> {
        let Message { key, headers, .. } = self.delivery.message.clone();
        let (topic, key) = if let Some(event) = &self.event {
            let name = &event.original_topic;
            (Topic::named(name).ok_or_else(|| format!("its original topic {name:?} is none of ours"))?, key)
        } else {
            let untold = |why: String| format!("where it came from cannot be told: {why}");
            let record = opener.held(&self.payload).await.map_err(untold)?;
            let event = avro::decode(&record).map_err(|error| untold(error.to_string()))?;
            // A sidecar gives up a record without its key.
            let student = event.student_id().map(StudentId::to_string);
            (event.topic(), student.filter(|_| key.is_empty()).unwrap_or(key))
        };
        if dead_letter::holds_letters(topic) {
            return Err(format!("its original topic {:?} is one of dead letters", topic.name()));
        }
        Ok(Message { topic, key, payload: self.payload.clone(), headers })
    }

    /// All that is said of it beside its record.
    pub(super) fn told(&self, record: &Record) -> Told<'_> {
        let message = &self.delivery.message;
        let event = self.event.as_ref();
        let of_record = record.as_ref().ok().and_then(|record| avro::event_name(record));
        Told {
            id: self.id,
            topic: message.topic.name(),
            partition: self.delivery.partition,
            offset: self.delivery.offset,
            key: &message.key,
            correlation_id: message.headers.correlation_id.as_deref(),
            traceparent: message.headers.traceparent.as_deref(),
            failed_at: event.map(|event| event.failed_at),
            error_type: event.map(|event| event.error_type),
            error_message: event.map(|event| event.error_message.as_str()),
            consumer: event.map(|event| event.consumer_agent.as_str()),
            retry_count: event.map(|event| event.retry_count),
            stack_trace: event.and_then(|event| event.stack_trace.as_deref()),
            original_topic: event.map(|event| event.original_topic.as_str()),
            original_partition: event.map(|event| event.partition),
            original_offset: event.map(|event| event.offset),
            event_type: event.and_then(|event| event.original_event_type.as_deref()).or(of_record),
            payload_bytes: self.payload.len(),
        }
    }
}

/// What is said of a dead letter beside its record. Absent is what is not known.
#[derive(Debug, Serialize)]
pub(super) struct Told<'a> {
    pub(super) id: Id,
    topic: &'static str,
    partition: i32,
    offset: i64,
    key: &'a str,
    correlation_id: Option<&'a str>,
    traceparent: Option<&'a str>,
    pub(super) failed_at: Option<Timestamp>,
    pub(super) error_type: Option<ErrorType>,
    pub(super) error_message: Option<&'a str>,
    pub(super) consumer: Option<&'a str>,
    retry_count: Option<i32>,
    stack_trace: Option<&'a str>,
    original_topic: Option<&'a str>,
    original_partition: Option<i32>,
    original_offset: Option<i64>,
    pub(super) event_type: Option<&'a str>,
    payload_bytes: usize,
}

impl Told<'_> {
    /// Where the record lay; `-` where that is not known.
    pub(super) fn origin(&self) -> String {
        match (self.original_topic, self.original_partition, self.original_offset) {
            (Some(topic), Some(partition), Some(offset)) => format!("{topic}/{partition}/{offset}"),
            _ => "-".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use bus::Headers;
    use clock::Ids;
    use contracts::events::{CodeReviewed, EvidenceHeader, StudentErased};
    use testkit::SeededIds;

    use super::*;

    const FRAME: &[u8] = b"\0\0\0\0\x01body";

    fn delivery(topic: Topic, key: &str, payload: Bytes) -> Delivery {
        let headers = Headers { correlation_id: Some("c-1".to_owned()), traceparent: None };
        let message = Message { topic, key: key.to_owned(), payload, headers };
        Delivery { message, partition: 2, offset: 17, attempt: 1 }
    }

    /// A letter that travelled in no frame.
    fn bare(delivery: Delivery) -> Letter {
        Letter::of(delivery.clone(), Ok(delivery))
    }

    fn reviewed() -> Bytes {
        let header = EvidenceHeader {
            event_id: SeededIds::default().event_id(),
            timestamp: Timestamp::UNIX_EPOCH,
            student_id: "ada".parse().unwrap(),
            component: "loops".parse().unwrap(),
            metadata: None,
        };
        let score = agent_core::mastery::Score::new(0.5).unwrap();
        avro::encode(&Event::CodeReviewed(CodeReviewed { header, score }))
    }

    fn letter(original_topic: &str, payload: Vec<u8>) -> Letter {
        let event = ErrorEvent {
            event_id: SeededIds::default().event_id(),
            original_event_type: None,
            error_type: ErrorType::Schema,
            error_message: "of no use".to_owned(),
            failed_at: Timestamp::UNIX_EPOCH,
            original_payload: payload,
            original_topic: original_topic.to_owned(),
            partition: 4,
            offset: 99,
            retry_count: 1,
            consumer_agent: "progress".to_owned(),
            stack_trace: None,
        };
        bare(delivery(Topic::DeadLetterQueue, "ada", avro::encode(&Event::ErrorEvent(event))))
    }

    #[test]
    fn a_name_reads_back() {
        let event_id = SeededIds::default().event_id().to_string();
        for name in [event_id.as_str(), "raw/0/17", "queue/2/0"] {
            assert_eq!(name.parse::<Id>().unwrap().to_string(), name);
        }
        for name in ["", "raw", "raw/1", "raw/x/1", "raw/1/2/3", "learning.evidence/0/1", "17"] {
            assert!(name.parse::<Id>().is_err(), "{name}");
        }
    }

    #[tokio::test]
    async fn a_letter_gives_its_record_back_as_it_was() {
        // Where it came from is said: nobody has to open it.
        for payload in [&b"poison"[..], FRAME] {
            let given_up = letter("learning.evidence", payload.to_vec());
            let told = given_up.told(&Err("closed".to_owned()));
            assert_eq!(told.origin(), "learning.evidence/4/99");
            assert_eq!(told.payload_bytes, payload.len());
            let original = given_up.original(&Opener::default()).await.unwrap();
            assert_eq!((original.topic, original.key.as_str()), (Topic::LearningEvidence, "ada"));
            assert_eq!(original.payload, payload);
            assert_eq!(original.headers.correlation_id.as_deref(), Some("c-1"));
        }
    }

    #[tokio::test]
    async fn a_record_as_it_came_goes_where_such_events_go() {
        for (key, expected) in [("", "ada"), ("noor", "noor")] {
            let raw = bare(delivery(Topic::DeadLetterRaw, key, reviewed()));
            assert_eq!(raw.id.to_string(), "raw/2/17");
            assert_eq!(raw.told(&Ok(reviewed())).event_type, Some("CodeReviewed"));
            let original = raw.original(&Opener::default()).await.unwrap();
            assert_eq!((original.topic, original.key.as_str()), (Topic::LearningEvidence, expected));
            assert_eq!(original.payload, reviewed());
        }
        let erased = StudentErased {
            event_id: SeededIds::default().event_id(),
            timestamp: Timestamp::UNIX_EPOCH,
            student_id: "ada".parse().unwrap(),
        };
        let erased = avro::encode(&Event::StudentErased(erased));
        let raw = bare(delivery(Topic::DeadLetterRaw, "ada", erased));
        assert_eq!(raw.original(&Opener::default()).await.unwrap().topic, Topic::LearningEvents);
    }

    #[tokio::test]
    async fn what_has_no_way_back_is_refused_with_its_name() {
        let raw = |payload: &'static [u8]| bare(delivery(Topic::DeadLetterRaw, "ada", payload.into()));
        for (letter, why) in [
            (letter("orders", b"x".to_vec()), "its original topic \"orders\" is none of ours"),
            (letter("dead-letter.queue", b"x".to_vec()), "is one of dead letters"),
            (raw(b"poison"), "where it came from cannot be told"),
        ] {
            let refused = letter.original(&Opener::default()).await.unwrap_err();
            assert!(refused.contains(why), "{refused}");
        }
    }

    #[tokio::test]
    async fn what_stays_in_its_frame_says_nothing_and_is_a_closed_letter_where_letters_lie() {
        for (topic, name, is_closed) in
            [(Topic::DeadLetterQueue, "queue/2/17", true), (Topic::DeadLetterRaw, "raw/2/17", false)]
        {
            let letter = Letter::of(delivery(topic, "ada", FRAME.into()), Err("of no registry".to_owned()));
            assert_eq!((letter.id.to_string(), letter.closed.is_some()), (name.to_owned(), is_closed));
            assert_eq!(letter.payload(), FRAME);
            let refused = letter.original(&Opener::default()).await.unwrap_err();
            assert!(refused.contains("cannot be told: it is in a schema registry's frame"), "{refused}");
        }
    }
}
