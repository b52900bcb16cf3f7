//! Every route × every role × own and other student, through the public door.
//!
//! The routes are read from the OpenAPI documents: a new route without a row in the table fails here. Not here: what a
//! route answers to those who may ask.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use auth::{DevKeys, Principal, Role};
use clock::SystemClock;
use http::Method;
use serde_json::{Value, json};
use testkit::fleet::Fleet;

const BINARY: &str = env!("CARGO_BIN_EXE_agent-bus");

/// Who asks, in the order of [`Row::expected`]. All is about ada, whom ms-lovelace teaches.
const ASKERS: [(&str, Role, Option<&str>); 7] = [
    ("ada", Role::Student, None),
    ("bob", Role::Student, None),
    ("ms-lovelace", Role::Teacher, None),
    ("mr-babbage", Role::Teacher, None),
    ("root", Role::Operator, None),
    ("importer", Role::Service, Some("ada")),
    ("importer", Role::Service, Some("bob")),
];

/// Learns: the student, own teachers, services on behalf.
const LEARN: [u16; 7] = [200, 403, 200, 403, 403, 200, 403];
/// Grades: own teachers, services on behalf.
const GRADE: [u16; 7] = [403, 403, 200, 403, 403, 200, 403];
/// The class's owner alone.
const OWNER: [u16; 7] = [403, 403, 200, 403, 403, 403, 403];
/// Other agents, whoever they ask for.
const SERVICES: [u16; 7] = [403, 403, 403, 403, 403, 200, 200];
/// A thing of a teacher's that is not there: no teacher learns from the answer whose it would be.
const TEACHERS_NONE: [u16; 7] = [403, 403, 404, 404, 403, 403, 403];
/// Nobody's things: whoever has a token.
const ANYBODY: [u16; 7] = [200; 7];

struct Row {
    method: Method,
    /// As in the OpenAPI document.
    route: &'static str,
    /// What is asked: the route with ada in it, and its query.
    path: &'static str,
    body: Option<Value>,
    expected: [u16; 7],
}

fn row(
    method: Method,
    route: &'static str,
    path: &'static str,
    body: Option<Value>,
    expected: [u16; 7],
) -> Row {
    Row { method, route, path, body, expected }
}

#[rustfmt::skip]
fn table() -> Vec<Row> {
    let scores = json!({"completion": 0.5, "quiz": 0.5, "quality": 0.5, "consistency": 0.5});
    let code = "total = 1\nprint(total)\n";
    vec![
        row(Method::PUT, "/api/v1/progress/classes/{class_id}", "/api/v1/progress/classes/python-1", Some(json!({"students": ["ada"]})), OWNER),
        row(Method::GET, "/api/v1/progress/classes/{class_id}", "/api/v1/progress/classes/python-1", None, OWNER),
        row(Method::GET, "/api/v1/progress/classes/{class_id}/mastery", "/api/v1/progress/classes/python-1/mastery?component=lists", None, OWNER),
        row(Method::PUT, "/api/v1/progress/classes/{class_id}/targets", "/api/v1/progress/classes/python-1/targets", Some(json!({"component": "lists", "target": 3})), OWNER),
        row(Method::POST, "/api/v1/progress/{student_id}", "/api/v1/progress/ada", Some(json!({"component": "lists", "scores": scores})), GRADE),
        row(Method::GET, "/api/v1/progress/{student_id}", "/api/v1/progress/ada", None, LEARN),
        row(Method::GET, "/api/v1/progress/{student_id}/explain", "/api/v1/progress/ada/explain?component=lists", None, LEARN),
        row(Method::GET, "/api/v1/progress/{student_id}/history", "/api/v1/progress/ada/history?component=lists", None, LEARN),
        row(Method::GET, "/api/v1/progress/{student_id}/export", "/api/v1/progress/ada/export", None, [200, 403, 200, 403, 200, 403, 403]),
        row(Method::GET, "/api/v1/progress/{student_id}/teachers/{teacher_id}", "/api/v1/progress/ada/teachers/ms-lovelace", None, [403, 403, 403, 403, 403, 200, 403]),
        row(Method::GET, "/api/v1/progress/classes/{class_id}/teachers/{teacher_id}", "/api/v1/progress/classes/python-1/teachers/ms-lovelace", None, SERVICES),
        row(Method::GET, "/api/v1/progress/alerts", "/api/v1/progress/alerts?class_id=python-1", None, [403, 403, 200, 403, 200, 403, 403]),
        row(Method::POST, "/api/v1/progress/alerts/{alert_id}/close", "/api/v1/progress/alerts/00000000-0000-4000-8000-000000000000/close", Some(json!({})), TEACHERS_NONE),
        row(Method::POST, "/api/v1/debug/analyze", "/api/v1/debug/analyze", Some(json!({"code": code, "student_id": "ada"})), LEARN),
        row(Method::POST, "/api/v1/debug/suggestions", "/api/v1/debug/suggestions", Some(json!({"errors": [], "student_id": "ada"})), LEARN),
        row(Method::GET, "/api/v1/debug/patterns", "/api/v1/debug/patterns?student_id=ada", None, LEARN),
        row(Method::POST, "/api/v1/review/quality", "/api/v1/review/quality", Some(json!({"code": code, "student_id": "ada"})), LEARN),
        row(Method::POST, "/api/v1/review/feedback", "/api/v1/review/feedback", Some(json!({"code": code})), ANYBODY),
        row(Method::POST, "/api/v1/review/hints", "/api/v1/review/hints", Some(json!({"code": code})), ANYBODY),
        row(Method::POST, "/api/v1/review/compare", "/api/v1/review/compare", Some(json!({"code": code, "other": code})), ANYBODY),
        row(Method::GET, "/api/v1/concepts/", "/api/v1/concepts/", None, ANYBODY),
        row(Method::POST, "/api/v1/concepts/explain", "/api/v1/concepts/explain", Some(json!({"concept": "variables", "student_id": "ada"})), LEARN),
        row(Method::POST, "/api/v1/concepts/path", "/api/v1/concepts/path", Some(json!({"target": "lists", "known": []})), ANYBODY),
        row(Method::POST, "/api/v1/concepts/validate", "/api/v1/concepts/validate", Some(json!({"concept": "lists", "known": []})), ANYBODY),
        row(Method::POST, "/api/v1/concepts/quiz", "/api/v1/concepts/quiz", Some(json!({"concept": "variables", "student_id": "ada"})), LEARN),
        // A quiz that is not there: nobody learns from the answer whose it would be.
        row(Method::POST, "/api/v1/concepts/answers", "/api/v1/concepts/answers", Some(json!({"quiz_id": "00000000-0000-4000-8000-000000000000", "answers": []})), [404; 7]),
        row(Method::POST, "/api/v1/exercise/generate", "/api/v1/exercise/generate", Some(json!({"topic": "variables", "kind": "predict-output", "seed": 1, "student_id": "ada"})), LEARN),
        row(Method::POST, "/api/v1/exercise/difficulty", "/api/v1/exercise/difficulty", Some(json!({"topic": "variables", "student_id": "ada"})), LEARN),
        // A problem that is not there: nobody learns from the answer whose it would be.
        row(Method::GET, "/api/v1/exercise/problems/{problem_id}", "/api/v1/exercise/problems/00000000-0000-4000-8000-000000000000", None, [404; 7]),
        row(Method::POST, "/api/v1/exercise/verify", "/api/v1/exercise/verify", Some(json!({"problem_id": "00000000-0000-4000-8000-000000000000", "answer": code})), [404; 7]),
        row(Method::POST, "/api/v1/exercise/hints", "/api/v1/exercise/hints", Some(json!({"problem_id": "00000000-0000-4000-8000-000000000000", "level": 1})), [404; 7]),
        row(Method::POST, "/api/v1/exercise/assignments", "/api/v1/exercise/assignments", Some(json!({"students": ["ada"], "topic": "variables", "difficulty": "easy", "count": 1})), OWNER),
        row(Method::GET, "/api/v1/exercise/assignments", "/api/v1/exercise/assignments?student_id=ada", None, LEARN),
        row(Method::GET, "/api/v1/exercise/assignments/{assignment_id}", "/api/v1/exercise/assignments/00000000-0000-4000-8000-000000000000", None, TEACHERS_NONE),
        // The last: it leaves nothing to ask about.
        row(Method::DELETE, "/api/v1/progress/{student_id}", "/api/v1/progress/ada", None, [200, 403, 403, 403, 200, 403, 403]),
    ]
}

