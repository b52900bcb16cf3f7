//! `POST /analyze`: the errors of a program, each with its cause and its edits.

use std::sync::Arc;

use agent_core::syntax::{self, Analysis};
use auth::{Principal, subject_student};
use axum::Json;
use axum::extract::State;
use contracts::StudentId;
use problem::{JsonBody, Problem};
use room::{EventHeaders, ledger_problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::Debug;
use crate::outbox::Submitted;
use crate::views;

/// A program to look at.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = AnalyzeRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// The program's text. A body is at most 1 MiB.
    code: String,
    /// Its language.
    #[serde(default)]
    language: Language,
    /// Whose program it is; a student's own where absent.
    student_id: Option<StudentId>,
    /// The learner's own words, at most 2000 characters. "I'm stuck" and the like are a sign for the teacher.
    #[schema(max_length = 2000)]
    message: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Language {
    #[default]
    Python,
}

/// Finds what is wrong
///
/// All errors of the file in one pass, as CPython 3.13 would report them, each with an explanation, the concept to look
/// at, and edits that mend it. Where the student is known, the kinds of error are counted among the student's patterns, and
/// they are evidence where they are news: not while the same mistake merely stands. A sign in `message` is evidence too.
#[utoipa::path(
    post,
    path = "/analyze",
    operation_id = "analyze_code",
    tag = "debug",
    request_body = Request,
    responses((status = 200, description = "The analysis", body = Analysis), problem::Responses),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Debug>>,
    principal: Principal,
    EventHeaders(headers): EventHeaders,
    JsonBody(request): JsonBody<Request>,
) -> Result<Json<Analysis>, Problem> {
    let Language::Python = request.language;
    let sign = room::heard(request.message.as_deref())?;
    let student = subject_student(&principal, request.student_id, room.ports.rosters.as_ref()).await?;
    let code = request.code;
    let analysis = room::compute::run(code.len(), move || syntax::analyze(&code)).await?;
    if let Some(student) = student {
        let codes = analysis.errors.iter().map(|error| error.code);
        let submitted = Submitted {
            student: &student,
            errors: &analysis.errors,
            news: room.told.news(&student, codes, room.ports.clock.now()),
            sign,
            headers: &headers,
        };
        views::count(&room.ports, &submitted).await.map_err(|error| ledger_problem(&error))?;
    }
    Ok(Json(analysis))
}
