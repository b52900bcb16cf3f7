//! `replay`: what a Progress room left on the topics, in another database.

use std::collections::BTreeMap;
use std::sync::Arc;

use agent_core::mastery::Score;
use axum::Router;
use bus::{Delivery, Disposition, Failure, Publish, Subscribe, Subscription, dead_letter};
use bus_kafka::{Settings, read};
use clock::{Clock, Ids, RandomIds, SystemClock};
use contracts::events::{CodeReviewed, ErrorType, EvidenceHeader, ExerciseGraded, ExerciseKind};
use contracts::{Event, Topic, avro};
use http::{Method, StatusCode};
use jiff::SignedDuration;
use ledger::Ledger;
use ledger_postgres::PgStore;
use progress::{MeasureTokens, Ports};
use serde_json::{Value, json};
use testkit::postgres::Database;
use testkit::registry::Registry;
use testkit::{StaticInvoke, call, service, student, teacher};

use crate::given::{NOWHERE, bus, framed, fresh, message, run, run_on, stderr, stdout, untouched};

const STUDENTS: [&str; 3] = ["ada", "bo", "cy"];

/// Nothing here asks for it.
struct Unmeasured;

impl MeasureTokens for Unmeasured {
    fn token_efficiency(&self, _: &str, _: &str) -> f64 {
        0.0
    }
}

/// A Progress room on a database.
struct Progress {
    store: PgStore,
    ledger: Arc<dyn Ledger>,
    router: Router,
    inbox: Vec<Subscription>,
}

impl Progress {
    async fn on(database: &Database) -> Self {
        let store = PgStore::open(database.url(), ledger_postgres::Settings::default()).await.unwrap();
        let ledger = store.room(progress::SPEC).await.unwrap();
        let room = progress::room(Ports {
            ledger: Arc::clone(&ledger),
            clock: Arc::new(SystemClock),
            alarm: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            tokens: Arc::new(Unmeasured),
            invoke: Arc::new(StaticInvoke::down()),
            learning: Arc::new(()),
        });
        Self { store, ledger, router: room.router, inbox: room.inbox }
    }

    /// Publishes the evidence, and takes it.
    async fn hear(&self, bus: &dyn Publish, event: &Event) {
        let student = event.student_id().unwrap().to_string();
        let message = message(Topic::LearningEvidence, &student, avro::encode(event));
        bus.publish(message.clone()).await.unwrap();
        let delivery = Delivery { message, partition: 0, offset: 0, attempt: 1 };
        assert_eq!(self.inbox[0].handler.handle(delivery).await, Disposition::Ack);
    }

    async fn ask(&self, method: Method, path: &str, who: &auth::Principal, body: Option<Value>) -> Value {
        let path = format!("/api/v1/progress{path}");
        let (status, _, answer) = call(&self.router, method, &path, who, body).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer}");
        answer
    }

    /// Publishes what waits to be told.
    async fn relay(&self, bus: &dyn Publish) {
        let outbox = self.ledger.outbox();
        while outbox.backlog().await.unwrap().messages > 0 {
            for pending in outbox.oldest(0, 1_000).await.unwrap() {
                bus.publish(pending.message).await.unwrap();
                outbox.published(&[pending.sequence]).await.unwrap();
            }
        }
    }

    /// What is answered about the students, and what is kept of their scores.
    async fn stand(&self) -> BTreeMap<String, Value> {
        let mut found = BTreeMap::new();
        for name in STUDENTS {
            let who = student(name);
            for path in [
                format!("/{name}"),
                format!("/{name}/history?component=loops"),
                format!("/{name}/explain?component=loops"),
            ] {
                found.insert(path.clone(), self.ask(Method::GET, &path, &who, None).await);
            }
            let export = self.ask(Method::GET, &format!("/{name}/export"), &who, None).await;
            for item in export["items"].as_array().unwrap() {
                let (place, key) = (item["place"].as_str().unwrap(), item["key"].as_str().unwrap());
                if !["struggle", "waiting", "alert", "member"].contains(&place) {
                    found.insert(format!("{place} {key}"), item["body"].clone());
                }
            }
        }
        found
    }
}

fn header(student: &str, hours_ago: i64) -> EvidenceHeader {
    EvidenceHeader {
        event_id: RandomIds.event_id(),
        timestamp: SystemClock.now() - SignedDuration::from_hours(hours_ago),
        student_id: student.parse().unwrap(),
        component: "loops".parse().unwrap(),
        metadata: None,
    }
}

