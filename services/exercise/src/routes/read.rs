//! `GET /problems/{problem_id}`: a problem that the student was given, or that was made ready for the student.

use std::sync::Arc;

use auth::{Principal, Role};
use axum::Json;
use axum::extract::State;
use contracts::ProblemId;
use problem::{PathParams, Problem as Refusal};
use room::EventHeaders;
use serde::Deserialize;
use utoipa::IntoParams;

use super::given::refused;
use super::shown::ProblemAnswer;
use crate::Exercises;
use crate::outbox::Cause;
use crate::store::learner;

/// A problem in a path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct ProblemPath {
    /// The problem.
    problem_id: ProblemId,
}

/// Shows a problem again
///
/// Without its solution. Where it was only made ready, the student opens it with this.
#[utoipa::path(
    get,
    path = "/problems/{problem_id}",
    operation_id = "read_problem",
    tag = "exercise",
    params(ProblemPath),
    responses((status = 200, description = "The problem", body = ProblemAnswer), problem::Responses),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Exercises>>,
    principal: Principal,
    EventHeaders(headers): EventHeaders,
    PathParams(ProblemPath { problem_id }): PathParams<ProblemPath>,
) -> Result<Json<ProblemAnswer>, Refusal> {
    let mut problem = room.given(&principal, &problem_id).await?;
    if principal.role == Role::Student && problem.opened_at.is_none() {
        let (ports, at) = (&room.ports, room.ports.clock.now());
        problem = learner::touch(ports.ledger.as_ref(), &problem_id, |problem| {
            if problem.opened_at.is_some() {
                return None;
            }
            problem.opened_at = Some(at);
            let (student, topic) = (problem.student_id.clone(), problem.exercise.name.topic);
            let cause = Cause { student: &student, topic, at, headers: &headers, ids: ports.ids.as_ref() };
            Some(cause.opened(problem).into_iter().collect())
        })
        .await
        .map_err(|error| refused(&error))?;
    }
    Ok(Json(problem.into()))
}
