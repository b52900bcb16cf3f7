//! The pool of sandboxes: found, started, counted, and told of by `/ready`.
//!
//! Not here: how the pool works (crate `sandbox`), what holds a child (crate `sandbox-child`).

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use clock::Ids;
use prometheus::{Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, Opts};
use room::{Check, NotThere};
use sandbox::pool::{Lockdowned, Pool, PoolObserver, Settings as PoolSettings, Status};
use sandbox::{Ended, Job, Report, Sandbox, SandboxError};
use telemetry::{Metrics, registered};

use super::settings::{Common, SandboxLockdown};

/// The binary's name, which is built and shipped beside this one.
const BINARY: &str = "agent-bus-sandbox";

/// Seconds, from an answer that runs at once to one that hangs.
const BUCKETS_S: [f64; 9] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];

/// Starts the pool's first children. `agent` is who runs programs: `agent-bus` where several do.
pub(crate) fn start(
    settings: &Common,
    agent: &str,
    ids: Arc<dyn Ids>,
    metrics: &Metrics,
) -> Result<Arc<Pool>, prometheus::Error> {
    let settings = pool_settings(settings);
    let observer = Arc::new(Counted::register(metrics, agent, settings.running_max)?);
    Ok(Arc::new(Pool::start(settings, ids, observer)))
}

fn pool_settings(settings: &Common) -> PoolSettings {
    let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let running_max = settings.sandbox_running.map(usize::from).and_then(NonZeroUsize::new).unwrap_or(cores);
    let lockdown = match settings.sandbox_lockdown {
        SandboxLockdown::Required => Lockdowned::Required,
        SandboxLockdown::BestEffort => Lockdowned::BestEffort,
    };
    let binary = settings.sandbox.clone().unwrap_or_else(beside_this_binary);
    PoolSettings { running_max, lockdown, ..PoolSettings::new(binary) }
}

/// Where it is installed: beside this binary, or on the path where that cannot be told.
pub(crate) fn beside_this_binary() -> PathBuf {
    std::env::current_exe().map_or_else(|_| PathBuf::from(BINARY), |binary| binary.with_file_name(BINARY))
}

/// For an agent that runs no programs.
pub(crate) struct NoSandbox;

#[async_trait]
impl Sandbox for NoSandbox {
    async fn run(&self, _: Job) -> Result<Report, SandboxError> {
        Err(SandboxError::Unavailable("this agent runs no programs".to_owned()))
    }
}

/// `/ready` tells of the sandbox; four of five agents answer without it.
pub(crate) struct SandboxIsThere(pub(crate) Arc<Pool>);

#[async_trait]
impl Check for SandboxIsThere {
    async fn check(&self) -> Result<(), NotThere> {
        match self.0.status() {
            Status::Ready => Ok(()),
            Status::Starting => Err(NotThere::told("the first sandbox is starting")),
            Status::Degraded(what) | Status::Unavailable(what) => Err(what.into()),
        }
    }

    fn is_needed(&self) -> bool {
        false
    }
}

/// What happens to jobs, as metrics.
struct Counted {
    ended: IntCounterVec,
    took_s: Histogram,
    waited_s: Histogram,
    running: IntGauge,
    waiting: IntGauge,
    busy: IntCounter,
    start_failed: IntCounter,
}

impl Counted {
    fn register(metrics: &Metrics, agent: &str, places: NonZeroUsize) -> Result<Self, prometheus::Error> {
        let registry = metrics.registry();
        let of = |name: &str, help: &str| Opts::new(name, help).const_label("agent", agent);
        let counter = |name: &str, help: &str| registered(registry, IntCounter::with_opts(of(name, help))?);
        let gauge = |name: &str, help: &str| registered(registry, IntGauge::with_opts(of(name, help))?);
        let histogram = |name: &str, help: &str| {
            let options = HistogramOpts::from(of(name, help)).buckets(BUCKETS_S.to_vec());
            registered(registry, Histogram::with_opts(options)?)
        };
        let ended = of("agent_sandbox_runs_total", "Learners' programs run, by how the run ended");
        let ended = registered(registry, IntCounterVec::new(ended, &["ended"])?)?;
        for how in ENDS {
            ended.with_label_values(&[ended_word(how)]);
        }
        let about = "Programs that may run at once, but for one more in the background";
        gauge("agent_sandbox_places", about)?.set(i64::try_from(places.get()).unwrap_or(i64::MAX));
        Ok(Self {
            ended,
            took_s: histogram("agent_sandbox_run_seconds", "How long runs took")?,
            waited_s: histogram("agent_sandbox_wait_seconds", "How long runs waited for a sandbox")?,
            running: gauge("agent_sandbox_running", "Programs that run now")?,
            waiting: gauge("agent_sandbox_waiting", "Programs that wait for a place now")?,
            busy: counter("agent_sandbox_busy_total", "Runs that were sent away: all were busy")?,
            start_failed: counter(
                "agent_sandbox_start_failures_total",
                "Sandboxes that could not be started",
            )?,
        })
    }
}

/// Every way in which a run ends.
const ENDS: [Ended; 5] =
    [Ended::Completed, Ended::TimedOut, Ended::OutOfMemory, Ended::TooMuchOutput, Ended::Crashed];

fn ended_word(ended: Ended) -> &'static str {
    match ended {
        Ended::Completed => "completed",
        Ended::TimedOut => "timed_out",
        Ended::OutOfMemory => "out_of_memory",
        Ended::TooMuchOutput => "too_much_output",
        Ended::Crashed => "crashed",
    }
}

impl PoolObserver for Counted {
    fn waits(&self) {
        self.waiting.inc();
    }

    fn waits_no_more(&self) {
        self.waiting.dec();
    }

    fn began(&self, waited: Duration) {
        self.waited_s.observe(waited.as_secs_f64());
        self.running.inc();
    }

    fn finished(&self, ended: Ended, took: Duration) {
        self.ended.with_label_values(&[ended_word(ended)]).inc();
        self.took_s.observe(took.as_secs_f64());
        self.running.dec();
    }

    fn cancelled(&self) {
        self.running.dec();
    }

    fn busy(&self) {
        self.busy.inc();
    }

    fn start_failed(&self) {
        self.start_failed.inc();
    }
}