fn graded(student: &str, hours_ago: i64, problem: &str) -> Event {
    let (header, problem) = (header(student, hours_ago), problem.parse().unwrap());
    let score = Score::new(1.0).unwrap();
    Event::ExerciseGraded(ExerciseGraded { header, problem, kind: ExerciseKind::Write, score })
}

fn reviewed(student: &str, hours_ago: i64) -> Event {
    let score = Score::new(0.7).unwrap();
    Event::CodeReviewed(CodeReviewed { header: header(student, hours_ago), score })
}

fn scores(value: f64, key: Option<&str>) -> Value {
    let scores = json!({ "completion": value, "quiz": value, "quality": value, "consistency": value });
    json!({ "component": "loops", "scores": scores, "idempotency_key": key })
}

/// A week in a class: evidence late and in time, an exam, a target, an erasure, and a record of no use.
async fn week(progress: &Progress, bus: &dyn Publish) {
    let post = async |name: &str, body: Value| {
        progress.ask(Method::POST, &format!("/{name}"), &service("importer", name), Some(body)).await
    };
    for (number, name) in (1..).zip(STUDENTS) {
        progress.hear(bus, &graded(name, 40 + number, "p1")).await;
        progress.hear(bus, &reviewed(name, 20)).await;
    }
    let class = json!({ "students": ["ada", "cy"] });
    progress.ask(Method::PUT, "/classes/python-1", &teacher("lee"), Some(class)).await;
    let target = json!({ "component": "loops", "target": 3 });
    progress.ask(Method::PUT, "/classes/python-1/targets", &teacher("lee"), Some(target)).await;
    post("ada", scores(0.5, Some("exam-1"))).await;
    post("ada", scores(0.6, None)).await;
    post("bo", scores(0.9, Some("exam-1"))).await;
    progress.relay(bus).await;
    progress.ask(Method::DELETE, "/bo", &student("bo"), None).await;
    post("bo", scores(0.3, Some("exam-1"))).await;
    progress.hear(bus, &graded("cy", 30, "p2")).await;
    bus.publish(message(Topic::LearningEvidence, "cy", "poison")).await.unwrap();
    progress.relay(bus).await;
}

/// Has the room consume the evidence, until its dead letter of the record of no use is there.
async fn consume(progress: &Progress, bus: &dyn Subscribe, settings: &Settings) {
    bus.subscribe(progress.inbox[0].clone()).await.unwrap();
    let letters = || read::read(settings, &[Topic::DeadLetterQueue], read::From::Beginning);
    while letters().recv().await.transpose().unwrap().is_none() {}
}

