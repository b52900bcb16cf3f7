//! `dead-letters`: what a consumer refused is listed, shown, and handed out again to one that takes it.

use std::sync::Arc;

use agent_core::mastery::Score;
use async_trait::async_trait;
use bus::{Delivery, Disposition, Failure, Handle, Publish, Subscribe, Subscription};
use bus_kafka::Settings;
use clock::{Ids, RandomIds};
use contracts::events::{CodeReviewed, ErrorEvent, ErrorType, EvidenceHeader};
use contracts::{Event, Topic, avro};
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::mpsc;

use crate::given::{bus, fresh, message, run_on, stderr, stdout};

/// Answers so, and shows what it gets.
struct Answers(mpsc::UnboundedSender<Delivery>, Disposition);

#[async_trait]
impl Handle for Answers {
    async fn handle(&self, delivery: Delivery) -> Disposition {
        let _ = self.0.send(delivery);
        self.1.clone()
    }
}

/// Lets a consumer of evidence that answers so have `count` records; these.
async fn consume(settings: &Settings, answer: Disposition, count: usize) -> Vec<Delivery> {
    let bus = bus(settings);
    let (show, mut seen) = mpsc::unbounded_channel();
    let (topics, handler) = (vec![Topic::LearningEvidence], Arc::new(Answers(show, answer)));
    bus.subscribe(Subscription { group: "progress", topics, handler }).await.unwrap();
    let mut taken = Vec::new();
    while taken.len() < count {
        taken.push(seen.recv().await.unwrap());
    }
    // What is in hand comes to its end: a dead letter is on its topic then.
    bus.stop().await;
    assert!(seen.try_recv().is_err(), "more than {count}");
    taken
}

async fn publish(settings: &Settings, messages: Vec<bus::Message>) {
    let bus = bus(settings);
    for message in messages {
        bus.publish(message).await.unwrap();
    }
    bus.stop().await;
}

fn reviewed(student: &str) -> Event {
    let header = EvidenceHeader {
        event_id: RandomIds.event_id(),
        timestamp: Timestamp::UNIX_EPOCH,
        student_id: student.parse().unwrap(),
        component: "loops".parse().unwrap(),
        metadata: None,
    };
    Event::CodeReviewed(CodeReviewed { header, score: Score::new(0.5).unwrap() })
}

