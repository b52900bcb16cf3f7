//! A fixed corpus of calls, made to real rooms on a store that is thrown away: what `tokens verify` measures.
//!
//! Not here: the gate with its tokens and limits, which cost no tokens of text.

use std::sync::Arc;

use ::sandbox::pool::{Lockdowned, Pool, Settings};
use auth::{Principal, Role};
use axum::Router;
use axum::body::Body;
use clock::{RandomIds, SystemClock};
use http::Request;
use http_body_util::BodyExt;
use serde::Deserialize;
use serde_json::Value;
use telemetry::Metrics;
use tower::ServiceExt;
use usage::Tokenizer;
use usage::verify::Sample;

use super::invoke::InProcess;
use crate::cli::Failure;
use crate::fleet::{Asked, Learning, Parts, Store, sandbox};

const CORPUS: &str = include_str!("../../corpus/calls.json");

#[derive(Deserialize)]
struct CorpusCall {
    agent: String,
    method: String,
    route: String,
    path: String,
    body: Option<Value>,
}

/// Makes every call of the corpus, in order, as the service of a student called ada.
pub(crate) async fn sample_calls() -> Result<Vec<Sample>, Failure> {
    let folder = tempfile::tempdir()?;
    let store = Store::open(None, &folder.path().join("sample.db")).await?;
    // Only programs of our own run here.
    let settings =
        Settings { lockdown: Lockdowned::BestEffort, ..Settings::new(sandbox::beside_this_binary()) };
    let pool = Arc::new(Pool::start(settings, Arc::new(RandomIds), Arc::new(())));
    let in_process = Arc::new(InProcess::new("fleet".parse()?));
    let metrics = Metrics::new()?;
    let parts = Parts {
        clock: Arc::new(SystemClock),
        alarm: Arc::new(SystemClock),
        ids: Arc::new(RandomIds),
        tokenizer: Tokenizer::default(),
        invoke: Arc::clone(&in_process) as _,
        // In one process asking is as near as a copy would be.
        copy: None,
        sandbox: pool,
        learning: Learning::register(&metrics)?,
        asked: Asked::untraced(&metrics)?,
    };
    let (rooms, _) = super::rooms(&store, &in_process, &parts).await?;
    let router = rooms.into_iter().fold(Router::new(), |router, room| router.merge(room.router));
    let calls: Vec<CorpusCall> = serde_json::from_str(CORPUS)?;
    let mut samples = Vec::with_capacity(calls.len());
    for call in calls {
        samples.push(sample(&router, call).await?);
    }
    store.close().await?;
    Ok(samples)
}

async fn sample(router: &Router, call: CorpusCall) -> Result<Sample, Failure> {
    let principal =
        Principal { subject: "corpus".parse()?, role: Role::Service, on_behalf_of: Some("ada".parse()?) };
    let request = call.body.map(|body| body.to_string()).unwrap_or_default();
    let asked = Request::builder()
        .method(call.method.as_str())
        .uri(&call.path)
        .header("content-type", "application/json")
        .extension(principal)
        .body(Body::from(request.clone()))?;
    let Ok(response) = router.clone().oneshot(asked).await;
    let status = response.status();
    let answer = response.into_body().collect().await?.to_bytes();
    if !status.is_success() {
        let text = String::from_utf8_lossy(&answer);
        return Err(format!(
            "{} {} of the corpus was answered with {status}: {text}",
            call.method, call.path
        )
        .into());
    }
    Ok(Sample {
        agent: call.agent,
        route: format!("{} {}", call.method, call.route),
        request: request.into_bytes(),
        full: answer.to_vec(),
        compact: None,
    })
}
