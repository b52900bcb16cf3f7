//! The story, through the public door: a student stuck on variables gets the cause and the edit, asks, is quizzed,
//! improves the code, practises with a hint, and the mastery rises; the teacher sees why.
//!
//! Not here: the corners of any one agent (its own tests).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use http::Method;
use serde_json::{Value, json};
use testkit::fleet::Fleet;
use testkit::postgres::Database;
use testkit::printed_by_python;

const BROKEN: &str = "total_price = 3 * 4\nprint(\"You pay\", total_price\n";

fn fleet(settings: &[&str]) -> Fleet {
    Fleet::start(Path::new(env!("CARGO_BIN_EXE_agent-bus")), settings)
}

#[tokio::test]
async fn a_student_learns_and_the_teacher_sees_why() {
    story(fleet(&[])).await;
}

#[tokio::test]
async fn a_student_learns_over_postgres_too() {
    let database = Database::fresh().await;
    story(fleet(&["--database", database.url()])).await;
}

async fn story(fleet: Fleet) {
    let teacher = fleet.token("ms-lovelace", "teacher");
    let student = fleet.token("ada", "student");
    start_at_sixty_percent(&fleet, &teacher).await;

    let mended = mend(&fleet, &student).await;
    assert_eq!(analyse(&fleet, &student, &mended).await["valid"], json!(true), "the edit mends: {mended}");

    let explained = ask(&fleet, &student, &mended).await;
    let text = explained["explanation"].as_str().unwrap();
    assert!(text.contains("total_price"), "explained in the student's own names: {text}");
    assert_eq!(explained["level"], json!("learning"), "fitted to the mastery that Progress reports");

    be_quizzed(&fleet, &student).await;
    improve_the_code(&fleet, &student).await;
    practise(&fleet, &student).await;

    let progress = fleet
        .get_until("/api/v1/progress/ada", &student, |progress| {
            progress["components"]["variables"]["mastery"].as_f64() > Some(0.6)
        })
        .await;
    assert_eq!(progress["overall_mastery"], progress["components"]["variables"]["mastery"]);
    events_are_named(&fleet, &student).await;
    the_teacher_sees_it(&fleet, &teacher).await;
}

/// The teacher has a class with the student, and enters what an earlier exam showed.
async fn start_at_sixty_percent(fleet: &Fleet, teacher: &str) {
    let class = json!({"name": "Python 1", "students": ["ada"]});
    fleet.call(Method::PUT, "/api/v1/progress/classes/python-1", teacher, Some(class)).await.ok();
    let scores = json!({"completion": 0.6, "quiz": 0.6, "quality": 0.6, "consistency": 0.6});
    let exam = json!({"component": "variables", "scores": scores, "idempotency_key": "exam-1"});
    let entered = fleet.post("/api/v1/progress/ada", teacher, exam).await.ok();
    assert_eq!((&entered["mastery"], &entered["level"]), (&json!(0.6), &json!("learning")));
}

async fn analyse(fleet: &Fleet, student: &str, code: &str) -> Value {
    fleet.post("/api/v1/debug/analyze", student, json!({"code": code})).await.ok()
}

/// The student sends broken code and applies the first edit of each error.
async fn mend(fleet: &Fleet, student: &str) -> String {
    let analysis = analyse(fleet, student, BROKEN).await;
    assert_eq!(analysis["valid"], json!(false));
    let error = &analysis["errors"][0];
    assert_eq!((&error["line"], &error["cpython_message"]), (&json!(2), &json!("'(' was never closed")));
    assert_eq!(error["fixes"][0]["verified"], json!(true));
    apply(BROKEN, &error["fixes"][0]["edits"])
}

/// Applies edits as a client would: from the last to the first, so that earlier positions stay true.
fn apply(code: &str, edits: &Value) -> String {
    let mut text: Vec<char> = code.chars().collect();
    for edit in edits.as_array().unwrap().iter().rev() {
        let (start, end) = (offset(code, &edit["start"]), offset(code, &edit["end"]));
        text.splice(start..end, edit["text"].as_str().unwrap().chars());
    }
    text.into_iter().collect()
}

fn offset(code: &str, position: &Value) -> usize {
    let number = |name: &str| usize::try_from(position[name].as_u64().unwrap()).unwrap();
    let before: usize =
        code.split_inclusive('\n').take(number("line") - 1).map(|line| line.chars().count()).sum();
    before + number("column") - 1
}

async fn ask(fleet: &Fleet, student: &str, code: &str) -> Value {
    let question = json!({"concept": "variables", "depth": "standard", "code": code});
    fleet.post("/api/v1/concepts/explain", student, question).await.ok()
}

