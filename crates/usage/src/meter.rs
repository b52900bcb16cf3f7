//! Records what calls cost, off the request path.
//!
//! [`Meter::record`] puts a call into a bounded queue and returns. A thread of the meter's own lets calls gather, counts the
//! tokens, publishes an AgentResponse for each call, and rests in between, so that counting takes no more than a stated share
//! of one core from the requests. What does not fit is dropped and counted in `agent_usage_dropped_total`: a usage record is
//! no promise. A record never holds what a learner wrote: its content is the route.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bus::{Headers, Message, Publish};
use bytes::Bytes;
use clock::{Clock, Ids};
use contracts::events::{AgentResponse, Event, ResponseStatus};
use contracts::{StudentId, Topic, avro};
use telemetry::Metrics;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio_util::sync::CancellationToken;

use crate::metrics::{Dropped, Means, UsageMetrics};
use crate::{TEXT_MAX_BYTES, Tokenizer, body};

/// How long the bus may take for one batch.
const PUBLISH_TIMEOUT: Duration = Duration::from_secs(5);

/// The limits of a meter.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How many calls wait to be counted.
    pub queue_max_calls: usize,
    /// How much their bodies may hold together, in bytes.
    pub queue_max_bytes: usize,
    /// How many calls are counted and published together.
    pub batch_max_calls: usize,
    /// How long calls gather after the first of a batch: a request to the bus for each would cost more than the call.
    pub gather: Duration,
    /// The share of one core that counting may take, in (0, 1].
    pub core_share: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            queue_max_calls: 1024,
            queue_max_bytes: 1 << 20,
            batch_max_calls: 1024,
            gather: Duration::from_millis(250),
            core_share: 0.1,
        }
    }
}

/// One answered call. Bodies over [`TEXT_MAX_BYTES`] together are dropped, and counted as dropped.
#[derive(Debug, Clone)]
pub struct Call {
    /// The agent that answered.
    pub agent: &'static str,
    /// Method and route template: `POST /api/v1/debug/analyze`.
    pub route: String,
    /// For whom, where known.
    pub student_id: Option<StudentId>,
    /// The request's body. It may hold a learner's code; the record will not.
    pub request_body: Bytes,
    /// The answer's body.
    pub answer_body: Bytes,
    /// From request to answer.
    pub processing_time_ms: i64,
    /// How it ended. An answer with `"truncated": true` makes a success a partial one.
    pub status: ResponseStatus,
}

impl Call {
    fn size_bytes(&self) -> usize {
        self.route.len() + self.request_body.len() + self.answer_body.len()
    }
}

/// How a call ended, by its HTTP status.
#[must_use]
pub fn response_status(http_status: u16) -> ResponseStatus {
    if http_status < 400 { ResponseStatus::Success } else { ResponseStatus::Error }
}

