//! What a call used, told to whoever keeps account.
//!
//! Not here: what it costs in tokens, and what becomes of the record (the implementer's).

use std::time::Duration;

use bytes::Bytes;
use contracts::StudentId;
use http::{Method, StatusCode};

/// One answered call. The bodies are shared, not copied.
#[derive(Debug, Clone)]
pub struct Call {
    /// The agent that answered.
    pub agent: &'static str,
    /// The route's template, `/api/v1/debug/analyze`.
    pub route: String,
    /// The method.
    pub method: Method,
    /// The student who asked, or for whom a service asked.
    pub student: Option<StudentId>,
    /// The request's body. It may hold a learner's code.
    pub request: Bytes,
    /// The answer's JSON body; empty where it has none, or is a stream.
    pub answer: Bytes,
    /// From the request's head to the answer's.
    pub elapsed: Duration,
    /// The answer's status.
    pub status: StatusCode,
}

/// Keeps account. Called on the request path: it must not block, and must not wait.
pub trait Record: Send + Sync + 'static {
    /// Takes one call.
    fn record(&self, call: Call);
}
