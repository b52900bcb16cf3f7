//! The sidecar's listener without a sidecar: what it answers to which request. Not here: what Dapr makes of the answers
//! (tests/real).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode};
use bus::{Delivery, Disposition, Handle, PublishError, Subscribe, Subscription};
use bus_dapr::{AppToken, DaprBus, Settings, Sidecar};
use clock::{RandomIds, SystemClock};
use contracts::Topic;
use contracts::events::ErrorType;
use futures::FutureExt;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, mpsc};
use tower::ServiceExt;

const TOKEN: &str = "s3cret";

/// A bus whose sidecar is away: nobody listens on the port of discarded things.
fn bus(settle: impl FnOnce(&mut Settings)) -> DaprBus {
    let away = Sidecar::new("http://127.0.0.1:9", "http://127.0.0.1:9", None).unwrap();
    let mut settings = Settings::new("progress", "blue-", AppToken::new(TOKEN).unwrap());
    settings.patience.retry_first = Duration::from_millis(1);
    settle(&mut settings);
    DaprBus::new(settings, &away, Arc::new(SystemClock), Arc::new(RandomIds), Arc::new(()))
}

/// Shows each delivery, waits for the gate, answers the same each time.
struct Gated {
    show: mpsc::UnboundedSender<Delivery>,
    gate: Arc<Semaphore>,
    answer: Disposition,
}

#[async_trait]
impl Handle for Gated {
    async fn handle(&self, delivery: Delivery) -> Disposition {
        let _ = self.show.send(delivery);
        // Closed is open for ever.
        if let Ok(permit) = self.gate.acquire().await {
            permit.forget();
        }
        self.answer.clone()
    }
}

async fn listen(
    bus: &DaprBus,
    topic: Topic,
    answer: Disposition,
) -> (Arc<Semaphore>, mpsc::UnboundedReceiver<Delivery>) {
    let (gate, (show, seen)) = (Arc::new(Semaphore::new(0)), mpsc::unbounded_channel());
    let handler = Arc::new(Gated { show, gate: Arc::clone(&gate), answer });
    bus.subscribe(Subscription { group: "progress", topics: vec![topic], handler }).await.unwrap();
    (gate, seen)
}

