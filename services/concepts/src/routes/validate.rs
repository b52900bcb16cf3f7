//! `POST /validate`: whether somebody is ready for a concept.

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

/// For what, and with what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ValidateRequest {
    concept: Concept,
    /// What is known already, with all that it builds on; at most 64.
    #[serde(default)]
    #[schema(max_items = 64)]
    known: Vec<Concept>,
}

/// Whether, and what first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ValidateAnswer {
    /// Every direct prerequisite is known.
    ready: bool,
    /// The direct prerequisites that are not.
    missing_prerequisites: Vec<Topic>,
    /// What to learn before the concept, in order. Empty where ready.
    recommended_order: Vec<Topic>,
}

/// Says whether somebody is ready for a concept
///
/// Over the whole curriculum. Knowing a concept covers what it builds on; who knows the concept itself is ready for it.
#[utoipa::path(
    post,
    path = "/api/v1/concepts/validate",
    operation_id = "validate_readiness",
    tag = "concepts",
    request_body = ValidateRequest,
    responses((status = 200, description = "Whether, and what first", body = ValidateAnswer), problem::Responses),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Concepts>>,
    _principal: Principal,
    JsonBody(request): JsonBody<ValidateRequest>,
) -> Result<Json<ValidateAnswer>, Problem> {
    let known = concept::known(&request.known)?;
    let concept = request.concept.0;
    let path = path::to(concept, &known, room.library.graph());
    let before = path.steps.into_iter().filter(|step| *step != concept).collect();
    Ok(Json(ValidateAnswer {
        ready: path.missing.is_empty(),
        missing_prerequisites: path.missing,
        recommended_order: before,
    }))
}
