//! `agent-bus topics`: the fleet's topics on a Kafka cluster, made and compared, and how far their readers are behind; one
//! line a topic.
//!
//! Not here: which topics there are (crate `contracts`), how they are made, compared and asked (crate `bus-kafka`).

use std::io::Write;
use std::process::ExitCode;

use bus_kafka::lag::{Lag, LagReader};
use bus_kafka::topics::{State, Wanted, apply};

use super::Failure;
use crate::fleet::Service;
use crate::kafka::KafkaArgs;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Make the topics that are missing, and tell how the others differ from what is wanted; these are left as they are.
    /// Exit status 1 where one differs
    Apply(ApplyArgs),
    /// Tell how many records each agent has not done yet, by the offsets that its group has committed: through a sidecar, too
    Lag(LagArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct LagArgs {
    #[command(flatten)]
    kafka: KafkaArgs,
    /// Only this agent's
    #[arg(long)]
    agent: Option<Service>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ApplyArgs {
    #[command(flatten)]
    kafka: KafkaArgs,
    /// Copies of each partition
    #[arg(long, default_value_t = Wanted::default().replicas, value_parser = clap::value_parser!(u16).range(1..=100))]
    replicas: u16,
    /// Copies that must have a record before it counts as published; at most as many as there are
    #[arg(long, default_value_t = Wanted::default().min_insync, value_parser = clap::value_parser!(u16).range(1..=100))]
    min_insync: u16,
}

/// Exit status 0 where all is as wanted or was made, 1 where a topic differs.
pub(crate) fn run(command: &Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Apply(args) => make(args),
        Command::Lag(args) => tell_lags(args),
    }
}

fn tell_lags(args: &LagArgs) -> Result<ExitCode, Failure> {
    let settings = args.kafka.settings()?;
    let mut out = std::io::stdout().lock();
    for agent in Service::ALL.into_iter().filter(|agent| args.agent.is_none_or(|only| only == *agent)) {
        for Lag { topic, records } in LagReader::new(&settings, agent.name())?.lags_begun()? {
            writeln!(out, "{} {}: {records}", agent.name(), settings.topic(topic))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn make(args: &ApplyArgs) -> Result<ExitCode, Failure> {
    let (replicas, min_insync) = (args.replicas, args.min_insync);
    if min_insync > replicas {
        return Err(format!("--min-insync: {min_insync} is more than --replicas {replicas}").into());
    }
    let settings = args.kafka.settings()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let states = runtime.block_on(apply(&settings, Wanted { replicas, min_insync }))?;
    let mut out = std::io::stdout().lock();
    let mut has_drifted = false;
    for (topic, state) in states {
        has_drifted |= matches!(state, State::Drifted(_));
        writeln!(out, "{}: {}", settings.topic(topic), told(&state))?;
    }
    Ok(if has_drifted { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn told(state: &State) -> String {
    match state {
        State::Made => "made".to_owned(),
        State::AsWanted => "as wanted".to_owned(),
        State::Drifted(drifts) => {
            let drifts: Vec<String> = drifts.iter().map(ToString::to_string).collect();
            format!("drift: {}", drifts.join("; "))
        }
    }
}
