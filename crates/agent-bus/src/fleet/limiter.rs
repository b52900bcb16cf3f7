//! Whether the limit of requests is one over all processes, as a metric.
//!
//! Not here: counting requests (crates `rate-limit`, `cache-redis`), those that were refused (crate `telemetry`).

use prometheus::{IntGaugeVec, Opts};
use telemetry::{Metrics, registered};

/// Tells 1 while `alone` says so: this process counts by itself, and others by themselves.
pub(crate) fn told(
    metrics: &Metrics,
    agent: &'static str,
    alone: impl Fn() -> bool + Send + 'static,
) -> Result<(), prometheus::Error> {
    let about = Opts::new(
        "agent_limiter_alone",
        "1 while the limit of requests is not one over all processes: Redis is away, or there is none.",
    );
    let gauge = registered(metrics.registry(), IntGaugeVec::new(about, &["agent"])?)?;
    let gauge = gauge.with_label_values(&[agent]);
    metrics.measure(move || gauge.set(alone().into()));
    Ok(())
}
