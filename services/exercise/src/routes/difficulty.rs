//! `POST /difficulty`: how hard the next exercise of a topic should be, and why.

use std::sync::Arc;

use auth::{Principal, subject_student};
use axum::Json;
use axum::extract::State;
use contracts::StudentId;
use problem::{JsonBody, Problem as Refusal};
use room::ledger_problem;
use serde::Deserialize;
use utoipa::ToSchema;

use super::topic::Taught;
use crate::Exercises;
use crate::decide::adapt::{Recommendation, recommend};
use crate::store::learner;

/// Of what, for whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DifficultyRequest {
    topic: Taught,
    /// A student's own id where absent.
    student_id: Option<StudentId>,
}

/// Recommends a difficulty
///
/// From the mastery that Progress knows, moved one step by the latest first answers.
#[utoipa::path(
    post,
    path = "/difficulty",
    operation_id = "recommend_difficulty",
    tag = "exercise",
    request_body = DifficultyRequest,
    responses((status = 200, description = "The recommendation", body = Recommendation), problem::Responses),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Exercises>>,
    principal: Principal,
    JsonBody(request): JsonBody<DifficultyRequest>,
) -> Result<Json<Recommendation>, Refusal> {
    let ports = &room.ports;
    let student = subject_student(&principal, request.student_id, ports.rosters.as_ref())
        .await?
        .ok_or_else(|| Refusal::field("student_id", "is needed: you are no student yourself"))?;
    let topic = room.taught(request.topic)?;
    let standing = ports.standings.standing(&student, topic.slug()).await;
    let found = learner::find(ports.ledger.as_ref(), &student).await;
    let (_, learner) = found.map_err(|error| ledger_problem(&error))?;
    Ok(Json(recommend(standing.mastery(), &learner.history.topic(topic))))
}
