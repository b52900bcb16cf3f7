//! The outbox relay: takes committed messages from a room's outbox to the bus, at least once, in order per key.
//!
//! Messages of one topic and key go one after the other; after a failure the later ones of that key wait. Different keys
//! go side by side, because a bus may answer only when every consumer has acknowledged: a slow key must not hold up the
//! others, so the relay reads on past it. A crash between publishing and forgetting publishes again; consumers are
//! idempotent. A message that the relay has read may still go out after its student was erased: consumers ignore what
//! happened before the erasure.
//!
//! Not here: what is published (each room's outbox module), the bus (crate `bus`).

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bus::{Publish, PublishError};
use contracts::Topic;
use fail::fail_point;
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use tokio_util::sync::CancellationToken;

use crate::{Outbox, Pending};

/// How much a relay does at once, and how it waits.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Messages read and not yet forgotten. More than these behind one stalled key stall the rest.
    pub held_max: usize,
    /// Keys that publish side by side.
    pub keys_max: usize,
    /// Messages read at once.
    pub read_max: u32,
    /// How long messages gather after a commit before they are read: each read, and what follows from it, costs the store
    /// as much for one message as for many.
    pub gather: Duration,
    /// The wait after a first failure; it doubles with each further one.
    pub wait_first: Duration,
    /// The longest wait.
    pub wait_max: Duration,
}

impl Default for Limits {
    /// 8192 messages, 1024 keys, 1024 a read, 20 ms to gather, 50 ms to 5 s.
    fn default() -> Self {
        Self {
            held_max: 8192,
            keys_max: 1024,
            read_max: 1024,
            gather: Duration::from_millis(20),
            wait_first: Duration::from_millis(50),
            wait_max: Duration::from_secs(5),
        }
    }
}

/// What a relay has done, for metrics. How much waits is [`Outbox::backlog`]'s to say.
#[derive(Debug, Default)]
pub struct Counts {
    published: AtomicU64,
    failures: AtomicU64,
    failing: AtomicU64,
}

impl Counts {
    /// Messages that the bus took, since the start.
    #[must_use]
    pub fn published(&self) -> u64 {
        self.published.load(Ordering::Relaxed)
    }

    /// Attempts that failed, since the start.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    /// Keys whose last attempt failed, now.
    #[must_use]
    pub fn failing(&self) -> u64 {
        self.failing.load(Ordering::Relaxed)
    }
}

/// One room's relay.
pub struct Relay {
    room: &'static str,
    outbox: Arc<dyn Outbox>,
    bus: Arc<dyn Publish>,
    limits: Limits,
    counts: Arc<Counts>,
}

impl Relay {
    /// A relay with the default [`Limits`]. A room has one at a time in a process, or its order is lost; over several
    /// processes the store's leases see to it.
    #[must_use]
    pub fn new(room: &'static str, outbox: Arc<dyn Outbox>, bus: Arc<dyn Publish>) -> Self {
        Self { room, outbox, bus, limits: Limits::default(), counts: Arc::default() }
    }

    /// The same with other limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// What it has done so far: stays readable while it runs.
    #[must_use]
    pub fn counts(&self) -> Arc<Counts> {
        Arc::clone(&self.counts)
    }

    /// Relays until `stop`; then starts nothing new, waits for what the bus has in hand, forgets it, and returns.
    pub async fn run(self, stop: CancellationToken) {
        let mut run = Run::new(self, stop.clone());
        while !stop.is_cancelled() {
            run.start();
            tokio::select! {
                () = stop.cancelled() => {}
                Some(step) = run.steps.next() => run.take(step),
            }
        }
        run.finish().await;
    }
}

/// Messages of one lane keep their order.
type Lane = (Topic, String);

