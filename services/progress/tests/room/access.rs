//! Every route × every role × own and other student. The routes come from the OpenAPI document: one without a row here
//! fails, and so does a row without a route.

use std::collections::BTreeSet;

use auth::Principal;
use axum::body::Body;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use testkit::{call_raw, operator, service, student, teacher};

use crate::alerts::{alerts_until, said};
use crate::bench::{Bench, all, at, header};

/// Who asks about the student mira of ms-lee's class 7b.
const ASKERS: [&str; 8] = [
    "the student",
    "another student",
    "own teacher",
    "another teacher",
    "an operator",
    "a service for the student",
    "a service for another student",
    "a service for nobody",
];

fn asker(name: &str) -> Principal {
    match name {
        "the student" => student("mira"),
        "another student" => student("noor"),
        "own teacher" => teacher("ms-lee"),
        "another teacher" => teacher("mr-ito"),
        "an operator" => operator("op"),
        "a service for the student" => service("debug", "mira"),
        "a service for another student" => service("debug", "noor"),
        "a service for nobody" => Principal { on_behalf_of: None, ..service("debug", "mira") },
        other => panic!("nobody is called {other}"),
    }
}

struct Row {
    method: Method,
    /// As in the document, after the prefix.
    route: &'static str,
    query: &'static str,
    body: Option<Value>,
    /// Who may; everybody else gets 403.
    may: &'static [&'static str],
}

fn row(method: Method, route: &'static str, query: &'static str, may: &'static [&'static str]) -> Row {
    Row { method, route, query, body: None, may }
}

fn rows() -> Vec<Row> {
    const LEARN: &[&str] = &["the student", "own teacher", "a service for the student"];
    const GRADE: &[&str] = &["own teacher", "a service for the student"];
    const EXPORT: &[&str] = &["the student", "own teacher", "an operator"];
    const ERASE: &[&str] = &["the student", "an operator"];
    const SERVICE: &[&str] = &["a service for the student"];
    const SERVICES: &[&str] =
        &["a service for the student", "a service for another student", "a service for nobody"];
    const OWNER: &[&str] = &["own teacher"];
    let with = |body: Value, row: Row| Row { body: Some(body), ..row };
    vec![
        with(all("loops", 0.5), row(Method::POST, "/{student_id}", "", GRADE)),
        row(Method::GET, "/{student_id}", "", LEARN),
        row(Method::GET, "/{student_id}/history", "?component=loops", LEARN),
        row(Method::GET, "/{student_id}/explain", "?component=loops", LEARN),
        row(Method::GET, "/{student_id}/export", "", EXPORT),
        row(Method::GET, "/{student_id}/teachers/{teacher_id}", "", SERVICE),
        with(json!({ "students": ["mira"] }), row(Method::PUT, "/classes/{class_id}", "", OWNER)),
        row(Method::GET, "/classes/{class_id}", "", OWNER),
        row(Method::GET, "/classes/{class_id}/teachers/{teacher_id}", "", SERVICES),
        row(Method::GET, "/classes/{class_id}/mastery", "?component=loops", OWNER),
        with(
            json!({ "component": "loops", "target": 9 }),
            row(Method::PUT, "/classes/{class_id}/targets", "", OWNER),
        ),
        row(Method::GET, "/alerts", "?class_id=7b", &["own teacher", "an operator"]),
        with(json!({}), row(Method::POST, "/alerts/{alert_id}/close", "", OWNER)),
        row(Method::DELETE, "/{student_id}", "", ERASE),
    ]
}

impl Row {
    fn path(&self, alert: &str) -> String {
        let path = self.route.replace("{student_id}", "mira").replace("{class_id}", "7b");
        let path = path.replace("{alert_id}", alert);
        format!("{}{}", path.replace("{teacher_id}", "ms-lee"), self.query)
    }
}

/// The routes of the document: method and path after the prefix.
fn documented() -> BTreeSet<(String, String)> {
    let document = serde_json::to_value(progress::openapi()).unwrap();
    let paths = document["paths"].as_object().unwrap().clone();
    let routes = paths.into_iter().flat_map(|(path, methods)| {
        let path = path.strip_prefix("/api/v1/progress").unwrap().to_owned();
        methods.as_object().unwrap().keys().map(move |m| (m.to_uppercase(), path.clone())).collect::<Vec<_>>()
    });
    routes.collect()
}

#[test]
fn every_route_has_a_row_and_every_row_a_route() {
    let rows = rows().into_iter().map(|row| (row.method.to_string(), row.route.to_owned())).collect();
    assert_eq!(documented(), rows);
}

#[tokio::test]
async fn every_route_is_open_to_those_it_is_for_and_to_nobody_else() {
    let bench = Bench::new().await;
    let running = bench.begin();
    bench.class("ms-lee", "7b", &["mira"]).await;
    bench.hear_all(&[said(header(1, "mira", "loops", at("2026-03-01T08:59:00Z")))]).await;
    let alert = alerts_until(&bench, "7b", |alerts| alerts["total"] == 1).await;
    let alert = alert["items"][0]["alert_id"].as_str().unwrap().to_owned();
    running.stop().await;
    for row in rows() {
        for name in ASKERS {
            // An erasure takes the student out of the class.
            bench.class("ms-lee", "7b", &["mira"]).await;
            let path = row.path(&alert);
            let (status, answer) = bench.ask(row.method.clone(), &path, &asker(name), row.body.clone()).await;
            let expected = match name {
                name if row.may.contains(&name) => StatusCode::OK,
                // An alert of other teachers' students does not exist for a teacher.
                "another teacher" if row.route.contains("{alert_id}") => StatusCode::NOT_FOUND,
                _ => StatusCode::FORBIDDEN,
            };
            assert_eq!(status, expected, "{} {path} as {name}: {answer}", row.method);
        }
    }
}

#[tokio::test]
async fn nobody_is_let_in_without_a_name() {
    let bench = Bench::new().await;
    for row in rows() {
        let request = Request::builder()
            .method(row.method.clone())
            .uri(format!("/api/v1/progress{}", row.path("00000000-0000-4000-8000-000000000000")))
            .header("content-type", "application/json")
            .body(row.body.map_or_else(Body::empty, |body| Body::from(body.to_string())))
            .unwrap();
        let (status, _, _) = call_raw(&bench.router, request).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{} {}", row.method, row.route);
    }
}

#[tokio::test]
async fn one_student_sees_nothing_that_is_anothers_in_a_class_they_share() {
    let bench = Bench::new().await;
    bench.class("ms-lee", "7b", &["mira", "noor"]).await;
    for path in
        ["/mira", "/mira/history?component=a", "/mira/explain?component=a", "/mira/export", "/classes/7b"]
    {
        let (status, _) = bench.ask(Method::GET, path, &student("noor"), None).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
    }
}
