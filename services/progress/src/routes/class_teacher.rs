//! `GET /classes/{class_id}/teachers/{teacher_id}`: a class's students, for the other agents.

use std::sync::Arc;

use auth::{Principal, Role, Rosters};
use axum::Json;
use axum::extract::State;
use contracts::{ClassId, StudentId, SubjectId};
use problem::{PathParams, Problem};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::Progress;

/// A class and perhaps its teacher.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct ClassTeacherPath {
    /// The class.
    class_id: ClassId,
    /// Who may be its owner.
    teacher_id: SubjectId,
}

/// The students of a teacher's class.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClassTeacherAnswer {
    class_id: ClassId,
    teacher_id: SubjectId,
    /// Ordered by id; null where there is no such class of this teacher's.
    students: Option<Vec<StudentId>>,
}

/// Says who is in a teacher's class
///
/// For other agents: rosters live here.
#[utoipa::path(
    get,
    path = "/classes/{class_id}/teachers/{teacher_id}",
    operation_id = "read_class_of_teacher",
    tag = "classes",
    params(ClassTeacherPath),
    responses((status = 200, description = "The students", body = ClassTeacherAnswer), problem::Responses),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Progress>>,
    principal: Principal,
    PathParams(ClassTeacherPath { class_id, teacher_id }): PathParams<ClassTeacherPath>,
) -> Result<Json<ClassTeacherAnswer>, Problem> {
    if principal.role != Role::Service {
        return Err(Problem::forbidden("only for other agents"));
    }
    let students = room.rosters.class(&teacher_id, &class_id).await;
    let students = students.map_err(|error| Problem::unavailable(1, error.to_string()))?;
    Ok(Json(ClassTeacherAnswer { class_id, teacher_id, students }))
}
