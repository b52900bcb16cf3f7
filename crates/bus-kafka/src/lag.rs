//! How far a group is behind, as the brokers know it: whoever consumes, through this crate or through a sidecar.

use std::time::{Duration, Instant};

use contracts::Topic;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::metadata::MetadataTopic;
use rdkafka::types::RDKafkaRespErr;
use rdkafka::{Offset, TopicPartitionList};

use crate::Settings;
use crate::client::Quiet;

/// How long the cluster may take for each question.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// How many records of a topic a group has not done yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lag {
    /// The topic.
    pub topic: Topic,
    /// Records, over all its partitions. A record that is in hand, or was done in the second before, is among them. A partition
    /// from which the group has done nothing yet counts whole: that is where the group begins.
    pub records: u64,
}

/// Whoever asks the brokers about one group, over connections of its own. Each question blocks.
pub struct LagReader {
    settings: Settings,
    asking: BaseConsumer<Quiet>,
}

impl LagReader {
    /// Connects when it is asked for the first time.
    ///
    /// # Errors
    /// Where librdkafka refuses a setting.
    pub fn new(settings: &Settings, group: &str) -> Result<Self, KafkaError> {
        let mut config = settings.client();
        config.set("group.id", settings.group(group)).set("enable.auto.commit", "false");
        let asking = settings.finish(config).create_with_context(Quiet)?;
        Ok(Self { settings: settings.clone(), asking })
    }

    /// How far the group is behind on each of these topics; nothing of a topic that is not there.
    ///
    /// # Errors
    /// Where the cluster does not say so.
    pub fn lags(&self, topics: &[Topic]) -> Result<Vec<Lag>, KafkaError> {
        self.of(topics, &self.done(topics)?)
    }

    /// How far the group is behind on the topics from which it has done something: where it is not known to which it subscribes.
    ///
    /// # Errors
    /// Where the cluster does not say so.
    pub fn lags_begun(&self) -> Result<Vec<Lag>, KafkaError> {
        let done = self.done(&Topic::ALL)?;
        let has_begun = |topic: &Topic| {
            let partitions = done.elements_for_topic(&self.settings.topic(*topic));
            partitions.iter().any(|partition| matches!(partition.offset(), Offset::Offset(_)))
        };
        self.of(&Topic::ALL.into_iter().filter(has_begun).collect::<Vec<_>>(), &done)
    }

    /// Passes the time until the next question. librdkafka keeps what it has to say until somebody listens, as here.
    pub fn rest(&self, time: Duration) {
        let end = Instant::now() + time;
        while let Some(left) = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
            if let Some(Err(error)) = self.asking.poll(left) {
                tracing::debug!(%error, "librdkafka");
            }
        }
    }

    /// Where the group goes on, in each partition that there is of the topics.
    fn done(&self, topics: &[Topic]) -> KafkaResult<TopicPartitionList> {
        let mut places = TopicPartitionList::new();
        for name in topics.iter().map(|topic| self.settings.topic(*topic)) {
            let there = self.asking.fetch_metadata(Some(&name), ANSWER_TIMEOUT)?;
            for topic in there.topics() {
                refused(topic)?;
                topic.partitions().iter().for_each(|partition| {
                    places.add_partition(&name, partition.id());
                });
            }
        }
        if places.count() == 0 {
            return Ok(places);
        }
        let done = self.asking.committed_offsets(places, ANSWER_TIMEOUT)?;
        done.elements().iter().try_for_each(|partition| partition.error())?;
        Ok(done)
    }

    fn of(&self, topics: &[Topic], done: &TopicPartitionList) -> Result<Vec<Lag>, KafkaError> {
        let mut lags = Vec::new();
        for topic in topics {
            let partitions = done.elements_for_topic(&self.settings.topic(*topic));
            if partitions.is_empty() {
                continue;
            }
            let mut records = 0;
            for partition in partitions {
                let (first, end) =
                    self.asking.fetch_watermarks(partition.topic(), partition.partition(), ANSWER_TIMEOUT)?;
                let next = match partition.offset() {
                    // What retention has removed is nobody's work any more.
                    Offset::Offset(next) => next.max(first),
                    _ => first,
                };
                records += u64::try_from(end - next).unwrap_or(0);
            }
            lags.push(Lag { topic: *topic, records });
        }
        Ok(lags)
    }
}

/// What the cluster has against telling of a topic. That it is not there is nothing against it.
fn refused(topic: &MetadataTopic) -> KafkaResult<()> {
    match topic.error() {
        None | Some(RDKafkaRespErr::RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) => Ok(()),
        Some(error) => Err(KafkaError::MetadataFetch(RDKafkaErrorCode::from(error))),
    }
}
