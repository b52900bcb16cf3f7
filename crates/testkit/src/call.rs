//! One request to a router, as somebody, and its answer.

use auth::Principal;
use axum::Router;
use axum::body::Body;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

/// Sends a request as `principal`, with a JSON body if there is one. The answer's body is JSON, `Null` where empty, a
/// string where it is something else.
///
/// # Panics
/// If the request cannot be built or the router breaks off: a test must fail then.
pub async fn call(
    router: &Router,
    method: Method,
    path: &str,
    principal: &Principal,
    json: Option<Value>,
) -> (StatusCode, HeaderMap, Value) {
    let mut builder = Request::builder().method(method).uri(path);
    if json.is_some() {
        builder = builder.header(CONTENT_TYPE, "application/json");
    }
    let body = json.map_or_else(Body::empty, |json| Body::from(json.to_string()));
    let request = builder.extension(principal.clone()).body(body);
    call_raw(router, request.expect("a request")).await
}

/// Sends a request as it is: without a principal, with broken bytes, with headers of one's own.
///
/// # Panics
/// If the router breaks off: a test must fail then.
pub async fn call_raw(router: &Router, request: Request<Body>) -> (StatusCode, HeaderMap, Value) {
    let response = router.clone().oneshot(request).await.expect("a router answers");
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.expect("a whole body").to_bytes();
    let json = if bytes.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()))
    };
    (parts.status, parts.headers, json)
}