/// Why there is no meter.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its metrics are there already.
    #[error("the meter's metrics cannot be registered: {0}")]
    Metrics(#[from] prometheus::Error),
    /// The system gives no thread.
    #[error("the meter's thread cannot be started: {0}")]
    Thread(#[from] std::io::Error),
}

/// Takes calls to be recorded. Clones are the same meter.
#[derive(Clone)]
pub struct Meter {
    calls: mpsc::Sender<Call>,
    queued_bytes: Arc<AtomicUsize>,
    queue_max_bytes: usize,
    metrics: UsageMetrics,
    stopping: CancellationToken,
    stopped: CancellationToken,
}

impl Meter {
    /// Starts a meter with the default limits. Called in a tokio runtime, on which it publishes.
    ///
    /// # Errors
    /// When there is a meter on these metrics already, or the system gives no thread.
    pub fn start(
        tokenizer: Arc<Tokenizer>,
        publish: Arc<dyn Publish>,
        ids: Arc<dyn Ids>,
        clock: Arc<dyn Clock>,
        metrics: &Metrics,
    ) -> Result<Self, StartError> {
        Self::start_with(Settings::default(), tokenizer, publish, ids, clock, metrics)
    }

    /// Starts a meter with limits of one's own.
    ///
    /// # Errors
    /// As [`Meter::start`].
    pub fn start_with(
        settings: Settings,
        tokenizer: Arc<Tokenizer>,
        publish: Arc<dyn Publish>,
        ids: Arc<dyn Ids>,
        clock: Arc<dyn Clock>,
        metrics: &Metrics,
    ) -> Result<Self, StartError> {
        let metrics = UsageMetrics::register(metrics.registry())?;
        let (calls, queue) = mpsc::channel(settings.queue_max_calls);
        let meter = Self {
            calls,
            queued_bytes: Arc::default(),
            queue_max_bytes: settings.queue_max_bytes,
            metrics: metrics.clone(),
            stopping: CancellationToken::new(),
            stopped: CancellationToken::new(),
        };
        let worker = Worker {
            settings,
            tokenizer,
            publish,
            ids,
            clock,
            queued_bytes: Arc::clone(&meter.queued_bytes),
            means: Means::new(metrics.clone()),
            metrics,
            stopping: meter.stopping.clone(),
        };
        let (runtime, stopped) = (Handle::current(), meter.stopped.clone());
        std::thread::Builder::new().name("usage".to_owned()).spawn(move || {
            // However the thread ends, whoever waits for it goes on.
            let _stopped = stopped.drop_guard();
            runtime.block_on(worker.run(queue));
        })?;
        Ok(meter)
    }

    /// Takes one call. Never waits: what does not fit is dropped and counted.
    pub fn record(&self, call: Call) {
        let size = call.size_bytes();
        if size > TEXT_MAX_BYTES {
            return self.metrics.dropped(Dropped::TooLarge);
        }
        if self.queued_bytes.fetch_add(size, Ordering::Relaxed) + size > self.queue_max_bytes {
            self.queued_bytes.fetch_sub(size, Ordering::Relaxed);
            return self.metrics.dropped(Dropped::QueueFull);
        }
        if let Err(refused) = self.calls.try_send(call) {
            self.queued_bytes.fetch_sub(size, Ordering::Relaxed);
            self.metrics.dropped(match refused {
                TrySendError::Full(_) => Dropped::QueueFull,
                TrySendError::Closed(_) => Dropped::Stopped,
            });
        }
    }

    /// Takes no more, records what is queued, and returns.
    pub async fn stop(&self) {
        self.stopping.cancel();
        self.stopped.cancelled().await;
    }
}

/// The meter's thread.
struct Worker {
    settings: Settings,
    tokenizer: Arc<Tokenizer>,
    publish: Arc<dyn Publish>,
    ids: Arc<dyn Ids>,
    clock: Arc<dyn Clock>,
    queued_bytes: Arc<AtomicUsize>,
    means: Means,
    metrics: UsageMetrics,
    stopping: CancellationToken,
}

impl Worker {
    async fn run(mut self, mut queue: mpsc::Receiver<Call>) {
        let mut batch = Vec::with_capacity(self.settings.batch_max_calls);
        loop {
            if self.stopping.is_cancelled() {
                queue.close();
            }
            let first = tokio::select! {
                biased;
                first = queue.recv() => first,
                () = self.stopping.cancelled() => continue,
            };
            let Some(first) = first else { return };
            batch.push(first);
            self.pause(self.settings.gather).await;
            while batch.len() < self.settings.batch_max_calls {
                let Ok(call) = queue.try_recv() else { break };
                batch.push(call);
            }
            let began = Instant::now();
            let messages: Vec<Message> = batch.drain(..).filter_map(|call| self.counted(&call)).collect();
            let busy = began.elapsed();
            self.send(messages).await;
            self.rest_after(busy).await;
        }
    }

    /// The record of a call.
    fn counted(&mut self, call: &Call) -> Option<Message> {
        self.queued_bytes.fetch_sub(call.size_bytes(), Ordering::Relaxed);
        // The tokenizer is not ours, and the text is anybody's.
        let count = || self.tokenizer.call(&call.route, &call.request_body, &call.answer_body);
        let Ok(tokens) = catch_unwind(AssertUnwindSafe(count)) else {
            self.metrics.dropped(Dropped::Failed);
            return None;
        };
        let token_efficiency = self.tokenizer.efficiency(tokens);
        self.means.take(call.agent, tokens, token_efficiency);
        let cut = call.status == ResponseStatus::Success && body::is_truncated(&call.answer_body);
        let response = AgentResponse {
            response_id: self.ids.event_id(),
            agent_type: call.agent.to_owned(),
            student_id: call.student_id.clone(),
            timestamp: self.clock.now(),
            content: call.route.clone(),
            metadata: [("tokens_around", tokens.around), ("tokens_answer", tokens.answer)]
                .map(|(name, count)| (name.to_owned(), count.to_string()))
                .into(),
            token_efficiency,
            processing_time_ms: call.processing_time_ms,
            status: if cut { ResponseStatus::Partial } else { call.status },
        };
        Some(Message {
            topic: Topic::AgentResponses,
            key: call.student_id.as_ref().map_or(call.agent, StudentId::as_str).to_owned(),
            payload: avro::encode(&Event::AgentResponse(response)),
            headers: Headers::default(),
        })
    }

    /// Hands the batch to the bus, together. What it does not take is not tried again.
    async fn send(&self, messages: Vec<Message>) {
        let sending = messages.into_iter().map(|message| async {
            match tokio::time::timeout(PUBLISH_TIMEOUT, self.publish.publish(message)).await {
                Ok(Ok(())) => {}
                Ok(Err(cause)) => {
                    tracing::debug!("a usage record is lost: {cause}");
                    self.metrics.dropped(Dropped::Unpublished);
                }
                Err(_) => self.metrics.dropped(Dropped::Unpublished),
            }
        });
        futures::future::join_all(sending).await;
    }

    /// Leaves the core to the requests, in proportion to what was taken.
    async fn rest_after(&self, busy: Duration) {
        self.pause(busy.mul_f64(1.0 / self.settings.core_share.clamp(0.001, 1.0) - 1.0)).await;
    }

    /// Does nothing for so long; at the stop there is no time for that.
    async fn pause(&self, length: Duration) {
        tokio::select! {
            biased;
            () = self.stopping.cancelled() => {}
            () = tokio::time::sleep(length) => {}
        }
    }
}
