//! The bus on Kafka, for several processes.
//!
//! A message is published when the brokers hold it: the producer is idempotent and asks for all replicas. A group is one
//! consumer in each process; partitions move between them cooperatively. A record is taken to its end by a worker of its
//! partition, one at a time, so that order holds per key; its offset is stored after its effect, never before. Where more
//! waits in a partition than may, the partition is paused.
//!
//! A crash hands out again what was not stored: at least once. Beside the bus there is what an operator needs: [`topics`]
//! makes them and reports drift, [`read`] reads them back, for replays and dead letters, [`lag`] tells how far a group is behind.
//!
//! Not here: the life of a record (`bus::settle`), what is in it (crate `contracts`), commands (crate `agent-bus`).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bus::dead_letter::SendsLetters;
use bus::settle::Settler;
use bus::{BusObserver, Message, Publish, PublishError, Subscribe, Subscription};
use clock::{Clock, Ids};
use rdkafka::error::KafkaError;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

mod client;
mod consume;
pub mod lag;
mod lanes;
mod publish;
pub mod read;
mod record;
mod settings;
pub mod topics;

use consume::Group;
use publish::Producer;
pub use settings::Settings;

/// The bus of one process on a Kafka cluster. Clones are the same bus.
#[derive(Clone)]
pub struct KafkaBus {
    shared: Arc<Shared>,
    /// Where dead letters go.
    letters: Arc<dyn Publish>,
}

struct Shared {
    settings: Settings,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    observer: Arc<dyn BusObserver>,
    producer: Producer,
    groups: Mutex<Vec<Arc<lanes::Lanes>>>,
    /// Set when `stop` begins: no more is taken or published.
    stopping: CancellationToken,
    /// Set when the last clone goes without a stop: nothing is finished.
    abandoned: CancellationToken,
    consumers: TaskTracker,
}

impl KafkaBus {
    /// A bus that nobody listens to yet. The brokers need not be there: it finds them when they come. Clock and ids are for
    /// its dead letters.
    ///
    /// # Errors
    /// Settings that librdkafka does not know.
    pub fn new(
        settings: Settings,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        observer: Arc<dyn BusObserver>,
    ) -> Result<Self, KafkaError> {
        let shared = Shared {
            producer: Producer::new(&settings)?,
            settings,
            clock,
            ids,
            observer,
            groups: Mutex::default(),
            stopping: CancellationToken::new(),
            abandoned: CancellationToken::new(),
            consumers: TaskTracker::new(),
        };
        let letters = Arc::new(ToBrokers(shared.producer.clone()));
        Ok(Self { shared: Arc::new(shared), letters })
    }

    /// Whether the brokers answer, for /ready.
    ///
    /// # Errors
    /// What the client says of them.
    pub async fn reachable(&self) -> Result<(), String> {
        self.shared.producer.reachable().await
    }

    fn settler(&self, subscription: &Subscription) -> Settler {
        let shared = &self.shared;
        Settler {
            group: subscription.group,
            handler: Arc::clone(&subscription.handler),
            patience: shared.settings.patience,
            letters: Arc::clone(&self.letters),
            observer: Arc::clone(&shared.observer),
            clock: Arc::clone(&shared.clock),
            ids: Arc::clone(&shared.ids),
        }
    }
}

impl SendsLetters for KafkaBus {
    fn letters_through(self, gate: impl FnOnce(Arc<dyn Publish>) -> Arc<dyn Publish>) -> Self {
        Self { letters: gate(self.letters), ..self }
    }
}

/// The way out of dead letters. It does not hold the bus, which would hold itself, and it is open while the bus stops.
struct ToBrokers(Producer);

#[async_trait]
impl Publish for ToBrokers {
    async fn publish(&self, message: Message) -> Result<(), PublishError> {
        self.0.publish(&message).await
    }
}

#[async_trait]
impl Publish for KafkaBus {
    async fn publish(&self, message: Message) -> Result<(), PublishError> {
        if self.shared.stopping.is_cancelled() {
            return Err(PublishError::Stopping);
        }
        self.shared.producer.publish(&message).await
    }
}

#[async_trait]
impl Subscribe for KafkaBus {
    async fn subscribe(&self, subscription: Subscription) -> Result<(), PublishError> {
        let shared = &self.shared;
        if shared.stopping.is_cancelled() {
            return Err(PublishError::Stopping);
        }
        let settler = self.settler(&subscription);
        let unavailable = |error: KafkaError| PublishError::Unavailable(error.to_string());
        let group =
            Group::open(&shared.settings, &subscription.topics, settler, shared.abandoned.child_token())
                .map_err(unavailable)?;
        shared.groups().push(group.lanes());
        let stopping = shared.stopping.clone();
        // librdkafka is polled from a thread of its own: callbacks of a rebalance may block it.
        shared.consumers.spawn_blocking(move || group.run(&stopping));
        Ok(())
    }

    async fn stop(&self) {
        self.shared.stopping.cancel();
        self.shared.consumers.close();
        self.shared.consumers.wait().await;
    }

    fn keeps_order(&self) -> bool {
        true
    }

    fn queued(&self) -> usize {
        self.shared.groups().iter().map(|lanes| lanes.queued()).sum()
    }
}

impl Shared {
    /// A panic elsewhere does not make the list wrong: it is only ever added to.
    fn groups(&self) -> MutexGuard<'_, Vec<Arc<lanes::Lanes>>> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.abandoned.cancel();
        self.stopping.cancel();
    }
}
