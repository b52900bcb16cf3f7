//! Query and path parameters, read as strictly as a body.
//!
//! A type for [`QueryParams`] says `#[serde(deny_unknown_fields)]`, so that a misspelt parameter is refused and not
//! passed over. Not here: JSON bodies (`json`).

use std::borrow::Cow;

use axum::extract::{FromRequestParts, RawPathParams};
use http::StatusCode;
use http::request::Parts;
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

use crate::text::{Pair, Pairs};
use crate::{Problem, refusal};

/// Query parameters as a struct.
#[derive(Debug, Clone, Copy)]
pub struct QueryParams<T>(pub T);

/// Path parameters as a struct (by name), a tuple (by place), or, where there is one, the thing itself.
#[derive(Debug, Clone, Copy)]
pub struct PathParams<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for QueryParams<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let pairs = query_pairs(parts.uri.query().unwrap_or_default())?;
        read(&pairs).map(Self)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for PathParams<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let params = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|error| Problem::new(StatusCode::BAD_REQUEST, "malformed-path", error.body_text()))?;
        let pairs: Vec<Pair<'_>> =
            params.iter().map(|(name, text)| (Cow::Borrowed(name), Cow::Borrowed(text))).collect();
        read(&pairs).map(Self)
    }
}

/// The pairs as `T`, or which parameter is wrong.
fn read<T: DeserializeOwned>(pairs: &[Pair<'_>]) -> Result<T, Problem> {
    // As with bodies, only a bad request pays for knowing where.
    T::deserialize(Pairs(pairs)).or_else(|_| {
        serde_path_to_error::deserialize(Pairs(pairs)).map_err(|error| {
            let message = error.inner().to_string();
            // A tuple or a single parameter has a place, not a name: look the name up.
            let place = match error.path().iter().next() {
                Some(Segment::Seq { index }) => Some(*index),
                None if pairs.len() == 1 => Some(0),
                _ => None,
            };
            match place.and_then(|place| pairs.get(place)) {
                Some((name, _)) => refusal::parameter(name, &message),
                None => refusal::at(error.path(), &message, "parameters"),
            }
        })
    })
}

/// `a=1&b=x+y%21` taken apart and decoded.
fn query_pairs(query: &str) -> Result<Vec<Pair<'_>>, Problem> {
    query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, text) = part.split_once('=').unwrap_or((part, ""));
            Ok((decode(name)?, decode(text)?))
        })
        .collect()
}

/// Undoes percent-encoding and `+`. Unlike lenient readers it refuses what does not decode.
fn decode(text: &str) -> Result<Cow<'_, str>, Problem> {
    if !text.bytes().any(|byte| matches!(byte, b'%' | b'+')) {
        return Ok(Cow::Borrowed(text));
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => hex_pair(bytes.next(), bytes.next())
                .ok_or_else(|| malformed("a percent sign without two hexadecimal digits"))?,
            byte => byte,
        });
    }
    String::from_utf8(decoded).map(Cow::Owned).map_err(|_| malformed("percent-encoded bytes are not UTF-8"))
}

fn malformed(what: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "malformed-query", format!("the query cannot be read: {what}"))
}

fn hex_pair(high: Option<u8>, low: Option<u8>) -> Option<u8> {
    let digit = |byte: Option<u8>| char::from(byte?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}
