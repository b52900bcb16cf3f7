//! The in-process adapter: what `agent-bus up` and the tests run on.
//!
//! It stores nothing; the publisher's outbox is the store. [`MemoryBus::publish`] resolves to `Ok` only when every group
//! that listens to the topic has acknowledged the message or put it in the dead letters. Whoever crashes, or is told
//! [`PublishError::Stopping`], still has the message in the outbox and publishes it again: at-least-once. Without a group
//! that listens it is `Ok` at once. A dead letter that nobody can keep is `Unavailable` to the publisher of its record, so that
//! a full disk loses nothing; a dead letter that its consumer refuses for good is logged and dropped.
//!
//! Each group has, for each partition of each of its topics, one bounded queue and one worker. Order holds in a partition,
//! because a worker has one record in hand; partitions run side by side. While a record is retried its partition waits, for
//! 15 times [`Patience::retry_first`] at most (and the handler's time); then it is a dead letter and the next one follows.
//! While a record is held its partition waits as long as it takes, and so does the publisher.
//! Messages of one key that are published one after the other, or whose futures are first polled in order, keep that order.
//!
//! A handler must not publish and wait: its answer may be what the queue behind it is waiting for. It puts its events in
//! its own outbox.
//!
//! Not here: the life of one record (module `settle`), storing messages (crate `ledger`).

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use async_trait::async_trait;
use clock::{Clock, Ids};
use contracts::Topic;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::dead_letter::SendsLetters;
use crate::settle::{Patience, Settler};
use crate::{BusObserver, Delivery, Message, Publish, PublishError, Subscribe, Subscription};

mod worker;

use worker::Record;

/// The limits of a bus.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How many records wait in one partition of one group; the next publisher waits until there is room.
    pub queue_max_records: usize,
    /// How long a record's way may take.
    pub patience: Patience,
}

impl Default for Settings {
    fn default() -> Self {
        Self { queue_max_records: 256, patience: Patience::default() }
    }
}

/// The bus of one process. Clones are the same bus.
#[derive(Clone)]
pub struct MemoryBus {
    shared: Arc<Shared>,
    /// Where dead letters go that do not go straight to the bus. Not in `shared`: it holds the bus, and they would keep
    /// each other alive.
    letters: Option<Arc<dyn Publish>>,
}

/// What publishers and workers have in common.
struct Shared {
    settings: Settings,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    observer: Arc<dyn BusObserver>,
    /// Who listens to a topic. Never locked across a wait.
    routes: RwLock<HashMap<Topic, Vec<Lanes>>>,
    /// How many messages each partition has had, by topic.
    offsets: HashMap<Topic, Vec<AtomicI64>>,
    /// Set when `stop` begins, under the lock of the routes: workers take no more.
    stopping: CancellationToken,
    workers: TaskTracker,
}

/// The queues of one group on one topic, by partition.
struct Lanes {
    group: &'static str,
    queues: Vec<mpsc::Sender<Record>>,
}

impl MemoryBus {
    /// A bus that nobody listens to yet. Clock and ids are for its dead letters.
    #[must_use]
    pub fn new(
        settings: Settings,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        observer: Arc<dyn BusObserver>,
    ) -> Self {
        let offsets =
            Topic::ALL.map(|topic| (topic, (0..topic.partitions()).map(|_| AtomicI64::new(0)).collect()));
        let shared = Shared {
            settings,
            clock,
            ids,
            observer,
            routes: RwLock::default(),
            offsets: offsets.into(),
            stopping: CancellationToken::new(),
            workers: TaskTracker::new(),
        };
        Self { shared: Arc::new(shared), letters: None }
    }

    fn letters(&self) -> Arc<dyn Publish> {
        self.letters.clone().unwrap_or_else(|| Arc::new(self.clone()))
    }

    fn settler(&self, subscription: &Subscription) -> Settler {
        Settler {
            group: subscription.group,
            handler: Arc::clone(&subscription.handler),
            patience: self.shared.settings.patience,
            letters: self.letters(),
            observer: Arc::clone(&self.shared.observer),
            clock: Arc::clone(&self.shared.clock),
            ids: Arc::clone(&self.shared.ids),
        }
    }
}

impl SendsLetters for MemoryBus {
    fn letters_through(self, gate: impl FnOnce(Arc<dyn Publish>) -> Arc<dyn Publish>) -> Self {
        let letters = Some(gate(self.letters()));
        Self { shared: self.shared, letters }
    }
}

#[async_trait]
impl Publish for MemoryBus {
    async fn publish(&self, message: Message) -> Result<(), PublishError> {
        self.shared.publish(message).await
    }
}

