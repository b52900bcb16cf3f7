//! Requests at a fixed rate. A latency begins when the request was due, not when it was sent: a server that stalls is not
//! spared the requests that nobody could send meanwhile.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use clock::{Ids as _, RandomIds};
use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::figures::Latencies;
use crate::http_client::{self, Http};
use crate::{Failure, OpenLoop};

/// One request of the plan.
#[derive(Debug, Deserialize)]
struct Planned {
    agent: String,
    method: String,
    url: String,
    token: String,
    #[serde(default)]
    body: String,
}

/// The parts of a run whose latencies are told apart: a stall is seen where it was.
const PARTS: usize = 10;

struct Answered {
    place: usize,
    /// Of the run's [`PARTS`], the one in which the request was due.
    part: usize,
    latency: Duration,
    /// What was answered instead of 2xx.
    error: Option<String>,
}

pub(crate) async fn run(args: &OpenLoop) -> Result<Value, Failure> {
    let plan = fs::read_to_string(&args.plan)?;
    let plan: Vec<Planned> = plan.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    if plan.is_empty() || args.rate_per_s <= 0.0 {
        return Err("a plan with requests and a rate above 0 are needed".into());
    }
    let plan = Arc::new(plan);
    let (send, mut answers) = mpsc::unbounded_channel();
    let began = Instant::now();
    let offering = tokio::spawn(offer(Arc::clone(&plan), args.rate_per_s, args.seconds, began, send));
    let mut latencies: BTreeMap<&str, Latencies> = BTreeMap::new();
    let mut parts: [Latencies; PARTS] = Default::default();
    let mut errors: BTreeMap<String, u64> = BTreeMap::new();
    while let Some(answer) = answers.recv().await {
        let agent = plan[answer.place].agent.as_str();
        latencies.entry(agent).or_default().add(answer.latency);
        parts[answer.part].add(answer.latency);
        if let Some(error) = answer.error {
            *errors.entry(format!("{agent}: {error}")).or_default() += 1;
        }
    }
    let offered = offering.await?;
    let agents: BTreeMap<_, _> =
        latencies.into_iter().map(|(agent, latencies)| (agent, latencies.told())).collect();
    let seconds = began.elapsed().as_secs_f64();
    let parts = parts.map(Latencies::told);
    Ok(json!({"offered": offered, "seconds": seconds, "errors": errors, "agents": agents, "parts": parts}))
}

/// Sends each request when it is due; how many it were.
async fn offer(
    plan: Arc<Vec<Planned>>,
    rate_per_s: f64,
    seconds: u64,
    began: Instant,
    answers: mpsc::UnboundedSender<Answered>,
) -> u64 {
    let http = http_client::client();
    let whole = Duration::from_secs(seconds);
    let run = RandomIds.event_id().to_string();
    let mut number: u64 = 0;
    for place in (0..plan.len()).cycle() {
        #[expect(clippy::cast_precision_loss, reason = "a run has far fewer requests than 2^52")]
        let after = Duration::from_secs_f64(number as f64 / rate_per_s);
        if after >= whole {
            break;
        }
        let due = began + after;
        let part = usize::try_from(after.as_nanos() * PARTS as u128 / whole.as_nanos()).unwrap_or(0);
        tokio::time::sleep_until(due).await;
        let (plan, http, answers) = (Arc::clone(&plan), http.clone(), answers.clone());
        let unique = format!("{run}-{number}");
        tokio::spawn(async move {
            let error = send(&http, &plan[place], &unique).await.err();
            let latency = due.elapsed();
            // Whoever counts is there until the last answer.
            let _ = answers.send(Answered { place, part, latency, error });
        });
        number += 1;
    }
    number
}

async fn send(http: &Http, planned: &Planned, unique: &str) -> Result<(), String> {
    let method = Method::from_bytes(planned.method.as_bytes()).map_err(|error| error.to_string())?;
    let body = planned.body.replace("{n}", unique);
    match http_client::ask(http, method, &planned.url, &planned.token, body).await {
        Ok((status, _)) if status.is_success() => Ok(()),
        Ok((status, body)) => Err(format!("{status} {}", String::from_utf8_lossy(&body))),
        Err(error) => Err(error.to_string()),
    }
}
