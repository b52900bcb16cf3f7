//! The routes, one endpoint a file.

mod analyze;
mod patterns;
mod suggestions;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Debug;

/// All routes of this room, with their description.
pub(crate) fn routes() -> OpenApiRouter<Arc<Debug>> {
    let routes = OpenApiRouter::new()
        .routes(routes!(analyze::handler))
        .routes(routes!(suggestions::handler))
        .routes(routes!(patterns::handler));
    OpenApiRouter::new().nest("/api/v1/debug", routes)
}
