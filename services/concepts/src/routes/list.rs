//! `GET /`: what there is to learn.

use std::sync::Arc;

use agent_core::curriculum::{Module, Topic};
use auth::Principal;
use axum::Json;
use axum::extract::State;
use problem::{Page, Paged, Problem, QueryParams};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Concepts;

/// A concept of the curriculum.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConceptLine {
    /// Its slug: `concept` in the other requests.
    concept: Topic,
    title: &'static str,
    module: Module,
    /// What it is, in a sentence; null where no lesson is written yet.
    summary: Option<String>,
    /// What it builds on directly.
    prerequisites: Vec<Topic>,
    /// Whether it can be explained and asked about.
    has_lesson: bool,
}

/// Lists the concepts of the curriculum
///
/// All of them, in teaching order; the ones without a lesson can be planned for (`/path`), not explained yet.
#[utoipa::path(
    get,
    path = "/api/v1/concepts/",
    operation_id = "list_concepts",
    tag = "concepts",
    params(Page),
    responses((status = 200, description = "The concepts", body = Paged<ConceptLine>), problem::Responses),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Concepts>>,
    _principal: Principal,
    QueryParams(page): QueryParams<Page>,
) -> Result<Json<Paged<ConceptLine>>, Problem> {
    let lines = Topic::all().iter().map(|topic| {
        let lesson = room.library.lesson(*topic);
        ConceptLine {
            concept: *topic,
            title: topic.title(),
            module: topic.module(),
            summary: lesson.map(|lesson| lesson.summary.clone()),
            prerequisites: room.library.graph().prerequisites(*topic).to_vec(),
            has_lesson: lesson.is_some(),
        }
    });
    Ok(Json(page.of(lines.collect())))
}