async fn ask(router: Router, request: Request<Body>) -> (StatusCode, Value) {
    let answer = router.oneshot(request).await.unwrap();
    let status = answer.status();
    let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

fn delivery(address: &str, offset: u32, body: impl Into<Body>) -> Request<Body> {
    Request::post(address)
        .header("dapr-api-token", TOKEN)
        .header("__key", "ada")
        .header("__partition", "2")
        .header("__offset", offset.to_string())
        .body(body.into())
        .unwrap()
}

fn raw() -> String {
    json!({"data_base64": "wwEA"}).to_string()
}

async fn word(bus: &DaprBus, request: Request<Body>) -> String {
    let address = request.uri().clone();
    let (status, body) = ask(bus.router(), request).await;
    assert_eq!(status, StatusCode::OK, "{address}");
    body["status"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_route_that_the_sidecar_is_told_is_there() {
    let bus = bus(|settings| settings.pubsub = "blue-kafka-pubsub".to_owned());
    let (gate, mut seen) = listen(&bus, Topic::LearningEvents, Disposition::Ack).await;
    let (gate_too, mut seen_too) = listen(&bus, Topic::LearningEvidence, Disposition::Ack).await;
    gate.close();
    gate_too.close();
    assert!(!bus.is_asked());
    let question =
        Request::get("/dapr/subscribe").header("dapr-api-token", TOKEN).body(Body::empty()).unwrap();
    let (status, told) = ask(bus.router(), question).await;
    assert_eq!(status, StatusCode::OK);
    assert!(bus.is_asked());
    let told = told.as_array().unwrap();
    let topics: BTreeSet<_> = told.iter().map(|one| one["topic"].as_str().unwrap()).collect();
    assert_eq!(topics, BTreeSet::from(["blue-learning.events", "blue-learning.evidence"]));
    for one in told {
        assert_eq!(one["pubsubname"], "blue-kafka-pubsub");
        assert_eq!(one["metadata"], json!({"rawPayload": "true"}));
        assert!(one.get("deadLetterTopic").is_none(), "what must come again would be put there");
        assert_eq!(word(&bus, delivery(one["route"].as_str().unwrap(), 1, raw())).await, "SUCCESS");
    }
    assert_eq!(seen.recv().await.unwrap().message.topic, Topic::LearningEvents);
    assert_eq!(seen_too.recv().await.unwrap().message.topic, Topic::LearningEvidence);
}

/// The sidecar takes a 404 for done with: the event would be gone.
#[tokio::test]
async fn no_address_of_an_event_is_a_404() {
    let bus = bus(|_| ());
    let (gate, _seen) = listen(&bus, Topic::LearningEvidence, Disposition::Ack).await;
    gate.close();
    for address in [
        "/events",
        "/events/",
        "/events/no.topic",
        "/events/learning.evidence/",
        "/events/a/b/c",
        "/events//",
        "/events/a//b",
    ] {
        assert_eq!(word(&bus, delivery(address, 1, raw())).await, "RETRY", "{address}");
    }
    // A topic of ours that nobody listens to now: somebody did when the sidecar asked.
    assert_eq!(word(&bus, delivery("/events/struggle.alerts", 1, raw())).await, "RETRY");
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let mut request = delivery("/events/learning.evidence", 1, raw());
        *request.method_mut() = method.clone();
        assert_eq!(word(&bus, request).await, "RETRY", "{method}");
    }
}

#[tokio::test]
async fn nobody_but_the_sidecar_is_answered() {
    let bus = bus(|_| ());
    let (_gate, mut seen) = listen(&bus, Topic::LearningEvidence, Disposition::Ack).await;
    for (method, address) in [
        (Method::GET, "/dapr/subscribe"),
        (Method::GET, "/dapr/config"),
        (Method::POST, "/events/learning.evidence"),
        (Method::POST, "/events/elsewhere"),
        (Method::POST, "/events/a/b"),
    ] {
        for token in [None, Some(""), Some("S3cret"), Some("s3cret2")] {
            let mut request = delivery(address, 1, raw());
            *request.method_mut() = method.clone();
            request.headers_mut().remove("dapr-api-token");
            if let Some(token) = token {
                request.headers_mut().insert("dapr-api-token", token.parse().unwrap());
            }
            let (status, body) = ask(bus.router(), request).await;
            assert_eq!(
                (status, body),
                (StatusCode::UNAUTHORIZED, Value::Null),
                "{method} {address} {token:?}"
            );
        }
    }
    assert!(seen.try_recv().is_err());
    assert!(!bus.is_asked(), "who is refused has not asked");
}

#[tokio::test]
async fn what_is_no_delivery_and_cannot_be_kept_comes_again_and_no_handler_sees_it() {
    let bus = bus(|_| ());
    let (_gate, mut seen) = listen(&bus, Topic::LearningEvidence, Disposition::Ack).await;
    for body in
        ["", "{}", "\u{1}", r#"{"data":1}"#, r#"{"data_base64":"*"}"#, "[]", r#"{"data_base64":null}"#]
    {
        assert_eq!(word(&bus, delivery("/events/learning.evidence", 1, body)).await, "RETRY", "{body}");
    }
    let mut placeless = delivery("/events/learning.evidence", 1, raw());
    placeless.headers_mut().remove("__offset");
    assert_eq!(word(&bus, placeless).await, "RETRY");
    assert!(seen.try_recv().is_err());
}

/// Its dead letter cannot be kept, as the sidecar is away: the record stays where it is.
#[tokio::test]
async fn a_record_whose_dead_letter_is_not_taken_comes_again() {
    let bus = bus(|_| ());
    let failure = bus::Failure { error_type: ErrorType::Validation, message: "no".into() };
    let (gate, mut seen) = listen(&bus, Topic::LearningEvidence, Disposition::DeadLetter(failure)).await;
    gate.close();
    assert_eq!(word(&bus, delivery("/events/learning.evidence", 1, raw())).await, "RETRY");
    assert_eq!(seen.recv().await.unwrap().attempt, 1);
}

/// A request is kept open for so long; a handler that hangs is counted over many of them.
#[tokio::test(start_paused = true)]
async fn attempts_are_counted_over_the_requests_of_one_record() {
    let bus = bus(|settings| {
        settings.patience.handler_timeout = Duration::from_secs(30);
        settings.hold_max_total = Duration::from_secs(20);
    });
    let (_gate, mut seen) = listen(&bus, Topic::LearningEvidence, Disposition::Ack).await;
    for attempt in 1..=5 {
        assert_eq!(word(&bus, delivery("/events/learning.evidence", 7, raw())).await, "RETRY");
        assert_eq!(seen.recv().await.unwrap().attempt, attempt);
    }
    // The last attempt failed too, but its dead letter is not taken: no sixth.
    assert_eq!(word(&bus, delivery("/events/learning.evidence", 7, raw())).await, "RETRY");
    assert_eq!(seen.recv().await.unwrap().attempt, 5);
    assert_eq!(word(&bus, delivery("/events/learning.evidence", 8, raw())).await, "RETRY");
    assert_eq!(seen.recv().await.unwrap().attempt, 1, "another record");
}

#[tokio::test(start_paused = true)]
async fn a_held_record_is_handed_back_in_time_and_counts_no_attempt() {
    let bus = bus(|settings| settings.hold_max_total = Duration::from_secs(20));
    let (gate, mut seen) = listen(&bus, Topic::LearningEvidence, Disposition::Hold("away".into())).await;
    gate.close();
    for _ in 0..10 {
        let asked = tokio::time::Instant::now();
        assert_eq!(word(&bus, delivery("/events/learning.evidence", 7, raw())).await, "RETRY");
        assert_eq!(asked.elapsed().as_secs(), 20, "by the test's own clock");
    }
    while let Ok(delivery) = seen.try_recv() {
        assert_eq!(delivery.attempt, 1);
    }
}

#[tokio::test]
async fn so_many_run_at_once_and_the_others_wait() {
    let bus = bus(|settings| settings.running_max = 2);
    let (gate, mut seen) = listen(&bus, Topic::LearningEvidence, Disposition::Ack).await;
    let asked: Vec<_> = (0..5)
        .map(|offset| {
            let bus = bus.clone();
            tokio::spawn(
                async move { word(&bus, delivery("/events/learning.evidence", offset, raw())).await },
            )
        })
        .collect();
    for _ in 0..2 {
        seen.recv().await.unwrap();
    }
    while bus.queued() < 3 {
        tokio::task::yield_now().await;
    }
    assert!(seen.try_recv().is_err(), "a third runs");
    gate.close();
    for one in asked {
        assert_eq!(one.await.unwrap(), "SUCCESS");
    }
    assert_eq!(bus.queued(), 0);
}

#[tokio::test]
async fn a_stop_finishes_what_is_in_hand_and_hands_back_the_rest() {
    let bus = bus(|settings| settings.running_max = 1);
    let (gate, mut seen) = listen(&bus, Topic::LearningEvidence, Disposition::Ack).await;
    let ask = |offset| {
        let bus = bus.clone();
        tokio::spawn(async move { word(&bus, delivery("/events/learning.evidence", offset, raw())).await })
    };
    let in_hand = ask(1);
    seen.recv().await.unwrap();
    let waiting = ask(2);
    while bus.queued() == 0 {
        tokio::task::yield_now().await;
    }
    let mut stopping = bus.stop().boxed();
    assert!(futures::poll!(&mut stopping).is_pending(), "a record is in hand");
    assert_eq!(waiting.await.unwrap(), "RETRY");
    assert_eq!(word(&bus, delivery("/events/learning.evidence", 3, raw())).await, "RETRY", "a late one");
    gate.close();
    stopping.await;
    assert_eq!(in_hand.await.unwrap(), "SUCCESS");
    assert!(seen.try_recv().is_err(), "one was handled");
    let handler = Arc::new(Gated { show: mpsc::unbounded_channel().0, gate, answer: Disposition::Ack });
    let late = Subscription { group: "progress", topics: vec![Topic::LearningEvents], handler };
    assert!(matches!(bus.subscribe(late).await, Err(PublishError::Stopping)));
}

/// The sidecar goes away in the middle: its handler comes to its end.
#[tokio::test]
async fn a_request_that_is_cut_off_does_not_cut_off_its_handler() {
    struct Ends(Arc<AtomicU32>, Arc<Semaphore>);
    #[async_trait]
    impl Handle for Ends {
        async fn handle(&self, _: Delivery) -> Disposition {
            self.0.fetch_add(1, Ordering::SeqCst);
            let _ = self.1.acquire().await;
            self.0.fetch_add(1, Ordering::SeqCst);
            Disposition::Ack
        }
    }
    let (bus, steps, gate) = (bus(|_| ()), Arc::new(AtomicU32::new(0)), Arc::new(Semaphore::new(0)));
    let handler = Arc::new(Ends(Arc::clone(&steps), Arc::clone(&gate)));
    let topics = vec![Topic::LearningEvidence];
    bus.subscribe(Subscription { group: "progress", topics, handler }).await.unwrap();
    let mut asked = Box::pin(bus.router().oneshot(delivery("/events/learning.evidence", 1, raw())));
    while steps.load(Ordering::SeqCst) == 0 {
        assert!(futures::poll!(&mut asked).is_pending());
        tokio::task::yield_now().await;
    }
    drop(asked);
    gate.close();
    bus.stop().await;
    assert_eq!(steps.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_sidecar_has_one_group_and_asks_once() {
    let bus = bus(|_| ());
    let (gate, _seen) = listen(&bus, Topic::LearningEvidence, Disposition::Ack).await;
    let subscribe = async |group, topic| {
        let handler = Arc::new(Gated {
            show: mpsc::unbounded_channel().0,
            gate: Arc::clone(&gate),
            answer: Disposition::Ack,
        });
        let answer = bus.subscribe(Subscription { group, topics: vec![topic], handler }).await;
        answer.map_err(|error| error.to_string())
    };
    let refused = subscribe("review", Topic::LearningEvents).await.unwrap_err();
    assert!(refused.contains("review cannot listen beside progress"), "{refused}");
    let refused = subscribe("progress", Topic::LearningEvidence).await.unwrap_err();
    assert!(refused.contains("listens to learning.evidence already"), "{refused}");
    subscribe("progress", Topic::LearningEvents).await.unwrap();
    let question =
        Request::get("/dapr/subscribe").header("dapr-api-token", TOKEN).body(Body::empty()).unwrap();
    ask(bus.router(), question).await;
    let refused = subscribe("progress", Topic::StruggleAlerts).await.unwrap_err();
    assert!(refused.contains("too late"), "{refused}");
}
