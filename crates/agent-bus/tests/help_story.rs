//! The story of help in time, through the public door: a student fails three exercises on list comprehensions in a row, the
//! teacher hears of it with the cause and something to give, assigns an easy set with one call, the student solves it, the
//! alert closes, and the mastery shows it.
//!
//! Not here: the corners of exercises (room `exercise`) and of alerts (room `progress`).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use http::Method;
use serde_json::{Value, json};
use testkit::fleet::Fleet;
use testkit::printed_by_python;

const TOPIC: &str = "list-comprehensions";

#[tokio::test]
async fn a_student_who_fails_three_times_is_helped_by_the_teacher() {
    let fleet = Fleet::start(Path::new(env!("CARGO_BIN_EXE_agent-bus")), &[]);
    let (teacher, student) = (fleet.token("ms-lovelace", "teacher"), fleet.token("ada", "student"));
    let class = json!({"name": "Python 1", "students": ["ada"]});
    fleet.call(Method::PUT, "/api/v1/progress/classes/python-1", &teacher, Some(class)).await.ok();

    fail_three_exercises(&fleet, &student).await;
    let alert = the_teacher_hears(&fleet, &teacher).await;
    assert_eq!(alert["component"], TOPIC);
    let ready = alert["exercise"]["problem_id"].as_str().unwrap_or_else(|| panic!("{alert:#}"));
    let shown = fleet.get(&format!("/api/v1/exercise/problems/{ready}"), &teacher).await.ok();
    assert_eq!((&shown["student_id"], &shown["topic"]), (&json!("ada"), &json!(TOPIC)));

    let before = mastery(&fleet, &student).await;
    let assignment = assign_an_easy_set(&fleet, &teacher).await;
    solve_what_is_assigned(&fleet, &student, &assignment).await;

    // The same mistake three times was an alert of its own.
    fleet
        .get_until("/api/v1/progress/alerts?class_id=python-1&state=open", &teacher, |alerts| {
            alerts["total"] == json!(0)
        })
        .await;
    let closed = fleet.get("/api/v1/progress/alerts?class_id=python-1&state=closed", &teacher).await.ok();
    for ended in closed["items"].as_array().unwrap() {
        assert_eq!(ended["ended"]["by"], "solved", "{closed:#}");
    }
    let path = format!("/api/v1/exercise/assignments/{assignment}");
    let results = fleet.get(&path, &teacher).await.ok();
    assert_eq!((&results["done"], &results["results"]["items"][0]["solved"]), (&json!(1), &json!(2)));
    fleet
        .get_until("/api/v1/progress/ada", &student, |progress| {
            progress["components"][TOPIC]["mastery"].as_f64() > before
        })
        .await;
}

async fn mastery(fleet: &Fleet, student: &str) -> Option<f64> {
    let progress = fleet.get("/api/v1/progress/ada", student).await.ok();
    progress["components"][TOPIC]["mastery"].as_f64()
}

async fn generate(fleet: &Fleet, student: &str, wish: Value) -> Value {
    fleet.post("/api/v1/exercise/generate", student, wish).await.ok()
}

async fn verify(fleet: &Fleet, student: &str, problem: &Value, answer: &str) -> Value {
    let answer = json!({"problem_id": problem["problem_id"], "answer": answer});
    fleet.post("/api/v1/exercise/verify", student, answer).await.ok()
}

/// Three different exercises, each answered with a program that returns nothing.
async fn fail_three_exercises(fleet: &Fleet, student: &str) {
    for _ in 0..3 {
        let problem = generate(fleet, student, json!({"topic": TOPIC, "kind": "write"})).await;
        let program = match problem["function"].as_str() {
            Some(function) => format!("def {function}(values):\n    print(values)\n"),
            None => "print('I have no idea')\n".to_owned(),
        };
        let verdict = verify(fleet, student, &problem, &program).await;
        assert_eq!(verdict["correct"], false, "{verdict:#}");
    }
}

async fn the_teacher_hears(fleet: &Fleet, teacher: &str) -> Value {
    let failed = |alerts: &Value| {
        let items = alerts["items"].as_array().cloned().unwrap_or_default();
        items.into_iter().find(|alert| alert["cause"] == "failed-in-a-row")
    };
    let alerts = fleet
        .get_until("/api/v1/progress/alerts?class_id=python-1&state=open", teacher, |alerts| {
            failed(alerts).is_some()
        })
        .await;
    failed(&alerts).unwrap()
}

async fn assign_an_easy_set(fleet: &Fleet, teacher: &str) -> String {
    let easy = json!({"class_id": "python-1", "topic": TOPIC, "difficulty": "easy", "count": 2, "kind": "predict-output"});
    let assigned = fleet.post("/api/v1/exercise/assignments", teacher, easy).await.ok();
    assert_eq!(assigned["students"], json!(["ada"]));
    assigned["assignment_id"].as_str().unwrap().to_owned()
}

/// The student runs each program, and says what it printed.
async fn solve_what_is_assigned(fleet: &Fleet, student: &str, assignment: &str) {
    let mine = fleet.get("/api/v1/exercise/assignments", student).await.ok();
    assert_eq!(mine["items"][0]["assignment_id"], assignment);
    for _ in 0..2 {
        let problem = generate(fleet, student, json!({"topic": TOPIC})).await;
        assert_eq!(problem["assignment_id"], assignment, "what is assigned comes first: {problem:#}");
        let verdict = verify(
            fleet,
            student,
            &problem,
            &printed_by_python(problem["starter_code"].as_str().unwrap(), ""),
        )
        .await;
        assert_eq!(verdict["correct"], true, "{problem:#}\n{verdict:#}");
    }
    let next = generate(fleet, student, json!({"topic": TOPIC})).await;
    assert_eq!(next["assignment_id"], Value::Null, "the set is done");
}
