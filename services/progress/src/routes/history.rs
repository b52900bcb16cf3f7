//! `GET /{student_id}/history`: how a student's mastery went, day by day.

use std::sync::Arc;

use agent_core::mastery::{OutOfOrder, State as Folded};
use auth::{Access, Principal};
use axum::Json;
use axum::extract::State;
use contracts::{Component, StudentId};
use ledger::{LedgerError, retry};
use problem::{PathParams, Problem, QueryParams};
use room::ledger_problem;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::StudentPath;
use super::answer::Standing;
use crate::Progress;
use crate::decide::timeline::{self, Day, Days};
use crate::views;
use crate::walk::{Walk, corrupt};

/// The most days that can be asked for.
const DAYS_MAX: u32 = 365;

/// How many days back, today among them.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "u32")]
struct DayCount(u32);

impl TryFrom<u32> for DayCount {
    type Error = String;
    fn try_from(days: u32) -> Result<Self, String> {
        if (1..=DAYS_MAX).contains(&days) { Ok(Self(days)) } else { Err(format!("must be 1 to {DAYS_MAX}")) }
    }
}

impl Default for DayCount {
    fn default() -> Self {
        Self(7)
    }
}

/// Of what, and how far back.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HistoryQuery {
    /// The component.
    component: Component,
    /// How many days back, today among them. Days are UTC.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 365, default = 7)]
    days: DayCount,
}

/// The end of a day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryPoint {
    /// The day, in UTC.
    #[schema(value_type = String, format = Date)]
    date: jiff::civil::Date,
    #[serde(flatten)]
    standing: Standing,
    /// Events of that day.
    events: u64,
}

/// How the mastery went.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryAnswer {
    student_id: StudentId,
    component: Component,
    #[schema(value_type = u32)]
    days: DayCount,
    /// The end of each day on which something happened, oldest first.
    points: Vec<HistoryPoint>,
    /// Whether the oldest days are missing: at most the newest 2,048 events or so are told.
    truncated: bool,
}

/// Reads a student's history
///
/// One point for each day with an event: where the student stood after the day's last one.
#[utoipa::path(
    get,
    path = "/{student_id}/history",
    operation_id = "read_history",
    tag = "progress",
    params(StudentPath, HistoryQuery),
    responses((status = 200, description = "The days", body = HistoryAnswer), problem::Responses),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Progress>>,
    principal: Principal,
    PathParams(StudentPath { student_id }): PathParams<StudentPath>,
    QueryParams(query): QueryParams<HistoryQuery>,
) -> Result<Json<HistoryAnswer>, Problem> {
    Access::Learn.check(&principal, &student_id, &room.rosters).await?;
    let first_day = timeline::day_of(room.ports.clock.now()) - i64::from(query.days.0) + 1;
    let told =
        retry::on_conflict(retry::ATTEMPTS_MAX, || tell(&room, &student_id, &query.component, first_day));
    let (points, truncated) = told.await.map_err(|error| ledger_problem(&error))?;
    Ok(Json(HistoryAnswer { student_id, component: query.component, days: query.days, points, truncated }))
}

async fn tell(
    room: &Progress,
    student_id: &StudentId,
    component: &Component,
    first_day: i64,
) -> Result<(Vec<HistoryPoint>, bool), LedgerError> {
    let ledger = room.ports.ledger.as_ref();
    let Some((log, head)) = views::head(ledger, student_id, component).await? else {
        return Ok((Vec::new(), false));
    };
    let start = head.start_of_day(first_day);
    let from = match start.checkpoint {
        Some(checkpoint) => views::checkpoint(ledger, &log, checkpoint.accepted).await?,
        None => Folded::default(),
    };
    let mut walk = Walk::after(ledger, &log, from.last());
    let mut days = Days::from(from, first_day);
    while let Some(next) = walk.next().await? {
        days.take(&next.event).map_err(|error: OutOfOrder| corrupt(&log, &error))?;
    }
    Ok((days.finish().into_iter().map(point).collect(), start.is_late))
}

fn point((day, Day { scored, events }): (i64, Day)) -> HistoryPoint {
    HistoryPoint { date: timeline::date_of(day), standing: scored.into(), events }
}
