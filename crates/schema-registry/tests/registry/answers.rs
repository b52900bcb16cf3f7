//! What a registry may say, and what becomes of the record whose schema it was asked for.

use std::sync::Arc;

use bus::{Disposition, Publish, PublishError};
use contracts::Topic;
use contracts::events::ErrorType;
use schema_registry::{Framing, Settings, UNKNOWN_FOR};
use serde_json::json;
use testkit::FixedClock;
use testkit::registry::Registry;

use crate::desk::{desk, framing, framing_at, message};
use crate::examples;

const FRAME: &[u8] = b"\0\0\0\0\x07body";

/// What a room gets to know in the end.
#[derive(Debug, PartialEq)]
enum End {
    Handled,
    Held,
    Refused,
}

#[tokio::test]
async fn a_record_is_refused_where_that_is_certain_and_held_where_it_is_not() {
    let quiz = std::fs::read_to_string(examples::folder().join("QuizAnswered.avsc")).unwrap();
    let laid_out = json!({ "schema": serde_json::from_str::<serde_json::Value>(&quiz).unwrap().to_string() });
    let schema = |text: &str| json!({ "schema": text }).to_string();
    let aliases = (0..80_000).map(|number| format!("\"a{number}\"")).collect::<Vec<_>>().join(",");
    let many_names = format!(r#"{{"type": "fixed", "name": "A", "size": 1, "aliases": [{aliases}]}}"#);
    let too_large = schema(&format!("{quiz}{}", " ".repeat(2 << 20)));
    let cases = [
        ("our schema", 200, schema(&quiz), End::Handled),
        ("our schema, laid out anew", 200, laid_out.to_string(), End::Handled),
        (
            "our schema, and its type",
            200,
            json!({ "schema": quiz, "schemaType": "AVRO" }).to_string(),
            End::Handled,
        ),
        (
            "a schema of another kind",
            200,
            json!({ "schema": "", "schemaType": "PROTOBUF" }).to_string(),
            End::Refused,
        ),
        ("a schema of somebody else", 200, schema("\"string\""), End::Refused),
        ("no Avro schema", 200, schema("{"), End::Refused),
        ("a schema that nests without end", 200, schema(&"[".repeat(500_000)), End::Refused),
        ("a schema of many names", 200, schema(&many_names), End::Refused),
        ("a schema of two megabytes", 200, too_large, End::Refused),
        ("no such schema", 404, json!({ "error_code": 40403, "message": "no" }).to_string(), End::Refused),
        (
            "nothing at this address",
            404,
            json!({ "error_code": 404, "message": "no" }).to_string(),
            End::Held,
        ),
        ("nothing at this address, as text", 404, "not found".to_owned(), End::Held),
        ("a page to log in", 200, "<html>".to_owned(), End::Held),
        ("JSON, but something else", 200, "[1, 2]".to_owned(), End::Held),
        ("nobody", 200, String::new(), End::Held),
        ("elsewhere", 307, String::new(), End::Held),
        ("not for you", 401, json!({ "error_code": 40101, "message": "no" }).to_string(), End::Held),
        ("later", 429, String::new(), End::Held),
        ("a mistake of its own", 500, "e".repeat(2 << 20), End::Held),
    ];
    for (what, status, body, expected) in cases {
        let registry = Registry::start().await;
        registry.plant(7, status, body);
        let (_framed, desk, room) = desk(framing(&registry)).await;
        let end = match desk.deliver(Topic::LearningEvidence, FRAME).await {
            Disposition::Ack => End::Handled,
            Disposition::Hold(_) => End::Held,
            Disposition::DeadLetter(failure) if failure.error_type == ErrorType::Schema => End::Refused,
            other => panic!("{what}: {other:?}"),
        };
        assert_eq!(end, expected, "{what}");
        assert_eq!(room.seen().len(), usize::from(end == End::Handled), "{what}");
        // What is certain is not asked again; what is not, is.
        let _ = desk.deliver(Topic::LearningEvidence, FRAME).await;
        assert_eq!(registry.count("GET"), if end == End::Held { 2 } else { 1 }, "{what}");
    }
}

#[tokio::test]
async fn an_address_with_a_path_is_asked_below_it() {
    let registry = Registry::start().await;
    let (framed, ..) = desk(framing_at(&format!("{}/base/", registry.url()))).await;
    let quiz = examples::named("QuizAnswered");
    let refused = framed.publish(message(quiz.topic, quiz.object)).await.unwrap_err();
    assert!(matches!(refused, PublishError::Unavailable(why) if why.contains("404")));
    assert_eq!(
        registry.calls(),
        ["POST /base/subjects/learning.evidence-agentbus.events.QuizAnswered/versions"]
    );
}

#[tokio::test]
async fn an_id_that_is_not_known_is_asked_for_again_after_a_while() {
    let registry = Registry::start().await;
    let clock = Arc::new(FixedClock::default());
    let settings = Settings::new(&registry.url()).unwrap();
    let (_framed, desk, room) = desk(Framing::new(&settings, clock.clone()).unwrap()).await;
    let unknown_for_ms = i64::try_from(UNKNOWN_FOR.as_millis()).unwrap();
    for (step_ms, asked) in [(0, 1), (0, 1), (unknown_for_ms - 1, 1), (1, 2), (-60_000, 3)] {
        clock.advance_ms(step_ms);
        let refused = desk.deliver(Topic::LearningEvidence, FRAME).await;
        assert!(matches!(refused, Disposition::DeadLetter(_)));
        assert_eq!(registry.count("GET"), asked, "after {step_ms} ms");
    }
    // Somebody registers it meanwhile.
    let quiz = std::fs::read_to_string(examples::folder().join("QuizAnswered.avsc")).unwrap();
    registry.plant(7, 200, json!({ "schema": quiz }).to_string());
    clock.advance_ms(unknown_for_ms);
    assert_eq!(desk.deliver(Topic::LearningEvidence, FRAME).await, Disposition::Ack);
    assert_eq!(room.seen().len(), 1);
}

#[tokio::test]
async fn many_unknown_ids_in_a_row_do_not_drive_out_what_is_known() {
    let registry = Registry::start().await;
    let (framed, desk, room) = desk(framing(&registry)).await;
    let quiz = examples::named("QuizAnswered");
    framed.publish(message(quiz.topic, quiz.object)).await.unwrap();
    let frame = desk.published()[0].payload.clone();
    for id in 1000..3000_u32 {
        let refused = desk.deliver(Topic::LearningEvidence, [&[0][..], &id.to_be_bytes()].concat()).await;
        assert!(matches!(refused, Disposition::DeadLetter(_)));
    }
    assert_eq!(registry.count("GET"), 2000);
    assert_eq!(desk.deliver(Topic::LearningEvidence, frame).await, Disposition::Ack);
    assert_eq!((room.seen().len(), registry.count("GET")), (1, 2000));
}
