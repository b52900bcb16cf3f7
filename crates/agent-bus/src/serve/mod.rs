//! `agent-bus serve progress`: one room in this process, on a broker and a Postgres database, as it runs in a cluster.
//!
//! Two listeners: the public one takes tokens; the internal one is for the sidecar's events and for other agents, and takes
//! the app's token alone. Not here: what is the same in one process (`fleet`).

mod carrier;
mod internal;
mod lag;
mod peers;
mod settings;

use std::collections::BTreeSet;
use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use auth::KeySource;
use cache_redis::{Redis, RedisLimit};
use clock::SystemClock;
use ledger_postgres::Stage;
use lifecycle::ServerSettings;
use rate_limit::{MemoryLimit, RateLimit};
use room::{Check, NotThere};
use sandbox::Sandbox;
use sandbox::pool::Pool;
use telemetry::Metrics;

use crate::cli::Failure;
use crate::fleet::{
    Asked, Learning, Observed, Parts, Process, Reachable, SchemaFits, Service, Store, sandbox as programs,
    told_whether_alone,
};

use carrier::Carried;
pub(crate) use settings::{Settings, addresses};

/// Runs until told to stop.
pub(crate) fn run(settings: &Settings) -> Result<ExitCode, Failure> {
    telemetry::init(settings.service.name(), settings.common.log_format.into())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(live(settings))
}

async fn live(settings: &Settings) -> Result<ExitCode, Failure> {
    let signals = lifecycle::signals()?;
    let (service, common) = (settings.service, &settings.common);
    let process = Process::begin(common, service.name(), KeySource::parse(&settings.jwks)?).await?;
    let (store, ledger, opening) =
        Store::room_when_there(&settings.database, settings.outbox_max, service.spec())?;
    let observed = Arc::new(Observed::register(&process)?);
    let redis =
        settings.redis.as_deref().map(|address| Redis::at(address, Default::default())).transpose()?;
    let carried = Carried::open(settings, &process, Arc::clone(&observed) as _, redis.as_ref())?;
    let (sandbox, pool) = programs(settings, &process)?;
    let parts = Parts {
        clock: Arc::clone(&process.clock),
        alarm: Arc::new(SystemClock),
        ids: Arc::clone(&process.ids),
        tokenizer: process.tokenizer,
        invoke: Arc::clone(&carried.invoke),
        copy: carried.copy.clone(),
        sandbox,
        learning: Learning::register(&process.metrics)?,
        asked: Asked::register(&process)?,
    };
    let mut rooms = vec![service.room(Arc::clone(&ledger), parts)];
    let ledgers = vec![(service.name(), ledger)];

    let hears = rooms.iter().flat_map(|room| room.inbox.clone());
    let refreshes = carried.copy.as_ref().filter(|_| service == Service::Progress).map(|copy| {
        // Beside the one that writes mastery: who asks it has the copy at hand.
        read_copy::refresher(service.name(), Arc::clone(copy), Arc::clone(&process.clock))
    });
    let mut topics = BTreeSet::new();
    for subscription in hears.chain(refreshes) {
        observed.begin(&subscription);
        topics.extend(subscription.topics.iter().copied());
        carried.subscribe.subscribe(subscription).await?;
    }
    lag::watch(settings, &process, topics.into_iter().collect())?;
    process.relay(&ledgers, &carried.publish, &carried.subscribe);
    process.begin_tasks(&mut rooms);
    let meter = process.meter(&carried.publish)?;
    process.watch(&ledgers);

    let mut checks = process.checks(&ledgers, pool);
    checks.push(("schema", Arc::new(SchemaFits(opening.clone()))));
    checks.push(("bus", Arc::clone(&carried.check)));
    checks.extend(redis.clone().map(|redis| ("redis", redis_answers(redis))));
    let router = process.router(rooms, checks, common, limiter(settings, &process.metrics, redis)?, &meter);
    let internal = internal::router(router.clone(), carried.inbound, settings)?;
    let (shutdown, traces) = (process.shutdown, process.traces);
    let (stop, refused) = (shutdown.soft().clone(), opening.clone());
    shutdown.spawn(
        "schema",
        async move { stop.run_until_cancelled(refused.refused()).await.map_or(Ok(()), Err) },
    );
    // Where the database is there, nobody is answered before it is open.
    opening.tried().await;
    for (name, host, port, router) in [
        ("internal http", settings.internal_host, settings.internal_port, internal),
        ("http", common.host, common.port, router),
    ] {
        let listener = lifecycle::bind(SocketAddr::new(host, port)).await?;
        announce(name, listener.local_addr()?)?;
        let serving = lifecycle::serve(listener, router, ServerSettings::default(), shutdown.clone());
        shutdown.spawn(name, serving);
    }
    let ending = shutdown.run(signals, common.drain()).await;
    meter.stop().await;
    traces.stop().await;
    store.close().await?;
    match opening.stage() {
        Stage::Refused(why) => Err(why.into()),
        _ => Ok(ending.into()),
    }
}

/// Ready when Redis was there once. Later each process goes on alone, or as --limiter-on-failure says.
fn redis_answers(redis: Redis) -> Arc<dyn Check> {
    Arc::new(Reachable::new(move || {
        let redis = redis.clone();
        Box::pin(async move {
            let answered = redis.answers().await;
            answered.map_err(|silence| NotThere::told("Redis does not answer").with_log(silence.to_string()))
        })
    }))
}

/// One limit over all processes where there is a server for it, else one in each.
fn limiter(
    settings: &Settings,
    metrics: &Metrics,
    redis: Option<Redis>,
) -> Result<Arc<dyn RateLimit>, Failure> {
    let asked = redis.clone();
    let alone = move || asked.as_ref().is_none_or(Redis::is_silent);
    told_whether_alone(metrics, settings.service.name(), alone)?;
    Ok(match redis {
        Some(redis) => {
            let on_failure = settings.limiter_on_failure.into();
            Arc::new(RedisLimit::new(redis, settings.release_prefix(), on_failure))
        }
        None => Arc::new(MemoryLimit::default()),
    })
}

/// Where it listens: one line each, for whoever asked for a free port.
fn announce(name: &str, address: SocketAddr) -> std::io::Result<()> {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{name}: http://{address}")?;
    output.flush()
}

/// What runs learners' programs, and the pool where it is one.
type Programs = (Arc<dyn Sandbox>, Option<Arc<Pool>>);

/// Starts it where the agent runs any.
fn programs(settings: &Settings, process: &Process) -> Result<Programs, Failure> {
    if !settings.service.runs_programs() {
        return Ok((Arc::new(programs::NoSandbox), None));
    }
    let name = settings.service.name();
    let pool = programs::start(&settings.common, name, Arc::clone(&process.ids), &process.metrics)?;
    Ok((Arc::clone(&pool) as _, Some(pool)))
}