/// Something that the relay had under way has come to its end.
enum Step {
    /// And whether these are all that there were.
    Read(Vec<Pending>, bool),
    Changed,
    Published(Lane, i64),
    /// The message is another relay's now, or will be handed out again.
    Lost(Lane),
    Forgotten(usize),
    /// Stopped while waiting to try again.
    GivenUp(Task),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Task {
    Read,
    Publish,
    Forget,
}

/// A relay at work.
struct Run {
    relay: Relay,
    stop: CancellationToken,
    steps: FuturesUnordered<BoxFuture<'static, Step>>,
    /// For each key that has a message under way or ready: the messages behind that one.
    behind: HashMap<Lane, VecDeque<Pending>>,
    /// The next message of its key, and nothing of that key is under way.
    ready: VecDeque<Pending>,
    /// Published, not yet forgotten.
    published: Vec<i64>,
    /// The highest sequence read.
    read_up_to: i64,
    /// Messages read and not yet forgotten.
    held: usize,
    publishing: usize,
    is_forgetting: bool,
    /// A read, or the wait for a reason to read, is under way.
    is_reading: bool,
    /// The last read brought all that there was: there is nothing to read before the next commit.
    is_dry: bool,
}

impl Run {
    fn new(relay: Relay, stop: CancellationToken) -> Self {
        Self {
            relay,
            stop,
            steps: FuturesUnordered::new(),
            behind: HashMap::new(),
            ready: VecDeque::new(),
            published: Vec::new(),
            read_up_to: 0,
            held: 0,
            publishing: 0,
            is_forgetting: false,
            is_reading: false,
            is_dry: false,
        }
    }

    /// Starts whatever there is a reason and a place for.
    fn start(&mut self) {
        if !self.is_reading {
            self.start_reading();
        }
        while self.publishing < self.relay.limits.keys_max {
            let Some(pending) = self.ready.pop_front() else { break };
            self.start_publishing(pending);
        }
        self.start_forgetting();
    }

    fn start_reading(&mut self) {
        let outbox = Arc::clone(&self.relay.outbox);
        if self.is_dry {
            let gather = self.relay.limits.gather;
            self.steps.push(Box::pin(async move {
                outbox.changed().await;
                tokio::time::sleep(gather).await;
                Step::Changed
            }));
            self.is_reading = true;
            return;
        }
        let places = self.relay.limits.held_max.saturating_sub(self.held);
        let limit = self.relay.limits.read_max.min(u32::try_from(places).unwrap_or(u32::MAX));
        if limit == 0 {
            return;
        }
        let (after, patience) = (self.read_up_to, self.patience());
        self.is_reading = true;
        self.steps.push(Box::pin(async move {
            let read = patience.until_done("read the outbox", || outbox.oldest(after, limit)).await;
            read.map_or(Step::GivenUp(Task::Read), |pendings| {
                let is_all = u32::try_from(pendings.len()).is_ok_and(|count| count < limit);
                Step::Read(pendings, is_all)
            })
        }));
    }

    fn start_publishing(&mut self, pending: Pending) {
        let lane = (pending.message.topic, pending.message.key.clone());
        let (bus, patience, counts) =
            (Arc::clone(&self.relay.bus), self.patience(), Arc::clone(&self.relay.counts));
        let outbox = Arc::clone(&self.relay.outbox);
        self.publishing += 1;
        self.steps.push(Box::pin(async move {
            let attempt = async || {
                if !outbox.holds(&pending) {
                    return Ok(false);
                }
                fail_point!("between-commit-and-publish", |_| std::process::abort());
                bus.publish(pending.message.clone()).await?;
                fail_point!("between-publish-and-forget", |_| std::process::abort());
                Ok::<_, PublishError>(true)
            };
            match patience.until_done("publish", attempt).await {
                Some(true) => {
                    counts.published.fetch_add(1, Ordering::Relaxed);
                    Step::Published(lane, pending.sequence)
                }
                Some(false) => Step::Lost(lane),
                None => Step::GivenUp(Task::Publish),
            }
        }));
    }