/// The student answers a quiz, and knows all the answers.
async fn be_quizzed(fleet: &Fleet, student: &str) {
    let quiz =
        fleet.post("/api/v1/concepts/quiz", student, json!({"concept": "variables", "count": 5})).await.ok();
    let questions = quiz["questions"].as_array().unwrap();
    assert_eq!(questions.len(), 5);
    let answers: Vec<Value> = questions.iter().map(right_answer).collect();
    let graded = fleet
        .post("/api/v1/concepts/answers", student, json!({"quiz_id": quiz["quiz_id"], "answers": answers}))
        .await
        .ok();
    assert_eq!(graded["score"], json!(1.0), "{graded:#}");
}

/// What the topic's own file says is right, as a student would answer it.
fn right_answer(asked: &Value) -> Value {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../services/concepts/topics/variables/questions.toml");
    let file: toml::Table = std::fs::read_to_string(file).unwrap().parse().unwrap();
    let id = asked["question_id"].as_str().unwrap();
    let questions = file["question"].as_array().unwrap();
    let question = questions.iter().find(|question| question["id"].as_str() == Some(id)).unwrap();
    let answer = match question.get("answer") {
        Some(answers) => json!(answers[0].as_str().unwrap()),
        None => {
            let choices = question["choices"].as_array().unwrap();
            let right = choices.iter().find(|choice| choice.get("right").is_some()).unwrap();
            let offered = asked["choices"].as_array().unwrap();
            let choice =
                offered.iter().find(|choice| choice["text"] == json!(right["text"].as_str())).unwrap();
            choice["letter"].clone()
        }
    };
    json!({"question_id": id, "answer": answer})
}

/// The student sends a version that needs work, takes the next step, and the review says so.
async fn improve_the_code(fleet: &Fleet, student: &str) {
    let before = "def total(prices=[]):\n    s = 0\n    for i in range(len(prices)):\n        s = s + prices[i]\n    return s\n\n\nprint(total([3, 4]))\n";
    let after = "def total(prices):\n    return sum(prices)\n\n\nprint(total([3, 4]))\n";
    let review = |code: &str| json!({"code": code, "component": "variables"});
    let first = fleet.post("/api/v1/review/quality", student, review(before)).await.ok();
    let second = fleet.post("/api/v1/review/quality", student, review(after)).await.ok();
    assert!(first["next_step"].is_string() || first["next_step"].is_object(), "{first:#}");
    assert!(second["score"].as_f64() > first["score"].as_f64(), "{first:#}\n{second:#}");
}

/// The student says what a program prints, is wrong, takes a hint, and reads the program once more.
async fn practise(fleet: &Fleet, student: &str) {
    let wish = json!({"topic": "variables", "kind": "predict-output"});
    let problem = fleet.post("/api/v1/exercise/generate", student, wish).await.ok();
    let answer = |text: &str| json!({"problem_id": problem["problem_id"], "answer": text});
    let wrong = fleet.post("/api/v1/exercise/verify", student, answer("no idea\n")).await.ok();
    assert_eq!((&wrong["correct"], &wrong["duplicate"]), (&json!(false), &json!(false)), "{wrong:#}");
    let ask = json!({"problem_id": problem["problem_id"], "level": 1});
    let hint = fleet.post("/api/v1/exercise/hints", student, ask).await.ok();
    assert!(hint["text"].as_str().is_some_and(|text| !text.is_empty()), "{hint:#}");
    // What is typed stands between the fences of the statement, if something is.
    let typed = problem["statement"].as_str().unwrap().split("```").nth(1).unwrap_or_default();
    let printed =
        printed_by_python(problem["starter_code"].as_str().unwrap(), typed.trim_start_matches("text").trim());
    let right = fleet.post("/api/v1/exercise/verify", student, answer(&printed)).await.ok();
    assert_eq!((&right["correct"], &right["score"]), (&json!(true), &json!(1.0)), "{problem:#}\n{right:#}");
}

async fn events_are_named(fleet: &Fleet, student: &str) {
    let explain = fleet
        .get_until("/api/v1/progress/ada/explain?component=variables", student, |explain| {
            // One exam, five answers, two reviews, two tries at an exercise.
            explain["total"] == json!(10)
        })
        .await;
    let total: f64 = explain["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["contribution"].as_f64().unwrap())
        .sum();
    let mastery = explain["mastery"].as_f64().unwrap();
    assert!((total - mastery).abs() < 1e-8, "the contributions add up to the mastery: {explain:#}");
}

async fn the_teacher_sees_it(fleet: &Fleet, teacher: &str) {
    let class =
        fleet.get("/api/v1/progress/classes/python-1/mastery?component=variables", teacher).await.ok();
    let row = &class["items"][0];
    assert_eq!(row["student_id"], json!("ada"));
    assert!(row["mastery"].as_f64() > Some(0.6), "{class:#}");
}
