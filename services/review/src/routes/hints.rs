//! `POST /hints`: nudges that lead to a finding without giving the answer away.

use agent_core::mastery::Level;
use auth::Principal;
use axum::Json;
use problem::{JsonBody, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::decide::{self, HINTS_MAX, Hint};
use crate::level;

/// A program to get nudges for.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = HintsRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// The program's text. A body is at most 1 MiB.
    code: String,
    /// How many, from 1 to 5.
    #[serde(default)]
    #[schema(value_type = u64, minimum = 1, maximum = 5, default = 3)]
    count: Count,
    /// The level to review for; beginner where absent.
    level: Option<Level>,
}

/// A number of hints, from 1 to [`HINTS_MAX`].
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "u64")]
struct Count(usize);

impl Default for Count {
    fn default() -> Self {
        Self(3)
    }
}

impl TryFrom<u64> for Count {
    type Error = String;

    fn try_from(count: u64) -> Result<Self, String> {
        usize::try_from(count)
            .ok()
            .filter(|count| (1..=HINTS_MAX).contains(count))
            .map(Self)
            .ok_or_else(|| format!("must be from 1 to {HINTS_MAX}"))
    }
}

/// Nudges, in the order in which they help.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HintsAnswer)]
pub(crate) struct Answer {
    /// As many as asked for, if there is so much to say; at least one.
    hints: Vec<Hint>,
}

/// Gives hints without the answer
///
/// The first hint names the subject, the next the place, the one after the reason. Nothing is recorded.
#[utoipa::path(
    post,
    path = "/hints",
    operation_id = "hint_at_findings",
    tag = "review",
    request_body = Request,
    responses((status = 200, description = "The hints", body = Answer), problem::Responses),
)]
pub(crate) async fn handler(
    _: Principal,
    JsonBody(request): JsonBody<Request>,
) -> Result<Json<Answer>, Problem> {
    let Request { code, count: Count(count), level } = request;
    let level = level.unwrap_or(level::UNKNOWN);
    let hints = room::compute::run(code.len(), move || decide::hints(&code, count, level)).await?;
    Ok(Json(Answer { hints }))
}
