//! Steps of traces on their way to a collector that speaks OTLP over HTTP: in batches, beside the work, and never in its way.
//!
//! While the collector is away steps are dropped and counted; nothing waits for it. Not here: what a step is and its form
//! (crate `telemetry`), which work is one (crate `room`, modules `asking` and `observe`).

use std::sync::Arc;
use std::time::{Duration, Instant};

use clock::Clock;
use reqwest::Client;
use telemetry::{Lost, Metrics, Span, Spans, otlp};
use tokio::sync::mpsc::Receiver;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::Common;
use crate::cli::Failure;

/// How many steps are sent together.
const BATCH_MAX: usize = 512;
/// How long the first of them waits for others.
const GATHER: Duration = Duration::from_millis(500);
/// How long the collector may take for a batch.
const SEND_MAX: Duration = Duration::from_secs(5);
/// How long the last steps may take when the process ends.
const LAST_MAX: Duration = Duration::from_secs(2);

/// The way out.
pub(crate) struct Traces {
    pub(crate) spans: Spans,
    export: Option<(CancellationToken, JoinHandle<()>)>,
}

impl Traces {
    /// Begins to send where the settings name a collector. Called in a tokio runtime.
    pub(super) fn begin(
        common: &Common,
        service: &'static str,
        clock: Arc<dyn Clock>,
        metrics: &Metrics,
    ) -> Result<Self, Failure> {
        let Some(endpoint) = &common.otlp_endpoint else {
            return Ok(Self { spans: Spans::default(), export: None });
        };
        let (spans, waiting) = Spans::told(common.trace_share, metrics.registry())?;
        let client = Client::builder().timeout(SEND_MAX).no_proxy().build()?;
        let address = format!("{}/v1/traces", endpoint.trim_end_matches('/'));
        let stop = CancellationToken::new();
        let export = Export { client, address, service, clock, spans: spans.clone(), is_away: false };
        let export = tokio::spawn(export.run(waiting, stop.clone()));
        Ok(Self { spans, export: Some((stop, export)) })
    }

    /// Sends what waits, for a moment, and stops.
    pub(crate) async fn stop(self) {
        if let Some((stop, export)) = self.export {
            stop.cancel();
            let end = export.abort_handle();
            if timeout(LAST_MAX, export).await.is_err() {
                end.abort();
            }
        }
    }
}

struct Export {
    client: Client,
    address: String,
    service: &'static str,
    clock: Arc<dyn Clock>,
    spans: Spans,
    is_away: bool,
}

impl Export {
    async fn run(mut self, mut waiting: Receiver<Span>, stop: CancellationToken) {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        while stop.run_until_cancelled(waiting.recv_many(&mut batch, BATCH_MAX)).await.is_some_and(|n| n > 0)
        {
            let gathered = async {
                while batch.len() < BATCH_MAX {
                    let room = BATCH_MAX - batch.len();
                    if waiting.recv_many(&mut batch, room).await == 0 {
                        break;
                    }
                }
            };
            tokio::select! {
                () = gathered => {}
                () = sleep(GATHER) => {}
                () = stop.cancelled() => {}
            }
            self.send(&mut batch).await;
        }
        // What is there already, and no more.
        waiting.close();
        while waiting.recv_many(&mut batch, BATCH_MAX).await > 0 {
            self.send(&mut batch).await;
        }
    }

    /// Sends the batch, and forgets it either way.
    async fn send(&mut self, batch: &mut Vec<Span>) {
        let now_ns = u64::try_from(self.clock.now().as_nanosecond()).unwrap_or_default();
        let body = otlp(self.service, batch, (now_ns, Instant::now()));
        let sent = self.client.post(&self.address).json(&body).send().await;
        let failure =
            sent.and_then(reqwest::Response::error_for_status).err().map(reqwest::Error::without_url);
        match &failure {
            None if self.is_away => tracing::info!("the collector of traces answers again"),
            Some(error) if !self.is_away => {
                tracing::warn!(%error, "the collector of traces does not take them: they are dropped");
            }
            _ => {}
        }
        self.is_away = failure.is_some();
        if self.is_away {
            self.spans.lost(Lost::Unsent, batch.len());
        }
        batch.clear();
    }
}
