//! The port by which one agent asks another: in one process a router, in the cluster a sidecar.
//!
//! Not here: retries, timeouts and breakers (the adapter's, by policy), and what the answer means (the caller's).

mod standing;

pub use standing::{AskProgress, Standing, Standings};

use async_trait::async_trait;
use contracts::StudentId;
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
    /// Not reachable, too slow, or the breaker is open.
    #[error("not available: {0}")]
    Unavailable(String),
    /// The answer does not have the form that was expected.
    #[error("unreadable answer: {0}")]
    Unreadable(String),
}

/// Asks another agent.
#[async_trait]
pub trait Invoke: Send + Sync + 'static {
    /// `GET /api/v1/<agent>/<path>` as a service, on behalf of a student if one is named. The JSON body of a 200.
    async fn get(
        &self,
        agent: &'static str,
        path: &str,
        on_behalf_of: Option<&StudentId>,
    ) -> Result<serde_json::Value, InvokeError>;

    /// `POST /api/v1/<agent>/<path>` with a JSON body, as a service, on behalf of a student. The JSON body of a 200.
    ///
    /// It may be done although no answer comes: ask again only for what may be done twice.
    async fn post(
        &self,
        agent: &'static str,
        path: &str,
        body: &serde_json::Value,
        on_behalf_of: &StudentId,
    ) -> Result<serde_json::Value, InvokeError>;
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
