//! The way in, seen from the agent: who listens to what, how much is in hand, and the stop.
//!
//! Not here: the requests of the sidecar (`listener`).

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bus::settle::Settler;
use bus::{BusObserver, Handle, Message, Publish, PublishError, Subscribe, Subscription};
use contracts::Topic;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::publish::Publisher;
use crate::resume::Resumed;
use crate::{DaprBus, Settings};

/// Puts what all records have in common around a handler.
type MakeSettler = Box<dyn Fn(Arc<dyn Handle>, Arc<dyn Publish>) -> Settler + Send + Sync>;

/// What the listener and the agent have in common.
pub(crate) struct Inbound {
    pub(crate) settings: Settings,
    /// For what nobody can read.
    pub(crate) publisher: Publisher,
    /// For what nobody can read.
    pub(crate) observer: Arc<dyn BusObserver>,
    settler: MakeSettler,
    /// One entry a topic. Never locked across a wait.
    table: Mutex<BTreeMap<Topic, Settler>>,
    /// Set once the sidecar has asked for the table: it asks once in its life.
    asked: AtomicBool,
    pub(crate) running: Semaphore,
    waiting: AtomicUsize,
    pub(crate) stopping: CancellationToken,
    pub(crate) in_hand: TaskTracker,
    pub(crate) resumed: Resumed,
}

impl Inbound {
    pub(crate) fn new(
        settings: Settings,
        publisher: Publisher,
        observer: Arc<dyn BusObserver>,
        settler: MakeSettler,
    ) -> Self {
        Self {
            running: Semaphore::new(settings.running_max),
            settings,
            publisher,
            observer,
            settler,
            table: Mutex::default(),
            asked: AtomicBool::new(false),
            waiting: AtomicUsize::new(0),
            stopping: CancellationToken::new(),
            in_hand: TaskTracker::new(),
            resumed: Resumed::default(),
        }
    }

    /// The topics that are listened to, for the sidecar. From here on they are fixed.
    pub(crate) fn subscriptions(&self) -> Vec<Topic> {
        let table = self.table();
        self.asked.store(true, Ordering::SeqCst);
        table.keys().copied().collect()
    }

    /// Whoever takes the topic's records to their end, where somebody listens to it.
    pub(crate) fn listener(&self, topic: Topic) -> Option<Settler> {
        self.table().get(&topic).cloned()
    }

    /// Counts a record that waits for its turn, until the answer is dropped.
    pub(crate) fn wait(&self) -> impl Drop + '_ {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        Waiting(&self.waiting)
    }

    /// A panic elsewhere does not make the table wrong: it is only ever added to.
    fn table(&self) -> MutexGuard<'_, BTreeMap<Topic, Settler>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, subscription: Subscription, letters: Arc<dyn Publish>) -> Result<(), PublishError> {
        let Subscription { group, topics, handler } = subscription;
        let refused = |why: String| Err(PublishError::Unavailable(why));
        let mut table = self.table();
        if self.stopping.is_cancelled() {
            return Err(PublishError::Stopping);
        }
        if group != self.settings.group {
            let own = self.settings.group;
            return refused(format!(
                "{group} cannot listen beside {own}: a sidecar has one group, its app id"
            ));
        }
        if self.asked.load(Ordering::SeqCst) {
            return refused(format!("{group} is too late: the sidecar has asked who listens"));
        }
        if let Some(topic) = topics.iter().find(|topic| table.contains_key(topic)) {
            return refused(format!("{group} listens to {topic} already"));
        }
        let settler = (self.settler)(handler, letters);
        table.extend(topics.into_iter().map(|topic| (topic, settler.clone())));
        Ok(())
    }
}

struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl DaprBus {
    /// Whether the sidecar has asked who listens: until then no event comes. For readiness.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.inbound.asked.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Publish for DaprBus {
    async fn publish(&self, message: Message) -> Result<(), PublishError> {
        self.publisher.publish(message).await
    }
}

#[async_trait]
impl Subscribe for DaprBus {
    /// Before [`DaprBus::router`] is served: the sidecar asks once who listens.
    async fn subscribe(&self, subscription: Subscription) -> Result<(), PublishError> {
        self.inbound.add(subscription, Arc::clone(&self.letters))
    }

    async fn stop(&self) {
        self.inbound.stopping.cancel();
        self.inbound.in_hand.close();
        self.inbound.in_hand.wait().await;
    }

    fn keeps_order(&self) -> bool {
        false
    }

    fn queued(&self) -> usize {
        self.inbound.waiting.load(Ordering::SeqCst)
    }
}
