//! Agents in processes of their own, over a real Kafka broker and a real Postgres database.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use agent_core::mastery::Score;
use async_trait::async_trait;
use bus::{Delivery, Disposition, Handle, Headers, Message, Publish, Subscribe, Subscription};
use bus_kafka::lag::LagReader;
use bus_kafka::read::{self, From};
use bus_kafka::topics::{self, Wanted};
use bus_kafka::{KafkaBus, Settings};
use bytes::Bytes;
use clock::{Clock, Ids, RandomIds, SystemClock};
use contracts::events::{CodeReviewed, ErrorEvent, EvidenceHeader, StudentErased};
use contracts::{Event, Topic, avro};
use http::StatusCode;
use serde_json::{Value, json};
use testkit::collector::{Collector, Seen};
use testkit::kafka::{self, Broker};
use testkit::once;
use testkit::postgres::Database;
use testkit::served::{Release, Served};

const BINARY: &str = env!("CARGO_BIN_EXE_agent-bus");
const ONE_BROKER: Wanted = Wanted { replicas: 1, min_insync: 1 };
const EVIDENCE: Topic = Topic::LearningEvidence;

/// Topics and a database of the test's own, and a release of agents on them.
struct Ground {
    kafka: Settings,
    /// Goes with the test.
    _database: Database,
    release: Release,
}

impl Ground {
    async fn on(brokers: &str) -> Self {
        let kafka = Settings { prefix: kafka::fresh_prefix(), ..Settings::new(brokers) };
        topics::apply(&kafka, ONE_BROKER).await.unwrap();
        let database = Database::fresh().await;
        let release = Release::new(
            Path::new(BINARY),
            &[
                ("AGENT_BUS_BUS", "kafka"),
                ("AGENT_BUS_KAFKA_BROKERS", brokers),
                ("AGENT_BUS_RELEASE_PREFIX", &kafka.prefix),
                ("AGENT_BUS_DATABASE", database.url()),
                ("AGENT_BUS_OTHER_REQUESTS_PER_MINUTE", "1000000"),
            ],
        );
        release.migrate();
        Self { kafka, _database: database, release }
    }

    fn bus(&self) -> KafkaBus {
        KafkaBus::new(self.kafka.clone(), Arc::new(SystemClock), Arc::new(RandomIds), Arc::new(())).unwrap()
    }

    /// All events of a topic by now.
    async fn events(&self, topic: Topic) -> Vec<Event> {
        let mut records = read::read(&self.kafka, &[topic], From::Beginning);
        let mut events = Vec::new();
        while let Some(record) = records.recv().await {
            events.push(avro::decode(&record.unwrap().message.payload).unwrap());
        }
        events
    }

    /// The dead letters, once there are so many.
    async fn letters(&self, count: usize) -> Vec<ErrorEvent> {
        until("dead letters", async || {
            let letters = self.events(Topic::DeadLetterQueue).await;
            (letters.len() >= count).then_some(letters)
        })
        .await
        .into_iter()
        .map(|event| match event {
            Event::ErrorEvent(letter) => letter,
            other => panic!("no dead letter: {other:?}"),
        })
        .collect()
    }
}

/// Asks again until there is an answer.
async fn until<T>(what: &str, ask: impl AsyncFnMut() -> Option<T>) -> T {
    once(Duration::from_secs(120), ask).await.unwrap_or_else(|| panic!("no {what}"))
}

async fn until_ready(agent: &Served) {
    until("readiness", async || (agent.get("/ready", "").await.status == StatusCode::OK).then_some(())).await;
}

/// How many records of evidence Progress says it has not done; nothing where it does not say.
async fn behind(progress: &Served) -> Option<u64> {
    let text = progress.metrics().await;
    let name = "agent_consumer_lag_records{agent=\"progress\",topic=\"learning.evidence\"} ";
    text.lines().find_map(|line| line.strip_prefix(name)?.parse().ok())
}

fn scores(value: f64) -> Value {
    json!({"completion": value, "quiz": value, "quality": value, "consistency": value})
}

