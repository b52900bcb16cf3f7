//! The numbers that alerts and dashboards ask for, under the names that they use.
//!
//! Labels come from closed sets: the template of a route, never an address; a method of the known ones; a status. What
//! a caller sends never becomes a label, or a stranger could fill the memory. Not here: a room's own metrics (they
//! register with [`Metrics::registry`]).

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::{Method, StatusCode};
use prometheus::{
    GaugeVec, HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts, Registry, TextEncoder,
};

use crate::process::Process;

/// The media type of [`Metrics::encode`].
pub const METRICS_CONTENT_TYPE: &str = prometheus::TEXT_FORMAT;

/// Bounds of the latency histogram, in seconds: dense around the agents' budgets of 150, 200, 250 and 300 ms, and fine
/// enough below to see a millisecond.
const LATENCY_BUCKETS_S: [f64; 16] =
    [0.000_5, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.5, 1.0, 5.0];

/// Why a request failed on our side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// A handler panicked.
    Panic,
    /// Something else went wrong here.
    Internal,
    /// Something that is needed does not answer.
    Unavailable,
}

impl ErrorKind {
    const ALL: [Self; 3] = [Self::Panic, Self::Internal, Self::Unavailable];

    fn as_str(self) -> &'static str {
        match self {
            Self::Panic => "panic",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
        }
    }
}

/// The metrics of one process. Cheap to clone: all clones count together.
#[derive(Debug, Clone)]
pub struct Metrics(Arc<Families>);

#[derive(Debug)]
struct Families {
    registry: Registry,
    measures: Measures,
    process: Process,
    requests: IntCounterVec,
    latency: HistogramVec,
    errors: IntCounterVec,
    rate_limited: IntCounterVec,
    auth_failures: IntCounterVec,
    dead_letters: IntCounterVec,
    outbox_messages: IntGaugeVec,
    outbox_age: GaugeVec,
    ready: IntGaugeVec,
    agents_ready: IntGaugeVec,
}

/// What is measured when somebody asks, and not before.
#[derive(Default)]
struct Measures(Mutex<Vec<Box<dyn Fn() + Send>>>);

impl fmt::Debug for Measures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Measures")
    }
}

