//! The routes, one endpoint a file.

mod compare;
mod feedback;
mod hints;
mod quality;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ports::Ports;

/// All routes of this room, with their description.
pub(crate) fn routes() -> OpenApiRouter<Arc<Ports>> {
    let routes = OpenApiRouter::new()
        .routes(routes!(quality::handler))
        .routes(routes!(feedback::handler))
        .routes(routes!(hints::handler))
        .routes(routes!(compare::handler));
    OpenApiRouter::new().nest("/api/v1/review", routes)
}
