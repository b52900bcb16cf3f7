//! What the adapters report, as metrics: deliveries that failed, outboxes that fill, stores that do not answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bus::settle::End;
use bus::{BusObserver, Headers, Subscription};
use clock::{Clock, Ids};
use contracts::Topic;
use contracts::events::ErrorType;
use futures::future::BoxFuture;
use ledger::Ledger;
use ledger_postgres::{Opening, Stage};
use prometheus::IntCounterVec;
use room::{Check, NotThere};
use telemetry::{Metrics, Span, SpanKind, Spans, TraceContext, counters};

use super::Process;

/// How often outboxes are measured.
const OUTBOX_EVERY: Duration = Duration::from_secs(5);

/// What happens to deliveries, as metrics.
pub(crate) struct Observed {
    metrics: Metrics,
    spans: Spans,
    ids: Arc<dyn Ids>,
    delivered: IntCounterVec,
    retried: IntCounterVec,
}

impl Observed {
    pub(crate) fn register(process: &Process) -> Result<Self, prometheus::Error> {
        let metrics = &process.metrics;
        let registry = metrics.registry();
        let counter = |name, help| counters(registry, name, help, &["agent", "topic"]);
        Ok(Self {
            metrics: metrics.clone(),
            spans: process.traces.spans.clone(),
            ids: Arc::clone(&process.ids),
            delivered: counter("agent_records_delivered_total", "Records handed to a handler, each time.")?,
            retried: counter("agent_records_retried_total", "Records handed out again after a failure.")?,
        })
    }
}

/// Every kind of failure of a record.
const ERROR_TYPES: [ErrorType; 4] =
    [ErrorType::Validation, ErrorType::Processing, ErrorType::Timeout, ErrorType::Schema];

/// The kind of what could not even be read: its bytes are in dead-letter.raw.
const UNREAD: &str = "unread";

/// The topic of what came for none that there is.
const NO_TOPIC: &str = "none";

impl Observed {
    /// Begins to count what a subscription hears: what has not happened yet is told as 0.
    pub(crate) fn begin(&self, subscription: &Subscription) {
        let group = subscription.group;
        for topic in subscription.topics.iter().map(|topic| topic.name()) {
            self.delivered.with_label_values(&[group, topic]);
            self.retried.with_label_values(&[group, topic]);
            for error_type in ERROR_TYPES.map(ErrorType::as_str).into_iter().chain([UNREAD]) {
                self.metrics.dead_letters(group, topic, error_type, 0);
            }
        }
    }
}

impl BusObserver for Observed {
    fn delivered(&self, group: &'static str, topic: Topic) {
        self.delivered.with_label_values(&[group, topic.name()]).inc();
    }

    fn retried(&self, group: &'static str, topic: Topic) {
        self.retried.with_label_values(&[group, topic.name()]).inc();
    }

    fn dead_lettered(&self, group: &'static str, topic: Topic, error_type: ErrorType) {
        self.metrics.dead_letters(group, topic.name(), error_type.as_str(), 1);
    }

    fn ended(&self, group: &'static str, topic: Topic, headers: &Headers, began: Instant, end: End) {
        let Some(parent) = headers.traceparent.as_deref().and_then(TraceContext::parse) else { return };
        if !self.spans.wants(&parent) {
            return;
        }
        self.spans.tell(Span {
            at: parent.child(self.ids.event_id().0.into_bytes()),
            parent: Some(parent.span_id),
            kind: SpanKind::Consumer,
            name: format!("process {topic}"),
            began,
            took: began.elapsed(),
            attributes: vec![
                ("agent", group.to_owned()),
                ("messaging.destination.name", topic.name().to_owned()),
                ("messaging.consumer.group.name", group.to_owned()),
                ("correlation_id", headers.correlation_id.clone().unwrap_or_default()),
            ],
            failed: end == End::Left,
        });
    }

    fn unread(&self, group: &'static str, topic: Option<Topic>) {
        self.metrics.dead_letters(group, topic.map_or(NO_TOPIC, Topic::name), UNREAD, 1);
    }
}

/// How to ask a server, or the sidecar before it, whether it is there.
type Ask = Box<dyn Fn() -> BoxFuture<'static, Result<(), NotThere>> + Send + Sync>;

/// Ready when the server was there once. When it goes away later something else takes over, for a broker the outbox: /ready tells
/// of it, and takes no traffic away.
pub(crate) struct Reachable {
    ask: Ask,
    was_there: AtomicBool,
}

impl Reachable {
    pub(crate) fn new(
        ask: impl Fn() -> BoxFuture<'static, Result<(), NotThere>> + Send + Sync + 'static,
    ) -> Self {
        Self { ask: Box::new(ask), was_there: AtomicBool::new(false) }
    }
}

#[async_trait]
impl Check for Reachable {
    async fn check(&self) -> Result<(), NotThere> {
        (self.ask)().await?;
        self.was_there.store(true, Ordering::Relaxed);
        Ok(())
    }

    fn is_needed(&self) -> bool {
        !self.was_there.load(Ordering::Relaxed)
    }
}

/// Ready when the room's store answers.
pub(super) fn store_answers(ledger: &Arc<dyn Ledger>) -> Arc<dyn Check> {
    Arc::new(StoreAnswers(Arc::clone(ledger)))
}

struct StoreAnswers(Arc<dyn Ledger>);

#[async_trait]
impl Check for StoreAnswers {
    async fn check(&self) -> Result<(), NotThere> {
        let answered = self.0.ready().await;
        answered.map_err(|error| NotThere::told("the store is not available").with_log(error.to_string()))
    }
}

/// Ready when the database had the schema that this program needs; for a room that is opened once its database is there.
pub(crate) struct SchemaFits(pub(crate) Opening);

#[async_trait]
impl Check for SchemaFits {
    async fn check(&self) -> Result<(), NotThere> {
        match self.0.stage() {
            Stage::Open => Ok(()),
            Stage::Untried | Stage::Away => {
                Err(NotThere::told("the database does not answer, or lets nobody in"))
            }
            Stage::Unfit(why) | Stage::Refused(why) => Err(NotThere::told(why)),
        }
    }
}

/// Measures the outboxes again and again. Never returns.
pub(super) async fn measure_outboxes(
    ledgers: Vec<(&'static str, Arc<dyn Ledger>)>,
    metrics: Metrics,
    clock: Arc<dyn Clock>,
) {
    let mut ticks = tokio::time::interval(OUTBOX_EVERY);
    loop {
        ticks.tick().await;
        for (room, ledger) in &ledgers {
            match ledger.outbox().backlog().await {
                Ok(backlog) => {
                    let age =
                        backlog.oldest_at.map_or(0.0, |at| clock.now().duration_since(at).as_secs_f64());
                    metrics.outbox(room, backlog.messages, age.max(0.0));
                }
                Err(error) => tracing::warn!(room, "the outbox cannot be measured: {error}"),
            }
        }
    }
}
