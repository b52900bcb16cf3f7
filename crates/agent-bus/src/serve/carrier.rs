//! What carries events and questions to other agents: the sidecar, or Kafka and the agents' own addresses.

use std::sync::Arc;

use ::invoke::Invoke;
use axum::Router;
use bus::dead_letter::SendsLetters;
use bus::{BusObserver, Publish, Subscribe};
use bus_dapr::{DaprBus, DaprCopy, DaprInvoke, Sidecar};
use bus_kafka::KafkaBus;
use cache_redis::{Redis, RedisCopy};
use read_copy::ReadCopy;
use room::{Check, NotThere};
use schema_registry::Framed;

use super::internal;
use super::peers::Peers;
use super::settings::{Carrier, Settings};
use crate::cli::Failure;
use crate::fleet::{Process, Reachable};

/// Why an agent waits for its sidecar: daprd opens its components before it answers anybody.
const NO_SIDECAR: &str = "the sidecar does not answer: it does not start while Kafka or Redis is away";

/// One of them, behind the ports.
pub(super) struct Carried {
    pub(super) publish: Arc<dyn Publish>,
    pub(super) subscribe: Arc<dyn Subscribe>,
    pub(super) invoke: Arc<dyn Invoke>,
    pub(super) check: Arc<dyn Check>,
    /// The read copy of mastery, where there is one.
    pub(super) copy: Option<Arc<dyn ReadCopy>>,
    /// Where events come in as requests.
    pub(super) inbound: Inbound,
}

/// Routes that are made once everybody has subscribed.
pub(super) type Inbound = Box<dyn FnOnce() -> Router + Send>;

impl Carried {
    pub(super) fn open(
        settings: &Settings,
        process: &Process,
        observer: Arc<dyn BusObserver>,
        redis: Option<&Redis>,
    ) -> Result<Self, Failure> {
        match settings.bus {
            Carrier::Dapr => dapr(settings, process, observer),
            Carrier::Kafka => kafka(settings, process, observer, redis),
        }
    }
}

/// Both ends of a bus.
type Ends = (Arc<dyn Publish>, Arc<dyn Subscribe>);

/// The bus, in Confluent's frame where a registry is named.
fn framed<B>(bus: B, settings: &Settings, process: &Process) -> Result<Ends, Failure>
where
    B: Publish + Subscribe + SendsLetters + Clone,
{
    let Some(framing) = settings.registry.framing(Arc::clone(&process.clock))? else {
        return Ok((Arc::new(bus.clone()), Arc::new(bus)));
    };
    let bus = Framed::new(bus, framing);
    Ok((Arc::new(bus.clone()), Arc::new(bus)))
}

fn dapr(settings: &Settings, process: &Process, observer: Arc<dyn BusObserver>) -> Result<Carried, Failure> {
    let here = |port: u16| format!("http://127.0.0.1:{port}");
    let (grpc, http) = (here(settings.dapr.dapr_grpc_port), here(settings.dapr.dapr_http_port));
    let sidecar = Sidecar::new(&grpc, &http, settings.dapr.dapr_token.as_deref())?;
    let token = internal::token(settings)?;
    let prefix = settings.release_prefix();
    let of_app = bus_dapr::Settings {
        pubsub: settings.dapr.dapr_pubsub.clone(),
        ..bus_dapr::Settings::new(settings.service.name(), prefix, token)
    };
    let (clock, ids) = (Arc::clone(&process.clock), Arc::clone(&process.ids));
    let bus = DaprBus::new(of_app, &sidecar, clock, ids, observer);
    let (asked, inbound) = (sidecar.clone(), bus.clone());
    let check = Reachable::new(move || {
        let sidecar = asked.clone();
        Box::pin(
            async move { if sidecar.answers().await { Ok(()) } else { Err(NotThere::told(NO_SIDECAR)) } },
        )
    });
    let (publish, subscribe) = framed(bus, settings, process)?;
    Ok(Carried {
        publish,
        subscribe,
        copy: Some(Arc::new(DaprCopy::new(&sidecar, &settings.dapr.dapr_statestore, prefix))),
        invoke: Arc::new(DaprInvoke::new(sidecar, prefix)),
        check: Arc::new(check),
        inbound: Box::new(move || inbound.router()),
    })
}

fn kafka(
    settings: &Settings,
    process: &Process,
    observer: Arc<dyn BusObserver>,
    redis: Option<&Redis>,
) -> Result<Carried, Failure> {
    let of_bus = settings.brokers()?.ok_or("--kafka-brokers: --bus kafka needs them")?;
    let bus = KafkaBus::new(of_bus, Arc::clone(&process.clock), Arc::clone(&process.ids), observer)?;
    let asked = bus.clone();
    let check = Reachable::new(move || {
        let bus = asked.clone();
        Box::pin(async move {
            let answered = bus.reachable().await;
            answered.map_err(|error| NotThere::told("the brokers do not answer").with_log(error))
        })
    });
    let copy = |redis: &Redis| Arc::new(RedisCopy::new(redis.clone(), settings.release_prefix())) as _;
    let (publish, subscribe) = framed(bus, settings, process)?;
    Ok(Carried {
        publish,
        subscribe,
        copy: redis.map(copy),
        invoke: Arc::new(Peers::new(settings)?),
        check: Arc::new(check),
        inbound: Box::new(Router::new),
    })
}
