//! `POST /feedback`: what got better and what got worse, in words.

use agent_core::mastery::Level;
use auth::Principal;
use axum::Json;
use problem::{JsonBody, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::decide::{self, Feedback};
use crate::level;

/// A program, and the version before it.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = FeedbackRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// The program's text now. A body is at most 1 MiB.
    code: String,
    /// The program's text before.
    previous_code: Option<String>,
    /// The level to review for; beginner where absent.
    level: Option<Level>,
}

/// Says what changed since the version before
///
/// Nothing is recorded. Without a version before, the answer says what is well done and what is to be mended.
#[utoipa::path(
    post,
    path = "/feedback",
    operation_id = "follow_revision",
    tag = "review",
    request_body = Request,
    responses((status = 200, description = "The feedback", body = Feedback), problem::Responses),
)]
pub(crate) async fn handler(
    _: Principal,
    JsonBody(request): JsonBody<Request>,
) -> Result<Json<Feedback>, Problem> {
    let Request { code, previous_code, level } = request;
    let level = level.unwrap_or(level::UNKNOWN);
    let size_bytes = code.len() + previous_code.as_ref().map_or(0, String::len);
    let work = move || decide::feedback(&code, previous_code.as_deref(), level);
    room::compute::run(size_bytes, work).await.map(Json)
}
