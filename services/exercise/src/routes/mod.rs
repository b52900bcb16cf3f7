//! The routes, one endpoint a file; what several of them read and say in `topic`, `given` and `shown`.

mod assign;
mod assignment;
mod assignments;
mod difficulty;
mod generate;
mod given;
mod hints;
mod read;
mod shown;
mod topic;
mod verify;

use std::sync::Arc;

use problem::Problem;
use sandbox::SandboxError;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Exercises;

/// All routes of this room, with their description.
pub(crate) fn routes() -> OpenApiRouter<Arc<Exercises>> {
    let routes = OpenApiRouter::new()
        .routes(routes!(generate::handler))
        .routes(routes!(read::handler))
        .routes(routes!(verify::handler))
        .routes(routes!(hints::handler))
        .routes(routes!(difficulty::handler))
        .routes(routes!(assign::handler, assignments::handler))
        .routes(routes!(assignment::handler));
    OpenApiRouter::new().nest("/api/v1/exercise", routes)
}

/// When to try again where no sandbox can be started, in seconds.
const SANDBOX_RETRY_AFTER_S: u32 = 5;

/// A job that was not run, as an answer: 503 with the time to try again.
pub(crate) fn sandbox_refusal(error: &SandboxError) -> Problem {
    let retry_after_s = match error {
        SandboxError::Busy { retry_after_s } => *retry_after_s,
        SandboxError::Unavailable(_) => SANDBOX_RETRY_AFTER_S,
    };
    Problem::unavailable(retry_after_s.into(), error.to_string())
}
