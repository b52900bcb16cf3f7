//! The settings of `serve`: one struct, read once, from the command line or the environment.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::cli::Failure;
use crate::fleet::{Common, Service, postgres_address};
use crate::kafka::{KafkaDetails, brokers};
use crate::registry::RegistryArgs;

/// The longest name of an object in Kubernetes.
const COMPONENT_MAX_CHARS: usize = 253;

/// What can be set. What has no default must be given.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Settings {
    /// Which agent
    #[arg(env = "AGENT_BUS_SERVICE")]
    pub service: Service,
    /// The Postgres database of the agents, postgres://user:password@host:port/name
    #[arg(long, env = "AGENT_BUS_DATABASE", hide_env_values = true, value_parser = postgres_address)]
    pub database: String,
    /// How many events may wait to be published; changes are answered with 503 above
    #[arg(long, env = "AGENT_BUS_OUTBOX_MAX", default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub outbox_max: u64,
    /// Public keys that sign tokens: a JWKS file or an http(s) address
    #[arg(long, env = "AGENT_BUS_JWKS")]
    pub jwks: String,
    /// What carries events: the Dapr sidecar beside this process, or Kafka itself
    #[arg(long, env = "AGENT_BUS_BUS", value_enum, default_value_t = Carrier::Dapr)]
    pub bus: Carrier,
    /// Where other agents and the sidecar reach this one: apart from the public address
    #[arg(long, env = "AGENT_BUS_INTERNAL_HOST", default_value = "127.0.0.1")]
    pub internal_host: IpAddr,
    /// The port of that address; 0 takes a free one
    #[arg(long, env = "AGENT_BUS_INTERNAL_PORT", default_value_t = 8081)]
    pub internal_port: u16,
    /// What the sidecar, or another agent, must show there
    #[arg(long, env = "APP_API_TOKEN", hide_env_values = true)]
    pub app_token: String,
    #[command(flatten)]
    pub dapr: DaprSettings,
    #[command(flatten)]
    pub kafka: KafkaSettings,
    /// Redis for the limits of requests over all processes, redis://host:port, and with --bus kafka for the read copy of
    /// mastery; where absent each process counts for itself
    #[arg(long, env = "AGENT_BUS_REDIS", hide_env_values = true)]
    pub redis: Option<String>,
    /// What is said to a request while Redis is away
    #[arg(long, env = "AGENT_BUS_LIMITER_ON_FAILURE", value_enum, default_value_t = OnFailure::Alone)]
    pub limiter_on_failure: OnFailure,
    #[command(flatten)]
    pub registry: RegistryArgs,
    #[command(flatten)]
    pub common: Common,
}

/// What carries events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Carrier {
    /// Dapr's pub/sub and invocation, through the sidecar
    Dapr,
    /// Kafka, and the other agents' internal addresses
    Kafka,
}

/// Where the sidecar is, which its injector sets, and what it calls its components.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct DaprSettings {
    /// The port of the sidecar's gRPC API, on this host
    #[arg(long, env = "DAPR_GRPC_PORT", default_value_t = 50_001)]
    pub dapr_grpc_port: u16,
    /// The port of the sidecar's HTTP API, on this host
    #[arg(long, env = "DAPR_HTTP_PORT", default_value_t = 3_500)]
    pub dapr_http_port: u16,
    /// What the sidecar asks of this process
    #[arg(long, env = "DAPR_API_TOKEN", hide_env_values = true)]
    pub dapr_token: Option<String>,
    /// The component that events go through; another release in the same namespace has its own
    #[arg(long, env = "AGENT_BUS_DAPR_PUBSUB", value_name = "COMPONENT", default_value = bus_dapr::PUBSUB, value_parser = component)]
    pub dapr_pubsub: String,
    /// The component that the read copy of mastery lies in
    #[arg(long, env = "AGENT_BUS_DAPR_STATESTORE", value_name = "COMPONENT", default_value = bus_dapr::STATESTORE, value_parser = component)]
    pub dapr_statestore: String,
}

