//! Who is the sidecar: it shows the app's token with every request.
//!
//! Not here: the token that the app shows to the sidecar (`sidecar`), and the tokens of people (crate `auth`).

use std::fmt;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use subtle::ConstantTimeEq;

/// Carries the token, in both directions.
pub const TOKEN_HEADER: &str = "dapr-api-token";

/// What the sidecar shows to its app (APP_API_TOKEN). It does not print.
#[derive(Clone)]
pub struct AppToken(Arc<str>);

impl AppToken {
    /// The token; `None` where it is empty, as then everybody would have it.
    #[must_use]
    pub fn new(token: &str) -> Option<Self> {
        (!token.is_empty()).then(|| Self(token.into()))
    }

    /// Whether the request shows it, once. Takes as long for every wrong token of the same length.
    #[must_use]
    pub fn is_shown(&self, headers: &HeaderMap) -> bool {
        let mut shown = headers.get_all(TOKEN_HEADER).iter();
        let (Some(token), None) = (shown.next(), shown.next()) else { return false };
        token.as_bytes().ct_eq(self.0.as_bytes()).into()
    }
}

impl fmt::Debug for AppToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppToken(..)")
    }
}

/// Lets the sidecar through, and nobody else. An event that is refused is not lost: the sidecar tries it again.
pub(crate) async fn required(State(token): State<AppToken>, request: Request, next: Next) -> Response {
    if token.is_shown(request.headers()) {
        return next.run(request).await;
    }
    tracing::warn!(path = request.uri().path(), "a request without the sidecar's token is refused");
    StatusCode::UNAUTHORIZED.into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_must_be_shown_once_and_whole() {
        let token = AppToken::new("s3cret").unwrap();
        let shown = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(TOKEN_HEADER, value.parse().unwrap());
            }
            token.is_shown(&headers)
        };
        assert!(shown(&["s3cret"]));
        for wrong in
            [&[][..], &[""], &["s3cre"], &["s3cret "], &["S3cret"], &["s3cret", "s3cret"], &["x", "s3cret"]]
        {
            assert!(!shown(wrong), "{wrong:?}");
        }
        assert!(AppToken::new("").is_none());
        assert_eq!(format!("{token:?}"), "AppToken(..)");
    }
}
