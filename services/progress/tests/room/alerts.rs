//! Alerts through the door: each of the five signs from its events to the teacher's list, and how an alert ends.

use std::time::Duration;

use bus::{Disposition, Message};
use contracts::events::{
    CodeAnalyzed, ErrorType, EvidenceHeader, ExerciseOpened, LearnerSaid, StruggleCause, StruggleDetected,
};
use contracts::{Event, Topic, metadata};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::{StaticInvoke, operator, student, teacher};
use tokio::time::{Instant, sleep};

use crate::bench::{Bench, answered, at, fields, graded, header, message};

/// An exercise agent that has one exercise for everybody.
pub(crate) fn exercises() -> StaticInvoke {
    let exercise = json!({
        "problem_id": "ready-1", "statement": "…", "starter_code": "", "kind": "write", "difficulty": "beginner",
        "hints_available": 3, "estimated_minutes": 5,
    });
    StaticInvoke::none().with_post("exercise", "generate", exercise)
}

pub(crate) fn said(header: EvidenceHeader) -> Event {
    Event::LearnerSaid(LearnerSaid {
        header,
        sign: agent_core::signs::Sign::Stuck,
        agent: "concepts".to_owned(),
    })
}

fn opened(header: EvidenceHeader, problem: &str) -> Event {
    Event::ExerciseOpened(ExerciseOpened { header, problem: problem.parse().unwrap() })
}

fn analyzed(header: EvidenceHeader, codes: &[&str]) -> Event {
    let codes = codes.iter().map(|code| code.parse().unwrap()).collect();
    Event::CodeAnalyzed(CodeAnalyzed { header, codes })
}

fn noted(mut header: EvidenceHeader, notes: &[(&str, &str)]) -> EvidenceHeader {
    header.metadata = Some(notes.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect());
    header
}

/// Mira's header of the `number`th event, so many seconds after nine.
fn mira(number: u64, component: &str, second: i64) -> EvidenceHeader {
    let nine = at("2026-03-01T09:00:00Z").as_second();
    header(number, "mira", component, jiff::Timestamp::from_second(nine + second).unwrap())
}

/// Reads a class's alerts until they are as they should be. Fails with the last answer after 30 seconds.
pub(crate) async fn alerts_until(bench: &Bench, class: &str, condition: impl Fn(&Value) -> bool) -> Value {
    let give_up = Instant::now() + Duration::from_secs(30);
    loop {
        let alerts = bench.read(&operator("op"), &format!("/alerts?class_id={class}")).await;
        if condition(&alerts) {
            return alerts;
        }
        assert!(Instant::now() < give_up, "it did not come to it: {alerts:#}");
        sleep(Duration::from_millis(2)).await;
    }
}

/// What the bus is told of struggle.
async fn detected(bench: &Bench) -> Vec<StruggleDetected> {
    let told = bench.told().await.into_iter();
    let detected = told.filter_map(|event| match event {
        Event::StruggleDetected(detected) => Some(detected),
        _ => None,
    });
    detected.collect()
}

/// A class of mira and noor, whose room has exercises.
async fn class() -> Bench {
    let bench = Bench::asking(exercises()).await;
    bench.class("ms-lee", "7b", &["mira", "noor"]).await;
    bench
}

/// The events of each sign, in a component of its own.
fn signs() -> Vec<(&'static str, StruggleCause, Vec<Event>, &'static str)> {
    let quiz = |number, correct| {
        let notes = [(metadata::QUIZ, "q-1"), (metadata::QUIZ_SCORE, "0.4")];
        answered(noted(mira(number, "sets", 0), &notes), &format!("question-{number}"), correct)
    };
    vec![
        (
            "tuples",
            StruggleCause::RepeatedError,
            vec![
                analyzed(mira(10, "tuples", 0), &["missing-comma", "unclosed-bracket"]),
                graded(
                    noted(mira(11, "tuples", 60), &[(metadata::MISCONCEPTION, "missing-comma")]),
                    "t-1",
                    0.0,
                ),
                analyzed(mira(12, "tuples", 120), &["missing-comma"]),
            ],
            "missing-comma came 3 times since 09:00 UTC.",
        ),
        (
            "dicts",
            StruggleCause::LongOpenExercise,
            vec![opened(mira(20, "dicts", 0), "d-1")],
            "d-1 has been open since 09:00 UTC, for 10 minutes, without a right answer.",
        ),
        (
            "sets",
            StruggleCause::LowQuiz,
            vec![quiz(30, true), quiz(31, false), quiz(32, false), quiz(33, true), quiz(34, false)],
            "A quiz was 40 % right, at 09:00 UTC.",
        ),
        (
            "scope",
            StruggleCause::AskedForHelp,
            vec![said(mira(40, "scope", 30))],
            "The student said to be stuck, at 09:00 UTC.",
        ),
        (
            "list-comprehensions",
            StruggleCause::FailedInARow,
            (50..53).map(|n| graded(mira(n, "list-comprehensions", 1), &format!("l-{n}"), 0.4)).collect(),
            "The last answers to 3 exercises in a row were wrong, since 09:00 UTC.",
        ),
    ]
}

