//! The pool: a process from which children come, and a bounded line of jobs for them.
//!
//! Reading order: here (settings, places, who waits) → `keeper` (keeps a nursery) → `nursery` (the process, and how it is
//! asked) → `child` (a connection, and one job over it) → `lines` (what comes over it, bounded) → `transcript` (what that
//! says, held against the job) → `observe` (what is counted). A child is forked for one job and killed after it.
//! Everything is bounded: `running_max` jobs run and `waiting_max` wait, each for `wait_max` at most, and beside them one
//! background job, which gets what they leave of the processors; a child's line has
//! [`LINE_MAX_BYTES`](crate::wire::LINE_MAX_BYTES), its lines together [`REPORT_MAX_BYTES`], and it lives no longer than
//! the job's wall-clock time and [`KILL_GRACE`].
//!
//! Not here: how children are forked and what holds them (crate `sandbox-child`), how metrics and `/ready` hear of it
//! (crate `agent-bus`).

mod child;
mod keeper;
mod lines;
mod nursery;
mod observe;
mod patience;
mod transcript;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use clock::Ids;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};

pub use child::KILL_GRACE;
pub use keeper::{START_MAX, START_WAIT_FIRST, START_WAIT_MAX};
pub use observe::PoolObserver;
pub use transcript::REPORT_MAX_BYTES;

use crate::{Job, Priority, Report, Sandbox, SandboxError};
use child::{Child, Order};
use keeper::{Keeper, Told, held};
use nursery::Door;
use observe::{Running, Waiting};
use patience::Patience;

/// So many children are asked to take the same job.
const ATTEMPTS_MAX: usize = 3;

/// How long a child that was asked for may be silent before its nursery is doubted: it takes some milliseconds.
const SILENCE_MAX: Duration = Duration::from_secs(5);

/// How long after a child that did not take its job the next is asked, if no news of the nursery comes before: long enough
/// to hear of its end.
const NEWS_MAX: Duration = Duration::from_millis(100);

/// Jobs that run in the background at once, beside the others.
const BACKGROUND_RUNNING: usize = 1;

/// Jobs that wait for that place.
const BACKGROUND_WAITING_MAX: usize = 4;

/// How long they wait at most: nobody minds, but a line without end is none.
const BACKGROUND_WAIT_MAX: Duration = Duration::from_mins(10);

/// Why no child comes any more.
const STOPPED: &str = "the pool of children has stopped";

/// How many children there are, and how long anything waits for them.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `agent-bus-sandbox`: a path, from where the service runs if it is relative.
    pub binary: PathBuf,
    /// Jobs that run at once, but for one more in the background. Each may take the job's memory and some 10 MB, all of
    /// them together the interpreter's own, some 45 MB.
    pub running_max: NonZeroUsize,
    /// Jobs that wait for a child.
    pub waiting_max: usize,
    /// How long a job waits at most.
    pub wait_max: Duration,
    /// Whether to run anything under a lockdown that lacks a layer.
    pub lockdown: Lockdowned,
}

impl Settings {
    /// Two jobs at once, 32 jobs waiting up to 10 s each, no lockdown that lacks a layer.
    #[must_use]
    pub fn new(binary: PathBuf) -> Self {
        Self {
            binary,
            running_max: const { NonZeroUsize::new(2).unwrap() },
            waiting_max: 32,
            wait_max: Duration::from_secs(10),
            lockdown: Lockdowned::Required,
        }
    }
}

/// What to do where the kernel lacks a layer of the lockdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lockdowned {
    /// Run nothing.
    Required,
    /// Run under the layers that are there, say so in the log once, and in [`Pool::status`].
    BestEffort,
}

/// Whether jobs can be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// No child has said anything yet.
    Starting,
    /// They can.
    Ready,
    /// They can, under a lockdown that lacks a layer: which, and why.
    Degraded(String),
    /// They cannot: why. Starting the nursery is tried again.
    Unavailable(String),
}

/// Children that run jobs. Dropped, it ends them all.
pub struct Pool {
    settings: Settings,
    ids: Arc<dyn Ids>,
    observer: Arc<dyn PoolObserver>,
    awaited: Line,
    background: Line,
    told: watch::Receiver<Told>,
    patience: Patience,
    /// It ends with the pool.
    _keeper: JoinSet<()>,
}

/// Places, and who waits for them.
struct Line {
    /// Jobs that run or wait.
    admitted: Semaphore,
    admitted_max: usize,
    /// Jobs that run.
    places: Semaphore,
    wait_max: Duration,
}

impl Line {
    fn new(running_max: usize, waiting_max: usize, wait_max: Duration) -> Self {
        let admitted_max = running_max + waiting_max;
        let (admitted, places) = (Semaphore::new(admitted_max), Semaphore::new(running_max));
        Self { admitted, admitted_max, places, wait_max }
    }

    fn admitted(&self) -> usize {
        self.admitted_max - self.admitted.available_permits()
    }
}

