//! `agent-bus up`: all rooms in one process, over one SQLite file and the in-process bus. Nothing else is needed; a
//! Postgres database may take the place of the file.
//!
//! The wiring is here and nothing else: which room stands on which adapter. Not here: what a room does (services/), how
//! an adapter works (its crate).

mod banner;
mod data_folder;
mod dead_letters;
mod invoke;
mod observe;
mod rooms;
mod sample;
mod sandbox;
mod settings;
mod store;
mod usage;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use ::sandbox::pool::Pool;
use ::usage::{Meter, Tokenizer};
use auth::{DevKeys, KeySource, Verifier};
use bus::Subscribe;
use bus::memory::MemoryBus;
use clock::{Clock, Ids, RandomIds, SystemClock};
use ledger::relay::Relay;
use lifecycle::{ServerSettings, Shutdown};
use rate_limit::MemoryLimit;
use room::{Chassis, Check, Limits, Room, Root};
use telemetry::Metrics;

use self::data_folder::DataFolder;
use self::rooms::Rooms;
use self::store::Store;
use crate::cli::Failure;

pub(crate) use data_folder::make as make_data_folder;
pub(crate) use rooms::openapi_documents;
pub(crate) use sample::sample_calls;
pub(crate) use sandbox::beside_this_binary as sandbox_beside_this_binary;
pub(crate) use settings::Settings;

/// How often the keys that sign tokens are read again: a rotation needs no restart.
const KEYS_EVERY: Duration = Duration::from_secs(30);

/// Runs until told to stop.
pub(crate) fn run(settings: Settings) -> Result<ExitCode, Failure> {
    telemetry::init("agent-bus", settings.log_format.into())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(live(settings))
}

async fn live(settings: Settings) -> Result<ExitCode, Failure> {
    let signals = lifecycle::signals()?;
    let folder = DataFolder::hold(&settings.data_dir)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ids: Arc<dyn Ids> = Arc::new(RandomIds);
    let keys = DevKeys::open(folder.path(), Arc::clone(&clock))?;
    let verifier = Arc::new(verifier(&settings, &keys, Arc::clone(&clock)).await?);
    let store = Store::open(settings.database.as_deref(), &folder.database()).await?;
    let metrics = Metrics::new()?;
    let bus = MemoryBus::new(
        bus::memory::Settings::default(),
        Arc::clone(&clock),
        Arc::clone(&ids),
        Arc::new(observe::CountDeadLetters(metrics.clone())),
    );
    let tokenizer = Tokenizer::new(settings.baseline_tokens);
    let sandbox = sandbox::start(&settings, Arc::clone(&ids), &metrics)?;
    let Rooms { mut rooms, ledgers } =
        rooms::build(&store, Arc::clone(&clock), Arc::clone(&ids), tokenizer, Arc::clone(&sandbox) as _)
            .await?;

    let shutdown = Shutdown::new();
    for subscription in rooms.iter().flat_map(|room| room.inbox.clone()) {
        bus.subscribe(subscription).await?;
    }
    for subscription in dead_letters::subscriptions(store.room(dead_letters::SPEC).await?) {
        bus.subscribe(subscription).await?;
    }
    relay(&shutdown, &ledgers, &bus);
    begin_tasks(&shutdown, &mut rooms);
    let meter = Meter::start(
        Arc::new(tokenizer),
        Arc::new(bus.clone()),
        Arc::clone(&ids),
        Arc::clone(&clock),
        &metrics,
    )?;
    watch(&shutdown, Arc::clone(&verifier), &ledgers, &metrics, Arc::clone(&clock));

    let root = Root { checks: checks(&ledgers, &verifier, sandbox) };
    let chassis = Chassis {
        ids,
        verifier,
        limiter: Arc::new(MemoryLimit::default()),
        limits: Limits {
            student_per_minute: settings.student_requests_per_minute,
            other_per_minute: settings.other_requests_per_minute,
        },
        metrics,
        record: Some(Arc::new(usage::Recorded(meter.clone()))),
    };
    let router = room::fleet(rooms, root, &chassis);

    let listener = lifecycle::bind(SocketAddr::new(settings.host, settings.port)).await?;
    banner::print(&settings, &keys, listener.local_addr()?)?;
    shutdown.spawn("http", lifecycle::serve(listener, router, ServerSettings::default(), shutdown.clone()));
    let ending = shutdown.run(signals, Duration::from_millis(settings.drain_ms)).await;
    meter.stop().await;
    store.close().await?;
    Ok(ending.into())
}

async fn verifier(settings: &Settings, keys: &DevKeys, clock: Arc<dyn Clock>) -> Result<Verifier, Failure> {
    let source = match &settings.jwks {
        Some(text) => KeySource::parse(text)?,
        None => KeySource::File(keys.jwks().to_owned()),
    };
    let settings = auth::Settings {
        keys: source,
        issuer: settings.issuer.clone(),
        audience: settings.audience.clone(),
        refresh_every: KEYS_EVERY,
    };
    Ok(Verifier::open(settings, clock).await?)
}

/// What must be there for the fleet to be ready, and what /ready tells of beside.
fn checks(
    ledgers: &rooms::Ledgers,
    verifier: &Arc<Verifier>,
    sandbox: Arc<Pool>,
) -> Vec<(&'static str, Arc<dyn Check>)> {
    let keys = Arc::clone(verifier) as Arc<dyn Check>;
    let sandbox = Arc::new(sandbox::SandboxIsThere(sandbox)) as Arc<dyn Check>;
    let stores = ledgers.iter().map(|(room, ledger)| (*room, observe::store_answers(ledger)));
    stores.chain([("keys", keys), ("sandbox", sandbox)]).collect()
}

/// From each room's outbox to the bus. A relay waits for what it has published: the bus must stop with it, or a handler
/// that fails keeps both.
fn relay(shutdown: &Shutdown, ledgers: &rooms::Ledgers, bus: &MemoryBus) {
    for (room, ledger) in ledgers {
        let relay = Relay::new(room, ledger.outbox(), Arc::new(bus.clone()));
        let stop = shutdown.soft().clone();
        shutdown.spawn("outbox relay", async move {
            relay.run(stop).await;
            Ok::<(), Infallible>(())
        });
    }
    let (stop, bus) = (shutdown.soft().clone(), bus.clone());
    shutdown.spawn("bus", async move {
        stop.cancelled().await;
        bus.stop().await;
        Ok::<(), Infallible>(())
    });
}

/// What the rooms do beside answering and hearing.
fn begin_tasks(shutdown: &Shutdown, rooms: &mut [Room]) {
    for task in rooms.iter_mut().flat_map(|room| std::mem::take(&mut room.tasks)) {
        let stop = shutdown.soft().clone();
        shutdown.spawn(task.name(), async move {
            task.run(stop).await;
            Ok::<(), Infallible>(())
        });
    }
}

/// The tasks that go round and round until the stop.
fn watch(
    shutdown: &Shutdown,
    verifier: Arc<Verifier>,
    ledgers: &rooms::Ledgers,
    metrics: &Metrics,
    clock: Arc<dyn Clock>,
) {
    let stop = shutdown.soft().clone();
    shutdown.spawn("key rotation", async move {
        stop.run_until_cancelled(verifier.keep_fresh()).await;
        Ok::<(), Infallible>(())
    });
    let stop = shutdown.soft().clone();
    let measuring = observe::measure_outboxes(ledgers.clone(), metrics.clone(), clock);
    shutdown.spawn("outbox metrics", async move {
        stop.run_until_cancelled(measuring).await;
        Ok::<(), Infallible>(())
    });
}
