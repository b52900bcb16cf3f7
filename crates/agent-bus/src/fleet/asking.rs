//! What agents ask of each other and of the read copy, as metrics; and questions as steps of traces.
//!
//! Not here: how they ask (the adapters), what becomes of an answer (each room).

use std::sync::Arc;
use std::time::Instant;

use ::invoke::{Cause, Invoke, InvokeError, Question, cause, caused_by};
use async_trait::async_trait;
use bus_dapr::BREAKER_OPEN;
use clock::{Ids, RandomIds};
use prometheus::IntCounterVec;
use read_copy::{CopyObserver, Look};
use serde_json::Value;
use telemetry::{Metrics, Span, SpanId, SpanKind, Spans, TraceContext, counters};

use super::Process;

/// How a question may end. `abandoned`: whoever asked did not wait for it.
const OUTCOMES: [&str; 7] =
    ["answered", "not_found", "refused", "unavailable", "breaker_open", "unreadable", "abandoned"];

/// The counters. Clones count together.
#[derive(Clone)]
pub(crate) struct Asked {
    spans: Spans,
    ids: Arc<dyn Ids>,
    invocations: IntCounterVec,
    looks: IntCounterVec,
}

impl Asked {
    pub(crate) fn register(process: &Process) -> Result<Self, prometheus::Error> {
        let (spans, ids) = (process.traces.spans.clone(), Arc::clone(&process.ids));
        Ok(Self { spans, ids, ..Self::untraced(&process.metrics)? })
    }

    /// Questions that are counted, and are no steps of a trace.
    pub(crate) fn untraced(metrics: &Metrics) -> Result<Self, prometheus::Error> {
        let counter = |name, help, labels: &[&str]| counters(metrics.registry(), name, help, labels);
        Ok(Self {
            spans: Spans::default(),
            ids: Arc::new(RandomIds),
            invocations: counter(
                "agent_invocations_total",
                "Questions to other agents, by how they ended.",
                &["agent", "callee", "outcome"],
            )?,
            looks: counter(
                "agent_read_copy_total",
                "Looks into the read copy of mastery, by what they came to.",
                &["agent", "outcome"],
            )?,
        })
    }

    /// The same way to ask, counted for `agent`, which asks these.
    pub(super) fn invoke(
        &self,
        inner: Arc<dyn Invoke>,
        agent: &'static str,
        callees: &[&'static str],
    ) -> Arc<dyn Invoke> {
        for callee in callees {
            for outcome in OUTCOMES {
                self.invocations.with_label_values(&[agent, callee, outcome]);
            }
        }
        Arc::new(CountedInvoke { inner, agent, asked: self.clone() })
    }

    /// For the looks of `agent`.
    pub(super) fn looks(&self, agent: &'static str) -> Arc<dyn CopyObserver> {
        for look in Look::ALL {
            self.looks.with_label_values(&[agent, look.as_str()]);
        }
        Arc::new(CountedLooks { agent, looks: self.looks.clone() })
    }
}

struct CountedLooks {
    agent: &'static str,
    looks: IntCounterVec,
}

impl CopyObserver for CountedLooks {
    fn looked(&self, look: Look) {
        self.looks.with_label_values(&[self.agent, look.as_str()]).inc();
    }
}

struct CountedInvoke {
    inner: Arc<dyn Invoke>,
    agent: &'static str,
    asked: Asked,
}

/// A question that is counted when it is dropped: whoever asked may go away before its answer.
struct Asking<'a> {
    counted: &'a CountedInvoke,
    callee: &'static str,
    outcome: &'static str,
    began: Instant,
    /// Its place in the trace, and what caused it, where somebody wants to know.
    step: Option<(TraceContext, SpanId)>,
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        let CountedInvoke { agent, asked, .. } = self.counted;
        asked.invocations.with_label_values(&[agent, self.callee, self.outcome]).inc();
        let Some((at, parent)) = self.step else { return };
        asked.spans.tell(Span {
            at,
            parent: Some(parent),
            kind: SpanKind::Client,
            name: format!("ask {}", self.callee),
            began: self.began,
            took: self.began.elapsed(),
            attributes: vec![
                ("agent", (*agent).to_owned()),
                ("peer.service", self.callee.to_owned()),
                ("outcome", self.outcome.to_owned()),
            ],
            failed: matches!(self.outcome, "unavailable" | "breaker_open" | "unreadable" | "abandoned"),
        });
    }
}

