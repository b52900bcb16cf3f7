//! The root's routes, for probes and scrapes: alive, ready, and the metrics. No token: the gateway does not lead here.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use auth::Verifier;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use futures::future::join_all;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use problem::Problem;
use serde_json::{Map, Value, json};
use telemetry::{METRICS_CONTENT_TYPE, Metrics};
use tokio::time::{MissedTickBehavior, timeout};

use crate::fleet::method_not_allowed;

/// How long a check may take before it counts as failed.
const CHECK_TIMEOUT: Duration = Duration::from_secs(2);

/// Something without which a service cannot answer.
#[async_trait]
pub trait Check: Send + Sync + 'static {
    /// Whether it is there now.
    async fn check(&self) -> Result<(), NotThere>;

    /// Whether nothing can be answered without it. What only some routes need is told by `/ready` and takes no traffic
    /// away from the others.
    fn is_needed(&self) -> bool {
        true
    }
}

/// What is wrong with something that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotThere {
    /// For whoever asks `/ready`, without a token: our own words, never another program's, which may hold addresses and names.
    told: Option<Cow<'static, str>>,
    /// For the log.
    log: String,
}

impl NotThere {
    /// Something whose reason everybody may hear.
    pub fn told(why: impl Into<Cow<'static, str>>) -> Self {
        let why = why.into();
        Self { log: why.clone().into_owned(), told: Some(why) }
    }

    /// The same, and more of it for the log.
    #[must_use]
    pub fn with_log(self, log: impl Into<String>) -> Self {
        Self { log: log.into(), ..self }
    }
}

/// For the log alone.
impl From<String> for NotThere {
    fn from(log: String) -> Self {
        Self { told: None, log }
    }
}

#[async_trait]
impl Check for Verifier {
    async fn check(&self) -> Result<(), NotThere> {
        Ok(self.ready()?)
    }
}

/// How often [`Root::keep_told`] looks.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// What the root tells.
#[derive(Clone, Default)]
pub struct Root {
    /// Who is ready when the process is: the rooms in it, by name.
    pub agents: Vec<&'static str>,
    /// What must be there, by name.
    pub checks: Vec<(&'static str, Arc<dyn Check>)>,
}

/// A check, and what it found.
type Looked = (&'static str, Result<(), NotThere>);

impl Root {
    /// Looks at the checks again and again, for the metrics: `/ready` may be asked by nobody. Never returns, and says nothing
    /// in the log, where whoever asks for `/ready` finds it.
    pub async fn keep_told(self, metrics: Metrics) {
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.look(&metrics).await;
        }
    }

    /// All checks, at once: whether the process is ready, and what each found. It is not ready if one fails that is needed.
    /// The metrics are told of both, so that they say what `/ready` says.
    async fn look(&self, metrics: &Metrics) -> (bool, Vec<Looked>) {
        let looking = self.checks.iter().map(|(name, check)| look(name, check.as_ref(), metrics));
        let looked = join_all(looking).await;
        // Asked afterwards: what was there once may be needed no longer.
        let needed = self.checks.iter().map(|(_, check)| check.is_needed());
        let is_ready = needed.zip(&looked).all(|(is_needed, (_, outcome))| outcome.is_ok() || !is_needed);
        for agent in &self.agents {
            metrics.agent_ready(agent, is_ready);
        }
        (is_ready, looked)
    }
}

#[derive(Clone)]
struct Shared {
    root: Arc<Root>,
    metrics: Metrics,
}

pub(crate) fn router(root: Root, metrics: Metrics) -> Router {
    Router::new()
        .route("/health", get(alive))
        .route("/ready", get(ready))
        .route("/metrics", get(scrape))
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(Shared { root: Arc::new(root), metrics })
}

/// The process runs and serves requests; it says nothing of what it needs for them.
pub(crate) async fn alive() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

/// 503 if a check fails that is needed. What fails is in the log.
async fn ready(State(shared): State<Shared>) -> Response {
    let (is_ready, looked) = shared.root.look(&shared.metrics).await;
    let (mut checks, mut reasons) = (Map::new(), Map::new());
    for (name, outcome) in looked {
        checks.insert(name.to_owned(), if outcome.is_ok() { "ok" } else { "failing" }.into());
        let Err(NotThere { told, log }) = outcome else { continue };
        tracing::warn!(check = name, "not ready: {log}");
        if let Some(why) = told {
            reasons.insert(name.to_owned(), why.into());
        }
    }
    let (status, word) =
        if is_ready { (StatusCode::OK, "ready") } else { (StatusCode::SERVICE_UNAVAILABLE, "not ready") };
    let mut answer = json!({"status": word, "checks": checks});
    if !reasons.is_empty() {
        answer["reasons"] = reasons.into();
    }
    (status, [(CACHE_CONTROL, "no-store")], Json(answer)).into_response()
}

/// One check, for the metrics.
async fn look(name: &'static str, check: &dyn Check, metrics: &Metrics) -> Looked {
    let late = |_| Err(NotThere::told("there is no answer in time"));
    let outcome = timeout(CHECK_TIMEOUT, check.check()).await.unwrap_or_else(late);
    metrics.ready(name, outcome.is_ok());
    (name, outcome)
}

async fn scrape(State(shared): State<Shared>) -> Result<impl IntoResponse, Problem> {
    let text = shared.metrics.encode().map_err(|error| Problem::internal(error.to_string()))?;
    Ok(([(CONTENT_TYPE, METRICS_CONTENT_TYPE)], text))
}
