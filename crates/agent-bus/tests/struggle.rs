//! Struggle through the public door: what a student says and meets reaches the teacher who listens, within seconds; and a
//! stop does not wait for a listener.
//!
//! Not here: each of the signs, and how an alert ends (room `progress`).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::time::Duration;

use http::Method;
use serde_json::json;
use testkit::fleet::Fleet;
use tokio::time::timeout;

const BROKEN: &str = "total_price = 3 * 4\nprint(\"You pay\", total_price\n";
const MENDED: &str = "total_price = 3 * 4\nprint(\"You pay\", total_price)\n";

/// Opens the stream of the teacher's class.
async fn listen(fleet: &Fleet, teacher: &str) -> reqwest::Response {
    let address = format!("{}/api/v1/progress/alerts?class_id=python-1", fleet.address());
    let request = fleet.client().get(address).bearer_auth(teacher).header("accept", "text/event-stream");
    let stream = request.send().await.unwrap();
    assert_eq!(stream.status(), 200);
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    stream
}

#[tokio::test]
async fn a_teacher_hears_who_is_stuck_and_a_stop_does_not_wait_for_the_listener() {
    let mut fleet = Fleet::start(Path::new(env!("CARGO_BIN_EXE_agent-bus")), &[]);
    let (teacher, student) = (fleet.token("ms-lovelace", "teacher"), fleet.token("ada", "student"));
    let class = json!({"name": "Python 1", "students": ["ada"]});
    fleet.call(Method::PUT, "/api/v1/progress/classes/python-1", &teacher, Some(class)).await.ok();
    let mut stream = listen(&fleet, &teacher).await;

    let stuck = json!({"concept": "variables", "depth": "brief", "message": "I don't understand this"});
    fleet.post("/api/v1/concepts/explain", &student, stuck).await.ok();
    // Made, mended and made again: a mistake that merely stands is one mistake.
    for code in [BROKEN, MENDED, BROKEN, MENDED, BROKEN] {
        fleet.post("/api/v1/debug/analyze", &student, json!({"code": code})).await.ok();
    }
    let mut heard = String::new();
    while !(heard.contains("asked-for-help") && heard.contains("repeated-error")) {
        let chunk = timeout(Duration::from_secs(30), stream.chunk()).await.expect("heard in time");
        heard.push_str(std::str::from_utf8(&chunk.unwrap().expect("the stream goes on")).unwrap());
    }
    assert_eq!(heard.matches("event: alert.opened").count(), 2, "{heard}");

    let alerts = fleet.get("/api/v1/progress/alerts?class_id=python-1&state=open", &teacher).await.ok();
    assert_eq!(alerts["total"], 2);
    for alert in alerts["items"].as_array().unwrap() {
        assert!(alert["exercise"].is_object() || alert["no_exercise"].is_string(), "{alert:#}");
        assert_eq!(alert["student_id"], "ada");
    }
    assert_eq!(fleet.get("/api/v1/progress/alerts?class_id=python-1", &student).await.status, 403);

    fleet.terminate();
    assert!(fleet.wait(), "a clean stop");
    let rest = timeout(Duration::from_secs(30), async { while let Ok(Some(_)) = stream.chunk().await {} });
    rest.await.expect("the stream has an end");
}
