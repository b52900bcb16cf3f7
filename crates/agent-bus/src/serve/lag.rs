//! How far this agent is behind on its topics, told as a metric: asked of the brokers, because a sidecar does not tell.
//!
//! Not here: how they are asked (crate `bus-kafka`), the same for people (`agent-bus topics lag`).

use std::thread;
use std::time::Duration;

use bus_kafka::lag::{Lag, LagReader};
use contracts::Topic;
use prometheus::{IntGaugeVec, Opts};
use telemetry::registered;

use super::settings::Settings;
use crate::cli::Failure;
use crate::fleet::Process;

/// How often the brokers are asked.
const ASK_EVERY: Duration = Duration::from_secs(5);

/// So many questions in a row without an answer are an outage: one may go wrong while a partition's leader moves.
const UNANSWERED_MAX: u32 = 2;

/// Tells it of these topics from now on, where it is known where the brokers are.
pub(super) fn watch(settings: &Settings, process: &Process, topics: Vec<Topic>) -> Result<(), Failure> {
    let Some(brokers) = settings.brokers()? else { return Ok(()) };
    let told = Opts::new(
        "agent_consumer_lag_records",
        "Records on the brokers that the agent has not done yet, over all its processes.",
    );
    let told = registered(process.metrics.registry(), IntGaugeVec::new(told, &["agent", "topic"])?)?;
    let agent = settings.service.name();
    let (reader, stop) = (LagReader::new(&brokers, agent)?, process.shutdown.soft().clone());
    let mut unanswered = 0;
    let ask = move || {
        while !stop.is_cancelled() {
            match reader.lags(&topics) {
                Ok(lags) => {
                    unanswered = 0;
                    tell(&told, agent, &topics, &lags);
                }
                Err(error) => {
                    unanswered += 1;
                    if unanswered == UNANSWERED_MAX {
                        tracing::warn!(%error, "the brokers do not tell how far this agent is behind");
                        told.reset();
                    }
                }
            }
            reader.rest(ASK_EVERY);
        }
        told.reset();
    };
    // No task of the runtime: the question blocks for as long as brokers are silent, and at the end nobody waits for its answer.
    thread::Builder::new().name("consumer lag".to_owned()).spawn(ask)?;
    Ok(())
}

/// What is not known is not told.
fn tell(told: &IntGaugeVec, agent: &str, topics: &[Topic], lags: &[Lag]) {
    for topic in topics {
        let labels = [agent, topic.name()];
        match lags.iter().find(|lag| lag.topic == *topic) {
            Some(lag) => {
                told.with_label_values(&labels).set(i64::try_from(lag.records).unwrap_or(i64::MAX));
            }
            // That it was not told before is no error.
            None => drop(told.remove_label_values(&labels)),
        }
    }
}
