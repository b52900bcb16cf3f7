//! The fleet's topics on a cluster: made where they are missing, compared where they are there.
//!
//! What is there is never changed. More partitions would move keys to others and break their order; fewer replicas or a
//! shorter retention is somebody's decision. It is reported.

use std::fmt;
use std::time::Duration;

use contracts::Topic;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::metadata::MetadataTopic;

use crate::Settings;
use crate::client::Quiet;

/// How long the cluster may take for each question.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// What is asked of every topic; partitions and retention are the topic's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Copies of each partition.
    pub replicas: u16,
    /// Copies that must have a record before it counts as published.
    pub min_insync: u16,
}

impl Default for Wanted {
    /// 3 and 2: one broker may be lost, and nothing is.
    fn default() -> Self {
        Self { replicas: 3, min_insync: 2 }
    }
}

/// A setting that is not as wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// The setting's name.
    pub setting: &'static str,
    /// What it is.
    pub is: String,
    /// What is wanted.
    pub wanted: String,
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {}, wanted {}", self.setting, self.is, self.wanted)
    }
}

/// What was found of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It was missing, and was made.
    Made,
    /// It is as wanted.
    AsWanted,
    /// It differs, and was left as it is.
    Drifted(Vec<Drift>),
}

/// Why the topics cannot be seen to.
#[derive(Debug, thiserror::Error)]
pub enum TopicsError {
    /// The cluster cannot be asked.
    #[error("the cluster cannot be asked: {0}")]
    Cluster(#[from] KafkaError),
    /// A topic cannot be made or described.
    #[error("topic {topic}: {code}")]
    Refused {
        /// Its name on the brokers.
        topic: String,
        /// Why.
        code: RDKafkaErrorCode,
    },
}

/// Makes those topics of the fleet that are missing, and tells how the others differ from what is wanted.
///
/// # Errors
/// Where the cluster cannot be asked, or refuses: the message names the topic.
pub async fn apply(settings: &Settings, wanted: Wanted) -> Result<Vec<(Topic, State)>, TopicsError> {
    let admin: AdminClient<Quiet> = settings.finish(settings.client()).create_with_context(Quiet)?;
    let there = admin.inner().fetch_metadata(None, ANSWER_TIMEOUT)?;
    let mut states = Vec::new();
    for topic in Topic::ALL {
        let name = settings.topic(topic);
        let found = there.topics().iter().find(|found| found.name() == name);
        let state = match found {
            Some(found) => compare(&admin, topic, found, wanted).await?,
            None => make(&admin, topic, &name, wanted).await?,
        };
        states.push((topic, state));
    }
    Ok(states)
}

/// The settings beside partitions and replicas, each with the value that is wanted.
fn configuration(topic: Topic, wanted: Wanted) -> [(&'static str, String); 4] {
    [
        ("retention.ms", topic.retention_ms().to_string()),
        ("min.insync.replicas", wanted.min_insync.to_string()),
        ("max.message.bytes", topic.record_max_bytes().to_string()),
        ("cleanup.policy", "delete".to_owned()),
    ]
}

async fn make(
    admin: &AdminClient<Quiet>,
    topic: Topic,
    name: &str,
    wanted: Wanted,
) -> Result<State, TopicsError> {
    let configuration = configuration(topic, wanted);
    let replication = TopicReplication::Fixed(i32::from(wanted.replicas));
    let partitions = i32::try_from(topic.partitions()).unwrap_or(i32::MAX);
    let new = configuration
        .iter()
        .fold(NewTopic::new(name, partitions, replication), |new, (setting, value)| new.set(setting, value));
    let made = admin.create_topics([&new], &options()).await?;
    match made.into_iter().next() {
        // Two who begin at the same time: one of them has made it as both want it.
        Some(Ok(_) | Err((_, RDKafkaErrorCode::TopicAlreadyExists))) => Ok(State::Made),
        Some(Err((topic, code))) => Err(TopicsError::Refused { topic, code }),
        None => Err(TopicsError::Refused { topic: name.to_owned(), code: RDKafkaErrorCode::Unknown }),
    }
}

async fn compare(
    admin: &AdminClient<Quiet>,
    topic: Topic,
    found: &MetadataTopic,
    wanted: Wanted,
) -> Result<State, TopicsError> {
    let replicas = found.partitions().iter().map(|partition| partition.replicas().len()).min().unwrap_or(0);
    let mut is = vec![
        ("partitions", found.partitions().len().to_string(), topic.partitions().to_string()),
        ("replicas", replicas.to_string(), wanted.replicas.to_string()),
    ];
    let described = admin.describe_configs([&ResourceSpecifier::Topic(found.name())], &options()).await?;
    let described = match described.into_iter().next() {
        Some(Ok(described)) => described,
        Some(Err(code)) => return Err(TopicsError::Refused { topic: found.name().to_owned(), code }),
        None => {
            let (topic, code) = (found.name().to_owned(), RDKafkaErrorCode::Unknown);
            return Err(TopicsError::Refused { topic, code });
        }
    };
    for (setting, value) in configuration(topic, wanted) {
        let entry = described.get(setting).and_then(|entry| entry.value.clone());
        is.push((setting, entry.unwrap_or_else(|| "not set".to_owned()), value));
    }
    let drifts = is.into_iter().filter(|(_, is, wanted)| is != wanted);
    let drifts: Vec<_> = drifts.map(|(setting, is, wanted)| Drift { setting, is, wanted }).collect();
    Ok(if drifts.is_empty() { State::AsWanted } else { State::Drifted(drifts) })
}

fn options() -> AdminOptions {
    AdminOptions::new().request_timeout(Some(ANSWER_TIMEOUT)).operation_timeout(Some(ANSWER_TIMEOUT))
}
