//! What both sizes of the fleet are put together from: rooms on their ports, relays, tasks, the chassis.
//!
//! `up` puts all rooms into one process, `serve` one. The wiring is here and in those two, and nothing else: which room
//! stands on which adapter. Not here: what a room does (services/), how an adapter works (its crate).

mod asking;
mod learning;
mod limiter;
mod observe;
mod rooms;
pub(crate) mod sandbox;
mod settings;
mod store;
mod traces;
pub(crate) mod usage;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use ::sandbox::pool::Pool;
use ::usage::{Meter, Tokenizer};
use auth::{KeySource, Verifier};
use axum::Router;
use bus::{Publish, Subscribe};
use clock::{Clock, Ids, RandomIds, SystemClock};
use ledger::relay::Relay;
use lifecycle::Shutdown;
use rate_limit::RateLimit;
use room::{Chassis, Check, Room, Root};
use telemetry::Metrics;

pub(crate) use asking::Asked;
pub(crate) use learning::Learning;
pub(crate) use limiter::told as told_whether_alone;
pub(crate) use observe::{Observed, Reachable, SchemaFits};
pub(crate) use rooms::{Ledgers, Parts, Service, openapi_documents};
pub(crate) use settings::{Common, postgres_address};
pub(crate) use store::Store;
pub(crate) use traces::Traces;

use crate::cli::Failure;

/// How often the keys that sign tokens are read again: a rotation needs no restart.
const KEYS_EVERY: Duration = Duration::from_secs(30);

/// What every part of a process shares.
pub(crate) struct Process {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) verifier: Arc<Verifier>,
    pub(crate) metrics: Metrics,
    pub(crate) tokenizer: Tokenizer,
    pub(crate) shutdown: Shutdown,
    pub(crate) traces: Traces,
}

impl Process {
    /// Begins a process whose tokens are signed by these keys. `service` is its name in traces.
    pub(crate) async fn begin(
        common: &Common,
        service: &'static str,
        keys: KeySource,
    ) -> Result<Self, Failure> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let settings = auth::Settings {
            keys,
            issuer: common.issuer.clone(),
            audience: common.audience.clone(),
            refresh_every: KEYS_EVERY,
        };
        let verifier = Arc::new(Verifier::open(settings, Arc::clone(&clock)).await?);
        let metrics = Metrics::new()?;
        let traces = Traces::begin(common, service, Arc::clone(&clock), &metrics)?;
        Ok(Self {
            clock,
            ids: Arc::new(RandomIds),
            verifier,
            metrics,
            tokenizer: Tokenizer::new(common.baseline_tokens),
            shutdown: Shutdown::new(),
            traces,
        })
    }

    /// From each room's outbox to the bus. A relay waits for what it has published: the bus must stop with it, or a handler
    /// that fails keeps both.
    pub(crate) fn relay(&self, ledgers: &Ledgers, publish: &Arc<dyn Publish>, bus: &Arc<dyn Subscribe>) {
        for (room, ledger) in ledgers {
            let relay = Relay::new(room, ledger.outbox(), Arc::clone(publish));
            let stop = self.shutdown.soft().clone();
            self.shutdown.spawn("outbox relay", async move {
                relay.run(stop).await;
                Ok::<(), Infallible>(())
            });
        }
        let (stop, bus) = (self.shutdown.soft().clone(), Arc::clone(bus));
        self.shutdown.spawn("bus", async move {
            stop.cancelled().await;
            bus.stop().await;
            Ok::<(), Infallible>(())
        });
    }

    /// What the rooms do beside answering and hearing.
    pub(crate) fn begin_tasks(&self, rooms: &mut [Room]) {
        for task in rooms.iter_mut().flat_map(|room| std::mem::take(&mut room.tasks)) {
            let stop = self.shutdown.soft().clone();
            self.shutdown.spawn(task.name(), async move {
                task.run(stop).await;
                Ok::<(), Infallible>(())
            });
        }
    }

    /// Counts what calls cost, and tells it on the bus.
    pub(crate) fn meter(&self, publish: &Arc<dyn Publish>) -> Result<Meter, Failure> {
        Ok(Meter::start(
            Arc::new(self.tokenizer),
            Arc::clone(publish),
            Arc::clone(&self.ids),
            Arc::clone(&self.clock),
            &self.metrics,
        )?)
    }

    /// The tasks that go round and round until the stop.
    pub(crate) fn watch(&self, ledgers: &Ledgers) {
        let (stop, verifier) = (self.shutdown.soft().clone(), Arc::clone(&self.verifier));
        self.shutdown.spawn("key rotation", async move {
            stop.run_until_cancelled(verifier.keep_fresh()).await;
            Ok::<(), Infallible>(())
        });
        let stop = self.shutdown.soft().clone();
        let measuring =
            observe::measure_outboxes(ledgers.clone(), self.metrics.clone(), Arc::clone(&self.clock));
        self.shutdown.spawn("outbox metrics", async move {
            stop.run_until_cancelled(measuring).await;
            Ok::<(), Infallible>(())
        });
    }

    /// What must be there to be ready, and what /ready tells of beside.
    pub(crate) fn checks(
        &self,
        ledgers: &Ledgers,
        sandbox: Option<Arc<Pool>>,
    ) -> Vec<(&'static str, Arc<dyn Check>)> {
        let keys = Arc::clone(&self.verifier) as Arc<dyn Check>;
        let sandbox =
            sandbox.map(|pool| ("sandbox", Arc::new(sandbox::SandboxIsThere(pool)) as Arc<dyn Check>));
        let stores = ledgers.iter().map(|(room, ledger)| (*room, observe::store_answers(ledger)));
        stores.chain([("keys", keys)]).chain(sandbox).collect()
    }

    /// The rooms behind their gates, and the probes.
    pub(crate) fn router(
        &self,
        rooms: Vec<Room>,
        checks: Vec<(&'static str, Arc<dyn Check>)>,
        common: &Common,
        limiter: Arc<dyn RateLimit>,
        meter: &Meter,
    ) -> Router {
        let chassis = Chassis {
            ids: Arc::clone(&self.ids),
            verifier: Arc::clone(&self.verifier),
            limiter,
            limits: common.limits(),
            metrics: self.metrics.clone(),
            spans: self.traces.spans.clone(),
            record: Some(Arc::new(usage::Recorded(meter.clone()))),
        };
        let root = Root { agents: rooms.iter().map(|room| room.name).collect(), checks };
        let (stop, telling) = (self.shutdown.soft().clone(), root.clone().keep_told(self.metrics.clone()));
        self.shutdown.spawn("readiness metrics", async move {
            stop.run_until_cancelled(telling).await;
            Ok::<(), Infallible>(())
        });
        room::fleet(rooms, root, &chassis)
    }
}