    /// One at a time: while a commit is under way the next ones gather, and go together.
    fn start_forgetting(&mut self) {
        if self.is_forgetting || self.published.is_empty() {
            return;
        }
        let (outbox, patience) = (Arc::clone(&self.relay.outbox), self.patience());
        let sequences = std::mem::take(&mut self.published);
        self.is_forgetting = true;
        self.steps.push(Box::pin(async move {
            let forgotten = patience.until_done("forget", || outbox.published(&sequences)).await;
            forgotten.map_or(Step::GivenUp(Task::Forget), |()| Step::Forgotten(sequences.len()))
        }));
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Read(pendings, is_all) => {
                self.is_reading = false;
                self.is_dry = is_all;
                self.held += pendings.len();
                // Messages of newly leased keys may be older than what was read before.
                let last = pendings.last().map_or(0, |pending| pending.sequence);
                self.read_up_to = self.read_up_to.max(last);
                pendings.into_iter().for_each(|pending| self.line_up(pending));
            }
            Step::Changed => {
                self.is_reading = false;
                self.is_dry = false;
            }
            Step::Published(lane, sequence) => {
                self.publishing -= 1;
                self.published.push(sequence);
                self.free(lane);
            }
            Step::Lost(lane) => {
                self.publishing -= 1;
                self.held -= 1;
                self.free(lane);
            }
            Step::Forgotten(count) => {
                self.is_forgetting = false;
                self.held -= count;
            }
            Step::GivenUp(Task::Publish) => self.publishing -= 1,
            Step::GivenUp(Task::Forget) => self.is_forgetting = false,
            Step::GivenUp(Task::Read) => self.is_reading = false,
        }
    }

    fn line_up(&mut self, pending: Pending) {
        let lane = (pending.message.topic, pending.message.key.clone());
        match self.behind.get_mut(&lane) {
            Some(behind) => behind.push_back(pending),
            None => {
                self.behind.insert(lane, VecDeque::new());
                self.ready.push_back(pending);
            }
        }
    }

    fn free(&mut self, lane: Lane) {
        let next = self.behind.get_mut(&lane).and_then(VecDeque::pop_front);
        match next {
            Some(next) => self.ready.push_back(next),
            None => {
                self.behind.remove(&lane);
            }
        }
    }

    async fn finish(mut self) {
        self.start_forgetting();
        while self.publishing > 0 || self.is_forgetting {
            let Some(step) = self.steps.next().await else { return };
            self.take(step);
            self.start_forgetting();
        }
    }

    fn patience(&self) -> Patience {
        Patience {
            room: self.relay.room,
            limits: self.relay.limits,
            counts: Arc::clone(&self.relay.counts),
            stop: self.stop.clone(),
        }
    }
}

/// Tries again, each time later, until it is done or the relay stops.
struct Patience {
    room: &'static str,
    limits: Limits,
    counts: Arc<Counts>,
    stop: CancellationToken,
}

impl Patience {
    async fn until_done<T, E, F, Fut>(&self, what: &'static str, mut attempt: F) -> Option<T>
    where
        E: std::fmt::Display,
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let mut wait = self.limits.wait_first;
        let mut failing = None;
        loop {
            match attempt().await {
                Ok(done) => return Some(done),
                Err(error) => {
                    self.counts.failures.fetch_add(1, Ordering::Relaxed);
                    failing.get_or_insert_with(|| Failing::new(self, what, &error));
                }
            }
            tokio::select! {
                () = self.stop.cancelled() => return None,
                () = tokio::time::sleep(wait) => {}
            }
            wait = wait.saturating_mul(2).min(self.limits.wait_max);
        }
    }
}

/// Counts a failing attempt as long as it lives. Only the first of many says so in the log.
struct Failing<'a>(&'a Patience);

impl<'a> Failing<'a> {
    fn new(patience: &'a Patience, what: &'static str, error: &dyn std::fmt::Display) -> Self {
        if patience.counts.failing.fetch_add(1, Ordering::Relaxed) == 0 {
            tracing::warn!(room = patience.room, what, %error, "the outbox relay is held up, messages wait");
        }
        Self(patience)
    }
}

impl Drop for Failing<'_> {
    fn drop(&mut self) {
        if self.0.counts.failing.fetch_sub(1, Ordering::Relaxed) == 1 {
            tracing::info!(room = self.0.room, "the outbox relay is no longer held up");
        }
    }
}
