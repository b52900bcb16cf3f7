//! `GET /{student_id}`: where a student stands.

use std::collections::BTreeMap;
use std::sync::Arc;

use agent_core::mastery::{Level, Mastery, Target};
use auth::{Access, Principal};
use axum::Json;
use axum::extract::State;
use contracts::StudentId;
use problem::{PathParams, Problem};
use room::ledger_problem;
use serde::Serialize;
use utoipa::ToSchema;

use super::StudentPath;
use super::answer::{Standing, Time};
use crate::Progress;
use crate::decide::head::Head;
use crate::views;

/// Where a student stands in a component.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ComponentStanding {
    #[serde(flatten)]
    standing: Standing,
    /// Distinct problems that make the component complete.
    target: Target,
    /// Events that count.
    events: u64,
    /// When the last of them occurred.
    last_updated: Option<Time>,
}

/// Where a student stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StudentAnswer {
    student_id: StudentId,
    /// Each component of which something is known, by its slug; at most 200.
    components: BTreeMap<String, ComponentStanding>,
    /// The mean over the components; null where nothing is known.
    overall_mastery: Option<Mastery>,
    /// The band of the overall mastery.
    level: Option<Level>,
    /// When the last event of all occurred.
    last_updated: Option<Time>,
}

impl From<&Head> for ComponentStanding {
    fn from(head: &Head) -> Self {
        Self {
            standing: head.state.scores().into(),
            target: head.state.target(),
            events: head.state.accepted(),
            last_updated: head.state.last().map(Time::of),
        }
    }
}

/// Reads a student's mastery
///
/// A student of whom nothing is known has no components.
#[utoipa::path(
    get,
    path = "/{student_id}",
    operation_id = "read_student",
    tag = "progress",
    params(StudentPath),
    responses((status = 200, description = "Where the student stands", body = StudentAnswer), problem::Responses),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Progress>>,
    principal: Principal,
    PathParams(StudentPath { student_id }): PathParams<StudentPath>,
) -> Result<Json<StudentAnswer>, Problem> {
    Access::Learn.check(&principal, &student_id, &room.rosters).await?;
    let heads = views::heads(room.ports.ledger.as_ref(), &student_id)
        .await
        .map_err(|error| ledger_problem(&error))?;
    // A target alone is no evidence: such a component is not tracked yet.
    let tracked: Vec<&Head> = heads.iter().filter(|head| head.state.scores().has_evidence.any()).collect();
    let overall_mastery = Mastery::mean(tracked.iter().map(|head| head.state.mastery()));
    Ok(Json(StudentAnswer {
        student_id,
        components: tracked.iter().map(|head| (head.component.to_string(), (*head).into())).collect(),
        overall_mastery,
        level: overall_mastery.map(Mastery::level),
        last_updated: tracked.iter().filter_map(|head| head.state.last()).max().map(Time::of),
    }))
}
