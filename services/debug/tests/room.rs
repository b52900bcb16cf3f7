//! The room through its router, on a real ledger: what is answered, what is kept, who may see it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;

use bus::{Delivery, Disposition, Headers, Message};
use clock::Ids;
use contracts::events::{ErrorType, StudentErased};
use contracts::{Event, Topic, avro};
use debug::Ports;
use http::{Method, StatusCode};
use ledger::Ledger;
use room::Room;
use serde_json::{Value, json};
use testkit::{
    FixedClock, SeededIds, StaticRosters, TempStore, call, operator, service, student, teacher, temp_store,
};

const BROKEN: &str = "if True\n    print(1)\n";

struct Case {
    room: Room,
    clock: Arc<FixedClock>,
    ledger: Arc<dyn Ledger>,
    _store: TempStore,
}

async fn case() -> Case {
    let store = temp_store().await;
    let clock = Arc::new(FixedClock::default());
    let ledger = store.room(debug::SPEC).await.unwrap();
    let room = debug::room(Ports {
        ledger: ledger.clone(),
        clock: clock.clone(),
        ids: Arc::new(SeededIds::default()),
        rosters: Arc::new(StaticRosters::of(&[("ms-lovelace", "ada")])),
    });
    Case { room, clock, ledger, _store: store }
}

impl Case {
    async fn post(&self, path: &str, who: &auth::Principal, body: Value) -> (StatusCode, Value) {
        let (status, _, answer) = call(&self.room.router, Method::POST, path, who, Some(body)).await;
        (status, answer)
    }

    async fn patterns(&self, who: &auth::Principal, of: &str) -> (StatusCode, Value) {
        let path = format!("/api/v1/debug/patterns?student_id={of}");
        let (status, _, answer) = call(&self.room.router, Method::GET, &path, who, None).await;
        (status, answer)
    }

    async fn analyze(&self, who: &auth::Principal, code: &str) -> Value {
        let (status, answer) = self.post("/api/v1/debug/analyze", who, json!({"code": code})).await;
        assert_eq!(status, StatusCode::OK, "{answer:#}");
        answer
    }

    /// The evidence that waits to be published, each with its component.
    async fn evidence(&self) -> Vec<(String, Event)> {
        let waiting = self.ledger.outbox().oldest(0, 1000).await.unwrap();
        let read = |pending: &ledger::Pending| {
            let event = avro::decode(&pending.message.payload).unwrap();
            assert_eq!(pending.message.topic, Topic::LearningEvidence);
            assert_eq!(Some(pending.message.key.as_str()), event.student_id().map(|id| id.as_str()));
            let component = match &event {
                Event::CodeAnalyzed(analyzed) => analyzed.header.component.to_string(),
                Event::LearnerSaid(said) => said.header.component.to_string(),
                other => panic!("{other:?}"),
            };
            (component, event)
        };
        waiting.iter().map(read).collect()
    }

    async fn hears(&self, payload: bytes::Bytes) -> Disposition {
        let message = Message {
            topic: Topic::LearningEvents,
            key: "ada".to_owned(),
            payload,
            headers: Headers::default(),
        };
        let delivery = Delivery { message, partition: 0, offset: 0, attempt: 1 };
        self.room.inbox[0].handler.handle(delivery).await
    }
}

#[tokio::test]
async fn an_error_comes_with_its_cause_and_a_checked_edit() {
    let case = case().await;
    let answer = case.analyze(&student("ada"), BROKEN).await;
    let error = &answer["errors"][0];
    assert_eq!(answer["valid"], json!(false));
    assert_eq!((&error["code"], &error["line"]), (&json!("missing-colon"), &json!(1)));
    assert_eq!(error["cpython_message"], json!("expected ':'"));
    assert_eq!(error["fixes"][0]["verified"], json!(true));
    assert_eq!(case.analyze(&student("ada"), "print(1)\n").await["valid"], json!(true));
}

#[tokio::test]
async fn patterns_count_submissions_and_the_most_frequent_comes_first() {
    let case = case().await;
    let ada = student("ada");
    case.analyze(&ada, "print((1)\n").await;
    for _ in 0..2 {
        case.clock.advance_ms(1_000);
        // Two errors of one kind in one submission count once.
        case.analyze(&ada, "if True\n    print(1)\nif False\n    print(2)\n").await;
    }
    let (_, answer) = case.patterns(&ada, "ada").await;
    let first = &answer["patterns"][0];
    assert_eq!((&first["code"], &first["count"]), (&json!("missing-colon"), &json!(2)));
    assert_eq!(first["first_seen_at"], json!("2026-03-01T09:00:01Z"));
    assert_eq!(first["last_seen_at"], json!("2026-03-01T09:00:02Z"));
    assert_eq!(answer["broken_submissions"], json!(3));
    assert!((first["share"].as_f64().unwrap() - 2.0 / 3.0).abs() < 1e-9);
}

