//! Reads topics back, from somewhere to where they end now: for replays and for dead letters. No group, no offsets kept.
//!
//! Not here: what is done with the records (crate `agent-bus`).

use std::collections::HashMap;
use std::time::Duration;

use bus::Delivery;
use contracts::Topic;
use jiff::Timestamp;
use rdkafka::consumer::{BaseConsumer, Consumer, DefaultConsumerContext};
use rdkafka::error::KafkaError;
use rdkafka::message::Message as _;
use rdkafka::metadata::{MetadataPartition, MetadataTopic};
use rdkafka::{Offset, TopicPartitionList};
use tokio::sync::mpsc;

use crate::{Settings, record};

/// How long the cluster may take for each question, and how long it may be silent before the reading is given up.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(15);

/// How often a topic is looked for.
const LOOKS_MAX: u32 = 20;

/// The wait between two looks.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// How many records are read ahead.
const AHEAD_RECORDS: usize = 256;

/// Where reading begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// With the oldest record that is kept.
    Beginning,
    /// With the first record that was published at this time or later.
    Time(Timestamp),
}

/// Why reading ended before its end.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The cluster says so.
    #[error("the topic cannot be read: {0}")]
    Cluster(#[from] KafkaError),
    /// There is no such topic.
    #[error("there is no topic {0}: `agent-bus topics apply` makes it")]
    Missing(String),
    /// There must be more, and nothing came.
    #[error("nothing came for {} s, though there is more", ANSWER_TIMEOUT.as_secs())]
    Silent,
}

/// Reads the topics to where they ended when this was called. Records of one partition come in their order; the topics come
/// one after the other. The last item is an error where it could not be read to the end.
pub fn read(
    settings: &Settings,
    topics: &[Topic],
    from: From,
) -> mpsc::Receiver<Result<Delivery, ReadError>> {
    let (send, receive) = mpsc::channel(AHEAD_RECORDS);
    let (settings, topics) = (settings.clone(), topics.to_vec());
    tokio::task::spawn_blocking(move || {
        for topic in topics {
            match read_topic(&settings, topic, from, &send) {
                Ok(Ended::AtEnd) => {}
                // Nobody reads any more.
                Ok(Ended::Unread) => return,
                Err(error) => {
                    let _ = send.blocking_send(Err(error));
                    return;
                }
            }
        }
    });
    receive
}

enum Ended {
    AtEnd,
    Unread,
}

type Records = mpsc::Sender<Result<Delivery, ReadError>>;

fn read_topic(settings: &Settings, topic: Topic, from: From, send: &Records) -> Result<Ended, ReadError> {
    let consumer: BaseConsumer<DefaultConsumerContext> = config(settings).create()?;
    let name = settings.topic(topic);
    let mut ends = assign(&consumer, &name, from)?;
    while !ends.is_empty() {
        let (partition, offset) = match consumer.poll(ANSWER_TIMEOUT) {
            None => return Err(ReadError::Silent),
            // The end of a partition whose last offsets hold nothing to read, such as marks of transactions.
            Some(Err(KafkaError::PartitionEOF(partition))) => {
                ends.remove(&partition);
                continue;
            }
            Some(Err(error)) => return Err(error.into()),
            Some(Ok(message)) => {
                let place = (message.partition(), message.offset());
                let is_before_end = ends.get(&place.0).is_some_and(|end| place.1 < *end);
                if let Some(delivery) = record::delivery(settings, &message).filter(|_| is_before_end)
                    && send.blocking_send(Ok(delivery)).is_err()
                {
                    return Ok(Ended::Unread);
                }
                place
            }
        };
        if ends.get(&partition).is_some_and(|end| offset + 1 >= *end) {
            ends.remove(&partition);
        }
    }
    Ok(Ended::AtEnd)
}

/// Takes every partition that holds something from there on; where each ends now.
fn assign(
    consumer: &BaseConsumer<DefaultConsumerContext>,
    name: &str,
    from: From,
) -> Result<HashMap<i32, i64>, ReadError> {
    let mut wanted = TopicPartitionList::new();
    for partition in partitions(consumer, name)? {
        let offset = match from {
            From::Beginning => Offset::Beginning,
            From::Time(time) => Offset::Offset(time.as_millisecond()),
        };
        wanted.add_partition_offset(name, partition, offset)?;
    }
    if let From::Time(_) = from {
        wanted = consumer.offsets_for_times(wanted, ANSWER_TIMEOUT)?;
    }
    let (mut ends, mut assigned) = (HashMap::new(), TopicPartitionList::new());
    for element in wanted.elements() {
        let (first, end) = consumer.fetch_watermarks(name, element.partition(), ANSWER_TIMEOUT)?;
        let start = match element.offset() {
            Offset::Offset(offset) => offset.max(first),
            Offset::Beginning => first,
            // Nothing is as young as that.
            _ => end,
        };
        if start < end {
            assigned.add_partition_offset(name, element.partition(), Offset::Offset(start))?;
            ends.insert(element.partition(), end);
        }
    }
    consumer.assign(&assigned)?;
    Ok(ends)
}

/// The partitions of a topic. One that was made a moment ago is waited for: not every broker knows of it at once.
fn partitions(consumer: &BaseConsumer<DefaultConsumerContext>, name: &str) -> Result<Vec<i32>, ReadError> {
    let mut looks = 1;
    loop {
        let metadata = consumer.fetch_metadata(Some(name), ANSWER_TIMEOUT)?;
        let found = metadata.topics().iter().find(|topic| topic.name() == name && topic.error().is_none());
        let partitions = found.map(MetadataTopic::partitions).unwrap_or_default();
        let is_ready = !partitions.is_empty() && partitions.iter().all(|partition| partition.leader() >= 0);
        if is_ready || (looks == LOOKS_MAX && !partitions.is_empty()) {
            return Ok(partitions.iter().map(MetadataPartition::id).collect());
        }
        if looks == LOOKS_MAX {
            return Err(ReadError::Missing(name.to_owned()));
        }
        looks += 1;
        // Nothing is assigned yet: this waits.
        if let Some(Err(error)) = consumer.poll(LOOK_AGAIN) {
            tracing::debug!(%error, "librdkafka");
        }
    }
}

fn config(settings: &Settings) -> rdkafka::ClientConfig {
    let mut config = settings.client();
    config
        // Named, because the client asks for one; nothing is committed under it.
        .set("group.id", settings.group("reader"))
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("enable.partition.eof", "true")
        .set("queued.max.messages.kbytes", "16384")
        .set("auto.offset.reset", "error");
    settings.finish(config)
}
