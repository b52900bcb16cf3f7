//! `GET /alerts`: who of a class struggles, as a page or as a stream of what happens from now on.

use std::collections::BTreeSet;
use std::sync::Arc;

use auth::{Principal, Role};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contracts::{ClassId, StudentId};
use http::HeaderMap;
use http::header::ACCEPT;
use problem::{Page, PageNumber, PerPage, Problem, QueryParams};
use room::ledger_problem;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::alert::AlertAnswer;
use super::alert_stream;
use super::class::own_roster;
use crate::Progress;
use crate::alerts::{feed, kept};
use crate::views;

/// Whether an alert goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AlertState {
    Open,
    Closed,
}

/// Of which class, which alerts, and which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AlertsQuery {
    /// The class.
    class_id: ClassId,
    /// Only alerts of this state. A stream passes it over.
    #[param(inline)]
    state: Option<AlertState>,
    /// Which page, from 1. A stream passes it over.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1_000_000, default = 1)]
    page: Option<PageNumber>,
    /// How many alerts a page holds. A stream passes it over.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    per_page: Option<PerPage>,
}

/// Alerts of a class.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AlertsAnswer {
    class_id: ClassId,
    /// The newest first.
    items: Vec<AlertAnswer>,
    page: u32,
    per_page: u32,
    /// Alerts on all pages.
    total: u64,
    /// Send this as the header Last-Event-ID to hear what happens after this page was read.
    last_event_id: u64,
}

/// Lists a class's alerts
///
/// For the class's teacher, and for operators. With `Accept: text/event-stream` the answer does not end: each alert that is
/// opened or closed from now on, or after the header Last-Event-ID, comes as an event `alert.opened` or `alert.closed` whose
/// data is the alert as it stands then. A stream ends within the hour, and where its reader is too slow: begin again with
/// the last id.
#[utoipa::path(
    get,
    path = "/alerts",
    operation_id = "list_alerts",
    tag = "alerts",
    params(AlertsQuery),
    responses(
        (status = 200, description = "The alerts, or their stream",
            content((AlertsAnswer = "application/json"), (String = "text/event-stream"))),
        problem::Responses,
    ),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Progress>>,
    principal: Principal,
    headers: HeaderMap,
    QueryParams(query): QueryParams<AlertsQuery>,
) -> Result<Response, Problem> {
    let students = students(&room, &principal, &query.class_id).await?;
    let last_heard = alert_stream::last_event_id(&headers)?;
    if wants_events(&headers) {
        return alert_stream::answer(room, principal, query.class_id, last_heard).await;
    }
    let ledger = room.ports.ledger.as_ref();
    // The number first: what is told in between comes twice rather than never.
    let last_event_id = feed::last_number(ledger).await.map_err(|error| ledger_problem(&error))?;
    let students: Vec<StudentId> = students.into_iter().collect();
    let only_open = query.state == Some(AlertState::Open);
    let kept = kept::of_students(ledger, &students, only_open).await;
    let mut kept = kept.map_err(|error| ledger_problem(&error))?;
    kept.retain(|alert| alert.told.opened.is_some());
    if query.state == Some(AlertState::Closed) {
        kept.retain(|alert| !alert.is_open());
    }
    kept.sort_by_key(|alert| std::cmp::Reverse(alert.told.opened));
    let page = Page::new(query.page.unwrap_or_default(), query.per_page.unwrap_or_default()).of(kept);
    Ok(Json(AlertsAnswer {
        class_id: query.class_id,
        items: page.items.into_iter().map(AlertAnswer::from).collect(),
        page: page.page,
        per_page: page.per_page,
        total: page.total,
        last_event_id,
    })
    .into_response())
}

/// The students of a class, for its teacher and for operators.
pub(crate) async fn students(
    room: &Progress,
    principal: &Principal,
    class_id: &ClassId,
) -> Result<BTreeSet<StudentId>, Problem> {
    if principal.role != Role::Operator {
        return own_roster(room, principal, class_id).await.map(|(_, students)| students);
    }
    let ledger = room.ports.ledger.as_ref();
    let class = views::class(ledger, class_id).await.map_err(|error| ledger_problem(&error))?;
    class.ok_or_else(|| Problem::not_found("there is no such class"))?;
    views::students_of(ledger, class_id).await.map_err(|error| ledger_problem(&error))
}

fn wants_events(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut kinds = accepted.flat_map(|value| value.split(','));
    kinds.any(|kind| {
        kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("text/event-stream"))
    })
}