fn listed(settings: &Settings, filter: &[&str]) -> Vec<Value> {
    let output = run_on(settings, &[&["dead-letters", "list", "--json"], filter].concat());
    assert!(output.status.success(), "{output:?}");
    stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn ids(letters: &[Value]) -> Vec<&str> {
    letters.iter().map(|letter| letter["id"].as_str().unwrap()).collect()
}

fn refusal() -> Disposition {
    Disposition::DeadLetter(Failure { error_type: ErrorType::Validation, message: "of no\nuse".to_owned() })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poison_record_is_listed_shown_requeued_and_then_handled() {
    let settings = fresh().await;
    let evidence = Topic::LearningEvidence;
    let readable = avro::encode(&reviewed("ada"));
    publish(&settings, vec![message(evidence, "ada", "poison"), message(evidence, "ada", readable.clone())])
        .await;
    let refused = consume(&settings, refusal(), 2).await;

    let letters = listed(&settings, &[]);
    let offsets: Vec<_> = letters.iter().map(|letter| letter["original_offset"].as_i64().unwrap()).collect();
    assert_eq!(
        offsets,
        refused.iter().map(|delivery| delivery.offset).collect::<Vec<_>>(),
        "the newest last"
    );
    let ids = ids(&letters);
    for (filter, expected) in [
        (&["--error-type", "validation", "--consumer", "progress"][..], &ids[..]),
        (&["--error-type", "schema"], &[]),
        (&["--consumer", "debug"], &[]),
        (&["--topic", "dead-letter.raw"], &[]),
        (&["--topic", "dead-letter.queue", "--limit", "1"], &ids[1..]),
        (&["--since", letters[1]["failed_at"].as_str().unwrap(), "--limit", "1"], &ids[1..]),
        (&["--since", "2999-01-01T00:00:00Z"], &[]),
    ] {
        assert_eq!(self::ids(&listed(&settings, filter)), expected, "{filter:?}");
    }
    let table = run_on(&settings, &["dead-letters", "list"]);
    let lines: Vec<&str> = stdout(&table).lines().collect();
    assert_eq!(lines.len(), 3, "{table:?}");
    assert!(lines[1].starts_with(ids[0]) && lines[1].contains("learning.evidence/"), "{table:?}");
    assert!(lines[2].contains("CodeReviewed") && lines[2].ends_with("of no use"), "{table:?}");

    let show = |id: &str| {
        let output = run_on(&settings, &["dead-letters", "show", id]);
        assert!(output.status.success(), "{output:?}");
        serde_json::from_str::<Value>(stdout(&output)).unwrap()
    };
    let poison = show(ids[0]);
    assert_eq!(poison["payload_hex"], "706f69736f6e");
    assert_eq!((&poison["payload_bytes"], &poison["payload_is_cut"]), (&6.into(), &false.into()));
    assert_eq!((&poison["correlation_id"], &poison["key"]), (&"of-ada".into(), &"ada".into()));
    let read = show(ids[1]);
    assert_eq!((&read["payload"]["score"], &read["payload"]["student_id"]), (&0.5.into(), &"ada".into()));

    // Named twice, it goes once.
    let output = run_on(&settings, &["dead-letters", "requeue", ids[0], ids[0]]);
    assert!(output.status.success(), "{output:?}");
    let told = format!("requeued {} to learning.evidence\nrequeued=1 refused=0 missing=0\n", ids[0]);
    assert_eq!(stdout(&output), told);
    let [handled] = <[Delivery; 1]>::try_from(consume(&settings, Disposition::Ack, 1).await).unwrap();
    assert_eq!(handled.message, refused[0].message, "as it was published first");

    let output = run_on(&settings, &["dead-letters", "requeue", "--all", "--consumer", "progress"]);
    assert!(stdout(&output).ends_with("\nrequeued=2 refused=0 missing=0\n"), "{output:?}");
    assert_eq!(consume(&settings, Disposition::Ack, 2).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_sidecar_gave_up_is_called_by_its_place() {
    let settings = fresh().await;
    let raw = Topic::DeadLetterRaw;
    let event = avro::encode(&reviewed("ada"));
    publish(&settings, vec![message(raw, "", event.clone())]).await;
    let letters = listed(&settings, &[]);
    let [id] = ids(&letters)[..] else { panic!("{letters:?}") };
    assert!(id.starts_with("raw/"), "{id}");
    assert_eq!(letters[0]["event_type"], "CodeReviewed");

    let output = run_on(&settings, &["dead-letters", "requeue", id]);
    assert!(output.status.success(), "{output:?}");
    let handled = consume(&settings, Disposition::Ack, 1).await;
    assert_eq!((handled[0].message.key.as_str(), &handled[0].message.payload), ("ada", &event));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_go_back_or_is_not_there_is_named_and_the_rest_goes() {
    let settings = fresh().await;
    let letter = |original_topic: &str| {
        let event = ErrorEvent {
            event_id: RandomIds.event_id(),
            original_event_type: None,
            error_type: ErrorType::Processing,
            error_message: "of no use".to_owned(),
            failed_at: Timestamp::UNIX_EPOCH,
            original_payload: b"poison".to_vec(),
            original_topic: original_topic.to_owned(),
            partition: 0,
            offset: 0,
            retry_count: 5,
            consumer_agent: "progress".to_owned(),
            stack_trace: None,
        };
        let payload = avro::encode(&Event::ErrorEvent(event.clone()));
        (event.event_id.to_string(), message(Topic::DeadLetterQueue, "ada", payload))
    };
    let ((foreign, one), (ours, two)) = (letter("orders"), letter("learning.evidence"));
    let (raw, none) = (message(Topic::DeadLetterRaw, "ada", "poison"), RandomIds.event_id().to_string());
    publish(&settings, vec![one, two, raw]).await;

    let output = run_on(&settings, &["dead-letters", "requeue", &foreign, &none, &ours]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let told = stderr(&output);
    assert!(told.contains(&format!("{foreign} is refused: its original topic \"orders\"")), "{told}");
    assert!(told.contains(&format!("there is no dead letter {none}")), "{told}");
    assert!(stdout(&output).ends_with("requeued=1 refused=1 missing=1\n"), "{output:?}");
    let output = run_on(&settings, &["dead-letters", "requeue", "--all", "--topic", "dead-letter.raw"]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(1), "requeued=0 refused=1 missing=0\n"));
    assert!(stderr(&output).contains("where it came from cannot be told"), "{output:?}");

    let output = run_on(&settings, &["dead-letters", "show", &none]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(stderr(&output).contains(&format!("there is no dead letter {none}")), "{output:?}");
    assert_eq!(consume(&settings, Disposition::Ack, 1).await[0].message.payload, "poison");
}

#[tokio::test]
async fn no_letters_and_no_topic_are_not_the_same() {
    let output = run_on(&fresh().await, &["dead-letters", "list"]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), "no dead letters\n"), "{output:?}");
    let output = run_on(&crate::given::untouched(), &["dead-letters", "list"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(&output).contains("`agent-bus topics apply` makes it"), "{output:?}");
}