#[tokio::test]
async fn each_sign_reaches_the_teacher_with_its_cause_and_a_ready_exercise() {
    let bench = class().await;
    let running = bench.begin();
    for (_, _, events, _) in signs() {
        bench.hear_all(&events).await;
    }
    alerts_until(&bench, "7b", |alerts| alerts["total"] == 4).await;
    bench.clock.advance_ms(10 * 60_000);
    alerts_until(&bench, "7b", |alerts| alerts["total"] == 5).await;
    let alerts = bench.read(&teacher("ms-lee"), "/alerts?class_id=7b&state=open").await;
    let told = detected(&bench).await;
    assert_eq!(told.len(), 5, "each is told once");
    for (component, cause, events, reason) in signs() {
        let items = alerts["items"].as_array().unwrap();
        let alert = items.iter().find(|alert| alert["component"] == component).unwrap();
        assert_eq!(alert["cause"], serde_json::to_value(cause).unwrap());
        assert_eq!((&alert["student_id"], &alert["state"]), (&json!("mira"), &json!("open")));
        assert_eq!((&alert["reason"], &alert["ended"]), (&json!(reason), &Value::Null));
        assert_eq!(alert["exercise"]["problem_id"], "ready-1", "{component}");
        let evidence = alert["evidence"].as_array().unwrap();
        assert!(!evidence.is_empty() && evidence.len() <= events.len());

        let message = told.iter().find(|told| told.component.as_str() == component).unwrap();
        assert_eq!((message.cause, message.reason.as_str()), (cause, reason));
        assert_eq!(alert["alert_id"], message.alert_id.to_string());
        let seen: Vec<Value> = message.evidence.iter().map(|seen| json!(seen.event_id.to_string())).collect();
        let shown: Vec<Value> = evidence.iter().map(|seen| seen["event_id"].clone()).collect();
        assert_eq!(seen, shown);
        let late_s = message.timestamp.duration_since(message.detected_at).as_secs();
        assert!((0..30).contains(&late_s), "{late_s} s");
        assert_eq!(message.exercise.as_ref().unwrap().difficulty, "beginner");
    }
    running.stop().await;
}

#[tokio::test]
async fn the_exercise_is_asked_for_in_the_topic_and_for_the_student() {
    let invoke = exercises();
    let bench = Bench::asking(invoke.clone()).await;
    bench.class("ms-lee", "7b", &["mira"]).await;
    bench.post("mira", crate::bench::all("sets", 0.8)).await;
    let running = bench.begin();
    bench.hear_all(&[said(mira(1, "sets", 0)), said(mira(2, "a-teachers-own", 0))]).await;
    let alerts = alerts_until(&bench, "7b", |alerts| alerts["total"] == 2).await;
    let asked = json!({"topic": "sets", "difficulty": "medium", "student_id": "mira"});
    assert_eq!(invoke.posted(), [("exercise/generate".to_owned(), asked)]);
    let items = alerts["items"].as_array().unwrap();
    let own = items.iter().find(|alert| alert["component"] == "a-teachers-own").unwrap();
    assert_eq!(own["exercise"], Value::Null);
    assert_eq!(own["no_exercise"], "There are exercises for the topics of the curriculum alone.");
    running.stop().await;
}

#[tokio::test]
async fn two_exercises_solved_close_the_alert_and_it_keeps_how_it_ended() {
    let bench = class().await;
    let running = bench.begin();
    bench.hear_all(&[said(mira(1, "sets", 0))]).await;
    alerts_until(&bench, "7b", |alerts| alerts["total"] == 1).await;
    bench.hear_all(&[graded(mira(2, "sets", 60), "s-1", 1.0), graded(mira(3, "sets", 90), "s-1", 1.0)]).await;
    let alerts = bench.read(&teacher("ms-lee"), "/alerts?class_id=7b&state=open").await;
    assert_eq!(alerts["total"], 1, "one exercise, twice");
    bench.hear_all(&[graded(mira(4, "sets", 120), "s-2", 0.8)]).await;
    let closed = bench.read(&teacher("ms-lee"), "/alerts?class_id=7b&state=closed").await;
    assert_eq!(closed["total"], 1, "{closed:#}");
    let ended = json!({"by": "solved", "at": "2026-03-01T09:02:00.000Z", "teacher": null, "note": null});
    assert_eq!((&closed["items"][0]["state"], &closed["items"][0]["ended"]), (&json!("closed"), &ended));
    assert_eq!(bench.read(&teacher("ms-lee"), "/alerts?class_id=7b&state=open").await["total"], 0);

    // Within the hour there is no other of this cause, and after it there is.
    bench.hear_all(&[said(mira(5, "sets", 180))]).await;
    bench.clock.advance_ms(2 * 3_600_000);
    bench.hear_all(&[said(mira(6, "sets", 7000))]).await;
    let alerts = alerts_until(&bench, "7b", |alerts| alerts["total"] == 2).await;
    assert_eq!(
        alerts["items"][0]["evidence"][0]["occurred_at"], "2026-03-01T10:56:40.000Z",
        "the newest first"
    );
    running.stop().await;
}

