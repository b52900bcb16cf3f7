//! How far a group is behind, as the brokers know it: whoever consumes, through this crate or through a sidecar.
//!
//! Not here: what a running consumer tells of itself (`consume`).

use std::time::Duration;

use contracts::Topic;
use rdkafka::consumer::{BaseConsumer, Consumer, DefaultConsumerContext};
use rdkafka::error::KafkaError;
use rdkafka::{Offset, TopicPartitionList};

use crate::Settings;

/// How long the cluster may take for each question.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// How many records of a topic a group has not done yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lag {
    /// The topic.
    pub topic: Topic,
    /// Records, over all its partitions. A record that is in hand, or was done in the second before, is among them.
    pub records: u64,
}

/// The lags of a group, one for each topic of the fleet from which it has done something. A partition from which it has done
/// nothing yet counts whole: that is where the group begins.
///
/// Asks the cluster, and blocks meanwhile.
///
/// # Errors
/// Where the cluster cannot be asked.
pub fn lags(settings: &Settings, group: &str) -> Result<Vec<Lag>, KafkaError> {
    let mut config = settings.client();
    config.set("group.id", settings.group(group)).set("enable.auto.commit", "false");
    let asking: BaseConsumer<DefaultConsumerContext> = settings.finish(config).create()?;
    let mut places = TopicPartitionList::new();
    let there = asking.fetch_metadata(None, ANSWER_TIMEOUT)?;
    for topic in there.topics().iter().filter(|topic| settings.topic_named(topic.name()).is_some()) {
        for partition in topic.partitions() {
            places.add_partition(topic.name(), partition.id());
        }
    }
    let done = asking.committed_offsets(places, ANSWER_TIMEOUT)?;
    let mut lags = Vec::new();
    for topic in Topic::ALL {
        let partitions = done.elements_for_topic(&settings.topic(topic));
        if partitions.iter().all(|partition| matches!(partition.offset(), Offset::Invalid)) {
            continue;
        }
        let mut records = 0;
        for partition in partitions {
            let (first, end) =
                asking.fetch_watermarks(partition.topic(), partition.partition(), ANSWER_TIMEOUT)?;
            let next = match partition.offset() {
                // What retention has removed is nobody's work any more.
                Offset::Offset(next) => next.max(first),
                _ => first,
            };
            records += u64::try_from(end - next).unwrap_or(0);
        }
        lags.push(Lag { topic, records });
    }
    Ok(lags)
}
