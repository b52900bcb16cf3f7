//! The life of one record in one group, the same on every bus: handed out, tried again, held, acknowledged or given up.
//!
//! Not here: how a record comes and how its acknowledgement goes (each adapter).

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clock::{Clock, Ids};
use contracts::events::ErrorType;
use fail::fail_point;
use futures::FutureExt;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::{ATTEMPTS_MAX, BusObserver, Delivery, Disposition, Failure, Handle, Publish, dead_letter};

/// How long a record's way may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// The wait before the second attempt; it doubles with each.
    pub retry_first: Duration,
    /// The longest wait between two looks at a record that is held.
    pub hold_max: Duration,
    /// How long a handler may take for one record.
    pub handler_timeout: Duration,
}

impl Default for Patience {
    /// 50 ms, 2 s, 30 s.
    fn default() -> Self {
        Self {
            retry_first: Duration::from_millis(50),
            hold_max: Duration::from_secs(2),
            handler_timeout: Duration::from_secs(30),
        }
    }
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum End {
    /// Acknowledged, or in the dead letters.
    Settled,
    /// Not acknowledged: whoever had it still has it. The bus stops, or its dead letter cannot be kept now.
    Left,
}

/// Takes the records of one group to their end, one or many at a time.
#[derive(Clone)]
pub struct Settler {
    /// The group.
    pub group: &'static str,
    /// Its code.
    pub handler: Arc<dyn Handle>,
    /// How long things may take.
    pub patience: Patience,
    /// Where dead letters go.
    pub letters: Arc<dyn Publish>,
    /// Who counts.
    pub observer: Arc<dyn BusObserver>,
    /// For dead letters.
    pub clock: Arc<dyn Clock>,
    /// For dead letters.
    pub ids: Arc<dyn Ids>,
}

impl Settler {
    /// Takes one delivery to its end. Between two attempts, and while the record is held, `until` ends the waiting: then
    /// the record is left. A handler at work is never cut off.
    pub async fn settle(&self, delivery: Delivery, until: &CancellationToken) -> End {
        let Delivery { message, partition, offset, .. } = &delivery;
        // At the level of an error: whatever the filter lets through says of which record it is.
        let span = tracing::error_span!(
            "record",
            group = self.group,
            topic = message.topic.name(),
            partition,
            offset,
            correlation_id = message.headers.correlation_id,
            trace_id = message.headers.trace_id(),
        );
        let (topic, headers, began) = (message.topic, message.headers.clone(), Instant::now());
        let end = self.settled(delivery, until).instrument(span).await;
        self.observer.ended(self.group, topic, &headers, began, end);
        end
    }

    async fn settled(&self, mut delivery: Delivery, until: &CancellationToken) -> End {
        let topic = delivery.message.topic;
        let mut holding = None;
        loop {
            self.observer.delivered(self.group, topic);
            let pause = match self.attempt(delivery.clone()).await {
                Disposition::Ack => {
                    fail_point!("between-effect-and-ack", |_| std::process::abort());
                    return End::Settled;
                }
                Disposition::DeadLetter(failure) => return self.give_up(&delivery, &failure).await,
                Disposition::Retry(failure) if delivery.attempt >= ATTEMPTS_MAX => {
                    if dead_letter::holds_letters(topic) {
                        return leave(&failure);
                    }
                    return self.give_up(&delivery, &failure).await;
                }
                Disposition::Retry(failure) => {
                    log_retry(delivery.attempt, &failure);
                    let pause = self.backoff(delivery.attempt);
                    delivery.attempt += 1;
                    pause
                }
                Disposition::Hold(reason) => {
                    let holding = holding.get_or_insert_with(|| Holding::new(self.patience, &reason));
                    holding.pause(self.patience)
                }
            };
            tokio::select! {
                biased;
                () = until.cancelled() => return End::Left,
                () = tokio::time::sleep(pause) => {}
            }
            self.observer.retried(self.group, topic);
        }
    }

    /// One call of the handler. It cannot take the worker with it, nor hold it for ever.
    async fn attempt(&self, delivery: Delivery) -> Disposition {
        let limit = self.patience.handler_timeout;
        let handled = AssertUnwindSafe(async { self.handler.handle(delivery).await }).catch_unwind();
        let (error_type, message) = match tokio::time::timeout(limit, handled).await {
            Ok(Ok(disposition)) => return disposition,
            Ok(Err(_)) => (ErrorType::Processing, "the handler panicked".to_owned()),
            Err(_) => (ErrorType::Timeout, format!("the handler took over {} ms", limit.as_millis())),
        };
        Disposition::Retry(Failure { error_type, message })
    }

    fn backoff(&self, attempt: u32) -> Duration {
        self.patience.retry_first * 2_u32.saturating_pow(attempt.saturating_sub(1))
    }

    async fn give_up(&self, delivery: &Delivery, failure: &Failure) -> End {
        let message = &delivery.message;
        if dead_letter::holds_letters(message.topic) {
            // A dead letter of a dead letter would go round for ever.
            tracing::error!(error = failure.message, "a dead letter is refused and dropped");
        } else {
            let letter = dead_letter::letter(self.group, delivery, failure, &*self.clock, &*self.ids);
            if let Err(error) = self.letters.publish(letter).await {
                tracing::warn!(%error, "a dead letter is not taken: its record waits");
                return End::Left;
            }
            tracing::warn!(
                error_type = failure.error_type.as_str(),
                error = failure.message,
                attempts = delivery.attempt,
                "a record is in the dead letters"
            );
        }
        self.observer.dead_lettered(self.group, message.topic, failure.error_type);
        End::Settled
    }
}

/// Nobody can keep the dead letter now. The record it holds stays where it came from, and comes again, later.
fn leave(failure: &Failure) -> End {
    tracing::error!(
        error = failure.message,
        "a dead letter cannot be kept: its record stays where it came from"
    );
    End::Left
}

fn log_retry(attempt: u32, failure: &Failure) {
    tracing::info!(
        error_type = failure.error_type.as_str(),
        error = failure.message,
        attempt,
        "a record is tried again"
    );
}

/// A record that waits for what its handler needs. Says so once, and once that it is over.
struct Holding {
    next: Duration,
}

impl Holding {
    fn new(patience: Patience, reason: &str) -> Self {
        tracing::warn!(reason, "a record is held until what its handler needs is back");
        Self { next: patience.retry_first }
    }

    /// The wait before the next look; it doubles up to the longest.
    fn pause(&mut self, patience: Patience) -> Duration {
        let pause = self.next.min(patience.hold_max);
        self.next = pause.saturating_mul(2);
        pause
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        tracing::info!("the record is no longer held");
    }
}
