//! `POST /compare`: two programs side by side, in figures.

use agent_core::mastery::Level;
use auth::Principal;
use axum::Json;
use problem::{JsonBody, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::decide::{self, Comparison};
use crate::level;

/// Two programs.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = CompareRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// The first program's text. A body is at most 1 MiB.
    code: String,
    /// The other program's text.
    other: String,
    /// The level to review for; beginner where absent.
    level: Option<Level>,
}

/// Compares two programs
///
/// Scores, findings that only one of them has, size and branching of both, functions that came and went. Nothing is
/// recorded.
#[utoipa::path(
    post,
    path = "/compare",
    operation_id = "compare_programs",
    tag = "review",
    request_body = Request,
    responses((status = 200, description = "The comparison", body = Comparison), problem::Responses),
)]
pub(crate) async fn handler(
    _: Principal,
    JsonBody(request): JsonBody<Request>,
) -> Result<Json<Comparison>, Problem> {
    let Request { code, other, level } = request;
    let level = level.unwrap_or(level::UNKNOWN);
    let size_bytes = code.len() + other.len();
    room::compute::run(size_bytes, move || decide::compare(&code, &other, level)).await.map(Json)
}
