//! The routes, one endpoint a file.

mod alert;
mod alert_close;
mod alert_stream;
mod alerts;
mod answer;
mod class;
mod class_mastery;
mod class_put;
mod class_targets;
mod class_teacher;
mod erase;
mod explain;
mod export;
mod history;
mod scores;
mod student;
mod teaches;

use std::sync::Arc;

use contracts::{ClassId, StudentId};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Progress;

/// A student in a path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct StudentPath {
    /// The student.
    student_id: StudentId,
}

/// A class in a path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct ClassPath {
    /// The class.
    class_id: ClassId,
}

/// All routes of this room, with their description.
pub(crate) fn routes() -> OpenApiRouter<Arc<Progress>> {
    let routes = OpenApiRouter::new()
        .routes(routes!(scores::handler, student::handler, erase::handler))
        .routes(routes!(history::handler))
        .routes(routes!(explain::handler))
        .routes(routes!(export::handler))
        .routes(routes!(teaches::handler))
        .routes(routes!(class_put::handler, class::handler))
        .routes(routes!(class_mastery::handler))
        .routes(routes!(class_targets::handler))
        .routes(routes!(class_teacher::handler))
        .routes(routes!(alerts::handler))
        .routes(routes!(alert_close::handler));
    OpenApiRouter::new().nest("/api/v1/progress", routes)
}