impl Pool {
    /// Starts the nursery, in the background. Each job's nonce is one of `ids`: what a program could guess it could forge
    /// its verdict with.
    ///
    /// # Panics
    /// Outside of a tokio runtime with I/O and time.
    pub fn start(settings: Settings, ids: Arc<dyn Ids>, observer: Arc<dyn PoolObserver>) -> Self {
        let (tell, told) = watch::channel(Told { status: Status::Starting, door: None });
        let mut keeper = JoinSet::new();
        keeper.spawn(Keeper::new(&settings, tell, Arc::clone(&observer)).run());
        Self {
            awaited: Line::new(settings.running_max.get(), settings.waiting_max, settings.wait_max),
            background: Line::new(BACKGROUND_RUNNING, BACKGROUND_WAITING_MAX, BACKGROUND_WAIT_MAX),
            told,
            patience: Patience::default(),
            _keeper: keeper,
            settings,
            ids,
            observer,
        }
    }

    /// What the last nursery that was started came to.
    #[must_use]
    pub fn status(&self) -> Status {
        self.told.borrow().status.clone()
    }

    /// Jobs that run or wait now, but for those in the background.
    #[must_use]
    pub fn admitted(&self) -> usize {
        self.awaited.admitted()
    }

    fn busy(&self) -> SandboxError {
        self.observer.busy();
        SandboxError::Busy {
            retry_after_s: self.patience.retry_after_s(self.admitted(), self.settings.running_max.get()),
        }
    }

    /// Where children are asked for, once there is a nursery.
    async fn door(&self) -> Result<Arc<Door>, SandboxError> {
        let mut told = self.told.clone();
        let known = |told: &Told| told.door.is_some() || matches!(told.status, Status::Unavailable(_));
        let stopped = || SandboxError::Unavailable(STOPPED.to_owned());
        let told = told.wait_for(known).await.map_err(|_| stopped())?.clone();
        match (told.door, told.status) {
            (Some(door), _) => Ok(door),
            (None, Status::Unavailable(reason)) => Err(SandboxError::Unavailable(reason)),
            (None, _) => Err(stopped()),
        }
    }

    /// A child of one's own. What came instead of it is for the log: another may be asked for.
    async fn child(&self) -> Result<Result<Child, String>, SandboxError> {
        let door = self.door().await?;
        let asked = timeout(SILENCE_MAX, Child::ask(&door)).await;
        let child = match asked.unwrap_or_else(|_| Err("it is silent".to_owned())) {
            Ok((child, lockdown)) => held(self.settings.lockdown, &lockdown).map(|_| child),
            Err(why) => {
                door.doubt();
                Err(why)
            }
        };
        Ok(child)
    }

    async fn serve(&self, child: Child, order: &Order, asked: Instant) -> Result<Report, child::Untaken> {
        let running = Running::new(&*self.observer, asked);
        let report = child.serve(order).await?;
        let took = running.finished(report.ended);
        if order.priority() == Priority::Awaited {
            self.patience.took(took);
        }
        Ok(report)
    }

    /// Has one child after the other asked to take the order, until one has.
    async fn served(&self, order: &Order, asked: Instant, by: Instant) -> Result<Report, SandboxError> {
        for _ in 0..ATTEMPTS_MAX {
            let mut news = self.told.clone();
            news.mark_unchanged();
            let child = timeout_at(by, self.child()).await.map_err(|_| self.busy())??;
            let why = match child {
                Ok(child) => match self.serve(child, order, asked).await {
                    Ok(report) => return Ok(report),
                    Err(untaken) => untaken.to_string(),
                },
                Err(why) => why,
            };
            tracing::warn!("a sandbox did not take a job: {why}");
            // The nursery may be gone, which its keeper hears as soon.
            let _either_is_fine = timeout(NEWS_MAX, news.changed()).await;
        }
        let binary = self.settings.binary.display();
        Err(SandboxError::Unavailable(format!(
            "{binary}: {ATTEMPTS_MAX} children died before they took the job"
        )))
    }
}

#[async_trait]
impl Sandbox for Pool {
    /// Dropped before it is done, the child is killed, and the place is free.
    async fn run(&self, job: Job) -> Result<Report, SandboxError> {
        let priority = job.priority;
        let line = match priority {
            Priority::Awaited => &self.awaited,
            Priority::Background => &self.background,
        };
        let Ok(_admission) = line.admitted.try_acquire() else { return Err(self.busy()) };
        let asked = Instant::now();
        let by = asked + line.wait_max;
        let waiting = (priority == Priority::Awaited).then(|| Waiting::new(&*self.observer));
        let place = timeout_at(by, line.places.acquire()).await.map_err(|_| self.busy())?;
        drop(waiting);
        let _place = place.map_err(|closed| SandboxError::Unavailable(closed.to_string()))?;
        let order = Order::new(job, self.ids.event_id().0.simple().to_string());
        self.served(&order, asked, by).await
    }
}
