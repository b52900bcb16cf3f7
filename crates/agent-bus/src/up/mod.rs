//! `agent-bus up`: all rooms in one process, over one SQLite file and the in-process bus. Nothing else is needed; a
//! Postgres database may take the place of the file.
//!
//! Not here: what is the same where each room has a process of its own (`fleet`, `serve`).

mod banner;
mod data_folder;
mod dead_letters;
mod invoke;
mod sample;
mod settings;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use auth::{DevKeys, KeySource};
use bus::memory::MemoryBus;
use bus::{Publish, Subscribe};
use clock::{RandomIds, SystemClock};
use ledger::Ledger;
use lifecycle::ServerSettings;
use rate_limit::MemoryLimit;
use room::Room;
use usage::Tokenizer;

use self::invoke::InProcess;
use crate::cli::Failure;
use crate::fleet::usage::Measured;
use crate::fleet::{
    Asked, Learning, Ledgers, Observed, Parts, Process, Service, Store, sandbox, told_whether_alone,
};

pub(crate) use data_folder::{DataFolder, database_in, make as make_data_folder};
pub(crate) use sample::sample_calls;
pub(crate) use settings::Settings;

/// The name of all agents together, in logs and metrics.
const ALL: &str = "agent-bus";

/// Runs until told to stop.
pub(crate) fn run(settings: Settings) -> Result<ExitCode, Failure> {
    telemetry::init(ALL, settings.common.log_format.into())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(live(settings))
}

async fn live(settings: Settings) -> Result<ExitCode, Failure> {
    let signals = lifecycle::signals()?;
    let common = &settings.common;
    let folder = DataFolder::hold(&settings.data_dir)?;
    let keys = DevKeys::open(folder.path(), Arc::new(SystemClock))?;
    let process = Process::begin(common, ALL, key_source(&settings, &keys)?).await?;
    let store = Store::open(settings.database.as_deref(), &folder.database()).await?;
    let observed = Arc::new(Observed::register(&process)?);
    let bus = MemoryBus::new(
        bus::memory::Settings::default(),
        Arc::clone(&process.clock),
        Arc::clone(&process.ids),
        Arc::clone(&observed) as _,
    );
    let sandbox = sandbox::start(common, ALL, Arc::clone(&process.ids), &process.metrics)?;
    let in_process = Arc::new(InProcess::new("fleet".parse()?));
    let parts = Parts {
        clock: Arc::clone(&process.clock),
        alarm: Arc::new(SystemClock),
        ids: Arc::clone(&process.ids),
        tokenizer: process.tokenizer,
        invoke: Arc::clone(&in_process) as _,
        // In one process asking is as near as a copy would be.
        copy: None,
        sandbox: Arc::clone(&sandbox) as _,
        learning: Learning::register(&process.metrics)?,
        asked: Asked::register(&process)?,
    };
    let (mut rooms, ledgers) = rooms(&store, &in_process, &parts).await?;

    for subscription in rooms.iter().flat_map(|room| room.inbox.clone()) {
        observed.begin(&subscription);
        bus.subscribe(subscription).await?;
    }
    for subscription in dead_letters::subscriptions(store.room(dead_letters::SPEC).await?) {
        observed.begin(&subscription);
        bus.subscribe(subscription).await?;
    }
    let (publish, subscribe): (Arc<dyn Publish>, Arc<dyn Subscribe>) = (Arc::new(bus.clone()), Arc::new(bus));
    process.relay(&ledgers, &publish, &subscribe);
    process.begin_tasks(&mut rooms);
    let meter = process.meter(&publish)?;
    process.watch(&ledgers);

    // One process is the whole fleet.
    told_whether_alone(&process.metrics, ALL, || false)?;
    let checks = process.checks(&ledgers, Some(sandbox));
    let router = process.router(rooms, checks, common, Arc::new(MemoryLimit::default()), &meter);
    let listener = lifecycle::bind(SocketAddr::new(common.host, common.port)).await?;
    banner::print(&settings, &keys, listener.local_addr()?)?;
    let (shutdown, traces) = (process.shutdown, process.traces);
    shutdown.spawn("http", lifecycle::serve(listener, router, ServerSettings::default(), shutdown.clone()));
    let ending = shutdown.run(signals, common.drain()).await;
    meter.stop().await;
    traces.stop().await;
    store.close().await?;
    Ok(ending.into())
}

/// What Progress touches where it is the only room, and asks nobody: for work on its store.
pub(crate) fn progress_alone(ledger: Arc<dyn Ledger>) -> Result<progress::Ports, Failure> {
    Ok(progress::Ports {
        ledger,
        clock: Arc::new(SystemClock),
        alarm: Arc::new(SystemClock),
        ids: Arc::new(RandomIds),
        tokens: Arc::new(Measured(Tokenizer::default())),
        invoke: Arc::new(InProcess::new("progress".parse()?)),
        learning: Arc::new(()),
    })
}

fn key_source(settings: &Settings, keys: &DevKeys) -> Result<KeySource, Failure> {
    Ok(match &settings.jwks {
        Some(text) => KeySource::parse(text)?,
        None => KeySource::File(keys.jwks().to_owned()),
    })
}

/// Every room, each asking the others inside the process.
async fn rooms(
    store: &Store,
    in_process: &InProcess,
    parts: &Parts,
) -> Result<(Vec<Room>, Ledgers), Failure> {
    let (mut rooms, mut ledgers) = (Vec::new(), Vec::new());
    for service in Service::ALL {
        let ledger = store.room(service.spec()).await?;
        let room = service.room(Arc::clone(&ledger), parts.clone());
        in_process.admit(&room);
        ledgers.push((service.name(), ledger));
        rooms.push(room);
    }
    Ok((rooms, ledgers))
}
