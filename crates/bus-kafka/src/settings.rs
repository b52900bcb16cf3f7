//! What can be set, and how it becomes librdkafka's settings.

use std::collections::BTreeMap;

use bus::settle::Patience;
use contracts::Topic;
use rdkafka::ClientConfig;
use rdkafka::error::KafkaError;
use rdkafka::types::RDKafkaConfRes;

/// The settings of the bus.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `host:port`, separated by commas.
    pub brokers: String,
    /// Put before the name of every topic and group, so that several releases share a cluster. Empty for the first.
    pub prefix: String,
    /// Further settings of librdkafka. They win over ours. Those of TLS are not among them: it is built without.
    pub client: BTreeMap<String, String>,
    /// How many records of one partition wait beside the one in hand.
    pub queue_max_records: usize,
    /// How many bytes of one partition wait: the partition is paused above.
    pub queue_max_bytes: usize,
    /// How long a record's way may take.
    pub patience: Patience,
}

impl Settings {
    /// The defaults on these brokers: no prefix, 128 records or 4 MiB of a partition.
    #[must_use]
    pub fn new(brokers: impl Into<String>) -> Self {
        Self {
            brokers: brokers.into(),
            prefix: String::new(),
            client: BTreeMap::new(),
            queue_max_records: 128,
            queue_max_bytes: 4 << 20,
            patience: Patience::default(),
        }
    }

    /// Whether librdkafka knows the further settings and takes their values.
    ///
    /// # Errors
    /// What is wrong with which setting. Its value is left out: it may be a password.
    pub fn check(&self) -> Result<(), String> {
        match self.finish(self.client()).create_native_config() {
            Ok(_) => Ok(()),
            Err(KafkaError::ClientConfig(RDKafkaConfRes::RD_KAFKA_CONF_UNKNOWN, _, name, _)) => {
                Err(format!("librdkafka has no setting {name:?}"))
            }
            Err(KafkaError::ClientConfig(_, _, name, _)) => {
                Err(format!("librdkafka does not take the value of {name:?}"))
            }
            Err(error) => Err(error.to_string()),
        }
    }

    /// The topic's name on the brokers.
    #[must_use]
    pub fn topic(&self, topic: Topic) -> String {
        format!("{}{}", self.prefix, topic.name())
    }

    /// The topic of that name on the brokers.
    pub(crate) fn topic_named(&self, name: &str) -> Option<Topic> {
        Topic::named(name.strip_prefix(&self.prefix)?)
    }

    /// The group's name on the brokers.
    #[must_use]
    pub fn group(&self, group: &str) -> String {
        format!("{}{group}", self.prefix)
    }

    /// What every client of ours says.
    pub(crate) fn client(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config
            .set("bootstrap.servers", &self.brokers)
            .set("client.id", "agent-bus")
            .set("allow.auto.create.topics", "false")
            // A broker that comes back is found within seconds.
            .set("reconnect.backoff.ms", "100")
            .set("reconnect.backoff.max.ms", "2000")
            .set("topic.metadata.refresh.interval.ms", "10000")
            .set("message.max.bytes", record_max_bytes().to_string())
            .set("socket.keepalive.enable", "true");
        config
    }

    /// With what the operator sets beside, which wins.
    pub(crate) fn finish(&self, mut config: ClientConfig) -> ClientConfig {
        for (name, value) in &self.client {
            config.set(name, value);
        }
        config
    }
}

/// The largest record of any topic.
fn record_max_bytes() -> usize {
    Topic::ALL.into_iter().map(Topic::record_max_bytes).max().unwrap_or_default()
}