#[tokio::test]
async fn a_teacher_closes_an_alert_with_a_note_and_nobody_else_does() {
    let bench = class().await;
    let running = bench.begin();
    bench.hear_all(&[said(mira(1, "sets", 0))]).await;
    let alerts = alerts_until(&bench, "7b", |alerts| alerts["total"] == 1).await;
    let path = format!("/alerts/{}/close", alerts["items"][0]["alert_id"].as_str().unwrap());
    let note = json!({"note": "We sat down together."});
    for (who, expected) in [
        (student("mira"), StatusCode::FORBIDDEN),
        (operator("op"), StatusCode::FORBIDDEN),
        (teacher("mr-ito"), StatusCode::NOT_FOUND),
    ] {
        assert_eq!(bench.ask(Method::POST, &path, &who, Some(note.clone())).await.0, expected, "{who:?}");
    }
    let lee = teacher("ms-lee");
    for bad in [json!({"note": "x".repeat(501)}), json!({"note": "a\u{7}b"})] {
        let (status, problem) = bench.ask(Method::POST, &path, &lee, Some(bad)).await;
        assert_eq!((status, fields(&problem)), (StatusCode::UNPROCESSABLE_ENTITY, vec!["note"]));
    }
    for again in [note, json!({"note": "Another word."}), json!({})] {
        let (status, alert) = bench.ask(Method::POST, &path, &lee, Some(again)).await;
        assert_eq!(status, StatusCode::OK, "{alert:#}");
        assert_eq!((&alert["state"], &alert["ended"]["by"]), (&json!("closed"), &json!("teacher")));
        assert_eq!(alert["ended"]["teacher"], "ms-lee");
        assert_eq!(alert["ended"]["note"], "We sat down together.", "it stays as it ended");
    }
    running.stop().await;
}

#[tokio::test]
async fn an_exercise_agent_that_is_away_does_not_hold_an_alert_back() {
    let bench = Bench::new().await;
    bench.class("ms-lee", "7b", &["mira"]).await;
    let running = bench.begin();
    bench.hear_all(&[said(mira(1, "sets", 0))]).await;
    let give_up = Instant::now() + Duration::from_secs(30);
    while detected(&bench).await.is_empty() {
        assert!(Instant::now() < give_up, "the alert was not told");
        bench.clock.advance_ms(100);
        sleep(Duration::from_millis(2)).await;
    }
    let told = detected(&bench).await.remove(0);
    assert_eq!(told.exercise, None);
    assert_eq!(told.no_exercise.as_deref(), Some("The exercise agent did not answer."));
    assert!(told.timestamp.duration_since(told.detected_at).as_secs() < 30, "{told:?}");
    running.stop().await;
}

#[tokio::test]
async fn what_was_seen_before_a_crash_is_told_after_it_and_once() {
    let bench = class().await;
    // Nothing runs that could tell: the process dies here.
    bench.hear_all(&[said(mira(1, "sets", 0)), opened(mira(2, "dicts", 0), "d-1")]).await;
    assert_eq!(detected(&bench).await, []);
    bench.clock.advance_ms(11 * 60_000);
    let (one, other) = (bench.neighbour(), bench.neighbour());
    let running = [one.begin(), other.begin()];
    alerts_until(&bench, "7b", |alerts| alerts["total"] == 2).await;
    // Both have looked again by then, and found nothing.
    bench.hear_all(&[said(mira(3, "scope", 600))]).await;
    bench.clock.advance_ms(60_000);
    alerts_until(&bench, "7b", |alerts| alerts["total"] == 3).await;
    for running in running {
        running.stop().await;
    }
    let mut told: Vec<String> =
        detected(&bench).await.iter().map(|told| told.component.to_string()).collect();
    told.sort();
    assert_eq!(told, ["dicts", "scope", "sets"]);
}

