//! How far a group is behind, as the brokers know it: whoever consumes, through this crate or through a sidecar.

use std::time::Duration;

use contracts::Topic;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::KafkaError;
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
    /// Whether the group has done anything of the topic. One that has not may be none of its subscribers.
    pub has_begun: bool,
}

/// Whoever asks the brokers about one group, over connections of its own.
pub struct LagReader {
    settings: Settings,
    asking: BaseConsumer<Quiet>,
}

impl ConsumerContext for Quiet {}

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

    /// How far the group is behind on each of these topics; nothing of a topic that is not there. Asks the cluster, and blocks
    /// meanwhile.
    ///
    /// # Errors
    /// Where the cluster cannot be asked.
    pub fn lags(&self, topics: &[Topic]) -> Result<Vec<Lag>, KafkaError> {
        let mut places = TopicPartitionList::new();
        for name in topics.iter().map(|topic| self.settings.topic(*topic)) {
            let there = self.asking.fetch_metadata(Some(&name), ANSWER_TIMEOUT)?;
            for partition in there.topics().iter().flat_map(|topic| topic.partitions()) {
                places.add_partition(&name, partition.id());
            }
        }
        if places.count() == 0 {
            return Ok(Vec::new());
        }
        let done = self.asking.committed_offsets(places, ANSWER_TIMEOUT)?;
        let lag = |topic: &Topic| self.lag(*topic, &done).transpose();
        topics.iter().filter_map(lag).collect()
    }

    fn lag(&self, topic: Topic, done: &TopicPartitionList) -> Result<Option<Lag>, KafkaError> {
        let partitions = done.elements_for_topic(&self.settings.topic(topic));
        if partitions.is_empty() {
            return Ok(None);
        }
        let (mut records, mut has_begun) = (0, false);
        for partition in partitions {
            let (first, end) =
                self.asking.fetch_watermarks(partition.topic(), partition.partition(), ANSWER_TIMEOUT)?;
            let next = match partition.offset() {
                Offset::Offset(next) => {
                    has_begun = true;
                    // What retention has removed is nobody's work any more.
                    next.max(first)
                }
                _ => first,
            };
            records += u64::try_from(end - next).unwrap_or(0);
        }
        Ok(Some(Lag { topic, records, has_begun }))
    }
}