impl Metrics {
    /// A registry with all families, none of them counted yet.
    ///
    /// # Errors
    /// When a name is not valid or twice there: a mistake in this file, which its test finds.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let counter = |name, help, labels: &[&str]| counters(&registry, name, help, labels);
        let gauge = |name: &str, help: &str, label: &str| {
            registered(&registry, IntGaugeVec::new(Opts::new(name, help), &[label])?)
        };
        let families = Families {
            requests: counter(
                "agent_requests_total",
                "Requests answered.",
                &["agent", "route", "method", "status"],
            )?,
            errors: counter("agent_errors_total", "Requests that failed on our side.", &["agent", "kind"])?,
            rate_limited: counter(
                "agent_rate_limited_total",
                "Requests refused because there were too many in a minute.",
                &["agent"],
            )?,
            auth_failures: counter(
                "agent_auth_failures_total",
                "Requests whose token was refused.",
                &["agent", "reason"],
            )?,
            dead_letters: counter(
                "agent_dead_letters_total",
                "Records that a consumer could not use.",
                &["agent", "topic", "error_type"],
            )?,
            latency: registered(
                &registry,
                HistogramVec::new(
                    HistogramOpts::new("agent_latency_seconds", "From the request's head to the answer's.")
                        .buckets(LATENCY_BUCKETS_S.to_vec()),
                    &["agent", "route"],
                )?,
            )?,
            outbox_messages: gauge("agent_outbox_messages", "Events that wait to be published.", "agent")?,
            outbox_age: registered(
                &registry,
                GaugeVec::new(
                    Opts::new("agent_outbox_age_seconds", "How long the oldest of them has waited."),
                    &["agent"],
                )?,
            )?,
            ready: gauge("agent_ready", "Whether what is needed is there (1), as /ready tells.", "check")?,
            agents_ready: gauge("agent_is_ready", "Whether /ready of its process says so (1).", "agent")?,
            process: Process::register(&registry)?,
            measures: Measures::default(),
            registry,
        };
        let about = Opts::new("agent_build_info", "Always 1; the labels say what runs.");
        let about = registered(&families.registry, IntGaugeVec::new(about, &["version"])?)?;
        about.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        Ok(Self(Arc::new(families)))
    }

    /// Where others register what they count.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.0.registry
    }

    /// Begins to count an agent: what has not happened yet is told as 0, or the first time would be no increase to those who
    /// ask for one. `reasons` are the words of [`Self::auth_failure`].
    pub fn begin(&self, agent: &str, reasons: impl IntoIterator<Item = &'static str>) {
        let families = &self.0;
        for kind in ErrorKind::ALL {
            families.errors.with_label_values(&[agent, kind.as_str()]);
        }
        for reason in reasons {
            families.auth_failures.with_label_values(&[agent, reason]);
        }
        families.rate_limited.with_label_values(&[agent]);
    }

    /// Has something measured each time that somebody asks for the metrics. It must not block.
    pub fn measure(&self, measure: impl Fn() + Send + 'static) {
        self.0.measures.0.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(measure));
    }

    /// One request answered. `route` is a template (`/api/v1/progress/{student_id}`), or `unmatched`.
    pub fn request(&self, agent: &str, route: &str, method: &Method, status: StatusCode, elapsed: Duration) {
        self.0.requests.with_label_values(&[agent, route, method_label(method), status.as_str()]).inc();
        self.0.latency.with_label_values(&[agent, route]).observe(elapsed.as_secs_f64());
    }

    /// One request failed on our side.
    pub fn error(&self, agent: &str, kind: ErrorKind) {
        self.0.errors.with_label_values(&[agent, kind.as_str()]).inc();
    }

    /// One request refused because there were too many.
    pub fn rate_limited(&self, agent: &str) {
        self.0.rate_limited.with_label_values(&[agent]).inc();
    }

    /// One token refused. `reason` is a word from a closed set.
    pub fn auth_failure(&self, agent: &str, reason: &'static str) {
        self.0.auth_failures.with_label_values(&[agent, reason]).inc();
    }

    /// So many records of the topic became dead letters; 0 begins to count. The words are from closed sets.
    pub fn dead_letters(&self, agent: &str, topic: &'static str, error_type: &'static str, records: u64) {
        self.0.dead_letters.with_label_values(&[agent, topic, error_type]).inc_by(records);
    }

    /// Whether something that is needed is there. `check` is a word from a closed set.
    pub fn ready(&self, check: &'static str, is_there: bool) {
        self.0.ready.with_label_values(&[check]).set(is_there.into());
    }

    /// Whether an agent answers requests, as `/ready` of its process tells.
    pub fn agent_ready(&self, agent: &str, is_ready: bool) {
        self.0.agents_ready.with_label_values(&[agent]).set(is_ready.into());
    }

    /// What waits in an agent's outbox, and for how many seconds the oldest has.
    pub fn outbox(&self, agent: &str, messages: u64, age_seconds: f64) {
        let messages = i64::try_from(messages).unwrap_or(i64::MAX);
        self.0.outbox_messages.with_label_values(&[agent]).set(messages);
        self.0.outbox_age.with_label_values(&[agent]).set(age_seconds);
    }

    /// Everything, in the text format of Prometheus.
    ///
    /// # Errors
    /// When a family cannot be written.
    pub fn encode(&self) -> Result<String, prometheus::Error> {
        self.0.process.measure();
        for measure in self.0.measures.0.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            measure();
        }
        TextEncoder::new().encode_to_string(&self.0.registry.gather())
    }
}

