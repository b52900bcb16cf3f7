//! Traces on their way to a collector: what is told of a request, and that a collector that is away is in nobody's way.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};
use testkit::collector::Collector;
use testkit::fleet::Fleet;
use testkit::once;

const BINARY: &str = env!("CARGO_BIN_EXE_agent-bus");
const CALLER: &str = "b7ad6b7169203331";

fn fleet(settings: &[&str]) -> Fleet {
    Fleet::start(Path::new(BINARY), settings)
}

/// A program to be reviewed, asked for in a trace.
async fn review(fleet: &Fleet, trace: &str, flags: &str) -> Value {
    let request = fleet
        .client()
        .post(format!("{}/api/v1/review/quality", fleet.address()))
        .bearer_auth(fleet.token("ada", "student"))
        .header("x-correlation-id", "order-7")
        .header("traceparent", format!("00-{trace}-{CALLER}-{flags}"));
    // Each time another program: of the same one nothing new is told.
    let code = format!("print(\"{trace}\")\n");
    fleet.send(request.json(&json!({"code": code, "component": "for"}))).await.ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_its_questions_and_its_records_are_steps_of_the_callers_trace() {
    let collector = Collector::start().await;
    let fleet = fleet(&["--otlp-endpoint", &collector.url()]);
    let (silent, told) = ("0af7651916cd43dd8448eb211c803190", "0af7651916cd43dd8448eb211c80319c");
    review(&fleet, silent, "00").await;
    review(&fleet, told, "01").await;

    let request = collector.until("the request", |span| span.name == "POST /api/v1/review/quality").await;
    assert_eq!((request.trace_id.as_str(), request.parent.as_str()), (told, CALLER), "{request:#?}");
    assert_eq!((request.service.as_str(), request.kind, request.failed), ("agent-bus", 2, false));
    for (key, value) in
        [("agent", "review"), ("http.response.status_code", "200"), ("correlation_id", "order-7")]
    {
        assert_eq!(request.attribute(key), Some(value), "{request:#?}");
    }
    let question = collector.until("the question", |span| span.name == "ask progress").await;
    let record = collector.until("the record", |span| span.name == "process learning.evidence").await;
    for (step, kind) in [(&question, 3), (&record, 5)] {
        assert_eq!((&step.trace_id, &step.parent), (&request.trace_id, &request.span_id), "{step:#?}");
        assert_eq!((step.kind, step.failed), (kind, false), "{step:#?}");
    }
    assert_eq!(question.attribute("outcome"), Some("answered"));
    assert_eq!(record.attribute("messaging.consumer.group.name"), Some("progress"));

    // Without a caller the trace begins here; and what the caller does not want is not told.
    let ada = fleet.token("ada", "student");
    fleet.get("/api/v1/progress/ada", &ada).await.ok();
    let own =
        collector.until("a trace of our own", |span| span.name == "GET /api/v1/progress/{student_id}").await;
    assert!(own.parent.is_empty() && own.trace_id != told, "{own:#?}");
    assert!(collector.seen().iter().all(|span| span.trace_id != silent), "{:#?}", collector.seen());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_traces_that_begin_here_so_many_are_told_as_is_set() {
    let collector = Collector::start().await;
    let fleet = fleet(&["--otlp-endpoint", &collector.url(), "--trace-share", "0"]);
    let ada = fleet.token("ada", "student");
    for _ in 0..10 {
        fleet.get("/api/v1/progress/ada", &ada).await.ok();
    }
    review(&fleet, "0af7651916cd43dd8448eb211c80319c", "01").await;
    collector.until("the caller's", |span| span.parent == CALLER).await;
    assert!(collector.seen().iter().all(|span| !span.parent.is_empty()), "{:#?}", collector.seen());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_is_away_or_never_answers_is_in_nobodys_way() {
    // One refuses, the other takes connections (the system does) and says nothing.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mute = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    for address in [gone, mute.local_addr().unwrap()] {
        let mut fleet = fleet(&["--otlp-endpoint", &format!("http://{address}")]);
        let ada = fleet.token("ada", "student");
        for _ in 0..50 {
            let answer = fleet.get("/api/v1/progress/ada", &ada).await;
            assert_eq!(answer.status, StatusCode::OK, "{address}");
        }
        if address == gone {
            let dropped = || async {
                let text = fleet.metrics().await;
                let line = "agent_spans_dropped_total{reason=\"unsent\"} ";
                let line = text.lines().find_map(|told| told.strip_prefix(line)).unwrap();
                line.parse::<u64>().unwrap()
            };
            let counted = once(Duration::from_secs(30), async || (dropped().await >= 50).then_some(())).await;
            assert!(counted.is_some(), "what is dropped is counted");
        }
        fleet.terminate();
        assert!(fleet.wait(), "it ends by itself: {address}");
    }
}

#[test]
fn a_collector_that_is_no_address_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for wrong in ["collector:4317", "grpc://collector:4317", "http://", ""] {
        let output = Command::new(BINARY)
            .args(["up", "--port", "0", "--otlp-endpoint", wrong, "--data-dir"])
            .arg(folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.contains("--otlp-endpoint"), "{wrong:?}: {said}");
    }
}
