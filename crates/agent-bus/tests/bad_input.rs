//! What bad input gets, through the public door: a problem with the field named and the right status, in bounded time,
//! and a fleet that goes on.

use std::path::Path;

use http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::asking::Answer;
use testkit::fleet::Fleet;

const MIB: usize = 1024 * 1024;

fn fleet(settings: &[&str]) -> Fleet {
    Fleet::start(Path::new(env!("CARGO_BIN_EXE_agent-bus")), settings)
}

async fn raw(fleet: &Fleet, path: &str, token: &str, body: impl Into<Vec<u8>>) -> Answer {
    let request = fleet
        .client()
        .post(format!("{}{path}", fleet.address()))
        .bearer_auth(token)
        .header("content-type", "application/json")
        .body(body.into());
    fleet.send(request).await
}

#[track_caller]
fn is_problem(case: &str, answer: &Answer, status: u16, field: Option<&str>) {
    assert_eq!(answer.status.as_u16(), status, "{case}: {:#}", answer.body);
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    assert_eq!(answer.body["status"], json!(status));
    if let Some(field) = field {
        let named: Vec<&Value> =
            answer.body["errors"].as_array().into_iter().flatten().map(|e| &e["field"]).collect();
        assert!(named.contains(&&json!(field)), "{case}: {field} is named: {:#}", answer.body);
    }
}

