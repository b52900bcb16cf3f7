//! The producer: idempotent, all replicas, one for the process.
//!
//! Not here: when a message is published and how often it is tried (the outbox relay).

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bus::{Message, PublishError};
use rdkafka::error::KafkaError;
use rdkafka::producer::{FutureProducer, FutureRecord, Producer as _};
use rdkafka::util::Timeout;

use crate::client::Quiet;
use crate::{Settings, record};

/// How long a message may take from the queue to all replicas. The outbox tries again after that.
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(15);

/// How long the brokers may take to say that they are there.
const ANSWER_TIMEOUT: Duration = Duration::from_millis(1_500);

/// Clones are the same producer.
#[derive(Clone)]
pub(crate) struct Producer {
    settings: Settings,
    current: Arc<RwLock<FutureProducer<Quiet>>>,
}

impl Producer {
    pub(crate) fn new(settings: &Settings) -> Result<Self, KafkaError> {
        let current = Arc::new(RwLock::new(open(settings)?));
        Ok(Self { settings: settings.clone(), current })
    }

    /// `Ok` when all replicas that are in sync hold it.
    pub(crate) async fn publish(&self, message: &Message) -> Result<(), PublishError> {
        let producer = self.current();
        let topic = self.settings.topic(message.topic);
        let record = FutureRecord::to(&topic)
            .key(&message.key)
            .payload(&message.payload[..])
            .headers(record::headers(&message.headers));
        match producer.send(record, Timeout::After(DELIVERY_TIMEOUT)).await {
            Ok(_) => Ok(()),
            Err((error, _)) => {
                self.replace_if_broken(&producer);
                Err(PublishError::Unavailable(error.to_string()))
            }
        }
    }

    /// Whether any broker answers.
    pub(crate) async fn reachable(&self) -> Result<(), String> {
        let producer = self.current();
        let asking = tokio::task::spawn_blocking(move || {
            producer.client().fetch_metadata(None, ANSWER_TIMEOUT).map(|_| ())
        });
        let answer = asking.await.map_err(|died| died.to_string())?;
        answer.map_err(|error| error.to_string())
    }

    /// An idempotent producer whose sequence the brokers do not take any more, as after a loss of their data, fails for ever:
    /// a new one begins a new sequence. What it had not sent is still in the outbox.
    fn replace_if_broken(&self, broken: &FutureProducer<Quiet>) {
        let Some((code, reason)) = broken.client().fatal_error() else { return };
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if current.client().fatal_error().is_none() {
            return;
        }
        match open(&self.settings) {
            Ok(fresh) => {
                tracing::warn!(%code, reason, "the producer is replaced");
                *current = fresh;
            }
            Err(error) => tracing::error!(%error, "a new producer cannot be opened"),
        }
    }

    fn current(&self) -> FutureProducer<Quiet> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn open(settings: &Settings) -> Result<FutureProducer<Quiet>, KafkaError> {
    let mut config = settings.client();
    config
        .set("enable.idempotence", "true")
        .set("acks", "all")
        // Sarama's, which is Dapr's: a key lies in the same partition whoever publishes it.
        .set("partitioner", "fnv1a_random")
        .set("linger.ms", "2")
        .set("message.timeout.ms", DELIVERY_TIMEOUT.as_millis().to_string())
        .set("queue.buffering.max.kbytes", "16384")
        .set("queue.buffering.max.messages", "20000");
    settings.finish(config).create_with_context(Quiet)
}
