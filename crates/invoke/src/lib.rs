//! The port by which one agent asks another: in one process a router, in the cluster a sidecar.
//!
//! Not here: retries, timeouts and breakers (the adapter's, by policy), and what the answer means (the caller's).

mod cause;
mod standing;

pub use cause::{CORRELATION_HEADER, Cause, TRACEPARENT_HEADER, cause, caused_by};
pub use standing::{AskProgress, Standing, Standings};

use async_trait::async_trait;
use contracts::StudentId;
use http::Method;
use serde::de::DeserializeOwned;

/// Why there is no answer. A caller must be able to go on without one.
#[derive(Debug, thiserror::Error)]
pub enum InvokeError {
    /// The other agent said that there is no such thing.
    #[error("not found")]
    NotFound,
    /// The other agent refused: its status.
    #[error("refused with status {0}")]
    Refused(u16),
    /// Not reachable, too slow, in trouble of its own, or the breaker is open.
    #[error("not available: {0}")]
    Unavailable(String),
    /// The answer does not have the form that was expected.
    #[error("unreadable answer: {0}")]
    Unreadable(String),
}

/// What is asked of another agent at `/api/v1/<agent>/<path>`, as a service.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The other agent.
    pub agent: &'static str,
    /// Behind its name.
    pub path: &'a str,
    /// What is posted; without it the question is a GET.
    pub body: Option<&'a serde_json::Value>,
    /// The student for whom it is asked, if for one.
    pub on_behalf_of: Option<&'a StudentId>,
}

impl Question<'_> {
    /// GET or POST.
    #[must_use]
    pub fn method(&self) -> Method {
        if self.body.is_some() { Method::POST } else { Method::GET }
    }
}

/// Asks another agent.
#[async_trait]
pub trait Invoke: Send + Sync + 'static {
    /// The JSON body of a 200.
    async fn ask(&self, question: Question<'_>) -> Result<serde_json::Value, InvokeError>;

    /// Asks without a body.
    async fn get(
        &self,
        agent: &'static str,
        path: &str,
        on_behalf_of: Option<&StudentId>,
    ) -> Result<serde_json::Value, InvokeError> {
        self.ask(Question { agent, path, body: None, on_behalf_of }).await
    }

    /// Posts a JSON body, on behalf of a student.
    ///
    /// It may be done although no answer comes: ask again only for what may be done twice.
    async fn post(
        &self,
        agent: &'static str,
        path: &str,
        body: &serde_json::Value,
        on_behalf_of: &StudentId,
    ) -> Result<serde_json::Value, InvokeError> {
        self.ask(Question { agent, path, body: Some(body), on_behalf_of: Some(on_behalf_of) }).await
    }
}

/// The largest answer that an adapter reads, in bytes.
pub const ANSWER_MAX_BYTES: usize = 4 << 20;

/// How much of an error's text goes into the log.
const REASON_MAX_CHARS: usize = 300;

/// What an answer means, whichever way it came: its status as the other agent gave it, and its body.
///
/// # Errors
/// For every status but those of success, and for a body that is no JSON.
pub fn understood(status: u16, body: &[u8]) -> Result<serde_json::Value, InvokeError> {
    match status {
        200..=299 => serde_json::from_slice(body).map_err(|error| InvokeError::Unreadable(error.to_string())),
        404 => Err(InvokeError::NotFound),
        400..=499 => Err(InvokeError::Refused(status)),
        _ => {
            let reason: String = String::from_utf8_lossy(body).chars().take(REASON_MAX_CHARS).collect();
            Err(InvokeError::Unavailable(format!("{status}: {reason}")))
        }
    }
}

/// Asks, and reads the answer as `T`.
pub async fn get_as<T: DeserializeOwned>(
    invoke: &dyn Invoke,
    agent: &'static str,
    path: &str,
    on_behalf_of: Option<&StudentId>,
) -> Result<T, InvokeError> {
    let body = invoke.get(agent, path, on_behalf_of).await?;
    serde_json::from_value(body).map_err(|error| InvokeError::Unreadable(error.to_string()))
}

/// Posts, and reads the answer as `T`.
pub async fn post_as<T: DeserializeOwned>(
    invoke: &dyn Invoke,
    agent: &'static str,
    path: &str,
    body: &serde_json::Value,
    on_behalf_of: &StudentId,
) -> Result<T, InvokeError> {
    let body = invoke.post(agent, path, body, on_behalf_of).await?;
    serde_json::from_value(body).map_err(|error| InvokeError::Unreadable(error.to_string()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_status_means_the_same_whichever_way_it_came() {
        assert_eq!(understood(200, b"{\"a\": 1}").unwrap(), json!({"a": 1}));
        assert_eq!(understood(201, b"[]").unwrap(), json!([]));
        for (status, body, expected) in [
            (200, "no json", "unreadable answer: expected ident at line 1 column 2"),
            (404, "{}", "not found"),
            (403, "{}", "refused with status 403"),
            (429, "", "refused with status 429"),
            (500, "broken", "not available: 500: broken"),
            (503, "", "not available: 503: "),
            (302, "", "not available: 302: "),
        ] {
            assert_eq!(understood(status, body.as_bytes()).unwrap_err().to_string(), expected);
        }
        let long = understood(502, &[b'x'; 10_000]).unwrap_err().to_string();
        assert_eq!(long.len(), "not available: 502: ".len() + 300);
    }
}