#[tokio::test]
async fn what_a_student_keeps_meeting_is_suggested_first() {
    let case = case().await;
    let ada = student("ada");
    for _ in 0..3 {
        case.analyze(&ada, BROKEN).await;
    }
    let errors = json!([{"code": "unclosed-bracket", "line": 1}, {"code": "missing-colon", "line": 4}, {"code": "missing-colon", "line": 9}]);
    let (status, answer) = case.post("/api/v1/debug/suggestions", &ada, json!({"errors": errors})).await;
    assert_eq!(status, StatusCode::OK, "{answer:#}");
    let first = &answer["suggestions"][0];
    assert_eq!((&first["code"], &first["lines"]), (&json!("missing-colon"), &json!([4, 9])));
    assert_eq!(first["times_met"], json!(3));
    assert!(first["reason"].as_str().unwrap().contains("3 submissions"), "{first:#}");
    assert_eq!(answer["suggestions"][1]["times_met"], json!(0));
    assert_eq!(answer["patterns"][0]["code"], json!("missing-colon"));
}

#[tokio::test]
async fn a_first_meeting_is_called_one() {
    let case = case().await;
    let ada = student("ada");
    let mut reasons = Vec::new();
    for _ in 0..2 {
        let errors = case.analyze(&ada, "print((1)\n").await["errors"].clone();
        let (_, answer) = case.post("/api/v1/debug/suggestions", &ada, json!({"errors": errors})).await;
        reasons.push(answer["suggestions"][0]["reason"].as_str().unwrap().to_owned());
    }
    assert!(reasons[0].contains("new for you"), "{reasons:?}");
    assert!(reasons[1].contains("2 submissions"), "{reasons:?}");
}

#[tokio::test]
async fn errors_may_be_sent_as_an_analysis_lists_them() {
    let case = case().await;
    let ada = student("ada");
    let analysis = case.analyze(&ada, BROKEN).await;
    let (status, answer) =
        case.post("/api/v1/debug/suggestions", &ada, json!({"errors": analysis["errors"]})).await;
    assert_eq!(status, StatusCode::OK, "{answer:#}");
    assert_eq!(answer["suggestions"][0]["code"], json!("missing-colon"));
}

#[tokio::test]
async fn only_the_student_own_teachers_and_services_on_behalf_see_patterns() {
    let case = case().await;
    case.analyze(&student("ada"), BROKEN).await;
    let who = [
        (student("ada"), StatusCode::OK),
        (student("grace"), StatusCode::FORBIDDEN),
        (teacher("ms-lovelace"), StatusCode::OK),
        (teacher("mr-babbage"), StatusCode::FORBIDDEN),
        (operator("root"), StatusCode::FORBIDDEN),
        (service("concepts", "ada"), StatusCode::OK),
        (service("concepts", "grace"), StatusCode::FORBIDDEN),
    ];
    for (principal, expected) in who {
        assert_eq!(case.patterns(&principal, "ada").await.0, expected, "{principal:?}");
        let body = json!({"code": BROKEN, "student_id": "ada"});
        assert_eq!(case.post("/api/v1/debug/analyze", &principal, body).await.0, expected, "{principal:?}");
        let body = json!({"errors": [], "student_id": "ada"});
        assert_eq!(
            case.post("/api/v1/debug/suggestions", &principal, body).await.0,
            expected,
            "{principal:?}"
        );
    }
}

#[tokio::test]
async fn a_teachers_own_code_is_answered_and_nothing_is_kept() {
    let case = case().await;
    let teacher = teacher("ms-lovelace");
    assert_eq!(case.analyze(&teacher, BROKEN).await["valid"], json!(false));
    let (status, _, answer) =
        call(&case.room.router, Method::GET, "/api/v1/debug/patterns", &teacher, None).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer["errors"][0]["field"], json!("student_id"));
}

#[tokio::test]
async fn submissions_at_the_same_moment_are_all_counted() {
    let case = Arc::new(case().await);
    let submissions = (0..8).map(|_| {
        let case = Arc::clone(&case);
        tokio::spawn(async move { case.analyze(&student("ada"), BROKEN).await })
    });
    for submission in submissions.collect::<Vec<_>>() {
        submission.await.unwrap();
    }
    let (_, answer) = case.patterns(&student("ada"), "ada").await;
    assert_eq!(answer["patterns"][0]["count"], json!(8));
}

