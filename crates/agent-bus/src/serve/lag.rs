//! How far this agent is behind on its topics, told as a metric: asked of the brokers, because a sidecar does not tell.
//!
//! Not here: how they are asked (crate `bus-kafka`), the same for people (`agent-bus topics lag`).

use std::thread;
use std::time::Duration;

use bus_kafka::lag::LagReader;
use contracts::Topic;
use prometheus::{IntGaugeVec, Opts};
use telemetry::registered;

use super::settings::Settings;
use crate::cli::Failure;
use crate::fleet::Process;

/// How often the brokers are asked.
const ASK_EVERY: Duration = Duration::from_secs(5);

/// Tells it of these topics from now on, where it is known where the brokers are.
pub(super) fn watch(settings: &Settings, process: &Process, topics: Vec<Topic>) -> Result<(), Failure> {
    let Some(brokers) = settings.brokers()? else { return Ok(()) };
    let agent = settings.service.name();
    let told = Opts::new(
        "agent_consumer_lag_records",
        "Records on the brokers that the agent has not done yet, over all its processes.",
    );
    let told = registered(process.metrics.registry(), IntGaugeVec::new(told, &["agent", "topic"])?)?;
    let reader = LagReader::new(&brokers, agent)?;
    let stop = process.shutdown.soft().clone();
    let mut is_silent = false;
    let ask = move || {
        while !stop.is_cancelled() {
            match reader.lags(&topics) {
                Ok(lags) => {
                    for lag in lags {
                        let records = i64::try_from(lag.records).unwrap_or(i64::MAX);
                        told.with_label_values(&[agent, lag.topic.name()]).set(records);
                    }
                    is_silent = false;
                }
                Err(error) => {
                    // What is not known is not told, and an outage is logged once.
                    told.reset();
                    if !is_silent {
                        tracing::warn!(%error, "the brokers do not tell how far this agent is behind");
                    }
                    is_silent = true;
                }
            }
            thread::sleep(ASK_EVERY);
        }
    };
    // No task of the runtime: the question blocks for as long as brokers are silent, and at the end nobody waits for its answer.
    thread::Builder::new().name("consumer lag".to_owned()).spawn(ask)?;
    Ok(())
}