#[tokio::test]
async fn a_right_answer_that_comes_late_takes_the_alert_back() {
    let bench = class().await;
    let running = bench.begin();
    bench.hear_all(&[opened(mira(1, "dicts", 0), "d-1")]).await;
    bench.clock.advance_ms(10 * 60_000);
    alerts_until(&bench, "7b", |alerts| alerts["total"] == 1).await;
    bench.hear_all(&[graded(mira(2, "dicts", 540), "d-1", 1.0)]).await;
    let alerts = bench.read(&teacher("ms-lee"), "/alerts?class_id=7b").await;
    assert_eq!(alerts["items"][0]["ended"]["by"], "withdrawn");
    running.stop().await;
}

#[tokio::test]
async fn an_erased_student_leaves_neither_alert_nor_fact_and_late_signs_are_void() {
    let bench = class().await;
    let running = bench.begin();
    bench.hear_all(&[said(mira(1, "sets", 0)), opened(mira(2, "dicts", 0), "d-1")]).await;
    alerts_until(&bench, "7b", |alerts| alerts["total"] == 1).await;
    let export = bench.read(&student("mira"), "/mira/export").await;
    let places: Vec<&str> =
        export["items"].as_array().unwrap().iter().filter_map(|item| item["place"].as_str()).collect();
    for place in ["alert", "struggle", "waiting"] {
        assert!(places.contains(&place), "{place} is in {places:?}");
    }
    let (status, _) = bench.ask(Method::DELETE, "/mira", &operator("op"), None).await;
    assert_eq!(status, StatusCode::OK);
    bench.class("ms-lee", "7b", &["mira", "noor"]).await;
    bench.hear_all(&[said(mira(1, "sets", 0)), said(mira(3, "scope", 0))]).await;
    bench.clock.advance_ms(11 * 60_000);
    // Something that comes after, so that the task has looked at everything before.
    bench.hear_all(&[said(header(9, "noor", "sets", at("2026-03-01T09:10:00Z")))]).await;
    let alerts = alerts_until(&bench, "7b", |alerts| alerts["total"] != 0).await;
    assert_eq!((&alerts["total"], &alerts["items"][0]["student_id"]), (&json!(1), &json!("noor")));
    let left: Vec<String> = bench
        .kept("mira")
        .await
        .into_iter()
        .map(|kept| kept.place)
        .filter(|place| place != "member")
        .collect();
    assert!(left.is_empty(), "{left:?}");
    running.stop().await;
}

#[tokio::test]
async fn signs_that_cannot_be_used_are_dead_letters_and_the_same_ones_count_once() {
    let bench = class().await;
    let good = said(mira(1, "sets", 0));
    let of_another = Message { key: "noor".to_owned(), ..message(&good) };
    let of_the_future = message(&opened(mira(2, "sets", 301), "s-1"));
    for bad in [of_another, of_the_future] {
        assert_eq!(bad.topic, Topic::LearningEvidence);
        let disposition = bench.handle(bad).await;
        let Disposition::DeadLetter(failure) = disposition else { panic!("{disposition:?}") };
        assert_eq!(failure.error_type, ErrorType::Validation);
    }
    let twice = graded(mira(3, "sets", 0), "s-1", 0.0);
    let events: Vec<Event> = (0..7).map(|_| twice.clone()).collect();
    bench.hear_all(&events).await;
    let running = bench.begin();
    bench.hear_all(&[good]).await;
    let alerts = alerts_until(&bench, "7b", |alerts| alerts["total"] != 0).await;
    assert_eq!(alerts["total"], 1, "one answer that comes seven times is one answer: {alerts:#}");
    running.stop().await;
}

#[tokio::test]
async fn a_question_that_is_not_well_formed_names_its_field() {
    let bench = class().await;
    let lee = teacher("ms-lee");
    for (query, status, field) in [
        ("", 422, "class_id"),
        ("?class_id=7b&state=asleep", 422, "state"),
        ("?class_id=7b&page=0", 422, "page"),
        ("?class_id=7b&per_page=201", 422, "per_page"),
        ("?class_id=7b&token=abc", 422, "token"),
        ("?class_id=-", 422, "class_id"),
        ("?class_id=9z", 404, ""),
    ] {
        let (answered, problem) = bench.ask(Method::GET, &format!("/alerts{query}"), &lee, None).await;
        assert_eq!(answered.as_u16(), status, "{query}: {problem:#}");
        assert_eq!(fields(&problem).first().copied().unwrap_or_default(), field, "{query}");
    }
    let (status, _) = bench.ask(Method::POST, "/alerts/nobody/close", &lee, Some(json!({}))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let pages = bench.read(&lee, "/alerts?class_id=7b&page=7&per_page=3").await;
    assert_eq!((&pages["page"], &pages["per_page"], &pages["total"]), (&json!(7), &json!(3), &json!(0)));
}
