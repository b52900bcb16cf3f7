//! The room through its router, on a real ledger: what is answered, what is recorded, who may ask for whom.

use std::sync::Arc;

use auth::Principal;
use bus::{Delivery, Disposition, Headers, Message};
use clock::Ids;
use contracts::events::{CodeReviewed, StudentErased};
use contracts::{Event, Topic, avro};
use http::{Method, StatusCode};
use invoke::AskProgress;
use ledger::Ledger;
use review::Ports;
use room::Room;
use serde_json::{Value, json};
use testkit::{
    FixedClock, SeededIds, StaticInvoke, StaticRosters, TempStore, call, operator, service, student, teacher,
    temp_store,
};

const GOOD: &str = "def area(width, height):\n    return width * height\n\n\nprint(area(2, 3))\n";
const BAD: &str = "numbers = [3, 1]\nnumbers = numbers.append(2)\nprint(number)\n";

struct Case {
    room: Room,
    ledger: Arc<dyn Ledger>,
    _store: TempStore,
}

async fn case_with(invoke: StaticInvoke, rosters: StaticRosters) -> Case {
    let store = temp_store().await;
    let ledger = store.room(review::SPEC).await.unwrap();
    let room = review::room(Ports {
        ledger: ledger.clone(),
        clock: Arc::new(FixedClock::default()),
        ids: Arc::new(SeededIds::default()),
        rosters: Arc::new(rosters),
        standings: Arc::new(AskProgress::new(Arc::new(invoke), review::PATIENCE)),
    });
    Case { room, ledger, _store: store }
}

async fn case() -> Case {
    case_with(StaticInvoke::none(), StaticRosters::of(&[("ms-lovelace", "ada")])).await
}

impl Case {
    async fn post(&self, path: &str, who: &Principal, body: Value) -> (StatusCode, Value) {
        let path = format!("/api/v1/review/{path}");
        let (status, _, answer) = call(&self.room.router, Method::POST, &path, who, Some(body)).await;
        (status, answer)
    }

    async fn quality(&self, who: &Principal, body: Value) -> Value {
        let (status, answer) = self.post("quality", who, body).await;
        assert_eq!(status, StatusCode::OK, "{answer:#}");
        answer
    }

    /// The evidence that waits to be published.
    async fn evidence(&self) -> Vec<CodeReviewed> {
        let waiting = self.ledger.outbox().oldest(0, 100).await.unwrap();
        let read = |message: &Message| match avro::decode(&message.payload).unwrap() {
            Event::CodeReviewed(event) => event,
            other => panic!("not a review: {other:?}"),
        };
        let messages = waiting.iter().map(|pending| &pending.message);
        messages.inspect(|message| assert_eq!(message.topic, Topic::LearningEvidence)).map(read).collect()
    }

    async fn hears(&self, event: Event) -> Disposition {
        let message = Message {
            topic: Topic::LearningEvents,
            key: "ada".to_owned(),
            payload: avro::encode(&event),
            headers: Headers::default(),
        };
        self.room.inbox[0].handler.handle(Delivery { message, partition: 0, offset: 0, attempt: 1 }).await
    }
}

#[tokio::test]
async fn a_review_scores_says_what_and_why_and_names_one_next_step() {
    let case = case().await;
    let bad = case.quality(&student("ada"), json!({"code": BAD})).await;
    let good = case.quality(&student("ada"), json!({"code": GOOD})).await;
    assert!(bad["score"].as_u64() < good["score"].as_u64(), "{bad:#} {good:#}");
    assert_eq!(good["grade"], json!("A"));
    let first = &bad["findings"][0];
    assert_eq!(
        (&first["rule"], &first["severity"], &first["line"]),
        (&json!("none-stored"), &json!("essential"), &json!(2))
    );
    for text in ["message", "why", "instead"] {
        assert!(first[text].as_str().is_some_and(|text| text.len() > 20), "{first:#}");
    }
    assert_eq!(bad["next_step"]["line"], json!(2));
    assert!(bad["next_step"]["score_after"].as_u64() > bad["score"].as_u64());
    assert!(bad["categories"]["correctness"].as_u64() < Some(100));
}

#[tokio::test]
async fn code_that_does_not_parse_is_a_200_with_the_first_error_and_its_fix() {
    let case = case().await;
    let answer = case
        .quality(&student("ada"), json!({"code": "if True\n    print(1)\n", "component": "if-elif-else"}))
        .await;
    assert_eq!((&answer["valid"], &answer["evidence"]), (&json!(false), &json!("recorded")));
    assert_eq!(answer["findings"][0]["rule"], json!("syntax-error"));
    assert_eq!(answer["findings"][0]["line"], json!(1));
    assert!(answer["score"].as_u64() <= Some(20));
}

