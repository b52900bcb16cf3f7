//! The internal listener: the sidecar's events, and the routes of the room for other agents, behind the app's token.
//!
//! An agent that calls is a service, on behalf of the student that it names; the gate counts its requests like all others.
//! Not here: the token's check and the caller's headers (crate `bus-dapr`).

use auth::{Principal, Role};
use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use bus_dapr::{AppToken, Caller};
use http::StatusCode;

use super::carrier::Inbound;
use super::settings::Settings;
use crate::cli::Failure;

/// The app's token.
pub(super) fn token(settings: &Settings) -> Result<AppToken, Failure> {
    AppToken::new(&settings.app_token).ok_or_else(|| "APP_API_TOKEN must not be empty".into())
}

/// What is served there.
pub(super) fn router(public: Router, events: Inbound, settings: &Settings) -> Result<Router, Failure> {
    let asked = public.layer(from_fn(as_service));
    let asked = bus_dapr::invoked(asked, token(settings)?, settings.release_prefix());
    Ok(events().fallback_service(asked))
}

/// The caller as a principal.
async fn as_service(mut request: Request, next: Next) -> Response {
    let Some(Caller { agent, on_behalf_of }) = request.extensions_mut().remove::<Caller>() else {
        return StatusCode::FORBIDDEN.into_response();
    };
    let Ok(subject) = agent.parse() else { return StatusCode::FORBIDDEN.into_response() };
    request.extensions_mut().insert(Principal { subject, role: Role::Service, on_behalf_of });
    next.run(request).await
}
