//! Every event there and back, and what lies on the broker in between.

use bus::{Publish, Subscribe};
use bytes::Bytes;
use contracts::{Topic, avro};
use schema_registry::UnframeError;
use testkit::registry::Registry;

use crate::desk::{desk, framing, message};
use crate::examples;

#[tokio::test]
async fn every_event_travels_in_a_frame_with_the_body_it_has() {
    let registry = Registry::start().await;
    let (framed, desk, room) = desk(framing(&registry)).await;
    for example in examples::all() {
        let sent = message(example.topic, example.object.clone());
        framed.publish(sent.clone()).await.unwrap();
        let [on_the_broker] = desk.published().try_into().unwrap();

        let version = version(&registry, &example.subject()).await;
        let id = u32::try_from(version["id"].as_u64().unwrap()).unwrap();
        let frame = [&[0][..], &id.to_be_bytes(), example.body()].concat();
        assert_eq!(on_the_broker.payload, frame, "{}", example.name);
        let file = examples::folder().join(format!("{}.avsc", example.event()));
        assert_eq!(version["schema"], std::fs::read_to_string(file).unwrap(), "{}", example.name);
        let beside = (&on_the_broker.topic, &on_the_broker.key, &on_the_broker.headers);
        assert_eq!(beside, (&sent.topic, &sent.key, &sent.headers));

        let _ = desk.deliver(example.topic, on_the_broker.payload).await;
        let [seen] = room.seen().try_into().unwrap();
        assert_eq!(seen.message, sent, "{}", example.name);
        assert_eq!((seen.partition, seen.offset, seen.attempt), (1, 2, 3));
        assert_eq!(avro::event_name(&seen.message.payload), Some(example.event()));
    }
}

/// The same file is read by fastavro, in contracts/check_with_fastavro.py.
#[tokio::test]
async fn the_frame_is_the_one_that_others_read() {
    let registry = Registry::start().await;
    let (framed, desk, _) = desk(framing(&registry)).await;
    let quiz = examples::named("QuizAnswered");
    framed.publish(message(quiz.topic, quiz.object)).await.unwrap();
    let golden = examples::hex(&examples::folder().join("confluent/QuizAnswered.hex"));
    assert_eq!(desk.published()[0].payload, golden);
}

