//! The app, the sidecar or the broker is away: nothing is lost, and all is well again without a restart of the others.
//!
//! Not here: answers that come (`answers`), agents that ask each other (`asking`).

use std::sync::Arc;

use bus::{Publish, PublishError};
use bus_dapr::AppToken;
use contracts::Topic;
use serde_json::json;
use testkit::kafka::Broker;
use testkit::once;

use crate::release::{PATIENCE, Release, Served, Shown, ack, message, way};
use crate::topics::Topics;

const EVIDENCE: Topic = Topic::LearningEvidence;

/// Until the sidecar has written the line so often.
async fn until_logged(release: &Release, agent: &'static str, line: &str, times: usize) {
    let look =
        async || (release.sidecar(agent, true).await.log().matches(line).count() >= times).then_some(());
    once(PATIENCE, look).await.expect(line);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_that_is_away_for_a_while_loses_nothing() {
    let release = Release::new().await;
    let gone = release.agent("progress", EVIDENCE, ack).await;
    drop(gone);
    let bus = release.publisher().await;
    let sent = [b"first".as_slice(), b"second"].map(|payload| message(EVIDENCE, "ada", payload));
    for one in &sent {
        bus.publish(one.clone()).await.unwrap();
    }
    until_logged(&release, "progress", "connection refused", 3).await;
    let mut back = release.agent("progress", EVIDENCE, ack).await;
    for one in &sent {
        assert_eq!(&back.next().await.message, one);
    }
}

/// Somebody else's sidecar, or a mistake in a secret: refused, and the event waits for who is right.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_under_a_wrong_app_token_is_refused_and_not_lost() {
    let release = Release::new().await;
    let first = release.agent("progress", EVIDENCE, ack).await;
    drop(first);
    let stranger = {
        let sidecar = release.sidecar("progress", true).await;
        let mut settings = release.settings("progress", &sidecar);
        settings.app_token = AppToken::new("of-another-sidecar").unwrap();
        let stranger = release.bus_with(&sidecar, settings);
        (Served::at(sidecar.app_port(), stranger.router()).await, stranger)
    };
    let sent = message(EVIDENCE, "ada", b"x");
    release.publisher().await.publish(sent.clone()).await.unwrap();
    until_logged(&release, "progress", "status code returned: 401", 2).await;
    drop(stranger);
    let mut right = release.agent("progress", EVIDENCE, ack).await;
    assert_eq!(right.next().await.message, sent);
}

/// The bytes come again with another CloudEvent id: who looks for duplicates must look inside the bytes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_in_hand_when_the_sidecar_dies_comes_again_under_another_id() {
    let release = Release::new().await;
    let answer = |_: &Shown| (200, json!({"status": "RETRY"}));
    let mut progress = release.onlooker("progress", EVIDENCE, answer).await;
    release.publisher().await.publish(message(EVIDENCE, "ada", b"x")).await.unwrap();
    let before = progress.next().await;
    release.sidecar("progress", true).await.kill();
    release.sidecar("progress", true).await.restart().await;
    let mut after = progress.next().await;
    while after.body["id"] == before.body["id"] {
        after = progress.next().await;
    }
    assert_eq!(after.payload(), before.payload());
    assert_eq!(after.header("__offset"), before.header("__offset"));
    assert_ne!(after.body["id"], before.body["id"]);
}

/// A sidecar that was not there when it was asked is found when it is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sidecar_that_is_away_is_said_to_be_and_found_again() {
    let release = Release::new().await;
    let bus = release.publisher().await;
    let (there, sidecar) = {
        let sidecar = release.sidecar("publisher", false).await;
        (way(&sidecar), sidecar)
    };
    assert!(there.answers().await);
    bus.publish(message(EVIDENCE, "ada", b"before")).await.unwrap();
    let mut sidecar = sidecar;
    sidecar.kill();
    assert!(!there.answers().await);
    let refused = bus.publish(message(EVIDENCE, "ada", b"lost to the publisher's outbox")).await;
    assert!(matches!(refused, Err(PublishError::Unavailable(_))), "{refused:?}");
    sidecar.restart().await;
    assert!(there.answers().await);
    bus.publish(message(EVIDENCE, "ada", b"after")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_is_away_is_said_to_be_and_found_again() {
    // Starting a broker takes seconds, in which nothing else must wait.
    let broker = Arc::new(tokio::task::spawn_blocking(Broker::start_new).await.unwrap());
    let release = Release::on(Arc::new(Topics::on(broker.address()).await));
    let mut progress = release.agent("progress", EVIDENCE, ack).await;
    let bus = release.publisher().await;
    let sent = ["before", "after"].map(|key| message(EVIDENCE, key, b"x"));
    bus.publish(sent[0].clone()).await.unwrap();
    assert_eq!(progress.next().await.message, sent[0]);
    let crashing = Arc::clone(&broker);
    tokio::task::spawn_blocking(move || crashing.crash()).await.unwrap();
    let refused = bus.publish(message(EVIDENCE, "during", b"x")).await;
    assert!(matches!(refused, Err(PublishError::Unavailable(_))), "{refused:?}");
    let starting = Arc::clone(&broker);
    tokio::task::spawn_blocking(move || starting.start()).await.unwrap();
    // As an outbox does: until it is taken.
    while bus.publish(sent[1].clone()).await.is_err() {}
    // What was refused may be there all the same.
    while progress.next().await.message != sent[1] {}
}

/// A second instance of an agent starts while the first holds a record. Kafka would wait a minute for the first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instance_that_holds_a_record_does_not_keep_the_others_from_working() {
    let release = Release::new().await;
    let retry = |_: &Shown| (200, json!({"status": "RETRY"}));
    let mut first = release.onlooker("progress", EVIDENCE, retry).await;
    let bus = release.publisher().await;
    bus.publish(message(EVIDENCE, "ada", b"held")).await.unwrap();
    first.next().await;
    let more = Release::again(&release);
    let mut second = more.onlooker("progress", EVIDENCE, |_| (200, json!({"status": "SUCCESS"}))).await;
    let publishing = async {
        // Of so many keys some lie in partitions that are the second's.
        for number in 0.. {
            bus.publish(message(EVIDENCE, &format!("s-{number}"), b"x")).await.unwrap();
        }
    };
    tokio::select! {
        () = publishing => {}
        _ = second.next() => {}
    }
}