#[tokio::test]
async fn a_long_history_is_counted_from_a_checkpoint_and_comes_to_the_same() {
    let case = case().await;
    let ada = student("ada");
    for _ in 0..120 {
        case.clock.advance_ms(1_000);
        case.analyze(&ada, BROKEN).await;
    }
    case.clock.advance_ms(600_000);
    case.analyze(&ada, BROKEN).await;
    let kind = debug::ports::PATTERNS;
    assert!(case.ledger.document(kind, "ada").await.unwrap().is_none());
    let (_, first) = case.patterns(&ada, "ada").await;
    assert!(case.ledger.document(kind, "ada").await.unwrap().is_some(), "what is settled is kept");
    let (_, again) = case.patterns(&ada, "ada").await;
    assert_eq!(first, again);
    assert_eq!(again["patterns"][0]["count"], json!(121));
}

#[tokio::test]
async fn an_erased_students_patterns_are_gone_however_often_it_is_heard() {
    let case = case().await;
    case.analyze(&student("ada"), BROKEN).await;
    let erased = avro::encode(&Event::StudentErased(StudentErased {
        event_id: SeededIds::default().event_id(),
        timestamp: "2026-03-01T09:00:00Z".parse().unwrap(),
        student_id: "ada".parse().unwrap(),
    }));
    assert_eq!(case.hears(erased.clone()).await, Disposition::Ack);
    let (_, answer) = case.patterns(&student("ada"), "ada").await;
    assert_eq!(answer["patterns"], json!([]));
    case.analyze(&student("ada"), BROKEN).await;
    assert_eq!(case.hears(erased).await, Disposition::Ack);
    let (_, answer) = case.patterns(&student("ada"), "ada").await;
    assert_eq!(answer["patterns"][0]["count"], json!(1), "what came after the erasure stays");
}

#[tokio::test]
async fn a_record_that_is_no_event_is_a_dead_letter() {
    let case = case().await;
    let Disposition::DeadLetter(failure) = case.hears(bytes::Bytes::from_static(b"nonsense")).await else {
        panic!("not a dead letter");
    };
    assert_eq!(failure.error_type, ErrorType::Schema);
}

#[tokio::test]
async fn errors_over_the_limit_are_refused() {
    let case = case().await;
    let errors = vec![json!({"code": "missing-colon"}); 101];
    let (status, answer) =
        case.post("/api/v1/debug/suggestions", &student("ada"), json!({"errors": errors})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer["errors"][0]["field"], json!("errors"));
}

#[tokio::test]
async fn each_concept_among_the_errors_is_evidence_with_its_codes() {
    let case = case().await;
    case.analyze(&student("ada"), "if True\n    print((1)\nif False\n    print(2)\n").await;
    let told = case.evidence().await;
    assert!(!told.is_empty());
    let mut concepts = Vec::new();
    for (concept, event) in told {
        let Event::CodeAnalyzed(analyzed) = event else { panic!("{event:?}") };
        let mut codes: Vec<_> = analyzed.codes.iter().map(|code| code.as_str().to_owned()).collect();
        assert!(!codes.is_empty());
        codes.dedup();
        assert_eq!(codes.len(), analyzed.codes.len(), "each once");
        concepts.push(concept);
    }
    let mut distinct = concepts.clone();
    distinct.dedup();
    assert_eq!(distinct, concepts, "one event for each concept");
}

#[tokio::test]
async fn nothing_is_told_of_code_that_is_right_or_of_nobodys_code() {
    let case = case().await;
    case.analyze(&student("ada"), "print(1)\n").await;
    case.analyze(&teacher("ms-lovelace"), BROKEN).await;
    let stuck = json!({"code": "print(1)\n", "message": "I'm stuck"});
    let (status, _) = case.post("/api/v1/debug/analyze", &student("ada"), stuck).await;
    assert_eq!(status, StatusCode::OK);
    assert!(case.evidence().await.is_empty(), "nobody knows what it is about");
}

#[tokio::test]
async fn a_learner_who_says_so_is_heard_and_the_words_are_not_told() {
    let case = case().await;
    let said = json!({"code": BROKEN, "message": "Help, I don\u{2019}t understand this line"});
    let (status, answer) = case.post("/api/v1/debug/analyze", &student("ada"), said).await;
    assert_eq!(status, StatusCode::OK);
    let told = case.evidence().await;
    let Some((concept, Event::LearnerSaid(said))) = told.last() else { panic!("{told:?}") };
    assert_eq!(*concept, answer["errors"][0]["concept"]);
    assert_eq!((said.sign, said.agent.as_str()), (agent_core::signs::Sign::DontUnderstand, "debug"));

    let polite = json!({"code": BROKEN, "message": "Thank you, I understand it now"});
    case.post("/api/v1/debug/analyze", &student("ada"), polite).await;
    let heard =
        case.evidence().await.iter().filter(|(_, event)| matches!(event, Event::LearnerSaid(_))).count();
    assert_eq!(heard, 1);

    let long = json!({"code": BROKEN, "message": "x".repeat(2001)});
    let (status, problem) = case.post("/api/v1/debug/analyze", &student("ada"), long).await;
    assert_eq!(
        (status, &problem["errors"][0]["field"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("message"))
    );
}
