//! `POST /quality`: a review, and the evidence that it is.

use std::sync::Arc;

use agent_core::mastery::Level;
use auth::{Principal, subject_student};
use axum::Json;
use axum::extract::State;
use contracts::{Component, StudentId};
use problem::{JsonBody, Problem};
use room::{EventHeaders, ledger_problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::decide::{self, Review};
use crate::level;
use crate::outbox::{self, Evidence, Submission};
use crate::ports::Ports;

/// A program to review.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = QualityRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// The program's text. A body is at most 1 MiB.
    code: String,
    /// Whose program it is; a student's own where absent.
    student_id: Option<StudentId>,
    /// What it is evidence of; without it nothing is recorded.
    component: Option<Component>,
    /// The level to review for; where absent, the student's own in the component, or beginner.
    level: Option<Level>,
}

/// A review.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QualityAnswer)]
pub(crate) struct Answer {
    #[serde(flatten)]
    review: Review,
    /// What became of it as evidence.
    evidence: Evidence,
}

/// Reviews a program
///
/// A score from 0 to 100 with its grade and categories, findings that say what, why and what instead, praise for what is
/// really there, and the one change that is worth most. A program that does not parse is reviewed too: its finding is the
/// first error. Where student and component are known the score counts as evidence, once for each different program.
#[utoipa::path(
    post,
    path = "/quality",
    operation_id = "review_code",
    tag = "review",
    request_body = Request,
    responses((status = 200, description = "The review", body = Answer), problem::Responses),
)]
pub(crate) async fn handler(
    State(ports): State<Arc<Ports>>,
    principal: Principal,
    EventHeaders(headers): EventHeaders,
    JsonBody(request): JsonBody<Request>,
) -> Result<Json<Answer>, Problem> {
    let student = subject_student(&principal, request.student_id, ports.rosters.as_ref()).await?;
    let about = student.as_ref().zip(request.component.as_ref());
    let level = match (request.level, about) {
        (Some(level), _) => level,
        (None, Some((student, component))) => level::of(ports.standings.as_ref(), student, component).await,
        (None, None) => level::UNKNOWN,
    };
    let code: Arc<str> = request.code.into();
    let text = Arc::clone(&code);
    let review = room::compute::run(code.len(), move || decide::review(&text, level)).await?;
    let evidence = match about.filter(|_| review.is_of_a_program()) {
        Some((student, component)) => {
            let submission = Submission { student, component, code: &code, score: review.score };
            outbox::record(&ports, submission, headers).await.map_err(|error| ledger_problem(&error))?
        }
        None => Evidence::None,
    };
    Ok(Json(Answer { review, evidence }))
}