impl CountedInvoke {
    /// The next step of the trace, and the one before it, where somebody wants to know.
    fn step(&self, cause: &Cause) -> Option<(TraceContext, SpanId)> {
        let parent = TraceContext::parse(cause.traceparent.as_deref()?)?;
        let wanted = self.asked.spans.wants(&parent);
        wanted.then(|| (parent.child(self.asked.ids.event_id().0.into_bytes()), parent.span_id))
    }
}

fn outcome(answer: &Result<Value, InvokeError>) -> &'static str {
    match answer {
        Ok(_) => "answered",
        Err(InvokeError::NotFound) => "not_found",
        Err(InvokeError::Refused(_)) => "refused",
        Err(InvokeError::Unavailable(why)) if why.contains(BREAKER_OPEN) => "breaker_open",
        Err(InvokeError::Unavailable(_)) => "unavailable",
        Err(InvokeError::Unreadable(_)) => "unreadable",
    }
}

#[async_trait]
impl Invoke for CountedInvoke {
    async fn ask(&self, question: Question<'_>) -> Result<Value, InvokeError> {
        let mut cause = cause();
        let step = self.step(&cause);
        if let Some((at, _)) = step {
            // The callee's step comes after this one.
            cause.traceparent = Some(at.to_string());
        }
        let (callee, began) = (question.agent, Instant::now());
        let mut asked = Asking { counted: self, callee, outcome: "abandoned", began, step };
        let answer = caused_by(cause, self.inner.ask(question)).await;
        asked.outcome = outcome(&answer);
        answer
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Ends as its path says; without one never.
    struct Callee;

    #[async_trait]
    impl Invoke for Callee {
        async fn ask(&self, question: Question<'_>) -> Result<Value, InvokeError> {
            match question.path {
                "" => std::future::pending().await,
                "answered" => Ok(Value::Null),
                "not_found" => Err(InvokeError::NotFound),
                "refused" => Err(InvokeError::Refused(403)),
                "unreadable" => Err(InvokeError::Unreadable(String::new())),
                "breaker_open" => Err(InvokeError::Unavailable(format!("500: failed: {BREAKER_OPEN}"))),
                _ => Err(InvokeError::Unavailable("500: no circuit".to_owned())),
            }
        }
    }

    #[tokio::test]
    async fn every_question_is_counted_by_how_it_ended() {
        let metrics = Metrics::new().unwrap();
        let asked = Asked::untraced(&metrics).unwrap();
        let invoke = asked.invoke(Arc::new(Callee), "review", &["progress"]);
        let told = |outcome: &str, count: u32| {
            let line = format!(
                "agent_invocations_total{{agent=\"review\",callee=\"progress\",outcome=\"{outcome}\"}} {count}"
            );
            let text = metrics.encode().unwrap();
            assert!(text.lines().any(|told| told == line), "{line} is not in\n{text}");
        };
        let ada = "ada".parse().unwrap();
        for outcome in OUTCOMES {
            told(outcome, 0);
            let path = if outcome == "abandoned" { "" } else { outcome };
            let asking = invoke.get("progress", path, None);
            let _ = tokio::time::timeout(Duration::from_millis(1), asking).await;
            let asking = invoke.post("progress", path, &Value::Null, &ada);
            let _ = tokio::time::timeout(Duration::from_millis(1), asking).await;
            told(outcome, 2);
        }
    }
}