#[tokio::test]
async fn every_route_answers_those_who_may_ask_and_nobody_else() {
    let fleet = Fleet::start(Path::new(BINARY), &["--student-requests-per-minute", "100000"]);
    let tokens = tokens(&fleet);
    for row in table() {
        for ((asker, token), expected) in ASKERS.iter().zip(&tokens).zip(row.expected) {
            let answer = fleet.call(row.method.clone(), row.path, token, row.body.clone()).await;
            let asked = format!("{} {} by {asker:?}", row.method, row.path);
            assert_eq!(answer.status.as_u16(), expected, "{asked}: {:#}", answer.body);
        }
        let mut request =
            fleet.client().request(row.method.clone(), format!("{}{}", fleet.address(), row.path));
        if let Some(body) = &row.body {
            request = request.json(body);
        }
        let answer = fleet.send(request).await;
        assert_eq!(answer.status.as_u16(), 401, "{} {} without a token", row.method, row.path);
    }
}

#[test]
fn every_route_has_a_row() {
    let rows: BTreeSet<(String, String)> =
        table().iter().map(|row| (row.method.to_string(), row.route.to_owned())).collect();
    assert_eq!(documented(), rows);
}

/// A token for each asker, in their order. What the command line does not hand out is signed with the folder's key.
fn tokens(fleet: &Fleet) -> Vec<String> {
    let keys = DevKeys::open(fleet.data_dir(), Arc::new(SystemClock)).unwrap();
    let token = |(subject, role, on_behalf_of): (&str, Role, Option<&str>)| {
        let on_behalf_of = on_behalf_of.map(|student| student.parse().unwrap());
        keys.issue(&Principal { subject: subject.parse().unwrap(), role, on_behalf_of }, 600).unwrap()
    };
    ASKERS.map(token).into()
}

/// Method and route of everything in the OpenAPI documents.
fn documented() -> BTreeSet<(String, String)> {
    let agents = ["progress", "debug", "review", "concepts", "exercise"];
    agents.iter().flat_map(|agent| routes(agent)).collect()
}

fn routes(agent: &str) -> Vec<(String, String)> {
    let output = Command::new(BINARY).args(["openapi", agent]).output().unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, methods)| {
            methods.as_object().unwrap().keys().map(|method| (method.to_uppercase(), path.clone()))
        })
        .collect()
}
