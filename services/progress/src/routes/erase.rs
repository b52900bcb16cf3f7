//! `DELETE /{student_id}`: forgets a student.

use std::sync::Arc;

use auth::{Access, Principal};
use axum::Json;
use axum::extract::State;
use contracts::{EventId, StudentId};
use problem::{PathParams, Problem};
use room::EventHeaders;
use serde::Serialize;
use utoipa::ToSchema;

use super::StudentPath;
use super::answer::Time;
use crate::Progress;
use crate::journal::Erased;

/// The erasure.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErasedAnswer {
    student_id: StudentId,
    /// What happened up to this moment is void, whenever it comes.
    erased_at: Time,
    /// The event that tells the other agents.
    event_id: EventId,
}

/// Erases a student
///
/// Deletes logs, states, keys and places in classes, here and in every other agent. Kept is only that and when it
/// happened, so that late events stay void. May be repeated.
#[utoipa::path(
    delete,
    path = "/{student_id}",
    operation_id = "erase_student",
    tag = "progress",
    params(StudentPath),
    responses((status = 200, description = "It is done", body = ErasedAnswer), problem::Responses),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Progress>>,
    principal: Principal,
    EventHeaders(headers): EventHeaders,
    PathParams(StudentPath { student_id }): PathParams<StudentPath>,
) -> Result<Json<ErasedAnswer>, Problem> {
    Access::Erase.check(&principal, &student_id, &room.rosters).await?;
    let erased = room.journal.erase(student_id.clone(), headers).await;
    room.rosters.forget();
    let Erased { event_id, erased_at } = erased?;
    Ok(Json(ErasedAnswer { student_id, erased_at: Time(erased_at), event_id }))
}
