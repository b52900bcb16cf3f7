//! `POST /alerts/{alert_id}/close`: a teacher has seen to it.

use std::sync::Arc;

use auth::{Principal, Role, Rosters};
use axum::Json;
use axum::extract::State;
use contracts::EventId;
use problem::{JsonBody, PathParams, Problem};
use room::ledger_problem;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::alert::AlertAnswer;
use crate::Progress;
use crate::alerts::kept;

/// The longest note, in characters.
const NOTE_MAX_CHARS: usize = 500;

/// An alert in a path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct AlertPath {
    /// The alert.
    alert_id: EventId,
}

/// What there is to say of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CloseRequest {
    /// What was done, for whoever reads it later: at most 500 characters, none of them a control character.
    #[schema(max_length = 500, pattern = r"^[^\x00-\x1f\x7f-\x9f]*$")]
    note: Option<String>,
}

impl CloseRequest {
    fn check(&self) -> Result<(), Problem> {
        let note = self.note.as_deref().unwrap_or_default();
        if note.chars().count() > NOTE_MAX_CHARS {
            return Err(Problem::field("note", format!("must have at most {NOTE_MAX_CHARS} characters")));
        }
        if note.contains(char::is_control) {
            return Err(Problem::field("note", "must not hold a control character"));
        }
        Ok(())
    }
}

/// Closes an alert
///
/// For the student's teachers. An alert that is closed already stays as it ended, and is the answer.
#[utoipa::path(
    post,
    path = "/alerts/{alert_id}/close",
    operation_id = "close_alert",
    tag = "alerts",
    params(AlertPath),
    request_body = CloseRequest,
    responses((status = 200, description = "The alert", body = AlertAnswer), problem::Responses),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Progress>>,
    principal: Principal,
    PathParams(AlertPath { alert_id }): PathParams<AlertPath>,
    JsonBody(request): JsonBody<CloseRequest>,
) -> Result<Json<AlertAnswer>, Problem> {
    if principal.role != Role::Teacher {
        return Err(Problem::forbidden("alerts are closed by the student's teachers"));
    }
    request.check()?;
    let kept = theirs(&room, &principal, alert_id).await?;
    if kept.is_open() {
        room.alerts.close(&kept, &principal.subject, request.note.as_deref()).await?;
    }
    theirs(&room, &principal, alert_id).await.map(|kept| Json(kept.into()))
}

/// The alert, where it is about a student of the teacher's. To others it does not exist.
async fn theirs(room: &Progress, principal: &Principal, alert_id: EventId) -> Result<kept::Kept, Problem> {
    let nothing = || Problem::not_found("there is no such alert of your students");
    let found = kept::alert(room.ports.ledger.as_ref(), alert_id).await;
    let (_, kept) = found.map_err(|error| ledger_problem(&error))?.ok_or_else(nothing)?;
    let teaches = room.rosters.teaches(&principal.subject, &kept.student_id).await;
    let teaches = teaches.map_err(|error| Problem::unavailable(1, error.to_string()))?;
    if teaches { Ok(kept) } else { Err(nothing()) }
}
