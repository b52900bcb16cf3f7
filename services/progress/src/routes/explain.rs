//! `GET /{student_id}/explain`: the events that moved a mastery, each with its contribution.

use std::sync::Arc;

use agent_core::mastery::{Fact, Mastery, ScoreName, State as Folded};
use auth::{Access, Principal};
use axum::Json;
use axum::extract::State;
use contracts::{Component, EventId, StudentId, SubjectId};
use ledger::{LedgerError, retry};
use problem::{Page, PageNumber, PathParams, PerPage, Problem, QueryParams};
use room::ledger_problem;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::StudentPath;
use super::answer::{Standing, Time};
use crate::Progress;
use crate::decide::moment;
use crate::decide::timeline::{Explaining, Span, Told, span};
use crate::views;
use crate::walk::{Walk, corrupt};

/// Of what, and which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExplainQuery {
    /// The component.
    component: Component,
    /// Which page, from 1.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1_000_000, default = 1)]
    page: PageNumber,
    /// How many events a page holds.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    per_page: PerPage,
}

/// An event and what it did.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExplainedEvent {
    event_id: EventId,
    occurred_at: Time,
    fact: Fact,
    /// Who said so, where it was no evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<SubjectId>,
    /// Mastery after the event minus mastery before it; negative where it lowered the mastery.
    #[schema(minimum = -1, maximum = 1)]
    contribution: f64,
    mastery_before: Mastery,
    mastery_after: Mastery,
    /// Which of the four scores it changed.
    changed: Vec<ScoreName>,
}

/// What a mastery stands on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExplainAnswer {
    student_id: StudentId,
    component: Component,
    #[serde(flatten)]
    standing: Standing,
    /// All events that count.
    events: u64,
    /// Newest first. The newest 1,792 events can be paged through; the export holds all.
    items: Vec<ExplainedEvent>,
    page: u32,
    per_page: u32,
    /// How many items there are on all pages: at most 1,792.
    total: u64,
}

impl From<Told> for ExplainedEvent {
    fn from(told: Told) -> Self {
        let contribution = told.step.contribution();
        Self {
            event_id: moment::event_id(told.step.moment),
            occurred_at: Time::of(told.step.moment),
            fact: told.fact,
            by: told.by,
            contribution,
            mastery_before: told.step.before,
            mastery_after: told.step.after,
            changed: told.step.changed,
        }
    }
}

/// Explains a mastery
///
/// Lists the events that the mastery stands on, newest first, each with what it contributed when it counted.
#[utoipa::path(
    get,
    path = "/{student_id}/explain",
    operation_id = "explain_mastery",
    tag = "progress",
    params(StudentPath, ExplainQuery),
    responses((status = 200, description = "The events", body = ExplainAnswer), problem::Responses),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Progress>>,
    principal: Principal,
    PathParams(StudentPath { student_id }): PathParams<StudentPath>,
    QueryParams(ExplainQuery { component, page, per_page }): QueryParams<ExplainQuery>,
) -> Result<Json<ExplainAnswer>, Problem> {
    Access::Learn.check(&principal, &student_id, &room.rosters).await?;
    let page = Page::new(page, per_page);
    let told = retry::on_conflict(retry::ATTEMPTS_MAX, || tell(&room, &student_id, &component, page));
    let (head, span, told) = told.await.map_err(|error| ledger_problem(&error))?;
    let items = page.answer(told.into_iter().map(Into::into).collect(), span.total);
    Ok(Json(ExplainAnswer {
        student_id,
        component,
        standing: head.scores().into(),
        events: head.accepted(),
        items: items.items,
        page: items.page,
        per_page: items.per_page,
        total: items.total,
    }))
}

async fn tell(
    room: &Progress,
    student_id: &StudentId,
    component: &Component,
    page: Page,
) -> Result<(Folded, Span, Vec<Told>), LedgerError> {
    let ledger = room.ports.ledger.as_ref();
    let Some((log, head)) = views::head(ledger, student_id, component).await? else {
        return Ok((Folded::default(), span(0, page.offset(), page.limit()), Vec::new()));
    };
    let span = span(head.state.accepted(), page.offset(), page.limit());
    let from = match head.checkpoint_up_to(span.skip) {
        Some(checkpoint) => views::checkpoint(ledger, &log, checkpoint.accepted).await?,
        None => Folded::default(),
    };
    let mut walk = Walk::after(ledger, &log, from.last());
    let mut explaining = Explaining::from(from, span);
    while !explaining.is_complete() {
        let Some(next) = walk.next().await? else { break };
        explaining.take(next).map_err(|error| corrupt(&log, &error))?;
    }
    Ok((head.state, span, explaining.newest_first()))
}
