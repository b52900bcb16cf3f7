//! The life of one record in one group: handed out, retried, acknowledged or given up.
//!
//! Not here: who listens to what, and waiting for the acknowledgement (`memory`).

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use contracts::events::ErrorType;
use futures::FutureExt;
use tokio::sync::{mpsc, oneshot};

use super::Shared;
use crate::{ATTEMPTS_MAX, Delivery, Disposition, Failure, Handle, dead_letter};

/// A record in a queue, and the publisher that waits for it. Dropped without an answer, it was not acknowledged.
pub(super) struct Record {
    pub(super) delivery: Delivery,
    pub(super) acknowledge: oneshot::Sender<()>,
}

/// Works off one partition for one group.
pub(super) struct Worker {
    pub(super) shared: Arc<Shared>,
    pub(super) group: &'static str,
    pub(super) handler: Arc<dyn Handle>,
}

/// What became of a record.
enum End {
    /// Acknowledged, or in the dead letters.
    Settled,
    /// Not acknowledged: the publisher keeps it. The bus stops, or its dead letter cannot be kept.
    Left,
}

impl Worker {
    /// Until the bus stops. What is still queued then is left to its publishers.
    pub(super) async fn run(self, mut records: mpsc::Receiver<Record>) {
        let stopping = self.shared.stopping.clone();
        let stopping = stopping.cancelled();
        tokio::pin!(stopping);
        loop {
            let record = tokio::select! {
                biased;
                () = &mut stopping => return,
                record = records.recv() => record,
            };
            let Some(record) = record else { return };
            if let End::Settled = self.settle(record.delivery).await {
                // The publisher may have gone: then it publishes again, and the handler sees a duplicate.
                let _ = record.acknowledge.send(());
            }
        }
    }

    async fn settle(&self, mut delivery: Delivery) -> End {
        let topic = delivery.message.topic;
        loop {
            self.shared.observer.delivered(self.group, topic);
            match self.attempt(delivery.clone()).await {
                Disposition::Ack => return End::Settled,
                Disposition::DeadLetter(failure) => return self.give_up(&delivery, &failure).await,
                Disposition::Retry(failure) if delivery.attempt >= ATTEMPTS_MAX => {
                    if dead_letter::holds_letters(topic) {
                        return self.leave(&delivery, &failure);
                    }
                    return self.give_up(&delivery, &failure).await;
                }
                Disposition::Retry(failure) => self.log_retry(&delivery, &failure),
            }
            tokio::select! {
                biased;
                () = self.shared.stopping.cancelled() => return End::Left,
                () = tokio::time::sleep(self.backoff(delivery.attempt)) => {}
            }
            self.shared.observer.retried(self.group, topic);
            delivery.attempt += 1;
        }
    }

    /// One call of the handler. It cannot take the worker with it, nor hold it for ever.
    async fn attempt(&self, delivery: Delivery) -> Disposition {
        let limit = self.shared.settings.handler_timeout;
        let handled = AssertUnwindSafe(async { self.handler.handle(delivery).await }).catch_unwind();
        let (error_type, message) = match tokio::time::timeout(limit, handled).await {
            Ok(Ok(disposition)) => return disposition,
            Ok(Err(_)) => (ErrorType::Processing, "the handler panicked".to_owned()),
            Err(_) => (ErrorType::Timeout, format!("the handler took over {} ms", limit.as_millis())),
        };
        Disposition::Retry(Failure { error_type, message })
    }

    fn backoff(&self, attempt: u32) -> Duration {
        self.shared.settings.retry_first * 2_u32.saturating_pow(attempt.saturating_sub(1))
    }

    async fn give_up(&self, delivery: &Delivery, failure: &Failure) -> End {
        let message = &delivery.message;
        if dead_letter::holds_letters(message.topic) {
            // A dead letter of a dead letter would go round for ever.
            tracing::error!(
                group = self.group,
                topic = %message.topic,
                correlation_id = message.headers.correlation_id,
                error = failure.message,
                "a dead letter is refused and dropped"
            );
        } else {
            let letter =
                dead_letter::letter(self.group, delivery, failure, &*self.shared.clock, &*self.shared.ids);
            if self.shared.publish(letter).await.is_err() {
                return End::Left;
            }
            tracing::warn!(
                group = self.group,
                topic = %message.topic,
                correlation_id = message.headers.correlation_id,
                error_type = failure.error_type.as_str(),
                error = failure.message,
                attempts = delivery.attempt,
                "a record is in the dead letters"
            );
        }
        self.shared.observer.dead_lettered(self.group, message.topic, failure.error_type);
        End::Settled
    }

    /// Nobody can keep the dead letter now, as on a full disk. The record it holds stays where it came from: with the
    /// publisher, who hears that it was not taken and publishes it again, later.
    fn leave(&self, delivery: &Delivery, failure: &Failure) -> End {
        tracing::error!(
            group = self.group,
            topic = %delivery.message.topic,
            correlation_id = delivery.message.headers.correlation_id,
            error = failure.message,
            "a dead letter cannot be kept: its record stays with the publisher"
        );
        End::Left
    }

    fn log_retry(&self, delivery: &Delivery, failure: &Failure) {
        tracing::info!(
            group = self.group,
            topic = %delivery.message.topic,
            correlation_id = delivery.message.headers.correlation_id,
            error_type = failure.error_type.as_str(),
            error = failure.message,
            attempt = delivery.attempt,
            "a record is tried again"
        );
    }
}
