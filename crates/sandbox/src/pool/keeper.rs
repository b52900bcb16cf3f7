//! Keeps a nursery: starts one, tries it, and starts another when it is gone.
//!
//! Not here: how one is started and asked (`nursery`), and what is said to its children (`child`).

use std::path::{PathBuf, absolute};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::child::Child;
use super::nursery::{Door, Nursery, StartError};
use super::{BACKGROUND_RUNNING, Lockdowned, PoolObserver, SILENCE_MAX, Settings, Status};
use crate::wire::Lockdown;

/// How long a nursery may take to have its first child ready.
pub const START_MAX: Duration = Duration::from_secs(10);

/// How long after a first failed start, or the end of a nursery, the next is started; it doubles with each further one.
pub const START_WAIT_FIRST: Duration = Duration::from_millis(250);

/// The longest wait between two starts that fail. A nursery that lived longer failed for another reason than the one
/// before.
pub const START_WAIT_MAX: Duration = Duration::from_secs(30);

/// What the keeper tells those who wait for children.
#[derive(Clone)]
pub(super) struct Told {
    pub(super) status: Status,
    /// Where children are asked for, while there is a nursery.
    pub(super) door: Option<Arc<Door>>,
}

/// Starts nurseries.
pub(super) struct Keeper {
    binary: PathBuf,
    lockdown: Lockdowned,
    children_max: usize,
    told: watch::Sender<Told>,
    observer: Arc<dyn PoolObserver>,
}

impl Keeper {
    pub(super) fn new(
        settings: &Settings,
        told: watch::Sender<Told>,
        observer: Arc<dyn PoolObserver>,
    ) -> Self {
        // A nursery stands in `/`: a relative path would mean another file there.
        let binary = absolute(&settings.binary).unwrap_or_else(|_| settings.binary.clone());
        // One more than run: the keeper's own, to see whether there are any.
        let children_max = settings.running_max.get().saturating_add(BACKGROUND_RUNNING + 1);
        Self { binary, lockdown: settings.lockdown, children_max, told, observer }
    }

    /// Keeps one nursery after the other.
    pub(super) async fn run(self) {
        let mut wait = START_WAIT_FIRST;
        loop {
            match self.start().await {
                Ok((nursery, door, status)) => {
                    let door = Arc::new(door);
                    self.tell(status, Some(Arc::clone(&door)));
                    let since = Instant::now();
                    let why = end_of(nursery, &door).await;
                    tracing::error!("the process that sandboxes come from is replaced: {why}");
                    self.told.send_modify(|told| told.door = None);
                    if since.elapsed() > START_WAIT_MAX {
                        wait = START_WAIT_FIRST;
                    }
                }
                Err(error) => {
                    self.observer.start_failed();
                    self.tell(Status::Unavailable(error.to_string()), None);
                }
            }
            sleep(wait).await;
            wait = (wait * 2).min(START_WAIT_MAX);
        }
    }

    async fn start(&self) -> Result<(Nursery, Door, Status), StartError> {
        let (nursery, door) = Nursery::start(&self.binary, self.children_max)?;
        let why = match timeout(START_MAX, Child::ask(&door)).await {
            Ok(Ok((child, lockdown))) => {
                child.end().await;
                let status =
                    held(self.lockdown, &lockdown).map_err(|why| StartError::new(&self.binary, why))?;
                return Ok((nursery, door, status));
            }
            Ok(Err(why)) => format!("did not get ready: {why}{}", nursery.end().await),
            Err(_silent) => format!("not ready within {} s", START_MAX.as_secs()),
        };
        Err(StartError::new(&self.binary, why))
    }

    /// Says it in the log where it is news.
    fn tell(&self, status: Status, door: Option<Arc<Door>>) {
        if self.told.borrow().status != status {
            match &status {
                Status::Unavailable(reason) => tracing::error!("no sandbox: {reason}"),
                Status::Degraded(reason) => {
                    tracing::warn!("learners' programs run under less than they should: {reason}")
                }
                Status::Starting | Status::Ready => tracing::info!("sandboxes are ready"),
            }
        }
        self.told.send_replace(Told { status, door });
    }
}

/// Waits until a nursery is gone, or has no child for whoever doubts that it has: why it is no good any more.
async fn end_of(mut nursery: Nursery, door: &Door) -> String {
    loop {
        tokio::select! {
            why = nursery.gone() => return why,
            () = door.doubted() => {}
        }
        let tried = tokio::select! {
            why = nursery.gone() => return why,
            tried = timeout(SILENCE_MAX, Child::ask(door)) => tried,
        };
        match tried {
            Ok(Ok((child, _))) => child.end().await,
            Ok(Err(why)) => return format!("no child came: {why}{}", nursery.end().await),
            Err(_silent) => {
                return format!("no child came within {} s{}", SILENCE_MAX.as_secs(), nursery.end().await);
            }
        }
    }
}

/// What a child under `lockdown` is good for.
///
/// # Errors
/// Where it is good for nothing: why.
pub(super) fn held(wanted: Lockdowned, lockdown: &Lockdown) -> Result<Status, String> {
    let missing: Vec<_> =
        lockdown.missing().map(|(layer, why)| format!("{layer} is missing ({why})")).collect();
    let missing = missing.join(", ");
    match wanted {
        _ if missing.is_empty() => Ok(Status::Ready),
        Lockdowned::BestEffort => Ok(Status::Degraded(missing)),
        Lockdowned::Required => Err(format!("the lockdown is not complete: {missing}")),
    }
}
