//! The meter: what it records, what it drops, and that it never makes a request wait.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bus::{Message, Publish, PublishError};
use bytes::Bytes;
use clock::{Clock, RandomIds};
use contracts::events::{AgentResponse, ResponseStatus};
use contracts::{Event, Topic, avro};
use jiff::Timestamp;
use telemetry::Metrics;
use tokio::sync::{Semaphore, mpsc};
use usage::{Call, Meter, Settings, TEXT_MAX_BYTES, Tokenizer, response_status};

struct NewYear;

impl Clock for NewYear {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(1_767_225_600_000).unwrap()
    }
}

/// A bus that keeps what it is given, once its gate lets it.
struct Shelf {
    entered: mpsc::UnboundedSender<()>,
    gate: Semaphore,
    kept: Mutex<Vec<Message>>,
    refuses: bool,
}

#[async_trait]
impl Publish for Shelf {
    async fn publish(&self, message: Message) -> Result<(), PublishError> {
        let _ = self.entered.send(());
        // Closed is open for ever.
        if let Ok(permit) = self.gate.acquire().await {
            permit.forget();
        }
        if self.refuses {
            return Err(PublishError::Unavailable("no".into()));
        }
        self.kept.lock().unwrap().push(message);
        Ok(())
    }
}

impl Shelf {
    fn responses(&self) -> Vec<AgentResponse> {
        let kept = self.kept.lock().unwrap();
        let response = |message: &Message| match avro::decode(&message.payload) {
            Ok(Event::AgentResponse(response)) => response,
            other => panic!("{other:?}"),
        };
        kept.iter().map(response).collect()
    }
}

struct Stage {
    meter: Meter,
    metrics: Metrics,
    shelf: Arc<Shelf>,
    entered: mpsc::UnboundedReceiver<()>,
}

fn stage(settings: Settings, refuses: bool) -> Stage {
    let (enter, entered) = mpsc::unbounded_channel();
    let shelf = Shelf { entered: enter, gate: Semaphore::new(0), kept: Mutex::default(), refuses };
    let shelf = Arc::new(shelf);
    let metrics = Metrics::new().unwrap();
    let publish = Arc::clone(&shelf) as Arc<dyn Publish>;
    let (tokenizer, ids, clock) = (Arc::new(Tokenizer::default()), Arc::new(RandomIds), Arc::new(NewYear));
    let meter = Meter::start_with(settings, tokenizer, publish, ids, clock, &metrics).unwrap();
    Stage { meter, metrics, shelf, entered }
}

impl Stage {
    fn shows(&self, line: &str) {
        let text = self.metrics.encode().unwrap();
        assert!(text.lines().any(|shown| shown == line), "no line {line} in\n{text}");
    }
}

