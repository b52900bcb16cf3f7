//! One agent asks another inside the process: the other's router, without a network between.
//!
//! The asking agent is a service on behalf of a student. The gate with its token and limits is not passed again: the
//! caller met it at the door. Not here: the cluster's way, through a sidecar.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use auth::{Principal, Role, Rosters, RostersError};
use axum::Router;
use axum::body::Body;
use contracts::{StudentId, SubjectId};
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Limited};
use invoke::{Invoke, InvokeError, get_as};
use room::Room;
use serde::Deserialize;
use serde_json::Value;
use tower::ServiceExt;

/// The largest answer that is read.
const ANSWER_MAX_BYTES: usize = 4 * 1024 * 1024;

/// The rooms that may be asked.
pub(super) struct InProcess {
    caller: SubjectId,
    routers: HashMap<&'static str, Router>,
}

impl InProcess {
    /// These rooms, asked as the service `caller`.
    pub(super) fn new(caller: SubjectId, rooms: &[&Room]) -> Self {
        Self { caller, routers: rooms.iter().map(|room| (room.name, room.router.clone())).collect() }
    }
}

#[async_trait]
impl Invoke for InProcess {
    async fn get(
        &self,
        agent: &'static str,
        path: &str,
        on_behalf_of: &StudentId,
    ) -> Result<Value, InvokeError> {
        let router = self
            .routers
            .get(agent)
            .cloned()
            .ok_or_else(|| InvokeError::Unavailable(format!("{agent} is not in this process")))?;
        let principal = Principal {
            subject: self.caller.clone(),
            role: Role::Service,
            on_behalf_of: Some(on_behalf_of.clone()),
        };
        let request = Request::get(format!("/api/v1/{agent}/{}", path.trim_start_matches('/')))
            .extension(principal)
            .body(Body::empty())
            .map_err(|error| InvokeError::Unavailable(error.to_string()))?;
        let Ok(response) = router.oneshot(request).await;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Err(InvokeError::NotFound),
            status => return Err(InvokeError::Refused(status.as_u16())),
        }
        let body = Limited::new(response.into_body(), ANSWER_MAX_BYTES)
            .collect()
            .await
            .map_err(|error| InvokeError::Unreadable(error.to_string()))?;
        serde_json::from_slice(&body.to_bytes()).map_err(|error| InvokeError::Unreadable(error.to_string()))
    }
}

/// The rosters, as Progress tells them.
pub(super) struct AskedRosters(pub(super) Arc<dyn Invoke>);

#[derive(Deserialize)]
struct Teaches {
    teaches: bool,
}

#[async_trait]
impl Rosters for AskedRosters {
    async fn teaches(&self, teacher: &SubjectId, student: &StudentId) -> Result<bool, RostersError> {
        let path = format!("{student}/teachers/{teacher}");
        let answer: Teaches = get_as(self.0.as_ref(), progress::NAME, &path, student)
            .await
            .map_err(|error| RostersError(error.to_string()))?;
        Ok(answer.teaches)
    }
}
