//! A JSON body, read strictly: media type, size, UTF-8, JSON, then the fields.
//!
//! Not here: how a field's failure is worded (`refusal`).

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::strict::Strict;
use crate::{Problem, refusal};

/// The largest request body: 1 MiB.
pub const BODY_MAX_BYTES: usize = 1 << 20;

/// A JSON body, read strictly: UTF-8, JSON, known fields, right types and ranges.
#[derive(Debug, Clone, Copy)]
pub struct JsonBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        if !is_json(&parts.headers) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "the body must be sent as application/json",
            ));
        }
        if too_large(&parts.headers) {
            return Err(Problem::body_too_large());
        }
        parse(&collect(body).await?).map(Self)
    }
}

impl Problem {
    /// 413: the body is over [`BODY_MAX_BYTES`].
    #[must_use]
    pub fn body_too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body-too-large",
            format!("the body is larger than {BODY_MAX_BYTES} bytes"),
        )
    }

    fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed-body", detail)
    }
}

/// Whether the client itself says that the body is over [`BODY_MAX_BYTES`].
#[must_use]
pub fn too_large(headers: &HeaderMap) -> bool {
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    length.is_some_and(|length_bytes| length_bytes > BODY_MAX_BYTES as u64)
}

/// `application/json` or `application/<something>+json`, with or without parameters.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let essence = value.split(';').next().unwrap_or_default().trim();
    let Some((kind, subtype)) = essence.split_once('/') else {
        return false;
    };
    let suffix = subtype.rsplit('+').next().unwrap_or_default();
    kind.eq_ignore_ascii_case("application") && suffix.eq_ignore_ascii_case("json")
}

/// All of the body, under the limit.
async fn collect(body: Body) -> Result<Bytes, Problem> {
    match Limited::new(body, BODY_MAX_BYTES).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Problem::body_too_large()),
        Err(error) => Err(Problem::malformed(format!("the body broke off: {error}"))),
    }
}

/// The bytes as `T`, or which byte, place or field is wrong.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        Problem::malformed(format!("the body is not UTF-8: byte {} is wrong", error.valid_up_to()))
    })?;
    // Good requests are many and pay for one plain pass; only a bad one is read again to learn where it is wrong.
    let mut deserializer = serde_json::Deserializer::from_str(text);
    T::deserialize(Strict(&mut deserializer))
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|_| explain::<T>(text))
}

fn explain<T: DeserializeOwned>(text: &str) -> Problem {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    match serde_path_to_error::deserialize::<_, T>(Strict(&mut deserializer)) {
        Ok(_) => match deserializer.end() {
            Ok(()) => Problem::malformed("the body is not JSON"),
            Err(error) => syntax(&error),
        },
        Err(error) => {
            let inner = error.inner();
            let message = message_of(inner);
            match inner.classify() {
                Category::Data => refusal::at(error.path(), &message, "body"),
                _ if message == "number out of range" => refusal::at(error.path(), &message, "body"),
                _ if is_not_finite(text, inner) => refusal::at(
                    error.path(),
                    "must be a finite number: JSON has no NaN and no Infinity",
                    "body",
                ),
                _ => syntax(inner),
            }
        }
    }
}

fn syntax(error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    Problem::malformed(format!("the body is not JSON: {} at line {line} column {column}", message_of(error)))
}

/// serde_json's words without the place, which is only noise beside a field's name.
fn message_of(error: &serde_json::Error) -> String {
    let mut message = error.to_string();
    if let Some(place) = message.rfind(" at line ") {
        message.truncate(place);
    }
    message
}

/// Whether the text stumbles over `NaN`, `Infinity` or `-Infinity`, which some writers of JSON send.
fn is_not_finite(text: &str, error: &serde_json::Error) -> bool {
    let Some(line) = text.split('\n').nth(error.line().saturating_sub(1)) else {
        return false;
    };
    let start = error.column().saturating_sub(1);
    let around = |from: usize| line.as_bytes().get(from..).unwrap_or_default();
    around(start).starts_with(b"NaN") || around(start).starts_with(b"Infinity")
}
