//! A request's body: read once, whole, under the limit and within a time.
//!
//! Everything that reads it later reads from memory.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use bytes::Bytes;
use http::header::EXPECT;
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use problem::{BODY_MAX_BYTES, Problem};
use tokio::time::timeout;

/// How long a client may take to send its body: one that trickles must not hold a connection for ever.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// How much of a refused body is thrown away, so that the client gets to read the answer: a connection that is closed
/// with unread bytes is reset, and the answer lost with it.
const DISCARD_MAX_BYTES: usize = 8 * BODY_MAX_BYTES;

/// How long that may take.
const DISCARD_TIMEOUT: Duration = Duration::from_secs(2);

/// Reads the body: the request with all of it in memory, and the same bytes.
pub(crate) async fn read(request: Request) -> Result<(Request, Bytes), Problem> {
    let (parts, body) = request.into_parts();
    if axum::body::HttpBody::is_end_stream(&body) {
        return Ok((Request::from_parts(parts, body), Bytes::new()));
    }
    if problem::too_large(&parts.headers) {
        return Err(refuse(&parts.headers, body).await);
    }
    let mut body = body;
    match timeout(READ_TIMEOUT, Limited::new(&mut body, BODY_MAX_BYTES).collect()).await {
        Ok(Ok(collected)) => {
            let bytes = collected.to_bytes();
            Ok((Request::from_parts(parts, Body::from(bytes.clone())), bytes))
        }
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(refuse(&parts.headers, body).await),
        Ok(Err(error)) => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "malformed-body",
            format!("the body broke off: {error}"),
        )),
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "body-too-slow",
            "the body took too long to arrive",
        )),
    }
}

/// 413, after the rest of the body is out of the way. Who asks first (`Expect: 100-continue`) has not sent it.
async fn refuse(headers: &HeaderMap, body: Body) -> Problem {
    if !headers.contains_key(EXPECT) {
        let rest = Limited::new(body, DISCARD_MAX_BYTES);
        futures::pin_mut!(rest);
        let discard = async { while let Some(Ok(_)) = rest.frame().await {} };
        // What does not come in time is not waited for.
        timeout(DISCARD_TIMEOUT, discard).await.unwrap_or_default();
    }
    Problem::body_too_large()
}
