//! `GET /assignments/{assignment_id}`: an assignment with the result of each student.

use std::sync::Arc;

use auth::{Principal, Role};
use axum::Json;
use axum::extract::State;
use contracts::EventId;
use problem::{Page, Paged, PathParams, Problem, QueryParams};
use room::ledger_problem;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::assignments::{AssignmentItem, ResultAnswer};
use crate::Exercises;
use crate::store::assignment;

/// An assignment in a path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct AssignmentPath {
    /// The assignment.
    assignment_id: EventId,
}

/// An assignment and its results.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AssignmentAnswer {
    assignment: AssignmentItem,
    /// How many students are done.
    done: u64,
    /// Ordered by student. A student who was erased is not among them.
    results: Paged<ResultAnswer>,
}

/// Reads an assignment's results
#[utoipa::path(
    get,
    path = "/assignments/{assignment_id}",
    operation_id = "read_assignment",
    tag = "assignments",
    params(AssignmentPath, Page),
    responses((status = 200, description = "The results", body = AssignmentAnswer), problem::Responses),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Exercises>>,
    principal: Principal,
    PathParams(AssignmentPath { assignment_id }): PathParams<AssignmentPath>,
    QueryParams(page): QueryParams<Page>,
) -> Result<Json<AssignmentAnswer>, Problem> {
    if principal.role != Role::Teacher {
        return Err(Problem::forbidden("results are the teacher's own"));
    }
    let ledger = room.ports.ledger.as_ref();
    let found = assignment::find(ledger, assignment_id).await.map_err(|error| ledger_problem(&error))?;
    let assignment = found
        .filter(|assignment| assignment.maker == principal.subject)
        .ok_or_else(|| Problem::not_found("there is no such assignment of yours"))?;
    let parts = assignment::parts(ledger, assignment_id).await.map_err(|error| ledger_problem(&error))?;
    let done = parts.iter().filter(|part| part.is_done()).count() as u64;
    let results = page.of(parts.iter().map(ResultAnswer::from).collect());
    Ok(Json(AssignmentAnswer { assignment: AssignmentItem::of(assignment), done, results }))
}
