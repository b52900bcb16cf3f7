//! What the adapters report, as metrics: deliveries that failed, outboxes that fill, stores that do not answer.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bus::BusObserver;
use clock::Clock;
use contracts::Topic;
use contracts::events::ErrorType;
use ledger::Ledger;
use room::Check;
use telemetry::Metrics;

/// How often outboxes are measured.
const OUTBOX_EVERY: Duration = Duration::from_secs(5);

/// Counts dead letters by the consumer that gave up.
pub(super) struct CountDeadLetters(pub(super) Metrics);

impl BusObserver for CountDeadLetters {
    fn delivered(&self, _group: &'static str, _topic: Topic) {}

    fn retried(&self, _group: &'static str, _topic: Topic) {}

    fn dead_lettered(&self, group: &'static str, _topic: Topic, _error_type: ErrorType) {
        self.0.dead_letter(group);
    }
}

/// Ready when the room's store answers.
pub(super) fn store_answers(ledger: &Arc<dyn Ledger>) -> Arc<dyn Check> {
    Arc::new(StoreAnswers(Arc::clone(ledger)))
}

struct StoreAnswers(Arc<dyn Ledger>);

#[async_trait]
impl Check for StoreAnswers {
    async fn check(&self) -> Result<(), String> {
        self.0.ready().await.map_err(|error| error.to_string())
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
