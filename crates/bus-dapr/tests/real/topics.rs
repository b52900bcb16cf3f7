//! The fleet's topics under a prefix of a test's own, and a program that writes to them and is none of ours.
//!
//! Not here: the broker (`testkit::kafka`), what topics are made of (crate `bus-kafka`).

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use bus_kafka::Settings;
use bus_kafka::topics::{Wanted, apply};
use contracts::Topic;

/// All topics of a release.
pub(crate) struct Topics {
    settings: Settings,
}

impl Topics {
    /// On the broker for tests.
    pub(crate) async fn fresh() -> Self {
        Self::on(&testkit::kafka::address()).await
    }

    /// On this broker.
    pub(crate) async fn on(broker: &str) -> Self {
        let settings = Settings { prefix: testkit::kafka::fresh_prefix(), ..Settings::new(broker) };
        apply(&settings, Wanted { replicas: 1, min_insync: 1 }).await.unwrap();
        Self { settings }
    }

    pub(crate) fn broker(&self) -> &str {
        &self.settings.brokers
    }

    /// What each topic's name begins with: as that of a release.
    pub(crate) fn prefix(&self) -> &str {
        &self.settings.prefix
    }

    /// Writes one record with Kafka's own program: headers as `name:value,...`, no key.
    pub(crate) fn write(&self, topic: Topic, headers: &str, value: &str) {
        let need = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/need");
        let jars = Command::new(need).arg("kafka").output().expect("scripts/need");
        let jars = String::from_utf8_lossy(&jars.stdout).trim().to_owned();
        let mut producer = Command::new("java")
            .args(["-Xmx64m", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-cp", &format!("{jars}/*")])
            .args(["org.apache.kafka.tools.ConsoleProducer", "--bootstrap-server", self.broker()])
            .args(["--topic", &self.settings.topic(topic), "--property", "parse.headers=true"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("java");
        let mut input = producer.stdin.take().expect("its input");
        writeln!(input, "{headers}\t{value}").expect("it reads");
        drop(input);
        assert!(producer.wait().expect("its end").success(), "Kafka's own producer failed");
    }
}