/// What it says in the end. Exit status 1 where a record of no use is named, and only there.
fn replay(settings: &Settings, database: &Database, from: &str) -> String {
    let output = run_on(settings, &["replay", "--from", from, "--database", database.url()]);
    let is_refused = stdout(&output).ends_with(" refused=1\n");
    assert_eq!(output.status.code(), Some(i32::from(is_refused)), "{output:?}");
    let named = stderr(&output).lines().filter(|line| line.starts_with("refused learning.evidence/"));
    assert_eq!(named.count(), usize::from(is_refused), "{output:?}");
    stdout(&output).to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_replay_rebuilds_in_another_database_what_the_topics_hold_and_only_once() {
    let settings = fresh().await;
    let (one, two) = (Database::fresh().await, Database::fresh().await);
    let (original, bus) = (Progress::on(&one).await, bus(&settings));
    week(&original, &bus).await;

    // Evidence: seven, and the record of no use. Said: two targets, four posts, an erasure.
    let first = replay(&settings, &two, "beginning");
    assert_eq!(first, "replayed=15 new=11 known=0 void=3 dead_letters=0 refused=1\n");
    let copy = Progress::on(&two).await;
    assert_eq!(copy.stand().await, original.stand().await);

    let again = "replayed=15 new=0 known=11 void=3 dead_letters=0 refused=1\n";
    assert_eq!(replay(&settings, &two, "beginning"), again);
    assert_eq!(replay(&settings, &one, "beginning"), again);
    assert_eq!(
        replay(&settings, &two, "2999-01-01T00:00:00Z"),
        "replayed=0 new=0 known=0 void=0 dead_letters=0 refused=0\n"
    );
    assert_eq!(copy.stand().await, original.stand().await);

    let waiting = copy.ledger.outbox().backlog().await.unwrap().messages;
    assert_eq!(waiting, 9, "what was new is told again, but for targets that came before evidence");
    let again =
        copy.ask(Method::POST, "/ada", &service("importer", "ada"), Some(scores(0.5, Some("exam-1")))).await;
    assert_eq!(again["duplicate"], true, "{again}");

    // What Progress itself gives up is among the dead letters, and no longer the run's to tell.
    consume(&original, &bus, &settings).await;
    let excused = "replayed=15 new=0 known=11 void=3 dead_letters=1 refused=0\n";
    assert_eq!(replay(&settings, &two, "beginning"), excused);
    bus.stop().await;
    for progress in [original, copy] {
        progress.store.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_travelled_in_a_registrys_frame_comes_back_and_who_was_erased_in_it_does_not() {
    let (settings, registry) = (fresh().await, Registry::start().await);
    let (one, two) = (Database::fresh().await, Database::fresh().await);
    let original = Progress::on(&one).await;
    let framed = framed(&settings, &registry);
    week(&original, &framed).await;
    consume(&original, &framed, &settings).await;

    let command = ["replay", "--from", "beginning", "--database", two.url()];
    let blind = run_on(&settings, &command);
    assert_eq!(blind.status.code(), Some(1), "{blind:?}");
    for told in ["who was erased may stand in", "the database lacks", "SCHEMA_REGISTRY_URL"] {
        assert!(stderr(&blind).contains(told), "{told}: {blind:?}");
    }
    assert!(stdout(&blind).contains(" new=0 known=0 void=0 dead_letters=0 "), "{blind:?}");

    let url = registry.url();
    let output = run_on(&settings, &[&command[..], &["--schema-registry", &url]].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let all = "replayed=15 new=11 known=0 void=3 dead_letters=1 refused=0\n";
    assert_eq!(stdout(&output), all);
    assert!(!stderr(&output).contains("refused") && !stderr(&output).contains("erased"), "{output:?}");
    let copy = Progress::on(&two).await;
    assert_eq!(copy.stand().await, original.stand().await);
    let path = "/bo/explain?component=loops";
    let of_bo = copy.ask(Method::GET, path, &student("bo"), None).await;
    assert_eq!(of_bo["total"], 1, "what came since the erasure, and nothing before it: {of_bo:#}");

    registry.set_down(true);
    let away = run_on(&settings, &[&command[..], &["--schema-registry", &url]].concat());
    assert_eq!(away.status.code(), Some(2), "{away:?}");
    assert!(stderr(&away).contains("the schema registry is away") && away.stdout.is_empty(), "{away:?}");
    framed.stop().await;
    for progress in [original, copy] {
        progress.store.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_progress_did_not_give_up_fails_the_run_and_stops_nothing() {
    let (settings, database) = (fresh().await, Database::fresh().await);
    let bus = bus(&settings);
    bus.publish(message(Topic::LearningEvents, "bo", "poison")).await.unwrap();
    let evidence = avro::encode(&graded("ada", 3, "p1"));
    bus.publish(message(Topic::LearningEvidence, "ada", evidence)).await.unwrap();
    // Another agent did: what it made of the record says nothing of Progress' state.
    let mut records = read::read(&settings, &[Topic::LearningEvents], read::From::Beginning);
    let poison = records.recv().await.unwrap().unwrap();
    let failure = Failure { error_type: ErrorType::Schema, message: "of no use".to_owned() };
    bus.publish(dead_letter::letter("concepts", &poison, &failure, &SystemClock, &RandomIds)).await.unwrap();
    bus.stop().await;

    let output = run_on(&settings, &["replay", "--from", "beginning", "--database", database.url()]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(stdout(&output), "replayed=2 new=1 known=0 void=0 dead_letters=0 refused=1\n");
    let why = format!("learning.events/{}/{}: not a known event", poison.partition, poison.offset);
    for told in [
        format!("agent-bus: who was erased may stand in records that cannot be read: 1, the first {why}"),
        format!("refused {why}"),
        format!("agent-bus: the database lacks records that cannot be used: 1, the first {why}"),
    ] {
        assert!(stderr(&output).lines().any(|line| line.starts_with(&told)), "{told}: {output:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_away_or_missing_is_named() {
    let database = Database::fresh().await;
    let here = &testkit::kafka::address();
    let prefix = untouched().prefix;
    for (brokers, url, told) in [
        (NOWHERE, database.url(), "the topic cannot be read"),
        (here, "postgres://nobody@127.0.0.1:1/none", "the database: the store is not available"),
        (here, database.url(), "there is no topic"),
    ] {
        let cluster = ["--kafka-brokers", brokers, "--release-prefix", &prefix];
        let output = run(&[&["replay", "--from", "beginning", "--database", url], &cluster[..]].concat());
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(stderr(&output).contains(told) && output.stdout.is_empty(), "{output:?}");
    }
}
