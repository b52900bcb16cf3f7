//! Logs, traces and metrics.
//!
//! Every request has a correlation id (the caller's, or ours) and a W3C trace id; every log line in it carries both,
//! and so does every event and call that it causes. Metrics have the names that the alerts and dashboards ask for, and
//! labels from closed sets.
//!
//! Not here: what is counted in a room (its own code registers it), who may scrape (crate `agent-bus`).

mod json;
mod log;
mod metrics;
mod process;
mod request;
mod spans;
mod trace;

pub use log::{Format, LogError, init};
pub use metrics::{ErrorKind, METRICS_CONTENT_TYPE, Metrics, counters, method_label, registered};
pub use request::{CORRELATION_HEADER, CORRELATION_MAX_CHARS, RequestIds};
pub use spans::{Lost, SPANS_WAITING_MAX, Span, SpanKind, Spans, otlp};
pub use trace::{SpanId, TRACEPARENT_HEADER, TraceContext, TraceId};
