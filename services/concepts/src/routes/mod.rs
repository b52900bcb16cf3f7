//! The routes, one endpoint a file; what several of them read and say in `concept` and `asked`.

mod answers;
mod asked;
mod concept;
mod explain;
mod list;
mod path;
mod quiz;
mod validate;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Concepts;

/// All routes of this room, with their description.
pub(crate) fn routes() -> OpenApiRouter<Arc<Concepts>> {
    OpenApiRouter::new()
        .routes(routes!(list::handler))
        .routes(routes!(explain::handler))
        .routes(routes!(path::handler))
        .routes(routes!(validate::handler))
        .routes(routes!(quiz::handler))
        .routes(routes!(answers::handler))
        .route("/api/v1/concepts", axum::routing::get(list::handler))
}
