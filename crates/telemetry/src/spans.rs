//! Steps of traces on their way to a collector: which are told, a bounded queue that makes nobody wait, and their form as
//! OTLP's JSON.
//!
//! A step is told where its trace is sampled: as the caller says, and of a trace that begins here so many of a thousand. Not
//! here: what is a step (crates `room`, `agent-bus`), how a batch gets to the collector (crate `agent-bus`).

use std::sync::Arc;
use std::time::{Duration, Instant};

use prometheus::{IntCounterVec, Opts, Registry};
use serde_json::{Value, json};
use tokio::sync::mpsc::{self, Receiver, Sender};

use crate::metrics::registered;
use crate::trace::{SpanId, TraceContext, TraceId};

/// How many steps wait for the collector; more are dropped, and counted.
pub const SPANS_WAITING_MAX: usize = 4096;

/// Which end of a call or a message a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanKind {
    /// A request that is answered.
    Server,
    /// A question to another agent.
    Client,
    /// A record that is consumed.
    Consumer,
}

impl SpanKind {
    /// Its number in OTLP.
    fn number(self) -> u8 {
        match self {
            Self::Server => 2,
            Self::Client => 3,
            Self::Consumer => 5,
        }
    }
}

/// One step of a trace, done.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// Where in which trace.
    pub at: TraceContext,
    /// The step before it.
    pub parent: Option<SpanId>,
    /// Which end.
    pub kind: SpanKind,
    /// What was done, in a word of few: a route's template, a topic.
    pub name: String,
    /// When it began.
    pub began: Instant,
    /// How long it took.
    pub took: Duration,
    /// More about it. No learner's text, and nobody's name.
    pub attributes: Vec<(&'static str, String)>,
    /// Whether it failed on our side.
    pub failed: bool,
}

/// Where steps are told. Clones tell the same collector; the default tells none.
#[derive(Debug, Clone, Default)]
pub struct Spans(Option<Arc<Told>>);

#[derive(Debug)]
struct Told {
    queue: Sender<Span>,
    share_per_mille: u16,
    dropped: IntCounterVec,
}

/// Why a step did not get to the collector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// Too many waited.
    QueueFull,
    /// The collector did not take them.
    Unsent,
}

impl Lost {
    const ALL: [Self; 2] = [Self::QueueFull, Self::Unsent];

    fn as_str(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::Unsent => "unsent",
        }
    }
}

impl Spans {
    /// Tells whoever reads the queue, of so many of a thousand traces that begin here.
    ///
    /// # Errors
    /// When its metric is there already.
    pub fn told(
        share_per_mille: u16,
        registry: &Registry,
    ) -> Result<(Self, Receiver<Span>), prometheus::Error> {
        let about =
            Opts::new("agent_spans_dropped_total", "Steps of traces that did not get to the collector.");
        let dropped = registered(registry, IntCounterVec::new(about, &["reason"])?)?;
        for lost in Lost::ALL {
            dropped.with_label_values(&[lost.as_str()]);
        }
        let (queue, waiting) = mpsc::channel(SPANS_WAITING_MAX);
        Ok((Self(Some(Arc::new(Told { queue, share_per_mille, dropped }))), waiting))
    }

    /// Whether a trace that begins here is sampled. All agents say the same of a trace.
    #[must_use]
    pub fn samples(&self, trace_id: TraceId) -> bool {
        self.0.as_ref().is_some_and(|told| trace_id.per_mille() < told.share_per_mille)
    }

    /// Whether somebody wants the steps of this trace.
    #[must_use]
    pub fn wants(&self, at: &TraceContext) -> bool {
        at.sampled && self.0.is_some()
    }

    /// Takes one step, if its trace is sampled. Never waits: what does not fit is dropped and counted.
    pub fn tell(&self, span: Span) {
        if let Some(told) = self.0.as_ref().filter(|_| span.at.sampled)
            && told.queue.try_send(span).is_err()
        {
            self.lost(Lost::QueueFull, 1);
        }
    }

    /// Counts steps that were lost.
    pub fn lost(&self, lost: Lost, spans: usize) {
        if let Some(told) = &self.0 {
            told.dropped.with_label_values(&[lost.as_str()]).inc_by(spans as u64);
        }
    }
}

