//! `POST /path`: what to learn, in which order, to reach a concept.

use std::sync::Arc;

use agent_core::curriculum::Topic;
use auth::Principal;
use axum::Json;
use axum::extract::State;
use problem::{JsonBody, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::concept::{self, Concept};
use crate::Concepts;
use crate::decide::path;

/// Where to, and from where.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PathRequest {
    target: Concept,
    /// What is known already, with all that it builds on; at most 64.
    #[serde(default)]
    #[schema(max_items = 64)]
    known: Vec<Concept>,
}

/// The way.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PathAnswer {
    /// What is left to learn, the target last, each behind all that it builds on. Empty where the target is known.
    path: Vec<Topic>,
    /// The direct prerequisites of the target that are not known.
    missing_prerequisites: Vec<Topic>,
}

/// Plans the way to a concept
///
/// Over the whole curriculum. Knowing a concept covers what it builds on.
#[utoipa::path(
    post,
    path = "/api/v1/concepts/path",
    operation_id = "plan_path",
    tag = "concepts",
    request_body = PathRequest,
    responses((status = 200, description = "The way", body = PathAnswer), problem::Responses),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Concepts>>,
    _principal: Principal,
    JsonBody(request): JsonBody<PathRequest>,
) -> Result<Json<PathAnswer>, Problem> {
    let known = concept::known(&request.known)?;
    let path = path::to(request.target.0, &known, room.library.graph());
    Ok(Json(PathAnswer { path: path.steps, missing_prerequisites: path.missing }))
}
