//! `dead-letters`: what a consumer refused is listed, shown, and handed out again to one that takes it, in a schema registry's
//! frame or without.

use std::process::Output;
use std::sync::Arc;

use agent_core::mastery::Score;
use async_trait::async_trait;
use bus::{Delivery, Disposition, Failure, Handle, Publish, Subscribe, Subscription};
use bus_kafka::{Settings, read};
use bytes::Bytes;
use clock::{Ids, RandomIds};
use contracts::events::{CodeReviewed, ErrorEvent, ErrorType, EvidenceHeader};
use contracts::{Event, Topic, avro};
use jiff::Timestamp;
use serde_json::Value;
use testkit::registry::Registry;
use tokio::sync::mpsc;

use crate::given::{bus, framed, fresh, message, run_on, stderr, stdout};

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
    consume_from(&bus(settings), answer, count).await
}

/// The same over this bus, which is stopped.
async fn consume_from(bus: &dyn Subscribe, answer: Disposition, count: usize) -> Vec<Delivery> {
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
    publish_to(bus(settings), messages).await;
}

/// The same over this bus, which is stopped.
async fn publish_to(bus: impl Publish + Subscribe, messages: Vec<bus::Message>) {
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

fn shown(output: &Output) -> Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_str(stdout(output)).unwrap()
}