/// A batch as the body of OTLP's `/v1/traces`. `now` is the same moment by two clocks: nanoseconds since 1970, and the one
/// by which steps are measured.
#[must_use]
pub fn otlp(service: &str, batch: &[Span], now: (u64, Instant)) -> Value {
    let spans: Vec<Value> = batch.iter().map(|span| of_span(span, now)).collect();
    json!({"resourceSpans": [{
        "resource": {"attributes": [
            attribute("service.name", service),
            attribute("service.version", env!("CARGO_PKG_VERSION")),
        ]},
        "scopeSpans": [{"scope": {"name": "agent-bus"}, "spans": spans}],
    }]})
}

fn of_span(span: &Span, (now_ns, now): (u64, Instant)) -> Value {
    let ns = |duration: Duration| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    let began = now_ns.saturating_sub(ns(now.saturating_duration_since(span.began)));
    let attributes: Vec<Value> = span.attributes.iter().map(|(key, value)| attribute(key, value)).collect();
    let mut told = json!({
        "traceId": span.at.trace_id.to_string(),
        "spanId": span.at.span_id.to_string(),
        "name": span.name,
        "kind": span.kind.number(),
        // 64 bits are text in this form.
        "startTimeUnixNano": began.to_string(),
        "endTimeUnixNano": began.saturating_add(ns(span.took)).to_string(),
        "attributes": attributes,
        "status": if span.failed { json!({"code": 2}) } else { json!({}) },
    });
    if let Some(parent) = span.parent {
        told["parentSpanId"] = parent.to_string().into();
    }
    told
}

fn attribute(key: &str, value: &str) -> Value {
    json!({"key": key, "value": {"stringValue": value}})
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn span(at: TraceContext) -> Span {
        Span {
            at,
            parent: None,
            kind: SpanKind::Server,
            name: "GET /health".to_owned(),
            began: Instant::now(),
            took: Duration::from_millis(2),
            attributes: Vec::new(),
            failed: false,
        }
    }

    #[test]
    fn a_batch_is_what_a_collector_reads() {
        let parent = TraceContext::parse(PARENT).unwrap();
        let at = Instant::now();
        let asked = Span {
            at: parent.child([9; 16]),
            parent: Some(parent.span_id),
            kind: SpanKind::Client,
            name: "progress".to_owned(),
            began: at,
            attributes: vec![("outcome", "unavailable".to_owned())],
            failed: true,
            ..span(parent)
        };
        let now = (1_700_000_000_000_000_000, at + Duration::from_secs(5));
        let mut told = otlp("review", &[asked], now);
        let version = &mut told["resourceSpans"][0]["resource"]["attributes"][1]["value"]["stringValue"];
        assert_eq!(version.take(), env!("CARGO_PKG_VERSION"));
        insta::assert_json_snapshot!(told);
    }

    #[test]
    fn only_sampled_traces_are_told_and_what_does_not_fit_is_counted() {
        let registry = Registry::new();
        let (spans, mut waiting) = Spans::told(1000, &registry).unwrap();
        let sampled = TraceContext::parse(PARENT).unwrap();
        spans.tell(span(TraceContext { sampled: false, ..sampled }));
        for _ in 0..SPANS_WAITING_MAX + 3 {
            spans.tell(span(sampled));
        }
        spans.lost(Lost::Unsent, 5);
        assert_eq!(waiting.len(), SPANS_WAITING_MAX);
        assert!(waiting.try_recv().is_ok_and(|span| span.at == sampled));
        let text = prometheus::TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
        assert!(text.contains("agent_spans_dropped_total{reason=\"queue_full\"} 3"), "{text}");
        assert!(text.contains("agent_spans_dropped_total{reason=\"unsent\"} 5"), "{text}");
    }

    #[test]
    fn so_many_of_a_thousand_traces_are_sampled_and_none_where_nobody_listens() {
        let of = |number: u16| {
            TraceContext::root([&number.to_be_bytes()[..], &[7; 14]].concat().try_into().unwrap())
        };
        let counted =
            |spans: &Spans| (0..20_000).filter(|number| spans.samples(of(*number).trace_id)).count();
        let told = |share| Spans::told(share, &Registry::new()).unwrap().0;
        assert_eq!((counted(&told(0)), counted(&told(1000)), counted(&Spans::default())), (0, 20_000, 0));
        let some = counted(&told(250));
        assert!((4_000..6_000).contains(&some), "{some}");
        assert!(!Spans::default().wants(&TraceContext::parse(PARENT).unwrap()));
    }
}