async fn version(registry: &Registry, subject: &str) -> serde_json::Value {
    let address = format!("{}/subjects/{subject}/versions/latest", registry.url());
    reqwest::get(address).await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn each_subject_is_registered_once_and_what_was_registered_is_not_asked_for() {
    let registry = Registry::start().await;
    let (framed, desk, _) = desk(framing(&registry)).await;
    let examples = examples::all();
    for _ in 0..3 {
        for example in &examples {
            framed.publish(message(example.topic, example.object.clone())).await.unwrap();
        }
    }
    for on_the_broker in desk.published() {
        let _ = desk.deliver(on_the_broker.topic, on_the_broker.payload).await;
    }
    let mut subjects: Vec<_> = examples.iter().map(examples::Example::subject).collect();
    subjects.dedup();
    subjects.sort();
    assert_eq!(registry.subjects(), subjects);
    assert_eq!(registry.count("POST"), subjects.len());
    assert_eq!(registry.count("GET"), 0);
}

#[tokio::test]
async fn a_process_that_starts_anew_asks_once_for_each_id_and_gets_the_same_ones() {
    let registry = Registry::start().await;
    let (before, desk_before, _) = desk(framing(&registry)).await;
    let (after, desk_after, room) = desk(framing(&registry)).await;
    let examples = examples::all();
    for example in &examples {
        before.publish(message(example.topic, example.object.clone())).await.unwrap();
    }
    let on_the_broker = desk_before.published();
    for _ in 0..2 {
        for message in on_the_broker.clone() {
            let _ = desk_after.deliver(message.topic, message.payload).await;
        }
    }
    let objects: Vec<_> = examples.iter().map(|example| example.object.clone()).collect();
    let seen: Vec<_> = room.seen().into_iter().map(|delivery| delivery.message.payload).collect();
    assert_eq!(seen, [objects.clone(), objects].concat());
    assert_eq!(registry.count("GET /schemas/ids/"), registry.subjects().len());
    for example in &examples {
        after.publish(message(example.topic, example.object.clone())).await.unwrap();
    }
    assert_eq!(desk_after.published(), on_the_broker);
}

#[tokio::test]
async fn who_reads_a_topic_back_gets_single_objects_too() {
    let registry = Registry::start().await;
    let (framed, desk, _) = desk(framing(&registry)).await;
    let reader = framing(&registry);
    let quiz = examples::named("QuizAnswered");
    framed.publish(message(quiz.topic, quiz.object.clone())).await.unwrap();
    let on_the_broker = desk.published()[0].payload.clone();
    for payload in [&on_the_broker, &quiz.object] {
        assert_eq!(reader.unframe(quiz.topic, payload).await, Ok(quiz.object.clone()));
        assert_eq!(reader.object(payload).await, Ok(quiz.object.clone()));
        // As it came, but for who looks for the record in it.
        assert_eq!(reader.unframe(Topic::DeadLetterRaw, payload).await, Ok(payload.clone()));
    }
    let torn = reader.unframe(quiz.topic, &on_the_broker.slice(..4)).await;
    assert!(matches!(torn, Err(UnframeError::Unusable(_))));
    drop(registry);
    let unknown = reader.unframe(quiz.topic, &Bytes::from_static(b"\0\0\0\0\x09")).await;
    assert!(matches!(unknown, Err(UnframeError::Away(_))));
}

#[tokio::test]
async fn a_single_object_without_a_frame_is_still_read() {
    let registry = Registry::start().await;
    let (_framed, desk, room) = desk(framing(&registry)).await;
    let example = examples::named("QuizAnswered");
    let _ = desk.deliver(Topic::LearningEvidence, example.object.clone()).await;
    assert_eq!(room.seen()[0].message.payload, example.object);
    assert_eq!(registry.calls(), [""; 0]);
}

#[tokio::test]
async fn what_is_no_single_object_of_ours_goes_as_it_came() {
    let registry = Registry::start().await;
    let (framed, desk, _) = desk(framing(&registry)).await;
    let foreign = avro::join(avro::Fingerprint::of("\"long\"").unwrap(), b"\x02");
    for payload in [&b""[..], b"{}", b"\xC3\x01", b"\0\0\0\0\x01framed already", &foreign] {
        let sent = message(Topic::LearningEvidence, payload.to_vec());
        framed.publish(sent.clone()).await.unwrap();
        assert_eq!(desk.published(), [sent]);
    }
    assert_eq!(registry.calls(), [""; 0]);
}

#[tokio::test]
async fn what_the_sidecar_gave_up_on_stays_as_it_came() {
    let registry = Registry::start().await;
    let (framed, desk, room) = desk(framing(&registry)).await;
    for payload in
        [&b"\0\0\0\0\x63of an unknown schema"[..], b"\0\0", &examples::named("QuizAnswered").object]
    {
        let sent = message(Topic::DeadLetterRaw, payload.to_vec());
        framed.publish(sent.clone()).await.unwrap();
        assert_eq!(desk.published(), [sent]);
        let _ = desk.deliver(Topic::DeadLetterRaw, payload.to_vec()).await;
        assert_eq!(room.seen()[0].message.payload, payload);
    }
    assert_eq!(registry.calls(), [""; 0]);
}

#[tokio::test]
async fn the_rest_is_the_buss_own() {
    let registry = Registry::start().await;
    let (framed, desk, _) = desk(framing(&registry)).await;
    assert!(!framed.keeps_order());
    assert_eq!(framed.queued(), 42);
    framed.stop().await;
    assert_eq!(desk.stops(), 1);
}
