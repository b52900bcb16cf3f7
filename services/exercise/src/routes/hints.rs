//! `POST /hints`: a hint, from a nudge to nearly the solution, that follows what was tried.

use std::sync::Arc;

use auth::Principal;
use axum::Json;
use axum::extract::State;
use contracts::ProblemId;
use problem::{JsonBody, Problem as Refusal};
use room::EventHeaders;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::given::refused;
use crate::Exercises;
use crate::decide::hints::{Hint, Level, NoLevel, hint};
use crate::outbox::Cause;
use crate::store::learner;

/// How much a hint says.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(try_from = "i64")]
#[schema(value_type = u8, minimum = 1, maximum = 3)]
pub(crate) struct AskedLevel(Level);

impl TryFrom<i64> for AskedLevel {
    type Error = NoLevel;

    fn try_from(level: i64) -> Result<Self, NoLevel> {
        u8::try_from(level).map_err(|_| NoLevel)?.try_into().map(Self)
    }
}

/// Which hint.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HintsRequest {
    problem_id: ProblemId,
    /// 1 is a nudge, 3 nearly the solution.
    #[schema(value_type = u8, minimum = 1, maximum = 3)]
    level: AskedLevel,
    /// In the student's own words. That they are stuck is told to the teacher; the words are not kept. At most 2000
    /// characters.
    #[schema(max_length = 2000)]
    message: Option<String>,
}

/// A hint.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HintsAnswer {
    problem_id: ProblemId,
    #[serde(flatten)]
    hint: Hint,
}

/// Gives a hint
///
/// After a wrong answer the hint speaks of what went wrong in it.
#[utoipa::path(
    post,
    path = "/hints",
    operation_id = "give_exercise_hint",
    tag = "exercise",
    request_body = HintsRequest,
    responses((status = 200, description = "The hint", body = HintsAnswer), problem::Responses),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Exercises>>,
    principal: Principal,
    EventHeaders(headers): EventHeaders,
    JsonBody(request): JsonBody<HintsRequest>,
) -> Result<Json<HintsAnswer>, Refusal> {
    let HintsRequest { problem_id, level: AskedLevel(level), message } = request;
    let sign = room::heard(message.as_deref())?;
    let problem = room.given(&principal, &problem_id).await?;
    let last = problem.last.as_ref();
    let same_before = last.map_or(0, |last| last.same_before);
    let hint = hint(&problem.exercise, level, last.map(|last| &last.verdict), same_before);
    let (ports, at) = (&room.ports, room.ports.clock.now());
    learner::touch(ports.ledger.as_ref(), &problem_id, |problem| {
        let is_stronger = u8::from(level) > problem.hint_level;
        problem.hint_level = problem.hint_level.max(u8::from(level));
        let (student, topic) = (problem.student_id.clone(), problem.exercise.name.topic);
        let cause = Cause { student: &student, topic, at, headers: &headers, ids: ports.ids.as_ref() };
        let messages: Vec<_> = sign.and_then(|sign| cause.said(sign)).into_iter().collect();
        (is_stronger || !messages.is_empty()).then_some(messages)
    })
    .await
    .map_err(|error| refused(&error))?;
    Ok(Json(HintsAnswer { problem_id, hint }))
}
