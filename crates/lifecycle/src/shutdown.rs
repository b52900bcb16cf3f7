//! The two-stage stop, and the tasks that it is for.

use std::fmt::Display;
use std::future::Future;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long tasks may take to notice the hard stop. What has not by then dies with the process.
const HARD_STOP_TIMEOUT: Duration = Duration::from_secs(2);

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It was told to stop, and finished what it had in hand.
    Clean,
    /// It was told to stop, and dropped what it could not finish in time.
    Cut,
    /// One of its tasks failed.
    Failed,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Clean => Self::SUCCESS,
            Ending::Cut | Ending::Failed => Self::FAILURE,
        }
    }
}

/// The stop of one process. Clones are the same stop.
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    soft: CancellationToken,
    hard: CancellationToken,
    tasks: TaskTracker,
    failed: Arc<AtomicBool>,
}

impl Shutdown {
    /// A process that is to go on.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancelled when no more work is to be taken.
    #[must_use]
    pub fn soft(&self) -> &CancellationToken {
        &self.soft
    }

    /// Cancelled when work in hand is to be dropped.
    #[must_use]
    pub fn hard(&self) -> &CancellationToken {
        &self.hard
    }

    /// Begins the soft stop.
    pub fn trigger(&self) {
        self.soft.cancel();
    }

    /// Runs a task of this process. It should end soon after [`Shutdown::soft`], and is dropped at [`Shutdown::hard`].
    /// If it fails or panics the process stops, and its exit code says so.
    pub fn spawn<E: Display + Send + 'static>(
        &self,
        name: &'static str,
        task: impl Future<Output = Result<(), E>> + Send + 'static,
    ) {
        let this = self.clone();
        self.tasks.spawn(async move {
            let mut running = tokio::spawn(task);
            let outcome = tokio::select! {
                outcome = &mut running => outcome,
                () = this.hard.cancelled() => {
                    running.abort();
                    tracing::warn!(task = name, "dropped");
                    return;
                }
            };
            match outcome {
                Ok(Ok(())) => tracing::debug!(task = name, "ended"),
                Ok(Err(error)) => this.fail(name, &error),
                Err(died) => this.fail(name, &died),
            }
        });
    }

    /// Runs something that belongs to the process and whose end means nothing: a connection.
    pub(crate) fn track(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(work);
    }

    /// Waits for the stop: a signal, a failed task or [`Shutdown::trigger`]; then for the tasks, for `patience` at most
    /// or until a second signal. `signals` come from [`crate::signals`].
    pub async fn run(self, mut signals: mpsc::Receiver<&'static str>, patience: Duration) -> Ending {
        tokio::select! {
            signal = next(&mut signals) => tracing::info!(signal, "stopping: what is in hand is finished first"),
            () = self.soft.cancelled() => tracing::info!("stopping: what is in hand is finished first"),
        }
        self.soft.cancel();
        self.tasks.close();
        let cut = tokio::select! {
            () = self.tasks.wait() => None,
            signal = next(&mut signals) => Some(signal),
            () = tokio::time::sleep(patience) => Some("the end of patience"),
        };
        if let Some(why) = cut {
            tracing::warn!(why, tasks = self.tasks.len(), "stopping hard: what is in hand is dropped");
            self.hard.cancel();
            if timeout(HARD_STOP_TIMEOUT, self.tasks.wait()).await.is_err() {
                tracing::error!(tasks = self.tasks.len(), "tasks did not stop");
            }
        }
        if self.failed.load(Ordering::SeqCst) {
            Ending::Failed
        } else if cut.is_some() {
            Ending::Cut
        } else {
            Ending::Clean
        }
    }

    fn fail(&self, name: &'static str, error: &dyn Display) {
        tracing::error!(task = name, "failed: {error}");
        self.failed.store(true, Ordering::SeqCst);
        self.soft.cancel();
    }
}

/// The next signal. Where nobody sends any more none will come.
async fn next(signals: &mut mpsc::Receiver<&'static str>) -> &'static str {
    match signals.recv().await {
        Some(signal) => signal,
        None => std::future::pending().await,
    }
}
