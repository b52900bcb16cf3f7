//! `GET /{student_id}/teachers/{teacher_id}`: whether somebody teaches a student, for the other agents.

use std::sync::Arc;

use auth::{Access, Principal, Role, Rosters};
use axum::Json;
use axum::extract::State;
use contracts::{StudentId, SubjectId};
use problem::{PathParams, Problem};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::Progress;

/// A student and perhaps a teacher.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct TeachesPath {
    /// The student.
    student_id: StudentId,
    /// Who may be the student's teacher.
    teacher_id: SubjectId,
}

/// Whether one teaches the other.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TeachesAnswer {
    student_id: StudentId,
    teacher_id: SubjectId,
    /// Whether the student is in a class that the teacher owns.
    teaches: bool,
}

/// Says whether somebody teaches a student
///
/// For other agents, on behalf of the student: rosters live here.
#[utoipa::path(
    get,
    path = "/{student_id}/teachers/{teacher_id}",
    operation_id = "read_teaches",
    tag = "progress",
    params(TeachesPath),
    responses((status = 200, description = "Yes or no", body = TeachesAnswer), problem::Responses),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Progress>>,
    principal: Principal,
    PathParams(TeachesPath { student_id, teacher_id }): PathParams<TeachesPath>,
) -> Result<Json<TeachesAnswer>, Problem> {
    if principal.role != Role::Service {
        return Err(Problem::forbidden("only for other agents"));
    }
    Access::Learn.check(&principal, &student_id, &room.rosters).await?;
    let teaches = room.rosters.teaches(&teacher_id, &student_id).await;
    let teaches = teaches.map_err(|error| Problem::unavailable(1, error.to_string()))?;
    Ok(Json(TeachesAnswer { student_id, teacher_id, teaches }))
}