fn reviewed(student: &str, score: Score) -> Event {
    let header = EvidenceHeader {
        event_id: RandomIds.event_id(),
        timestamp: SystemClock.now(),
        student_id: student.parse().unwrap(),
        component: "loops".parse().unwrap(),
        metadata: None,
    };
    Event::CodeReviewed(CodeReviewed { header, score })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn evidence_of_one_process_moves_the_mastery_in_another_and_all_hear_of_it() {
    let ground = Ground::on(&kafka::address()).await;
    let progress = ground.release.serve("progress", &[]);
    let peers = format!("progress={}", progress.internal());
    let review = ground.release.serve("review", &[("AGENT_BUS_PEERS", &peers)]);
    until_ready(&progress).await;
    until_ready(&review).await;

    let ada = ground.release.token("ada", "student");
    let program = json!({"code": "total = 0\nfor price in [3, 4]:\n    total += price\nprint(total)\n", "component": "for"});
    let answer = review.post("/api/v1/review/quality", &ada, program).await.ok();
    assert_eq!(answer["evidence"], "recorded", "{answer:#}");
    let seen =
        progress.get_until("/api/v1/progress/ada", &ada, |body| body["components"]["for"].is_object()).await;
    let quality = &seen["components"]["for"]["breakdown"]["quality"];
    assert_eq!(quality.as_f64().unwrap(), answer["score"].as_f64().unwrap() / 100.0, "{seen:#}");

    let told = until("StudentProgress", async || ground.events(Topic::LearningEvents).await.pop()).await;
    let Event::StudentProgress(told) = told else { panic!("{told:?}") };
    assert_eq!((told.student_id.as_str(), told.component.as_str()), ("ada", "for"));
    assert_eq!(json!(told.mastery), seen["components"]["for"]["mastery"]);

    // A teacher sees the students of the own classes alone, which Review has to ask Progress.
    let teacher = ground.release.token("teach", "teacher");
    let program = json!({"code": "print(1)\n", "student_id": "ada", "component": "for"});
    let refused = review.post("/api/v1/review/quality", &teacher, program.clone()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{:#}", refused.body);
    let class = json!({"name": "One", "students": ["ada"]});
    let made = progress.call(http::Method::PUT, "/api/v1/progress/classes/one", &teacher, Some(class)).await;
    assert!(made.status.is_success(), "{:#}", made.body);
    until("the roster", async || {
        let answer = review.post("/api/v1/review/quality", &teacher, program.clone()).await;
        (answer.status == StatusCode::OK).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_internal_address_takes_the_token_between_agents_and_nothing_else() {
    let ground = Ground::on(&kafka::address()).await;
    let progress = ground.release.serve("progress", &[]);
    let client = progress.client();
    let ask = async |token: Option<&str>, caller: Option<&str>| {
        let mut request = client.get(format!("{}/api/v1/progress/ada", progress.internal()));
        if let Some(token) = token {
            request = request.header("dapr-api-token", token);
        }
        if let Some(caller) = caller {
            request = request.header("dapr-caller-app-id", caller);
        }
        progress.send(request.header("x-on-behalf-of", "ada")).await
    };
    let review = format!("{}review", ground.kafka.prefix);
    assert_eq!(ask(None, Some(&review)).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(Some("guessed"), Some(&review)).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(Some("between-agents"), None).await.headers["x-agent-status"], "403");
    assert_eq!(ask(Some("between-agents"), Some("another-release")).await.headers["x-agent-status"], "403");
    let answer = ask(Some("between-agents"), Some(&review)).await;
    assert_eq!((answer.status, &answer.body["student_id"]), (StatusCode::OK, &json!("ada")));
    // The public address does not know that token, whoever says that it is a neighbour.
    let forged = client
        .get(format!("{}/api/v1/progress/ada", progress.address()))
        .header("dapr-api-token", "between-agents")
        .header("dapr-caller-app-id", &review);
    assert_eq!(progress.send(forged).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_used_becomes_a_dead_letter_and_its_partition_goes_on() {
    let ground = Ground::on(&kafka::address()).await;
    let progress = ground.release.serve("progress", &[]);
    let bus = ground.bus();
    let good = avro::encode(&reviewed("ada", Score::new(0.123).unwrap())).to_vec();
    let mut unknown = good.clone();
    unknown[2] ^= 0xFF;
    let mut not_a_number = good.clone();
    let place = good.windows(8).position(|bytes| bytes == 0.123_f64.to_le_bytes()).unwrap();
    not_a_number[place..place + 8].copy_from_slice(&f64::NAN.to_le_bytes());
    // The name of one schema, and the body of another.
    let erased = StudentErased {
        event_id: RandomIds.event_id(),
        timestamp: SystemClock.now(),
        student_id: "ada".parse().unwrap(),
    };
    let mut wrong_type = good[..10].to_vec();
    wrong_type.extend_from_slice(&avro::encode(&Event::StudentErased(erased))[10..]);
    let mut huge = good.clone();
    huge.resize(5 << 20, b'x');
    let of_another = avro::encode(&reviewed("bo", Score::ONE)).to_vec();
    let poison = [
        ("truncated", good[..30].to_vec(), "schema"),
        ("unknown fingerprint", unknown, "schema"),
        ("wrong type", wrong_type, "schema"),
        ("5 MiB", huge, "schema"),
        ("NaN score", not_a_number, "validation"),
        ("key of another student", of_another, "validation"),
    ];
    let publish = async |payload: Vec<u8>| {
        let payload = Bytes::from(payload);
        let message =
            Message { topic: EVIDENCE, key: "ada".to_owned(), payload, headers: Headers::default() };
        bus.publish(message).await.unwrap();
    };
    for (_, payload, _) in &poison {
        publish(payload.clone()).await;
    }
    // Behind all of them in the same partition.
    publish(good).await;

    let ada = ground.release.token("ada", "student");
    progress.get_until("/api/v1/progress/ada", &ada, |body| body["components"]["loops"].is_object()).await;
    let letters = ground.letters(poison.len()).await;
    assert_eq!(letters.len(), poison.len());
    for (letter, (what, payload, error_type)) in letters.iter().zip(&poison) {
        assert_eq!(letter.error_type.as_str(), *error_type, "{what}: {}", letter.error_message);
        assert!(letter.original_payload == *payload, "{what}: its bytes are not the original ones");
        assert_eq!((letter.retry_count, letter.consumer_agent.as_str()), (1, "progress"), "{what}");
        assert_eq!(letter.original_topic, "learning.evidence", "{what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_is_away_costs_nothing_that_was_accepted() {
    const OUTBOX_MAX: usize = 40;
    let broker = Broker::start_new();
    let ground = Ground::on(broker.address()).await;
    broker.crash();
    let outbox_max = OUTBOX_MAX.to_string();
    let progress = ground.release.serve("progress", &[("AGENT_BUS_OUTBOX_MAX", &outbox_max)]);
    assert_eq!(progress.get("/health", "").await.status, StatusCode::OK, "live");
    let ready = progress.get("/ready", "").await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE, "not ready");
    assert_eq!(ready.body["checks"]["bus"], "failing");

    // What comes all the same is accepted up to the limit of the outbox, and refused above.
    let teacher = ground.release.token("teach", "teacher");
    let class = json!({"name": "One", "students": ["ada"]});
    progress.call(http::Method::PUT, "/api/v1/progress/classes/one", &teacher, Some(class)).await;
    let mut accepted = 0;
    let refused = loop {
        let body = json!({"component": "loops", "scores": scores(0.5)});
        let answer = progress.post("/api/v1/progress/ada", &teacher, body).await;
        if answer.status != StatusCode::OK {
            break answer;
        }
        accepted += 1;
    };
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{:#}", refused.body);
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(accepted, OUTBOX_MAX);

    broker.start();
    until_ready(&progress).await;
    until("a lag", async || behind(&progress).await).await;
    let told = until("all events", async || {
        let told = ground.events(Topic::LearningEvents).await;
        (told.len() >= accepted).then_some(told)
    })
    .await;
    assert!(told.iter().all(|event| matches!(event, Event::StudentProgress(_))));
    let body = json!({"component": "loops", "scores": scores(0.7)});
    until("room in the outbox", async || {
        let answer = progress.post("/api/v1/progress/ada", &teacher, body.clone()).await;
        (answer.status == StatusCode::OK).then_some(())
    })
    .await;

    // Gone again: what is not known is not told.
    broker.crash();
    until("no lag", async || behind(&progress).await.is_none().then_some(())).await;
    let silent = "the brokers do not tell how far this agent is behind";
    assert!(ground.release.log("progress").iter().any(|line| line["message"] == silent));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_request_has_its_ids_in_the_log_of_every_agent_that_it_reaches() {
    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
    let ground = Ground::on(&kafka::address()).await;
    let collector = Collector::start().await;
    let url = collector.url();
    let loud = [
        ("AGENT_BUS_LOG", "info,room=debug"),
        ("AGENT_BUS_LOG_FORMAT", "json"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", url.as_str()),
    ];
    let progress = ground.release.serve("progress", &loud);
    let peers = format!("progress={}", progress.internal());
    let review = ground.release.serve("review", &[&loud[..], &[("AGENT_BUS_PEERS", &peers)]].concat());
    until_ready(&progress).await;
    until_ready(&review).await;

    // Review asks Progress where the student stands.
    let traceparent = format!("00-{TRACE}-b7ad6b7169203331-01");
    let program = json!({"code": "print(1)\n", "component": "for"});
    let request = review
        .client()
        .post(format!("{}/api/v1/review/quality", review.address()))
        .bearer_auth(ground.release.token("ada", "student"))
        .header("x-correlation-id", "order-7")
        .header("traceparent", &traceparent);
    review.send(request.json(&program)).await.ok();
    // And a record that this request might have caused is of no use to Progress.
    let headers =
        Headers { correlation_id: Some("order-7".to_owned()), traceparent: Some(traceparent.clone()) };
    let payload = Bytes::from_static(b"no event");
    let record = Message { topic: EVIDENCE, key: "ada".to_owned(), payload, headers };
    ground.bus().publish(record).await.unwrap();

    for (agent, message) in
        [("review", "answered"), ("progress", "answered"), ("progress", "a record is in the dead letters")]
    {
        let line = until(&format!("line of {agent}: {message}"), async || {
            let lines = ground.release.log(agent);
            lines.into_iter().find(|line| line["message"] == message && line["correlation_id"] == "order-7")
        })
        .await;
        assert_eq!((&line["trace_id"], &line["service"]), (&json!(TRACE), &json!(agent)), "{line:#}");
        if message.starts_with("a record") {
            assert_eq!((&line["group"], &line["topic"]), (&json!(agent), &json!("learning.evidence")));
            assert_eq!(
                (&line["error_type"], &line["offset"].is_i64()),
                (&json!("schema"), &true),
                "{line:#}"
            );
        }
    }

    // And the steps hang together: the caller's, Review's, its question, Progress' answer to it.
    let of = |service: &'static str, kind: u64| {
        move |span: &Seen| span.service == service && span.kind == kind && span.trace_id == TRACE
    };
    let request = collector.until("the request", of("review", 2)).await;
    let question = collector.until("the question", of("review", 3)).await;
    let answer = collector.until("its answer", of("progress", 2)).await;
    assert_eq!(request.parent, "b7ad6b7169203331");
    assert_eq!((&question.parent, &answer.parent), (&request.span_id, &question.span_id));
    // One record that the request caused, and the one that its caller might have.
    for cause in [&request.span_id, &request.parent] {
        collector.until("a record", |span| of("progress", 5)(span) && span.parent == *cause).await;
    }
}

/// What metrics.txt says of names that one process does not tell; the others are held against `up` (scripts/check-metrics).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_only_served_agents_tell_is_told() {
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../k8s/monitoring/metrics.txt");
    let list = std::fs::read_to_string(list).unwrap();
    let names: Vec<_> = list.lines().filter_map(|line| Some(line.strip_suffix("served")?.trim())).collect();
    assert!(names.contains(&"agent_read_copy_total"), "{names:?}");
    let ground = Ground::on(&kafka::address()).await;
    let redis = testkit::redis::Prefix::fresh();
    let review = ground.release.serve("review", &[("AGENT_BUS_REDIS", redis.address())]);
    until_ready(&review).await;
    let told = until("metric of each name", async || {
        let text = review.metrics().await;
        names.iter().all(|name| text.contains(&format!("\n# TYPE {name} "))).then_some(text)
    })
    .await;
    for line in [
        "agent_consumer_lag_records{agent=\"review\",topic=\"learning.events\"} 0",
        "agent_invocations_total{agent=\"review\",callee=\"progress\",outcome=\"breaker_open\"} 0",
        "agent_is_ready{agent=\"review\"} 1",
        "agent_limiter_alone{agent=\"review\"} 0",
        "agent_read_copy_total{agent=\"review\",outcome=\"fresh\"} 0",
        "agent_ready{check=\"bus\"} 1",
        "agent_ready{check=\"review\"} 1",
    ] {
        assert!(told.lines().any(|told| told == line), "{line} is not in\n{told}");
    }
    assert!(!told.contains("agent_sandbox"), "Review runs no programs");
    assert!(!told.contains("agent_learning"), "Review counts no learning");
}

/// One of a group that can do nothing until what it needs is back.
#[derive(Default)]
struct Waits(AtomicBool);

#[async_trait]
impl Handle for Waits {
    async fn handle(&self, _: Delivery) -> Disposition {
        if self.0.load(Ordering::Relaxed) { Disposition::Ack } else { Disposition::Hold("a test".to_owned()) }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_far_an_agent_is_behind_is_told_of_all_its_processes() {
    let ground = Ground::on(&kafka::address()).await;
    let (bus, waits) = (ground.bus(), Arc::<Waits>::default());
    // It keeps some of the partitions beside the agent.
    let subscription =
        Subscription { group: "progress", topics: vec![EVIDENCE], handler: Arc::clone(&waits) as _ };
    bus.subscribe(subscription).await.unwrap();
    for number in 0..60 {
        let student = format!("student-{number}");
        let payload = avro::encode(&reviewed(&student, Score::ONE));
        let message = Message { topic: EVIDENCE, key: student, payload, headers: Headers::default() };
        bus.publish(message).await.unwrap();
    }
    let progress = ground.release.serve("progress", &[]);
    until_ready(&progress).await;
    let known = async || {
        let kafka = ground.kafka.clone();
        let ask = move || LagReader::new(&kafka, "progress").unwrap().lags(&[EVIDENCE]).unwrap();
        tokio::task::spawn_blocking(ask).await.unwrap()[0].records
    };
    until("records that are left, as the brokers know them", async || {
        let left = behind(&progress).await.filter(|left| (1..60).contains(left))?;
        (left == known().await).then_some(())
    })
    .await;
    waits.0.store(true, Ordering::Relaxed);
    until("none that is left", async || (behind(&progress).await? == 0).then_some(())).await;
    bus.stop().await;
}
