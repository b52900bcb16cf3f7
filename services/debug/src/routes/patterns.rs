//! `GET /patterns`: the kinds of error that a student meets.

use std::sync::Arc;

use auth::{Principal, subject_student};
use axum::Json;
use axum::extract::State;
use contracts::StudentId;
use problem::{Problem, QueryParams};
use room::ledger_problem;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::Debug;
use crate::decide::patterns::Pattern;
use crate::views;

/// Whose patterns.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Request {
    /// The student; a student's own where absent.
    student_id: Option<StudentId>,
}

/// A student's patterns.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PatternsAnswer)]
pub(crate) struct Answer {
    student_id: StudentId,
    /// Submissions that did not parse.
    broken_submissions: u64,
    /// Most frequent first.
    patterns: Vec<Pattern>,
}

/// Lists a student's patterns
///
/// Counted are submissions that held a kind of error, most frequent first.
#[utoipa::path(
    get,
    path = "/patterns",
    operation_id = "read_patterns",
    tag = "debug",
    params(Request),
    responses((status = 200, description = "The patterns", body = Answer), problem::Responses),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Debug>>,
    principal: Principal,
    QueryParams(request): QueryParams<Request>,
) -> Result<Json<Answer>, Problem> {
    let student_id = subject_student(&principal, request.student_id, room.ports.rosters.as_ref())
        .await?
        .ok_or_else(|| Problem::field("student_id", "is needed: you are no student yourself"))?;
    let tally = views::tally(&room.ports, &student_id).await.map_err(|error| ledger_problem(&error))?;
    Ok(Json(Answer {
        student_id,
        broken_submissions: tally.broken_submissions(),
        patterns: tally.patterns(),
    }))
}
