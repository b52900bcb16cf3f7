//! Errors as problem+json (RFC 9457), and request extractors whose refusal names the field.
//!
//! A failure is logged once, here, where it becomes an answer: the client gets fixed words and an id, the log gets the
//! cause under the same id. Not here: each room's own table of failures (its error.rs).

mod document;
mod json;
mod page;
mod params;
mod refusal;
mod strict;
mod text;
mod trace;

pub use document::{Responses, describe};
pub use json::{BODY_MAX_BYTES, JsonBody, too_large};
pub use page::{Page, PageNumber, Paged, PerPage};
pub use params::{PathParams, QueryParams};
pub use trace::in_trace;

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};

/// The media type of every error.
pub const CONTENT_TYPE_PROBLEM: &str = "application/problem+json";

/// One field of the request that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FieldError {
    /// Where: `scores.quiz`, `answers[2]`, or the name of a path or query parameter.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
}

/// An error as the client sees it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(title = "Problem")]
pub struct Problem {
    /// A URI reference that names the kind: `/problems/<kind>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time.
    pub detail: String,
    /// The fields that are wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// The id under which the log has the cause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// Seconds to wait before the next try; also the header Retry-After.
    #[serde(skip)]
    pub retry_after_s: Option<u64>,
    /// The cause, for the log alone.
    #[serde(skip)]
    pub cause: Option<String>,
}

impl Problem {
    /// A problem of this kind: `kind` is a short kebab-case word.
    #[must_use]
    pub fn new(status: StatusCode, kind: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("/problems/{kind}"),
            title: kind.replace('-', " "),
            status: status.as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
            trace_id: None,
            retry_after_s: None,
            cause: None,
        }
    }

    /// 422: a field is out of range or not allowed.
    #[must_use]
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "validation", "the request has a field that is not valid")
            .with_field(field, message)
    }

    /// One more field that is wrong.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>, message: impl Into<String>) -> Self {
        self.errors.push(FieldError { field: field.into(), message: message.into() });
        self
    }

    /// 401: no token, or one that is not valid.
    #[must_use]
    pub fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
    }

    /// 404.
    #[must_use]
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", detail)
    }

    /// 403.
    #[must_use]
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// 409.
    #[must_use]
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", detail)
    }

    /// 429 with Retry-After.
    #[must_use]
    pub fn too_many_requests(retry_after_s: u64) -> Self {
        let mut problem =
            Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", "too many requests in a minute");
        problem.retry_after_s = Some(retry_after_s);
        problem
    }

    /// 503 with Retry-After; the cause goes to the log.
    #[must_use]
    pub fn unavailable(retry_after_s: u64, cause: impl Into<String>) -> Self {
        let mut problem =
            Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "not available now; try again later");
        problem.retry_after_s = Some(retry_after_s);
        problem.cause = Some(cause.into());
        problem
    }

    /// 500; the cause goes to the log, never to the client.
    #[must_use]
    pub fn internal(cause: impl Into<String>) -> Self {
        let mut problem = Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "something went wrong here; it is logged",
        );
        problem.cause = Some(cause.into());
        problem
    }

    /// The one line that the log gets: an operator's business at 5xx, else only for who looks closely.
    fn log(&self) {
        let cause = self.cause.as_deref().unwrap_or(&self.detail);
        let trace_id = self.trace_id.as_deref();
        if self.status >= 500 {
            tracing::error!(status = self.status, kind = %self.kind, trace_id, "{cause}");
        } else {
            tracing::debug!(status = self.status, kind = %self.kind, trace_id, errors = ?self.errors, "{cause}");
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(mut self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        self.trace_id = self.trace_id.or_else(trace::trace_id);
        self.log();
        let retry_after_s = self.retry_after_s;
        let mut response = (status, axum::Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE_PROBLEM));
        if let Some(retry_after_s) = retry_after_s {
            headers.insert(RETRY_AFTER, HeaderValue::from(retry_after_s));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
