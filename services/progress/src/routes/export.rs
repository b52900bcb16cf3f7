//! `GET /{student_id}/export`: all that this room keeps about a student.

use std::sync::Arc;

use auth::{Access, Principal};
use axum::Json;
use axum::extract::State;
use contracts::StudentId;
use ledger::{Exported, LedgerError};
use problem::{PathParams, Problem};
use room::ledger_problem;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::StudentPath;
use super::answer::Time;
use crate::Progress;
use crate::views;

/// Something that is kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExportItem {
    /// The log, or the kind of document.
    place: String,
    /// The event, or the document's key.
    key: String,
    /// What is kept.
    #[schema(value_type = Object)]
    body: Value,
}

/// All that is kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExportAnswer {
    student_id: StudentId,
    exported_at: Time,
    /// Logs first, each in the order of its events, then documents.
    items: Vec<ExportItem>,
}

/// Exports a student's data
#[utoipa::path(
    get,
    path = "/{student_id}/export",
    operation_id = "export_student",
    tag = "progress",
    params(StudentPath),
    responses((status = 200, description = "All that is kept", body = ExportAnswer), problem::Responses),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Progress>>,
    principal: Principal,
    PathParams(StudentPath { student_id }): PathParams<StudentPath>,
) -> Result<Json<ExportAnswer>, Problem> {
    Access::Export.check(&principal, &student_id, &room.rosters).await?;
    let items = collect(&room, &student_id).await.map_err(|error| ledger_problem(&error))?;
    Ok(Json(ExportAnswer { student_id, exported_at: Time(room.ports.clock.now()), items }))
}

async fn collect(room: &Progress, student_id: &StudentId) -> Result<Vec<ExportItem>, LedgerError> {
    let ledger = room.ports.ledger.as_ref();
    let kept = ledger.export(student_id).await?;
    // This document is no subject's for the ledger: see `views::Student`.
    let (own, _) = views::student(ledger, student_id).await?;
    let own = own.map(|document| Exported {
        place: views::STUDENT.name.to_owned(),
        key: document.key,
        body: document.body,
    });
    kept.into_iter().chain(own).map(item).collect()
}

fn item(exported: Exported) -> Result<ExportItem, LedgerError> {
    let Exported { place, key, body } = exported;
    let body = serde_json::from_slice(&body)
        .map_err(|error| LedgerError::Corrupt(format!("{place} {key}: {error}")))?;
    Ok(ExportItem { place, key, body })
}
