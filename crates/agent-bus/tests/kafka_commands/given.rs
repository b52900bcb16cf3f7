//! What the tests have in common: the command, topics of the test's own, a bus on them.

use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use bus::{Headers, Message};
use bus_kafka::topics::Wanted;
use bus_kafka::{KafkaBus, Settings};
use bytes::Bytes;
use clock::{RandomIds, SystemClock};
use contracts::Topic;
use schema_registry::{Framed, Framing};
use testkit::registry::Registry;

const BINARY: &str = env!("CARGO_BIN_EXE_agent-bus");

/// Where nobody listens.
pub(crate) const NOWHERE: &str = "127.0.0.1:1";

/// Runs the command with none of its settings from the environment.
pub(crate) fn run(args: &[&str]) -> Output {
    let mut command = Command::new(BINARY);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("AGENT_BUS_")) {
        command.env_remove(name);
    }
    command.env_remove("SCHEMA_REGISTRY_URL");
    command.args(args).stdin(Stdio::null()).output().unwrap()
}

pub(crate) fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

pub(crate) fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// Names for topics and groups of the test's own, on the broker for tests.
pub(crate) fn untouched() -> Settings {
    Settings { prefix: testkit::kafka::fresh_prefix(), ..Settings::new(testkit::kafka::address()) }
}

/// The same, with the topics made.
pub(crate) async fn fresh() -> Settings {
    let settings = untouched();
    bus_kafka::topics::apply(&settings, Wanted { replicas: 1, min_insync: 1 }).await.unwrap();
    settings
}

/// Runs the command on these topics.
pub(crate) fn run_on(settings: &Settings, args: &[&str]) -> Output {
    let cluster = ["--kafka-brokers", &settings.brokers, "--release-prefix", &settings.prefix];
    run(&[args, &cluster[..]].concat())
}

pub(crate) fn bus(settings: &Settings) -> KafkaBus {
    KafkaBus::new(settings.clone(), Arc::new(SystemClock), Arc::new(RandomIds), Arc::new(())).unwrap()
}

/// The same, with frames around it of schemas that are in that registry.
pub(crate) fn framed(settings: &Settings, registry: &Registry) -> Framed<KafkaBus> {
    let at_registry = schema_registry::Settings::new(&registry.url()).unwrap();
    let framing = Framing::new(&at_registry, Arc::new(SystemClock)).unwrap();
    Framed::new(bus(settings), framing)
}

pub(crate) fn message(topic: Topic, key: &str, payload: impl Into<Bytes>) -> Message {
    let headers = Headers { correlation_id: Some(format!("of-{key}")), traceparent: None };
    Message { topic, key: key.to_owned(), payload: payload.into(), headers }
}