fn call(answer: &str) -> Call {
    Call {
        agent: "debug",
        route: "POST /api/v1/debug/analyze".into(),
        student_id: Some("ada".parse().unwrap()),
        request_body: Bytes::from_static(br#"{"code": "print('secret sauce')", "language": "python"}"#),
        answer_body: Bytes::copy_from_slice(answer.as_bytes()),
        processing_time_ms: 7,
        status: response_status(200),
    }
}

#[tokio::test]
async fn a_call_becomes_a_record_without_the_learners_text() {
    let stage = stage(Settings::default(), false);
    stage.shelf.gate.close();
    let answer = r#"{"valid":true,"errors":[]}"#;
    stage.meter.record(call(answer));
    stage.meter.stop().await;

    let messages = stage.shelf.kept.lock().unwrap().clone();
    let [message] = &messages[..] else { panic!("{messages:?}") };
    assert_eq!((message.topic, message.key.as_str()), (Topic::AgentResponses, "ada"));
    let needle = b"secret";
    assert!(!message.payload.windows(needle.len()).any(|window| window == needle));
    let response = stage.shelf.responses().remove(0);
    let tokenizer = Tokenizer::default();
    let around =
        tokenizer.count("POST /api/v1/debug/analyze") + tokenizer.count(r#"{"code":"","language":"python"}"#);
    let expected = AgentResponse {
        response_id: response.response_id,
        agent_type: "debug".into(),
        student_id: Some("ada".parse().unwrap()),
        timestamp: NewYear.now(),
        content: "POST /api/v1/debug/analyze".into(),
        metadata: [("tokens_around", around), ("tokens_answer", tokenizer.count(answer))]
            .map(|(name, count)| (name.to_owned(), count.to_string()))
            .into(),
        token_efficiency: 1.0 - (around + tokenizer.count(answer)) as f64 / 1500.0,
        processing_time_ms: 7,
        status: ResponseStatus::Success,
    };
    assert_eq!(response, expected);
    stage.shows(r#"agent_usage_calls_total{agent="debug"} 1"#);
    stage.shows(&format!(r#"agent_token_efficiency{{agent="debug"}} {}"#, expected.token_efficiency));
}

#[tokio::test]
async fn a_cut_answer_is_partial_and_a_refused_call_an_error() {
    let stage = stage(Settings::default(), false);
    stage.shelf.gate.close();
    stage.meter.record(call(r#"{"truncated": true}"#));
    stage.meter.record(Call {
        status: response_status(422),
        student_id: None,
        ..call(r#"{"truncated": true}"#)
    });
    stage.meter.stop().await;
    let statuses: Vec<_> = stage.shelf.responses().iter().map(|response| response.status).collect();
    assert_eq!(statuses, [ResponseStatus::Partial, ResponseStatus::Error]);
    assert_eq!(stage.shelf.kept.lock().unwrap()[1].key, "debug", "without a student the agent is the key");
}

#[tokio::test]
async fn what_does_not_fit_the_queue_is_dropped_and_counted() {
    let settings = Settings { queue_max_calls: 2, batch_max_calls: 1, ..Settings::default() };
    let mut stage = stage(settings, false);
    stage.meter.record(call("{}"));
    // The first is in the bus's hands, and stays there: two more fit.
    stage.entered.recv().await.unwrap();
    (0..5).for_each(|_| stage.meter.record(call("{}")));
    stage.shows(r#"agent_usage_dropped_total{reason="queue_full"} 3"#);
    stage.shelf.gate.close();
    stage.meter.stop().await;
    assert_eq!(stage.shelf.responses().len(), 3);
}

#[tokio::test]
async fn the_queue_is_bounded_in_bytes_and_gives_them_back() {
    let size = call("{}").route.len() + call("{}").request_body.len() + 2;
    let settings = Settings { queue_max_bytes: 2 * size, batch_max_calls: 1, ..Settings::default() };
    let mut stage = stage(settings, false);
    stage.meter.record(call("{}"));
    stage.entered.recv().await.unwrap();
    (0..3).for_each(|_| stage.meter.record(call("{}")));
    stage.shows(r#"agent_usage_dropped_total{reason="queue_full"} 1"#);
    // Once the queue is worked off there is room again.
    stage.shelf.gate.close();
    stage.entered.recv().await.unwrap();
    stage.entered.recv().await.unwrap();
    (0..2).for_each(|_| stage.meter.record(call("{}")));
    stage.meter.stop().await;
    stage.shows(r#"agent_usage_dropped_total{reason="queue_full"} 1"#);
    assert_eq!(stage.shelf.responses().len(), 5);
}

#[tokio::test]
async fn a_call_that_is_too_large_is_not_counted() {
    let stage = stage(Settings::default(), false);
    stage.shelf.gate.close();
    stage.meter.record(call(&"x".repeat(TEXT_MAX_BYTES)));
    stage.meter.stop().await;
    stage.shows(r#"agent_usage_dropped_total{reason="too_large"} 1"#);
    assert!(stage.shelf.responses().is_empty());
}

#[tokio::test]
async fn what_is_queued_at_the_stop_is_recorded_and_what_comes_later_is_not() {
    let mut stage = stage(Settings { batch_max_calls: 4, ..Settings::default() }, false);
    (0..10).for_each(|_| stage.meter.record(call("{}")));
    stage.entered.recv().await.unwrap();
    stage.shelf.gate.close();
    stage.meter.stop().await;
    assert_eq!(stage.shelf.responses().len(), 10);
    stage.meter.record(call("{}"));
    stage.shows(r#"agent_usage_dropped_total{reason="stopped"} 1"#);
}

#[tokio::test]
async fn a_record_that_the_bus_refuses_is_counted() {
    let stage = stage(Settings::default(), true);
    stage.shelf.gate.close();
    stage.meter.record(call("{}"));
    stage.meter.stop().await;
    stage.shows(r#"agent_usage_dropped_total{reason="unpublished"} 1"#);
}

#[tokio::test]
async fn there_is_one_meter_on_a_registry() {
    let stage = stage(Settings::default(), false);
    let publish = Arc::clone(&stage.shelf) as Arc<dyn Publish>;
    let (tokenizer, ids, clock) = (Arc::new(Tokenizer::default()), Arc::new(RandomIds), Arc::new(NewYear));
    assert!(Meter::start(tokenizer, publish, ids, clock, &stage.metrics).is_err());
    stage.meter.stop().await;
}