#[tokio::test]
async fn a_request_that_is_not_well_formed_is_a_problem_that_names_the_field() {
    let fleet = fleet(&["--student-requests-per-minute", "100000"]);
    let student = fleet.token("ada", "student");
    let analyze = "/api/v1/debug/analyze";
    let cases: [(&str, Vec<u8>, u16, Option<&str>); 9] = [
        ("invalid UTF-8", b"{\"code\": \"\xff\xfe\"}".to_vec(), 400, None),
        ("a raw NUL byte in a JSON text", b"{\"code\": \"\0\"}".to_vec(), 400, None),
        ("no JSON", b"code=x".to_vec(), 400, None),
        ("an unknown field", br#"{"code": "x", "colour": 1}"#.to_vec(), 422, Some("colour")),
        ("a missing field", b"{}".to_vec(), 422, Some("code")),
        ("a wrong type", br#"{"code": 5}"#.to_vec(), 422, Some("code")),
        ("another language", br#"{"code": "x", "language": "cobol"}"#.to_vec(), 422, Some("language")),
        (
            "an id with path characters",
            br#"{"code": "x", "student_id": "../ada"}"#.to_vec(),
            422,
            Some("student_id"),
        ),
        ("trailing text", br#"{"code": "x"} {}"#.to_vec(), 400, None),
    ];
    for (name, body, status, field) in cases {
        is_problem(name, &raw(&fleet, analyze, &student, body).await, status, field);
    }
    let over = json!({"code": "x".repeat(MIB)}).to_string();
    is_problem("over 1 MiB", &raw(&fleet, analyze, &student, over).await, 413, None);
}

#[tokio::test]
async fn a_score_out_of_range_is_never_clamped() {
    let fleet = fleet(&[]);
    let teacher = fleet.token("ms-lovelace", "teacher");
    let class = json!({"name": "Python 1", "students": ["ada"]});
    fleet.call(Method::PUT, "/api/v1/progress/classes/python-1", &teacher, Some(class)).await.ok();
    for (quiz, field) in
        [("1.5", "scores.quiz"), ("-0.1", "scores.quiz"), ("NaN", "scores.quiz"), ("null", "scores.quiz")]
    {
        let body = format!(
            r#"{{"component": "loops", "scores": {{"completion": 0.5, "quiz": {quiz}, "quality": 0.5, "consistency": 0.5}}}}"#
        );
        is_problem(
            "a bad score",
            &raw(&fleet, "/api/v1/progress/ada", &teacher, body).await,
            422,
            Some(field),
        );
    }
    let missing =
        r#"{"component": "loops", "scores": {"completion": 0.5, "quality": 0.5, "consistency": 0.5}}"#;
    is_problem(
        "a missing score",
        &raw(&fleet, "/api/v1/progress/ada", &teacher, missing).await,
        422,
        Some("scores.quiz"),
    );
}

#[tokio::test]
async fn ids_pages_and_paths_out_of_bounds_are_refused() {
    let fleet = fleet(&[]);
    let teacher = fleet.token("ms-lovelace", "teacher");
    let class = json!({"name": "Python 1", "students": ["ada"]});
    fleet.call(Method::PUT, "/api/v1/progress/classes/python-1", &teacher, Some(class)).await.ok();
    let cases = [
        ("/api/v1/progress/..%2Fada", 422, Some("student_id")),
        ("/api/v1/progress/health%00", 422, Some("student_id")),
        ("/api/v1/progress/classes/python-1/mastery?component=loops&page=-1", 422, Some("page")),
        ("/api/v1/progress/classes/python-1/mastery?component=loops&page=0", 422, Some("page")),
        ("/api/v1/progress/classes/python-1/mastery?component=loops&per_page=201", 422, Some("per_page")),
        ("/api/v1/progress/ada/history?component=loops&days=0", 422, Some("days")),
        ("/api/v1/nobody", 404, None),
    ];
    for (path, status, field) in cases {
        is_problem(path, &fleet.get(path, &teacher).await, status, field);
    }
    let wrong_method = fleet.call(Method::DELETE, "/api/v1/debug/analyze", &teacher, None).await;
    is_problem("a wrong method", &wrong_method, 405, None);
    assert_eq!(wrong_method.headers["allow"], "POST");
}

#[tokio::test]
async fn bad_or_long_python_is_answered() {
    let fleet = fleet(&[]);
    let student = fleet.token("ada", "student");
    let many_lines = "x = 1\n".repeat(100_000);
    let programs = [
        ("a NUL byte", "x = '\0'\n".to_owned(), Some(false)),
        ("nested brackets", "[".repeat(MIB - 1024), Some(false)),
        ("100,000 lines", many_lines, Some(true)),
        ("100,000 broken lines", "if x\n".repeat(100_000), Some(false)),
        ("unary operators", format!("x = {}1\n", "-".repeat(500_000)), None),
        ("only line breaks", "\r\n".repeat(200_000), Some(true)),
    ];
    for (name, code, valid) in programs {
        let analysis = fleet.post("/api/v1/debug/analyze", &student, json!({"code": code})).await.ok();
        if let Some(valid) = valid {
            assert_eq!(analysis["valid"], json!(valid), "{name}");
        }
        fleet.post("/api/v1/review/quality", &student, json!({"code": code})).await.ok();
        let question = json!({"concept": "variables", "code": code});
        fleet.post("/api/v1/concepts/explain", &student, question).await.ok();
    }
}

#[tokio::test]
async fn tokens_and_limits_are_held_to() {
    let fleet = fleet(&["--student-requests-per-minute", "5"]);
    let student = fleet.token("ada", "student");
    let path = "/api/v1/debug/patterns";
    let nobody = fleet.send(fleet.client().get(format!("{}{path}", fleet.address()))).await;
    is_problem("no token", &nobody, 401, None);
    assert_eq!(nobody.headers["www-authenticate"], "Bearer");
    is_problem("no JWT", &fleet.get(path, "not.a.token").await, 401, None);
    let in_query = fleet.send(fleet.client().get(format!("{}{path}?jwt={student}", fleet.address()))).await;
    is_problem("a token in the query", &in_query, 401, None);

    for _ in 0..5 {
        fleet.get(path, &student).await.ok();
    }
    let refused = fleet.get(path, &student).await;
    is_problem("over the limit", &refused, 429, None);
    assert!(refused.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
    let other = fleet.token("grace", "student");
    assert_eq!(fleet.get(path, &other).await.status, StatusCode::OK, "another student is not slowed");
}
