//! How schemas come to the registry: one question for all who wait, and what a refusal looks like.

use std::io;
use std::sync::{Arc, Mutex};

use bus::{Publish, PublishError};
use contracts::Topic;
use testkit::registry::Registry;
use tracing_subscriber::fmt::MakeWriter;

use crate::desk::{desk, framing, framing_at, message};
use crate::examples;

/// As QuizAnswered might be to somebody else: with a field that ours does not fill.
const INCOMPATIBLE: &str = r#"{"type": "record", "name": "QuizAnswered", "namespace": "agentbus.events",
    "fields": [{"name": "event_id", "type": "int"}]}"#;

const SUBJECT: &str = "learning.evidence-agentbus.events.QuizAnswered";

#[tokio::test]
async fn who_needs_the_same_schema_at_the_same_time_asks_once() {
    let registry = Registry::start().await;
    let (framed, desk, _) = desk(framing(&registry)).await;
    let quiz = examples::named("QuizAnswered");
    let publishing = (0..50).map(|_| framed.publish(message(Topic::LearningEvidence, quiz.object.clone())));
    futures::future::try_join_all(publishing).await.unwrap();
    assert_eq!(desk.published().len(), 50);
    assert_eq!(registry.calls(), [format!("POST /subjects/{SUBJECT}/versions")]);
}

#[tokio::test]
async fn name_and_password_go_along() {
    let registry = Registry::start().await;
    let quiz = examples::named("QuizAnswered");
    let (framed, ..) = desk(framing_at(&registry.url_with("ada", "p%40ss"))).await;
    framed.publish(message(quiz.topic, quiz.object.clone())).await.unwrap();
    // `ada:p@ss` in base 64.
    assert_eq!(registry.authorization().unwrap(), "Basic YWRhOnBAc3M=");
    let (_framed, desk, _) = desk(framing_at(&registry.url())).await;
    let _ = desk.deliver(quiz.topic, &b"\0\0\0\0\x01"[..]).await;
    assert_eq!(registry.authorization(), None);
}

#[tokio::test]
async fn a_refused_schema_keeps_its_events_waiting_and_is_told_once() {
    let registry = Registry::start().await;
    register(&registry, INCOMPATIBLE).await;
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).with_max_level(tracing::Level::ERROR);
    let _guard = tracing::subscriber::set_default(subscriber.finish());

    let (framed, desk, _) = desk(framing_at(&registry.url_with("ada", "secret"))).await;
    let quiz = examples::named("QuizAnswered");
    for _ in 0..3 {
        let refused = framed.publish(message(quiz.topic, quiz.object.clone())).await.unwrap_err();
        let PublishError::Unavailable(why) = refused else { panic!("{refused}") };
        assert!(why.contains(SUBJECT) && why.contains("409") && why.contains("incompatible"), "{why}");
    }
    assert_eq!(desk.published(), []);
    // Others are not held up, and the same record goes under another topic.
    let opened = examples::named("ExerciseOpened");
    framed.publish(message(opened.topic, opened.object.clone())).await.unwrap();
    framed.publish(message(Topic::LearningEvents, quiz.object)).await.unwrap();
    assert_eq!(desk.published().len(), 2);

    let told = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert_eq!(told.matches("refuses a schema").count(), 1, "{told}");
    assert!(told.contains(SUBJECT) && told.contains("incompatible") && !told.contains("secret"), "{told}");
}

async fn register(registry: &Registry, schema: &str) {
    let address = format!("{}/subjects/{SUBJECT}/versions", registry.url());
    let body = serde_json::json!({ "schema": schema });
    let answer = reqwest::Client::new().post(address).json(&body).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}

/// Where log lines go.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