#[async_trait]
impl Subscribe for MemoryBus {
    async fn subscribe(&self, subscription: Subscription) -> Result<(), PublishError> {
        let shared = &self.shared;
        let settler = self.settler(&subscription);
        let Subscription { group, topics, .. } = subscription;
        let mut routes = shared.routes_mut();
        if shared.stopping.is_cancelled() {
            return Err(PublishError::Stopping);
        }
        for topic in topics {
            let listeners = routes.entry(topic).or_default();
            if listeners.iter().any(|lanes| lanes.group == group) {
                return Err(PublishError::Unavailable(format!("{group} listens to {topic} already")));
            }
            let mut queues = Vec::new();
            for _ in 0..topic.partitions() {
                let (queue, records) = mpsc::channel(shared.settings.queue_max_records);
                shared.workers.spawn(worker::work(settler.clone(), records, shared.stopping.clone()));
                queues.push(queue);
            }
            listeners.push(Lanes { group, queues });
        }
        Ok(())
    }

    async fn stop(&self) {
        let shared = &self.shared;
        {
            // Under one lock, so that no group joins in between, and nobody takes the empty table for one without groups.
            let mut routes = shared.routes_mut();
            shared.stopping.cancel();
            shared.workers.close();
            // With its senders a queue goes, and with it a record that slipped in behind its worker's back: whoever waits
            // for that one hears of it, be it a worker with a dead letter.
            routes.clear();
        }
        shared.workers.wait().await;
    }

    fn keeps_order(&self) -> bool {
        true
    }

    fn queued(&self) -> usize {
        let routes = self.shared.routes();
        let queues = routes.values().flatten().flat_map(|lanes| &lanes.queues);
        queues.map(|queue| queue.max_capacity() - queue.capacity()).sum()
    }
}

impl Shared {
    /// Queues the message for every group, and waits until each has done with it.
    async fn publish(&self, message: Message) -> Result<(), PublishError> {
        let partition = partition(&message.key, message.topic.partitions());
        let queues = self.queues(message.topic, partition)?;
        if queues.is_empty() {
            return Ok(());
        }
        let delivery = Delivery {
            partition: i32::try_from(partition).unwrap_or(i32::MAX),
            offset: self.offsets[&message.topic][partition].fetch_add(1, Ordering::Relaxed),
            attempt: 1,
            message,
        };
        let mut settled = Vec::with_capacity(queues.len());
        for queue in queues {
            let (acknowledge, acknowledged) = oneshot::channel();
            let record = Record { delivery: delivery.clone(), acknowledge };
            queue.send(record).await.map_err(|_| PublishError::Stopping)?;
            settled.push(acknowledged);
        }
        for acknowledged in settled {
            acknowledged.await.map_err(|_| self.left())?;
        }
        Ok(())
    }

    /// Why a record was not acknowledged.
    fn left(&self) -> PublishError {
        if self.stopping.is_cancelled() {
            return PublishError::Stopping;
        }
        PublishError::Unavailable("it failed, and its dead letter cannot be kept".to_owned())
    }

    /// The queues of the partition, one a group. A message for none is taken as it is, so that a bus that stops, whose table
    /// is empty, must say so.
    fn queues(&self, topic: Topic, partition: usize) -> Result<Vec<mpsc::Sender<Record>>, PublishError> {
        let routes = self.routes();
        if self.stopping.is_cancelled() {
            return Err(PublishError::Stopping);
        }
        let listeners = routes.get(&topic).map(Vec::as_slice).unwrap_or_default();
        Ok(listeners.iter().filter_map(|lanes| lanes.queues.get(partition).cloned()).collect())
    }

    /// A panic elsewhere does not make the table wrong: it is only ever added to or cleared.
    fn routes(&self) -> RwLockReadGuard<'_, HashMap<Topic, Vec<Lanes>>> {
        self.routes.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn routes_mut(&self) -> RwLockWriteGuard<'_, HashMap<Topic, Vec<Lanes>>> {
        self.routes.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a key lies: FNV-1a, so that it is the same in every build and on every machine.
fn partition(key: &str, partitions: u32) -> usize {
    let hash = key.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    });
    // Less than `partitions`.
    (hash % u64::from(partitions)) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_lies_where_it_always_lay() {
        for (key, place) in [("", 5), ("ada", 1), ("S-1.b_2", 5), ("student-42", 3)] {
            assert_eq!(partition(key, 6), place, "{key}");
        }
    }

    #[test]
    fn keys_spread_over_all_partitions() {
        let mut held = [0; 6];
        (0..6000).for_each(|student| held[partition(&format!("student-{student}"), 6)] += 1);
        assert!(held.iter().all(|count| (800..1200).contains(count)), "{held:?}");
    }

    proptest! {
        #[test]
        fn a_key_lies_in_a_partition_there_is(key: String, partitions in 1_u32..100) {
            prop_assert!(partition(&key, partitions) < partitions as usize);
        }
    }
}
