//! The partitions that a group has in this process: a bounded queue and a worker each.
//!
//! Not here: how records come and offsets go (`consume`).

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bus::Delivery;
use bus::settle::{End, Settler};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::Settings;

/// A topic's name on the brokers, and a partition.
pub(crate) type Place = (String, i32);

/// The lanes of one group.
pub(crate) struct Lanes {
    settler: Settler,
    runtime: Handle,
    max_records: usize,
    max_bytes: usize,
    open: Mutex<HashMap<Place, Lane>>,
    settled: Arc<Mutex<HashMap<Place, i64>>>,
}

/// What waits in a lane.
#[derive(Default)]
struct Waiting {
    records: AtomicUsize,
    bytes: AtomicUsize,
}

struct Lane {
    queue: mpsc::UnboundedSender<Delivery>,
    waiting: Arc<Waiting>,
    is_paused: bool,
    stop: CancellationToken,
    worker: JoinHandle<()>,
}

/// Whether a lane takes more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    Left,
    Full,
}

impl Room {
    pub(crate) fn is_full(self) -> bool {
        self == Self::Full
    }
}

impl Lanes {
    pub(crate) fn new(settings: &Settings, settler: Settler, runtime: Handle) -> Self {
        Self {
            settler,
            runtime,
            max_records: settings.queue_max_records,
            max_bytes: settings.queue_max_bytes,
            open: Mutex::default(),
            settled: Arc::default(),
        }
    }

    /// Puts a record into its lane. Where it is full then, its partition is to be paused.
    pub(crate) fn push(&self, place: &Place, delivery: Delivery) -> Room {
        let mut open = self.open();
        let lane = open.entry(place.clone()).or_insert_with(|| self.lane(place.clone()));
        let records = lane.waiting.records.fetch_add(1, Ordering::Relaxed) + 1;
        let size_bytes = delivery.message.payload.len();
        let bytes = lane.waiting.bytes.fetch_add(size_bytes, Ordering::Relaxed) + size_bytes;
        // The worker ends with its lane: nobody pushes then.
        let _ = lane.queue.send(delivery);
        let is_full = records >= self.max_records || bytes >= self.max_bytes;
        lane.is_paused |= is_full;
        if is_full { Room::Full } else { Room::Left }
    }

    /// The partitions that were paused and are to go on: half of what waited is done.
    pub(crate) fn with_room_again(&self) -> Vec<Place> {
        let mut open = self.open();
        let paused = open.iter_mut().filter(|(_, lane)| lane.is_paused);
        let ready = paused.filter(|(_, lane)| {
            lane.waiting.records.load(Ordering::Relaxed) <= self.max_records / 2
                && lane.waiting.bytes.load(Ordering::Relaxed) <= self.max_bytes / 2
        });
        ready
            .map(|(place, lane)| {
                lane.is_paused = false;
                place.clone()
            })
            .collect()
    }

    /// The last offset of each partition that is done and not yet told.
    pub(crate) fn settled(&self) -> Vec<(Place, i64)> {
        self.settled.lock().unwrap_or_else(PoisonError::into_inner).drain().collect()
    }

    /// Ends the lanes of partitions that go: what waits is dropped, what is in hand is waited for, so long at most.
    pub(crate) fn close(&self, places: &[Place], patience: Duration) {
        let closing: Vec<Lane> = {
            let mut open = self.open();
            places.iter().filter_map(|place| open.remove(place)).collect()
        };
        for lane in &closing {
            lane.stop.cancel();
        }
        let ended = futures::future::join_all(closing.into_iter().map(|lane| lane.worker));
        let waited = self.runtime.block_on(async { tokio::time::timeout(patience, ended).await });
        if waited.is_err() {
            tracing::warn!(
                group = self.settler.group,
                "a partition goes with a record in hand: it comes twice"
            );
        }
    }

    /// Ends all lanes, without waiting.
    pub(crate) fn close_all(&self) {
        self.open().values().for_each(|lane| lane.stop.cancel());
    }

    /// Whether every worker has ended.
    pub(crate) fn are_idle(&self) -> bool {
        self.open().values().all(|lane| lane.worker.is_finished())
    }

    /// Drops everything, in hand or not, as a crash does.
    pub(crate) fn abandon(&self) {
        self.open().values().for_each(|lane| lane.worker.abort());
    }

    /// How many records wait, over all lanes.
    pub(crate) fn queued(&self) -> usize {
        self.open().values().map(|lane| lane.waiting.records.load(Ordering::Relaxed)).sum()
    }

    fn lane(&self, place: Place) -> Lane {
        let (queue, records) = mpsc::unbounded_channel();
        let (waiting, stop) = (Arc::<Waiting>::default(), CancellationToken::new());
        let worker = Worker {
            settler: self.settler.clone(),
            place,
            waiting: Arc::clone(&waiting),
            settled: Arc::clone(&self.settled),
            stop: stop.clone(),
        };
        let worker = self.runtime.spawn(worker.run(records));
        Lane { queue, waiting, is_paused: false, stop, worker }
    }

    /// A panic elsewhere does not make the table wrong: each change of it is one step.
    fn open(&self) -> MutexGuard<'_, HashMap<Place, Lane>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Works off one partition.
struct Worker {
    settler: Settler,
    place: Place,
    waiting: Arc<Waiting>,
    settled: Arc<Mutex<HashMap<Place, i64>>>,
    stop: CancellationToken,
}

impl Worker {
    /// Until the lane is closed. What still waits then is not done, and comes again.
    async fn run(self, mut records: mpsc::UnboundedReceiver<Delivery>) {
        loop {
            let delivery = tokio::select! {
                biased;
                () = self.stop.cancelled() => return,
                delivery = records.recv() => delivery,
            };
            let Some(delivery) = delivery else { return };
            self.waiting.records.fetch_sub(1, Ordering::Relaxed);
            self.waiting.bytes.fetch_sub(delivery.message.payload.len(), Ordering::Relaxed);
            let offset = delivery.offset;
            if !self.settle(delivery).await {
                return;
            }
            let mut settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
            settled.insert(self.place.clone(), offset);
        }
    }

    /// Whether the record is done. Where its dead letter is not taken it waits at the head of its lane, and is tried again.
    async fn settle(&self, delivery: Delivery) -> bool {
        loop {
            if let End::Settled = self.settler.settle(delivery.clone(), &self.stop).await {
                return true;
            }
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return false,
                () = tokio::time::sleep(self.settler.patience.hold_max) => {}
            }
        }
    }
}