/// Where Kafka is, and where the other agents are without a sidecar.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct KafkaSettings {
    /// The Kafka brokers: host:port, separated by commas. Beside a sidecar only for telling how far this agent is behind
    #[arg(long, env = "AGENT_BUS_KAFKA_BROKERS", required_if_eq("bus", "kafka"), value_name = "HOST:PORT,...", value_parser = brokers)]
    pub kafka_brokers: Option<String>,
    #[command(flatten)]
    pub details: KafkaDetails,
    /// With --bus kafka: the internal addresses of other agents, progress=http://host:port, separated by commas
    #[arg(
        long,
        env = "AGENT_BUS_PEERS",
        value_name = "AGENT=URL,...",
        default_value = "",
        hide_default_value = true,
        value_parser = addresses
    )]
    pub peers: BTreeMap<String, String>,
}

/// What is said while Redis is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum OnFailure {
    /// Each process counts for itself
    Alone,
    /// Every request is let through
    Open,
    /// Every request is answered with 503
    Closed,
}

impl From<OnFailure> for cache_redis::OnFailure {
    fn from(what: OnFailure) -> Self {
        match what {
            OnFailure::Alone => Self::Alone,
            OnFailure::Open => Self::Open,
            OnFailure::Closed => Self::Closed,
        }
    }
}

impl Settings {
    /// The Kafka cluster, where it is named.
    ///
    /// # Errors
    /// Where an option is not well formed, or librdkafka does not know it: names the option, never its value.
    pub(crate) fn brokers(&self) -> Result<Option<bus_kafka::Settings>, Failure> {
        let named = self.kafka.kafka_brokers.as_deref();
        named.map(|brokers| self.kafka.details.settings(brokers)).transpose()
    }

    /// What the names of topics, consumer groups, app ids and keys begin with: nothing in the release `agent-bus`.
    pub(crate) fn release_prefix(&self) -> &str {
        &self.kafka.details.release_prefix
    }
}

/// The name of a Dapr component: one that Kubernetes takes.
fn component(text: &str) -> Result<String, String> {
    let fits = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    let is_name = text.len() <= COMPONENT_MAX_CHARS
        && text.chars().all(|letter| fits(letter) || matches!(letter, '-' | '.'))
        && text.starts_with(fits)
        && text.ends_with(fits);
    if is_name {
        return Ok(text.to_owned());
    }
    Err(format!(
        "a component's name has small letters, digits, - and . alone, a letter or digit at both ends, and at most \
         {COMPONENT_MAX_CHARS} of them"
    ))
}

/// By the agent's name. An empty text is none.
pub(crate) fn addresses(text: &str) -> Result<BTreeMap<String, String>, String> {
    let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| match pair.split_once('=') {
            Some((name, address)) if !name.is_empty() && !address.is_empty() => {
                Ok((name.to_owned(), address.to_owned()))
            }
            _ => Err(format!("{pair:?} is not agent=address")),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_are_called_as_kubernetes_allows() {
        for good in ["kafka-pubsub", "blue-statestore", "a", "7", "a.b-c", &"x".repeat(253)] {
            assert_eq!(component(good).as_deref(), Ok(good));
        }
        for bad in ["", "-a", "a-", ".a", "Kafka", "a_b", "a/b", "a b", "\u{e9}", &"x".repeat(254)] {
            assert!(component(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn peers_are_addresses_by_agent_and_an_empty_text_is_none() {
        let pairs = |text| addresses(text).map(|found| found.into_iter().collect::<Vec<_>>());
        let pair = |agent: &str, address: &str| (agent.to_owned(), address.to_owned());
        assert_eq!(pairs(""), Ok(vec![]));
        assert_eq!(pairs(" , "), Ok(vec![]));
        assert_eq!(
            pairs("progress=http://a:1, review=http://b:2?x=1"),
            Ok(vec![pair("progress", "http://a:1"), pair("review", "http://b:2?x=1")])
        );
        for bad in ["progress", "=http://a:1", "progress="] {
            assert_eq!(pairs(bad), Err(format!("{bad:?} is not agent=address")));
        }
    }
}
