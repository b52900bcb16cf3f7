//! One agent asks another inside the process: the other's router, without a network between.
//!
//! The asking agent is a service on behalf of a student. The gate with its token and limits is not passed again: the
//! caller met it at the door. Not here: the cluster's way, through a sidecar.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use async_trait::async_trait;
use auth::{Principal, Role};
use axum::Router;
use axum::body::Body;
use contracts::SubjectId;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request};
use http_body_util::{BodyExt, Limited};
use invoke::{ANSWER_MAX_BYTES, Invoke, InvokeError, Question, understood};
use room::Room;
use serde_json::Value;
use tower::ServiceExt;

/// The rooms that may be asked. Each is admitted when it is built: two may ask each other.
pub(super) struct InProcess {
    caller: SubjectId,
    routers: RwLock<HashMap<&'static str, Router>>,
}

impl InProcess {
    /// No room yet; they are asked as the service `caller`.
    pub(super) fn new(caller: SubjectId) -> Self {
        Self { caller, routers: RwLock::default() }
    }

    /// One more room that may be asked.
    pub(super) fn admit(&self, room: &Room) {
        let mut routers = self.routers.write().unwrap_or_else(PoisonError::into_inner);
        routers.insert(room.name, room.router.clone());
    }

    fn router(&self, agent: &'static str) -> Result<Router, InvokeError> {
        let routers = self.routers.read().unwrap_or_else(PoisonError::into_inner);
        let router = routers.get(agent).cloned();
        router.ok_or_else(|| InvokeError::Unavailable(format!("{agent} is not in this process")))
    }
}

#[async_trait]
impl Invoke for InProcess {
    async fn ask(&self, question: Question<'_>) -> Result<Value, InvokeError> {
        let Question { agent, path, body, on_behalf_of } = question;
        let router = self.router(agent)?;
        let principal = Principal {
            subject: self.caller.clone(),
            role: Role::Service,
            on_behalf_of: on_behalf_of.cloned(),
        };
        let request = Request::builder()
            .method(question.method())
            .uri(format!("/api/v1/{agent}/{}", path.trim_start_matches('/')))
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .extension(principal)
            .body(body.map_or_else(Body::empty, |body| Body::from(body.to_string())))
            .map_err(|error| InvokeError::Unavailable(error.to_string()))?;
        let Ok(response) = router.oneshot(request).await;
        let status = response.status().as_u16();
        let body = Limited::new(response.into_body(), ANSWER_MAX_BYTES)
            .collect()
            .await
            .map_err(|error| InvokeError::Unreadable(error.to_string()))?;
        understood(status, &body.to_bytes())
    }
}
