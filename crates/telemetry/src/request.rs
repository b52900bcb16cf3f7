//! The ids of a request: the caller's where they are fit to be logged, else our own.
//!
//! Not here: drawing random ids (the caller passes them in).

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::request::Parts;

use crate::trace::{SpanId, TRACEPARENT_HEADER, TraceContext};

/// The header by which a caller names a request, and we name it back.
pub const CORRELATION_HEADER: &str = "x-correlation-id";

/// The longest correlation id that is taken over, in characters.
pub const CORRELATION_MAX_CHARS: usize = 64;

/// The ids of one request. An axum extractor: in a request that passed no layer they are all "none".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestIds {
    /// What the caller names the request: `[A-Za-z0-9._-]{1,64}`, or our trace id.
    pub correlation_id: String,
    /// Our step in the caller's trace, or in a new one.
    pub trace: TraceContext,
    /// The caller's step; none in a trace that begins here.
    pub parent: Option<SpanId>,
}

impl RequestIds {
    /// The ids of a request with these headers. `fresh` are 16 random bytes.
    #[must_use]
    pub fn of(headers: &HeaderMap, fresh: [u8; 16]) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let callers = text(TRACEPARENT_HEADER).and_then(TraceContext::parse);
        let trace = callers.map_or_else(|| TraceContext::root(fresh), |callers| callers.child(fresh));
        let correlation_id = text(CORRELATION_HEADER)
            .filter(|id| is_correlation_id(id))
            .map_or_else(|| trace.trace_id.to_string(), str::to_owned);
        Self { correlation_id, trace, parent: callers.map(|callers| callers.span_id) }
    }

    /// The trace id, as logs and problems have it.
    #[must_use]
    pub fn trace_id(&self) -> String {
        self.trace.trace_id.to_string()
    }

    /// The header for what this request causes.
    #[must_use]
    pub fn traceparent(&self) -> String {
        self.trace.to_string()
    }
}

/// Whatever a caller sends goes into logs and headers: nothing that could break a line or fill a disk.
fn is_correlation_id(id: &str) -> bool {
    (1..=CORRELATION_MAX_CHARS).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

impl<S: Send + Sync> FromRequestParts<S> for RequestIds {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(|| Self::of(&parts.headers, [0; 16])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn the_callers_ids_are_kept_and_the_step_is_our_own() {
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let ids = RequestIds::of(
            &headers(&[("x-correlation-id", "order-7.b_c"), ("traceparent", parent)]),
            [9; 16],
        );
        assert_eq!(ids.correlation_id, "order-7.b_c");
        assert_eq!(ids.trace_id(), "0af7651916cd43dd8448eb211c80319c");
        assert_eq!(ids.traceparent(), "00-0af7651916cd43dd8448eb211c80319c-0909090909090909-01");
        assert_eq!(ids.parent.map(|step| step.to_string()).as_deref(), Some("b7ad6b7169203331"));
    }

    #[test]
    fn without_fit_ids_a_request_gets_its_trace_id_as_name() {
        let long = "x".repeat(CORRELATION_MAX_CHARS + 1);
        for unfit in ["", "two words", "a\tb", "<script>", &long] {
            let ids = RequestIds::of(
                &headers(&[("x-correlation-id", unfit), ("traceparent", "nonsense")]),
                [3; 16],
            );
            assert_eq!(ids.correlation_id, "03".repeat(16), "{unfit}");
            assert_eq!((&ids.correlation_id, ids.parent), (&ids.trace_id(), None));
        }
    }
}