#[tokio::test]
async fn a_review_is_evidence_once_for_each_different_program() {
    let case = case().await;
    let ada = student("ada");
    let body = json!({"code": GOOD, "component": "functions"});
    assert_eq!(case.quality(&ada, body.clone()).await["evidence"], json!("recorded"));
    assert_eq!(case.quality(&ada, body.clone()).await["evidence"], json!("recorded-before"));
    assert_eq!(
        case.quality(&ada, json!({"code": GOOD, "component": "variables"})).await["evidence"],
        json!("recorded")
    );
    assert_eq!(case.quality(&student("grace"), body).await["evidence"], json!("recorded"));
    let bad = case.quality(&ada, json!({"code": BAD, "component": "functions"})).await;
    let evidence = case.evidence().await;
    let told: Vec<_> = evidence
        .iter()
        .map(|event| (event.header.student_id.as_str(), event.header.component.as_str()))
        .collect();
    assert_eq!(
        told,
        [("ada", "functions"), ("ada", "variables"), ("grace", "functions"), ("ada", "functions")]
    );
    let score = bad["score"].as_f64().unwrap() / 100.0;
    assert!((evidence[3].score.get() - score).abs() < 1e-12);
    assert_eq!(evidence[3].header.timestamp, "2026-03-01T09:00:00Z".parse().unwrap());
}

#[tokio::test]
async fn one_program_sent_many_times_at_once_counts_once() {
    let case = Arc::new(case().await);
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let case = Arc::clone(&case);
            tokio::spawn(async move {
                case.quality(&student("ada"), json!({"code": GOOD, "component": "functions"})).await
            })
        })
        .collect();
    let mut recorded = 0;
    for task in tasks {
        recorded += u32::from(task.await.unwrap()["evidence"] == json!("recorded"));
    }
    assert_eq!((recorded, case.evidence().await.len()), (1, 1));
}

