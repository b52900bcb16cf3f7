//! Alerts as server-sent events: as they happen, after a number, for one class, and to an end.

use std::time::Duration;

use axum::body::Body;
use contracts::Event;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use testkit::teacher;
use tokio::time::timeout;
use tower::ServiceExt;

use crate::alerts::{alerts_until, exercises, said};
use crate::bench::{Bench, at, fields, graded, header};

/// One event as it came.
#[derive(Debug)]
struct Heard {
    name: String,
    id: u64,
    alert: Value,
}

/// A reader of the stream.
struct Listener {
    body: Body,
    text: String,
}

impl Listener {
    /// Opens the stream of a class.
    async fn open(bench: &Bench, who: &str, class: &str, last: Option<&str>) -> Self {
        let (status, body) = stream(bench, who, class, last).await;
        assert_eq!(status, StatusCode::OK);
        Self { body, text: String::new() }
    }

    /// The next event; `None` at the end of the stream. Comments are passed over.
    async fn next(&mut self) -> Option<Heard> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                if let Some(heard) = read(&event) {
                    return Some(heard);
                }
                continue;
            }
            let frame = timeout(Duration::from_secs(30), self.body.frame()).await.unwrap();
            let bytes = frame?.unwrap().into_data().unwrap();
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }
}

fn read(event: &str) -> Option<Heard> {
    let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    Some(Heard {
        name: field("event:")?.to_owned(),
        id: field("id:")?.parse().unwrap(),
        alert: serde_json::from_str(field("data:")?).unwrap(),
    })
}

async fn stream(bench: &Bench, who: &str, class: &str, last: Option<&str>) -> (StatusCode, Body) {
    let mut request = Request::get(format!("/api/v1/progress/alerts?class_id={class}"))
        .header("accept", "text/event-stream")
        .extension(teacher(who));
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let response = bench.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    (response.status(), response.into_body())
}

fn stuck(number: u64, student: &str, component: &str) -> Event {
    said(header(number, student, component, at("2026-03-01T09:00:00Z")))
}

#[tokio::test]
async fn a_teacher_hears_what_happens_in_the_class_and_nothing_else() {
    let bench = Bench::asking(exercises()).await;
    bench.class("ms-lee", "7b", &["mira"]).await;
    bench.class("mr-ito", "8a", &["noor"]).await;
    let running = bench.begin();
    let mut lee = Listener::open(&bench, "ms-lee", "7b", None).await;
    let mut ito = Listener::open(&bench, "mr-ito", "8a", None).await;
    bench.hear_all(&[stuck(1, "mira", "sets"), stuck(2, "noor", "sets")]).await;
    let first = lee.next().await.unwrap();
    assert_eq!((first.name.as_str(), &first.alert["student_id"]), ("alert.opened", &Value::from("mira")));
    assert_eq!(first.alert["exercise"]["problem_id"], "ready-1");
    let solved = |n: u64, problem: &str| {
        graded(header(n, "mira", "sets", at(&format!("2026-03-01T09:0{n}:00Z"))), problem, 1.0)
    };
    bench.hear_all(&[solved(3, "s-1"), solved(4, "s-2")]).await;
    let second = lee.next().await.unwrap();
    assert_eq!(
        (second.name.as_str(), &second.alert["ended"]["by"]),
        ("alert.closed", &Value::from("solved"))
    );
    assert_eq!(second.alert["alert_id"], first.alert["alert_id"]);
    assert!(second.id > first.id, "{} then {}", first.id, second.id);
    let only = ito.next().await.unwrap();
    assert_eq!(only.alert["student_id"], "noor");

    let (status, _) = stream(&bench, "mr-ito", "7b", None).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    // A stop does not wait for whoever listens.
    running.stop().await;
    assert!(lee.next().await.is_none() && ito.next().await.is_none());
}

#[tokio::test]
async fn a_reader_goes_on_after_the_last_event_that_was_heard() {
    let bench = Bench::asking(exercises()).await;
    bench.class("ms-lee", "7b", &["mira"]).await;
    let running = bench.begin();
    for (number, component) in [(1, "sets"), (2, "dicts"), (3, "lists")] {
        bench.hear_all(&[stuck(number, "mira", component)]).await;
        alerts_until(&bench, "7b", |alerts| alerts["total"] == number).await;
    }
    let mut all = Listener::open(&bench, "ms-lee", "7b", Some("0")).await;
    let first = all.next().await.unwrap();
    assert_eq!(first.alert["component"], "sets");
    let mut rest = Listener::open(&bench, "ms-lee", "7b", Some(&first.id.to_string())).await;
    let components = [rest.next().await.unwrap(), rest.next().await.unwrap()]
        .map(|heard| heard.alert["component"].clone());
    assert_eq!(components, ["dicts", "lists"]);

    let page = bench.read(&teacher("ms-lee"), "/alerts?class_id=7b").await;
    let last = page["last_event_id"].to_string();
    let mut from_here = Listener::open(&bench, "ms-lee", "7b", Some(&last)).await;
    bench.hear_all(&[stuck(4, "mira", "tuples")]).await;
    assert_eq!(from_here.next().await.unwrap().alert["component"], "tuples");
    running.stop().await;
}

#[tokio::test]
async fn a_reader_that_is_too_slow_is_let_go_and_may_go_on() {
    let bench = Bench::asking(exercises()).await;
    let students: Vec<String> = (0..300).map(|n| format!("s-{n}")).collect();
    let names: Vec<&str> = students.iter().map(String::as_str).collect();
    bench.class("ms-lee", "7b", &names).await;
    let running = bench.begin();
    let mut slow = Listener::open(&bench, "ms-lee", "7b", Some("0")).await;
    let signs: Vec<Event> = (1..).zip(&names).map(|(n, student)| stuck(n, student, "a-slug")).collect();
    bench.hear_all(&signs).await;
    alerts_until(&bench, "7b", |alerts| alerts["total"] == 300).await;
    let mut heard = Vec::new();
    while let Some(event) = slow.next().await {
        heard.push(event.id);
        if heard.len() == 300 {
            break;
        }
    }
    assert!(heard.len() < 300, "the buffer is bounded");
    let last = heard.last().copied().unwrap_or_default();
    let mut again = Listener::open(&bench, "ms-lee", "7b", Some(&last.to_string())).await;
    let left = 300 - heard.len();
    for _ in 0..left {
        heard.push(again.next().await.unwrap().id);
    }
    assert_eq!(heard, (1..=300).collect::<Vec<u64>>(), "each once, in order");
    running.stop().await;
}

#[tokio::test]
async fn a_last_event_id_that_is_none_is_refused() {
    let bench = Bench::asking(exercises()).await;
    bench.class("ms-lee", "7b", &["mira"]).await;
    for bad in ["", "-1", "abc", "99999999999999999999999"] {
        let (status, body) = stream(&bench, "ms-lee", "7b", Some(bad)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{bad:?}");
        let problem: Value = serde_json::from_slice(&body.collect().await.unwrap().to_bytes()).unwrap();
        assert_eq!(fields(&problem), ["Last-Event-ID"]);
    }
}
