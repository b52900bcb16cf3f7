//! The request's ids as headers of the events that it causes.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use bus::Headers;
use http::request::Parts;
use telemetry::RequestIds;

/// Correlation and trace for events that a request causes. An axum extractor; empty in a request that passed no layer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventHeaders(pub Headers);

impl<S: Send + Sync> FromRequestParts<S> for EventHeaders {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let headers = parts.extensions.get::<RequestIds>().map(|ids| Headers {
            correlation_id: Some(ids.correlation_id.clone()),
            traceparent: Some(ids.traceparent()),
        });
        Ok(Self(headers.unwrap_or_default()))
    }
}