#[tokio::test]
async fn nothing_is_recorded_where_student_component_or_program_is_missing() {
    let case = case().await;
    for (who, body) in [
        (student("ada"), json!({"code": GOOD})),
        (teacher("ms-lovelace"), json!({"code": GOOD, "component": "functions"})),
        (student("ada"), json!({"code": "# soon\n", "component": "functions"})),
    ] {
        assert_eq!(case.quality(&who, body).await["evidence"], json!("none"));
    }
    for (path, body) in [
        ("feedback", json!({"code": GOOD, "previous_code": BAD})),
        ("hints", json!({"code": BAD, "count": 2})),
        ("compare", json!({"code": GOOD, "other": BAD})),
    ] {
        assert_eq!(case.post(path, &student("ada"), body).await.0, StatusCode::OK);
    }
    assert!(case.evidence().await.is_empty());
    assert!(case.ledger.export(&"ada".parse().unwrap()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_student_asks_for_nobody_else_and_a_teacher_for_own_students() {
    let case = case().await;
    for (who, expected) in [
        (student("ada"), StatusCode::OK),
        (student("grace"), StatusCode::FORBIDDEN),
        (teacher("ms-lovelace"), StatusCode::OK),
        (teacher("mr-babbage"), StatusCode::FORBIDDEN),
        (operator("root"), StatusCode::FORBIDDEN),
        (service("exercise", "ada"), StatusCode::OK),
        (service("exercise", "grace"), StatusCode::FORBIDDEN),
    ] {
        let body = json!({"code": GOOD, "student_id": "ada", "component": "functions"});
        assert_eq!(case.post("quality", &who, body).await.0, expected, "{who:?}");
    }
    let names: Vec<_> =
        case.evidence().await.into_iter().map(|event| event.header.student_id.to_string()).collect();
    assert_eq!(names, ["ada"]);
    let down = case_with(StaticInvoke::none(), StaticRosters::down()).await;
    let body = json!({"code": GOOD, "student_id": "ada"});
    assert_eq!(down.post("quality", &teacher("ms-lovelace"), body).await.0, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn the_level_is_the_one_named_else_the_one_that_progress_knows_else_beginner() {
    let known =
        json!({"components": {"for": {"mastery": 0.95, "level": "mastered"}, "while": {"mastery": 0.7}}});
    let known = StaticInvoke::none().with("progress", "ada", known);
    let case = case_with(known, StaticRosters::none()).await;
    let down = case_with(StaticInvoke::down(), StaticRosters::none()).await;
    let unreadable =
        StaticInvoke::none().with("progress", "ada", json!({"components": {"for": {"mastery": 7}}}));
    let unreadable = case_with(unreadable, StaticRosters::none()).await;
    for (case, component, named, expected) in [
        (&case, "for", None, "mastered"),
        (&case, "while", None, "learning"),
        (&case, "lists", None, "beginner"),
        (&case, "for", Some("proficient"), "proficient"),
        (&down, "for", None, "beginner"),
        (&down, "for", Some("learning"), "learning"),
        (&unreadable, "for", None, "beginner"),
    ] {
        let answer = case
            .quality(&student("ada"), json!({"code": GOOD, "component": component, "level": named}))
            .await;
        assert_eq!(answer["level"], json!(expected), "{component} {named:?}");
    }
    assert_eq!(case.quality(&student("ada"), json!({"code": GOOD})).await["level"], json!("beginner"));
}

#[tokio::test]
async fn feedback_compares_with_the_version_before() {
    let case = case().await;
    let (_, answer) =
        case.post("feedback", &student("ada"), json!({"code": GOOD, "previous_code": BAD})).await;
    assert!(answer["score"].as_u64() > answer["previous_score"].as_u64(), "{answer:#}");
    assert!(answer["summary"].as_str().unwrap().starts_with("Better"));
    assert!(!answer["better"].as_array().unwrap().is_empty() && answer["worse"] == json!([]));
    let (_, answer) =
        case.post("feedback", &student("ada"), json!({"code": BAD, "previous_code": GOOD})).await;
    assert!(!answer["worse"].as_array().unwrap().is_empty(), "{answer:#}");
    let (_, answer) = case.post("feedback", &student("ada"), json!({"code": BAD})).await;
    assert_eq!((answer.get("previous_score"), &answer["better"]), (None, &json!([])));
    assert!(!answer["still"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn hints_come_in_order_and_as_many_as_asked_for() {
    let case = case().await;
    for count in 1..=5 {
        let (_, answer) = case.post("hints", &student("ada"), json!({"code": BAD, "count": count})).await;
        let hints = answer["hints"].as_array().unwrap();
        assert_eq!(hints.len(), count, "{answer:#}");
        assert!(hints[0].get("line").is_none(), "the first names the subject alone");
        assert!(!answer.to_string().contains("line of its own"), "the answer is given away: {answer:#}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_named() {
    let case = case().await;
    for (path, body, field) in [
        ("quality", json!({}), "code"),
        ("quality", json!({"code": 3}), "code"),
        ("quality", json!({"code": GOOD, "level": "expert"}), "level"),
        ("quality", json!({"code": GOOD, "component": "../x"}), "component"),
        ("quality", json!({"code": GOOD, "student_id": "a b"}), "student_id"),
        ("quality", json!({"code": GOOD, "colour": 1}), "colour"),
        ("hints", json!({"code": GOOD, "count": 0}), "count"),
        ("hints", json!({"code": GOOD, "count": 6}), "count"),
        ("hints", json!({"code": GOOD, "count": 1.5}), "count"),
        ("feedback", json!({"code": GOOD, "previous_code": []}), "previous_code"),
        ("compare", json!({"code": GOOD}), "other"),
    ] {
        let (status, answer) = case.post(path, &student("ada"), body.clone()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {body}: {answer:#}");
        assert_eq!(answer["errors"][0]["field"], json!(field), "{path} {body}: {answer:#}");
    }
}

#[tokio::test]
async fn an_erased_student_leaves_nothing_and_may_begin_anew() {
    let case = case().await;
    let body = json!({"code": GOOD, "component": "functions"});
    case.quality(&student("ada"), body.clone()).await;
    let kept = case.ledger.export(&"ada".parse().unwrap()).await.unwrap();
    assert!(
        kept.iter().all(|kept| !String::from_utf8_lossy(&kept.body).contains("def area")),
        "code is kept"
    );
    assert_eq!(kept.len(), 1);
    let erased = StudentErased {
        event_id: SeededIds::new(7).event_id(),
        timestamp: "2026-03-01T09:00:00Z".parse().unwrap(),
        student_id: "ada".parse().unwrap(),
    };
    assert_eq!(case.hears(Event::StudentErased(erased)).await, Disposition::Ack);
    assert!(case.ledger.export(&"ada".parse().unwrap()).await.unwrap().is_empty());
    assert!(case.evidence().await.is_empty(), "what waited in the outbox went too");
    assert_eq!(case.quality(&student("ada"), body).await["evidence"], json!("recorded"));
}

#[test]
fn the_description_lists_every_route() {
    let paths: Vec<String> = review::openapi().paths.paths.into_keys().collect();
    let expected = ["compare", "feedback", "hints", "quality"].map(|route| format!("/api/v1/review/{route}"));
    assert_eq!(paths, expected);
}
