//! `POST /{student_id}`: explicit scores, from an import or an exam.

use std::sync::Arc;

use agent_core::mastery::{Fact, Level, Mastery, Scores};
use auth::{Access, Principal};
use axum::Json;
use axum::extract::State;
use contracts::{Component, EventId, IdempotencyKey, StudentId};
use problem::{JsonBody, PathParams, Problem};
use room::EventHeaders;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::StudentPath;
use crate::Progress;
use crate::journal::{Incoming, Origin, Recorded};
use crate::views::Answered;

/// Scores of one component.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScoresRequest {
    /// A curriculum slug, or any slug a teacher uses.
    component: Component,
    scores: Scores,
    /// A name for this request, so that it may be sent twice. Without one each request counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    idempotency_key: Option<IdempotencyKey>,
}

/// The mastery that the scores make.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScoresAnswer {
    student_id: StudentId,
    component: Component,
    mastery: Mastery,
    level: Level,
    breakdown: Scores,
    /// The accepted event.
    event_id: EventId,
    /// Whether this is the answer to an earlier request with the same key and content.
    duplicate: bool,
    /// 1 − tokens of this call / the baseline of a call to a language model. The field itself is not counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = f64, required)]
    token_efficiency: Option<f64>,
}

/// Records explicit scores
///
/// Each of the four scores starts anew from here: evidence before it no longer counts. A request with a key that was
/// used for the same content gets the first answer again; for other content, 409. Students cannot post scores.
#[utoipa::path(
    post,
    path = "/{student_id}",
    operation_id = "record_scores",
    tag = "progress",
    params(StudentPath),
    request_body = ScoresRequest,
    responses((status = 200, description = "The mastery after the post", body = ScoresAnswer), problem::Responses),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Progress>>,
    principal: Principal,
    EventHeaders(headers): EventHeaders,
    PathParams(StudentPath { student_id }): PathParams<StudentPath>,
    JsonBody(request): JsonBody<ScoresRequest>,
) -> Result<Json<ScoresAnswer>, Problem> {
    Access::Grade.check(&principal, &student_id, &room.rosters).await?;
    let incoming = Incoming {
        student_id: student_id.clone(),
        component: request.component.clone(),
        fact: Fact::ExplicitScores { scores: request.scores },
        origin: Origin::Said { by: principal.subject, key: request.idempotency_key.clone() },
        headers,
    };
    let (answered, duplicate) = match room.journal.record(incoming).await? {
        Recorded::New(answered) => (answered, false),
        Recorded::Repeated(answered) => (answered, true),
        other => return Err(Problem::internal(format!("a post cannot come to {other:?}"))),
    };
    measured(&room, &request, answer(student_id, &request, answered, duplicate)).map(Json)
}

fn answer(
    student_id: StudentId,
    request: &ScoresRequest,
    answered: Answered,
    duplicate: bool,
) -> ScoresAnswer {
    let mastery = Mastery::of(&answered.breakdown);
    ScoresAnswer {
        student_id,
        component: request.component.clone(),
        mastery,
        level: mastery.level(),
        breakdown: answered.breakdown,
        event_id: answered.event_id,
        duplicate,
        token_efficiency: None,
    }
}

/// The answer with what the call cost: counted on the text without the figure itself.
fn measured(room: &Progress, request: &ScoresRequest, answer: ScoresAnswer) -> Result<ScoresAnswer, Problem> {
    let text =
        |result: serde_json::Result<String>| result.map_err(|error| Problem::internal(error.to_string()));
    let asked = text(serde_json::to_string(request))?;
    let answered = text(serde_json::to_string(&answer))?;
    let token_efficiency = Some(room.ports.tokens.token_efficiency(&asked, &answered));
    Ok(ScoresAnswer { token_efficiency, ..answer })
}