/// What lies on the topic, in the order of each key.
async fn lying(settings: &Settings, topic: Topic) -> Vec<Bytes> {
    let mut records = read::read(settings, &[topic], read::From::Beginning);
    let mut found = Vec::new();
    while let Some(record) = records.recv().await {
        found.push(record.unwrap().message.payload);
    }
    found
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

    let show = |id: &str| shown(&run_on(&settings, &["dead-letters", "show", id]));
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
async fn what_travels_in_a_registrys_frame_is_listed_and_shown_and_goes_back_as_it_came() {
    let (settings, registry) = (fresh().await, Registry::start().await);
    let (url, evidence) = (registry.url(), Topic::LearningEvidence);
    let there = ["--schema-registry", url.as_str()];
    let readable = avro::encode(&reviewed("ada"));
    let sent = vec![message(evidence, "ada", readable.clone()), message(evidence, "ada", "poison")];
    publish_to(framed(&settings, &registry), sent.clone()).await;
    let refused = consume_from(&framed(&settings, &registry), refusal(), 2).await;
    for (refused, sent) in refused.iter().zip(&sent) {
        assert_eq!(refused.message, *sent, "a room sees no frame");
    }

    let of_consumer = ["--consumer", "progress", "--error-type", "validation"];
    let letters = listed(&settings, &[&of_consumer[..], &there[..]].concat());
    let [first, second] = ids(&letters)[..] else { panic!("{letters:?}") };
    assert_eq!((&letters[0]["event_type"], &letters[0]["closed"]), (&"CodeReviewed".into(), &Value::Null));
    // As it came: a frame has five bytes where a single object has ten.
    assert_eq!(letters[0]["payload_bytes"], readable.len() - 5);
    let show =
        |id: &str| shown(&run_on(&settings, &[&["dead-letters", "show", id][..], &there[..]].concat()));
    let read = show(first);
    assert_eq!((&read["payload"]["score"], &read["payload"]["student_id"]), (&0.5.into(), &"ada".into()));
    assert_eq!(show(second)["payload_hex"], "706f69736f6e");

    let requeue = [&["dead-letters", "requeue", first, second][..], &there[..]].concat();
    let output = run_on(&settings, &requeue);
    assert!(output.status.success(), "{output:?}");
    assert!(stdout(&output).ends_with("\nrequeued=2 refused=0 missing=0\n"), "{output:?}");
    let on_topic = lying(&settings, evidence).await;
    let [one, two, again_one, again_two] = &on_topic[..] else { panic!("{on_topic:?}") };
    assert_eq!((one, two), (again_one, again_two), "byte for byte");
    assert_eq!((one[0], &one[5..], &two[..]), (0, &readable[10..], &b"poison"[..]));
    let handled = consume_from(&framed(&settings, &registry), Disposition::Ack, 2).await;
    for (handled, sent) in handled.iter().zip(&sent) {
        assert_eq!(handled.message, *sent);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frame_that_a_sidecar_gave_up_is_read_and_goes_back_as_it_came() {
    let (settings, registry) = (fresh().await, Registry::start().await);
    let (url, evidence) = (registry.url(), Topic::LearningEvidence);
    let (there, nowhere) = (["--schema-registry", url.as_str()], [""; 0]);
    let sent = vec![message(evidence, "ada", avro::encode(&reviewed("ada")))];
    publish_to(framed(&settings, &registry), sent.clone()).await;
    let frame = lying(&settings, evidence).await.remove(0);
    publish(&settings, vec![message(Topic::DeadLetterRaw, "", frame.clone())]).await;

    registry.set_down(true);
    for (named, why) in [(&nowhere[..], "SCHEMA_REGISTRY_URL"), (&there[..], "the schema registry is away")] {
        let letters = listed(&settings, named);
        assert_eq!((letters.len(), &letters[0]["event_type"]), (1, &Value::Null));
        assert!(letters[0]["closed"].as_str().unwrap().contains(why), "{letters:?}");
        let output = run_on(&settings, &[&["dead-letters", "show", ids(&letters)[0]][..], named].concat());
        assert!(shown(&output)["payload_unreadable"].as_str().unwrap().contains(why), "{output:?}");
        let output = run_on(&settings, &[&["dead-letters", "requeue", "--all"][..], named].concat());
        assert_eq!((output.status.code(), stdout(&output)), (Some(1), "requeued=0 refused=1 missing=0\n"));
        assert!(stderr(&output).contains("where it came from cannot be told: "), "{output:?}");
        assert!(stderr(&output).contains(why), "{output:?}");
    }
    registry.set_down(false);

    let letters = listed(&settings, &there);
    let [id] = ids(&letters)[..] else { panic!("{letters:?}") };
    assert_eq!(letters[0]["event_type"], "CodeReviewed");
    let output = run_on(&settings, &[&["dead-letters", "show", id][..], &there[..]].concat());
    assert_eq!(shown(&output)["payload"]["student_id"], "ada");
    let output = run_on(&settings, &[&["dead-letters", "requeue", id][..], &there[..]].concat());
    assert!(output.status.success(), "{output:?}");
    assert_eq!(lying(&settings, evidence).await, [frame.clone(), frame], "byte for byte");
    let handled = consume_from(&framed(&settings, &registry), Disposition::Ack, 2).await;
    assert_eq!(handled[1].message.payload, sent[0].payload);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_that_stays_in_its_frame_says_why_and_is_not_passed_over() {
    let (settings, registry) = (fresh().await, Registry::start().await);
    let url = registry.url();
    let there = ["--schema-registry", url.as_str()];
    publish_to(framed(&settings, &registry), vec![message(Topic::LearningEvidence, "ada", "poison")]).await;
    consume_from(&framed(&settings, &registry), refusal(), 1).await;
    let opened = listed(&settings, &there);
    let [id] = ids(&opened)[..] else { panic!("{opened:?}") };

    let letters = listed(&settings, &["--consumer", "debug"]);
    let [place] = ids(&letters)[..] else { panic!("{letters:?}") };
    assert!(place.starts_with("queue/"), "{place}");
    assert!(letters[0]["closed"].as_str().unwrap().contains("SCHEMA_REGISTRY_URL"), "{letters:?}");
    let table = run_on(&settings, &["dead-letters", "list"]);
    assert!(stdout(&table).lines().any(|row| row.contains("SCHEMA_REGISTRY_URL")), "{table:?}");
    let closed = shown(&run_on(&settings, &["dead-letters", "show", place]));
    assert!(closed["payload_hex"].as_str().unwrap().starts_with("00"), "{closed}");
    assert!(closed["payload_unreadable"].as_str().unwrap().contains("SCHEMA_REGISTRY_URL"), "{closed}");
    for (command, done) in [
        (&["show", id][..], ""),
        (&["requeue", id], "requeued=0 refused=0 missing=1\n"),
        (&["requeue", "--all", "--consumer", "debug"], "requeued=0 refused=1 missing=0\n"),
    ] {
        let output = run_on(&settings, &[&["dead-letters"][..], command].concat());
        assert_eq!((output.status.code(), stdout(&output)), (Some(1), done), "{output:?}");
        for told in [place, "SCHEMA_REGISTRY_URL"] {
            assert!(stderr(&output).contains(told), "{told}: {output:?}");
        }
    }

    registry.set_down(true);
    let away = run_on(&settings, &[&["dead-letters", "list"][..], &there[..]].concat());
    assert_eq!((away.status.code(), stdout(&away)), (Some(2), ""), "{away:?}");
    assert!(stderr(&away).contains("the schema registry is away"), "{away:?}");
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
