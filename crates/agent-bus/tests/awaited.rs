//! Agents in processes of their own, whose servers come later than they do, or have another schema: they live, say what they
//! wait for, and go on without a restart; or refuse. And the whole fleet so, with the story told to it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use bus_kafka::Settings;
use bus_kafka::topics::{self, Wanted};
use http::StatusCode;
use serde_json::{Value, json};
use testkit::served::{Release, Served};
use testkit::{kafka, once, postgres, redis};

const BINARY: &str = env!("CARGO_BIN_EXE_agent-bus");

/// A release on these servers, and on the broker for tests.
async fn release(database: &str, redis: Option<&str>) -> Release {
    let kafka = Settings { prefix: kafka::fresh_prefix(), ..Settings::new(kafka::address()) };
    topics::apply(&kafka, Wanted { replicas: 1, min_insync: 1 }).await.unwrap();
    let brokers = kafka::address();
    let mut settings = vec![
        ("AGENT_BUS_BUS", "kafka"),
        ("AGENT_BUS_KAFKA_BROKERS", &brokers),
        ("AGENT_BUS_RELEASE_PREFIX", &kafka.prefix),
        ("AGENT_BUS_DATABASE", database),
    ];
    settings.extend(redis.map(|redis| ("AGENT_BUS_REDIS", redis)));
    Release::new(Path::new(BINARY), &settings)
}

/// What /ready says once it is so.
async fn ready(agent: &Served, is_so: impl Fn(StatusCode, &Value) -> bool) -> Value {
    let look = async || {
        let answer = agent.get("/ready", "").await;
        is_so(answer.status, &answer.body).then_some(answer.body)
    };
    match once(Duration::from_secs(120), look).await {
        Some(said) => said,
        None => panic!("it did not come to it: {:#}", agent.get("/ready", "").await.body),
    }
}

async fn until_ready(agent: &Served) {
    ready(agent, |status, _| status == StatusCode::OK).await;
}

/// Waits until /metrics has this line: a look that began before may still be told.
async fn told(agent: &Served, line: &str) {
    let look = async || agent.metrics().await.lines().any(|told| told == line).then_some(());
    assert!(once(Duration::from_secs(30), look).await.is_some(), "{line} is not told");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_that_come_later_are_waited_for_and_named() {
    let (database, redis) = (postgres::Server::start_new(), redis::Server::start_new());
    database.crash();
    redis.crash();
    let release = release(database.url(), Some(redis.address())).await;
    let progress = release.serve("progress", &[]);
    assert_eq!(progress.get("/health", "").await.status, StatusCode::OK, "live");
    let said = progress.get("/ready", "").await;
    assert_eq!(said.status, StatusCode::SERVICE_UNAVAILABLE, "{:#}", said.body);
    let reasons = &said.body["reasons"];
    assert_eq!(reasons["schema"], "the database does not answer, or lets nobody in", "{:#}", said.body);
    assert_eq!(reasons["redis"], "Redis does not answer", "{:#}", said.body);
    // It can be scraped, so that who watches it knows.
    told(&progress, "agent_is_ready{agent=\"progress\"} 0").await;
    // Whoever asks all the same is told to come again.
    let teacher = release.token("teach", "teacher");
    let class = json!({"name": "One", "students": ["ada"]});
    let put = async || {
        let path = "/api/v1/progress/classes/one";
        progress.call(http::Method::PUT, path, &teacher, Some(class.clone())).await
    };
    let refused = put().await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{:#}", refused.body);
    assert!(refused.headers.contains_key("retry-after"));

    database.start();
    // The command waits for the server as well as the agent does.
    release.migrate();
    let said = ready(&progress, |_, said| said["checks"]["schema"] == "ok").await;
    assert_eq!(said["checks"]["redis"], "failing", "{said:#}");
    redis.start();
    until_ready(&progress).await;
    told(&progress, "agent_is_ready{agent=\"progress\"} 1").await;
    put().await.ok();

    // Away later, Redis takes nobody's traffic away.
    redis.crash();
    let said = ready(&progress, |_, said| said["checks"]["redis"] == "failing").await;
    assert_eq!((&said["status"], &said["checks"]["schema"]), (&json!("ready"), &json!("ok")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_schema_that_is_old_is_refused_and_the_missing_migration_named() {
    let database = postgres::Database::fresh().await;
    let release = release(database.url(), None).await;
    let review = release.serve("review", &[]);
    let said = ready(&review, |_, said| said["reasons"]["schema"].is_string()).await;
    let lacks = "the database lacks migration 0001_ledger: run `agent-bus migrate`";
    assert_eq!(said["reasons"]["schema"], lacks, "a migration may be under way: {said:#}");
    let (status, log) = review.ended();
    assert_eq!(status, Some(2), "{log}");
    assert!(log.trim_end().ends_with(&format!("agent-bus: {lacks}")), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migrating_says_what_it_applied_and_why_it_did_not() {
    let database = postgres::Database::fresh().await;
    let run = |url: &str| {
        let command = ["migrate", "--wait-s", "1", "--database", url];
        Command::new(BINARY).args(command).output().unwrap()
    };
    for said in ["0001_ledger: applied\n", "nothing to apply\n"] {
        let output = run(database.url());
        assert!(output.status.success(), "{output:?}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), said);
    }
    for (url, why) in [
        ("postgres://u:s3cret@127.0.0.1:1/none", "agent-bus: the database: the store is not available: "),
        ("mysql://u:s3cret@h/none", "an address begins with postgres://"),
    ] {
        let output = run(url);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(why), "{output:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_story_goes_through_agents_in_processes_of_their_own() {
    let database = postgres::Database::fresh().await;
    let release = release(database.url(), None).await;
    release.migrate();
    let progress = release.serve("progress", &[]);
    let peers = format!("progress={}", progress.internal());
    let others = ["debug", "concepts", "exercise", "review"]
        .map(|agent| (agent, release.serve(agent, &[("AGENT_BUS_PEERS", &peers)])));
    let mut addresses = vec![format!("progress={}", progress.address())];
    for (agent, served) in &others {
        until_ready(served).await;
        addresses.push(format!("{agent}={}", served.address()));
    }
    until_ready(&progress).await;
    let told = Command::new(BINARY)
        .args(["story", "--agents", &addresses.join(","), "--step-within-s", "120"])
        .env("AGENT_BUS_STORY_STUDENT_TOKEN", release.token("ada", "student"))
        .env("AGENT_BUS_STORY_TEACHER_TOKEN", release.token("teach", "teacher"))
        .output()
        .unwrap();
    assert!(told.status.success(), "{told:?}");
    assert_eq!(String::from_utf8_lossy(&told.stdout).lines().count(), 9, "{told:?}");
}