/// Registers a family of metrics, and gives it back.
///
/// # Errors
/// When a family of this name is there already.
pub fn registered<T>(registry: &Registry, family: T) -> Result<T, prometheus::Error>
where
    T: prometheus::core::Collector + Clone + 'static,
{
    registry.register(Box::new(family.clone())).map(|()| family)
}

/// A family of counters, registered.
///
/// # Errors
/// When a name is not well formed, or a family of this name is there already.
pub fn counters(
    registry: &Registry,
    name: &str,
    help: &str,
    labels: &[&str],
) -> Result<IntCounterVec, prometheus::Error> {
    registered(registry, IntCounterVec::new(Opts::new(name, help), labels)?)
}

/// A method of the known ones: a caller may send any word.
#[must_use]
pub fn method_label(method: &Method) -> &str {
    const KNOWN: [Method; 7] = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::HEAD,
        Method::OPTIONS,
        Method::PATCH,
    ];
    if KNOWN.contains(method) { method.as_str() } else { "other" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_those_that_alerts_ask_for() {
        let metrics = Metrics::new().unwrap();
        let route = "/api/v1/progress/{student_id}";
        metrics.request("progress", route, &Method::GET, StatusCode::OK, Duration::from_millis(170));
        metrics.request(
            "progress",
            "unmatched",
            &"BREW".parse().unwrap(),
            StatusCode::NOT_FOUND,
            Duration::ZERO,
        );
        metrics.error("progress", ErrorKind::Panic);
        metrics.rate_limited("progress");
        metrics.auth_failure("progress", "expired");
        metrics.dead_letters("progress", "learning.evidence", "schema", 1);
        metrics.ready("keys", true);
        metrics.ready("sandbox", false);
        metrics.agent_ready("progress", true);
        metrics.outbox("progress", 3, 1.5);
        let text = metrics.encode().unwrap().replace(env!("CARGO_PKG_VERSION"), "0.0.0");
        let without_the_process: String =
            text.lines().filter(|line| !line.contains("process_")).map(|line| format!("{line}\n")).collect();
        insta::assert_snapshot!(without_the_process);
    }

    #[test]
    fn what_has_not_happened_yet_is_told_as_nothing() {
        let metrics = Metrics::new().unwrap();
        metrics.begin("debug", ["expired", "missing"]);
        metrics.dead_letters("debug", "learning.events", "schema", 0);
        let text = metrics.encode().unwrap();
        for line in [
            "agent_auth_failures_total{agent=\"debug\",reason=\"expired\"} 0",
            "agent_auth_failures_total{agent=\"debug\",reason=\"missing\"} 0",
            "agent_dead_letters_total{agent=\"debug\",error_type=\"schema\",topic=\"learning.events\"} 0",
            "agent_errors_total{agent=\"debug\",kind=\"internal\"} 0",
            "agent_errors_total{agent=\"debug\",kind=\"panic\"} 0",
            "agent_errors_total{agent=\"debug\",kind=\"unavailable\"} 0",
            "agent_rate_limited_total{agent=\"debug\"} 0",
        ] {
            assert!(text.lines().any(|told| told == line), "{line} is not in\n{text}");
        }
    }

    #[test]
    fn what_is_measured_is_measured_each_time() {
        let metrics = Metrics::new().unwrap();
        let asked = registered(metrics.registry(), prometheus::IntGauge::new("asked", "How often").unwrap());
        let asked = asked.unwrap();
        metrics.measure(move || asked.inc());
        assert!(metrics.encode().unwrap().contains("asked 1\n"));
        assert!(metrics.encode().unwrap().contains("asked 2\n"));
    }

    #[test]
    fn clones_count_together() {
        let metrics = Metrics::new().unwrap();
        metrics.clone().rate_limited("debug");
        metrics.rate_limited("debug");
        assert!(metrics.encode().unwrap().contains("agent_rate_limited_total{agent=\"debug\"} 2"));
    }
}
