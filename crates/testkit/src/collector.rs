//! A small collector of traces: takes OTLP's JSON over HTTP, as strictly as its specification, and keeps the spans.
//!
//! It shares no code with what is tested on it. Not here: the form's other encodings.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::once;

/// One span, as it was told.
#[derive(Debug, Clone)]
pub struct Seen {
    /// `service.name` of whoever told it.
    pub service: String,
    /// The trace.
    pub trace_id: String,
    /// The step.
    pub span_id: String,
    /// The step before; empty where there is none.
    pub parent: String,
    /// Its name.
    pub name: String,
    /// Its kind's number.
    pub kind: u64,
    /// Whether it failed.
    pub failed: bool,
    /// All of it.
    pub told: Value,
}

impl Seen {
    /// The value of an attribute.
    #[must_use]
    pub fn attribute(&self, key: &str) -> Option<&str> {
        let attributes = self.told["attributes"].as_array()?;
        attributes.iter().find(|one| one["key"] == key)?["value"]["stringValue"].as_str()
    }
}

/// A collector. It goes when this does.
pub struct Collector {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    server: JoinHandle<()>,
}

impl Collector {
    /// Starts one on a free port.
    ///
    /// # Panics
    /// If there is no port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let seen = Arc::new(Mutex::default());
        let router = Router::new().route("/v1/traces", post(take)).with_state(Arc::clone(&seen));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { address, seen, server }
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All spans so far.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The first span that is wanted, once there is one.
    ///
    /// # Panics
    /// After 30 seconds, with what there is.
    pub async fn until(&self, what: &str, wanted: impl Fn(&Seen) -> bool) -> Seen {
        let look = async || self.seen().into_iter().find(|span| wanted(span));
        let seen = once(Duration::from_secs(30), look).await;
        seen.unwrap_or_else(|| panic!("no span: {what}, but {:#?}", self.seen()))
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn take(
    State(seen): State<Arc<Mutex<Vec<Seen>>>>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> (StatusCode, String) {
    if headers.get("content-type").is_none_or(|kind| kind != "application/json") {
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, String::new());
    }
    match spans(&body) {
        Ok(spans) => {
            seen.lock().unwrap_or_else(PoisonError::into_inner).extend(spans);
            (StatusCode::OK, "{}".to_owned())
        }
        Err(wrong) => (StatusCode::BAD_REQUEST, wrong),
    }
}

fn spans(body: &Value) -> Result<Vec<Seen>, String> {
    let mut found = Vec::new();
    for resource in list(body, "resourceSpans")? {
        let attributes = list(&resource["resource"], "attributes")?;
        let service = attributes.iter().find(|one| one["key"] == "service.name").ok_or("no service.name")?;
        let service = text(&service["value"], "stringValue")?;
        for scope in list(resource, "scopeSpans")? {
            for span in list(scope, "spans")? {
                found.push(seen(&service, span)?);
            }
        }
    }
    Ok(found)
}

fn seen(service: &str, span: &Value) -> Result<Seen, String> {
    let (began, ended) = (nanoseconds(span, "startTimeUnixNano")?, nanoseconds(span, "endTimeUnixNano")?);
    if began < 1_600_000_000_000_000_000 || ended < began {
        return Err(format!("from {began} to {ended}"));
    }
    let parent = match span.get("parentSpanId") {
        Some(_) => id(span, "parentSpanId", 16)?,
        None => String::new(),
    };
    for attribute in list(span, "attributes")? {
        text(attribute, "key")?;
        text(&attribute["value"], "stringValue")?;
    }
    Ok(Seen {
        service: service.to_owned(),
        trace_id: id(span, "traceId", 32)?,
        span_id: id(span, "spanId", 16)?,
        parent,
        name: text(span, "name")?,
        kind: span["kind"].as_u64().filter(|kind| (1..=5).contains(kind)).ok_or("no kind")?,
        failed: span["status"]["code"] == 2,
        told: span.clone(),
    })
}

fn list<'a>(of: &'a Value, name: &str) -> Result<&'a Vec<Value>, String> {
    of[name].as_array().ok_or_else(|| format!("{name} is no list"))
}

fn text(of: &Value, name: &str) -> Result<String, String> {
    of[name].as_str().map(str::to_owned).ok_or_else(|| format!("{name} is no text"))
}

/// 64 bits are text in JSON.
fn nanoseconds(of: &Value, name: &str) -> Result<u64, String> {
    text(of, name)?.parse().map_err(|error| format!("{name}: {error}"))
}

fn id(of: &Value, name: &str, digits: usize) -> Result<String, String> {
    let id = text(of, name)?;
    let is_one = id.len() == digits
        && id.bytes().all(|byte| byte.is_ascii_hexdigit())
        && id.bytes().any(|byte| byte != b'0');
    if is_one { Ok(id) } else { Err(format!("{name} is no id: {id}")) }
}
