//! `POST /suggestions`: what to make a habit of, from the errors at hand and the student's own patterns.

use std::num::NonZeroU32;
use std::sync::Arc;

use agent_core::syntax::ErrorCode;
use auth::{Principal, subject_student};
use axum::Json;
use axum::extract::State;
use contracts::StudentId;
use problem::{JsonBody, Problem};
use room::ledger_problem;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::Debug;
use crate::decide::advice::{self, Met, Suggestion};
use crate::decide::patterns::{Pattern, Tally};
use crate::views;

/// The most errors one request may name.
const ERRORS_MAX: usize = 100;

/// Errors, as an analysis lists them.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SuggestionsRequest)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// As they came from an analysis; `code` is enough.
    #[schema(max_items = 100)]
    errors: Vec<Reported>,
    /// Whose errors; a student's own where absent.
    student_id: Option<StudentId>,
}

/// An error of an analysis. All but `code` and `line` may be there, and is passed over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "fields of an analysis error that may be sent along, and are not needed")]
struct Reported {
    /// The kind.
    code: ErrorCode,
    /// The line, from 1.
    #[schema(value_type = Option<u64>, minimum = 1, maximum = 4_294_967_295u64)]
    line: Option<NonZeroU32>,
    message: Option<Value>,
    cpython_message: Option<Value>,
    column: Option<Value>,
    end_line: Option<Value>,
    end_column: Option<Value>,
    explanation: Option<Value>,
    hedged: Option<Value>,
    concept: Option<Value>,
    fixes: Option<Value>,
}

/// What to do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SuggestionsAnswer)]
pub(crate) struct Answer {
    /// The most persistent kind first.
    suggestions: Vec<Suggestion>,
    /// The student's patterns, most frequent first; empty where no student is known.
    patterns: Vec<Pattern>,
}

/// Suggests habits
///
/// One suggestion for each kind of error named. Kinds that the student keeps meeting come first.
#[utoipa::path(
    post,
    path = "/suggestions",
    operation_id = "suggest_habits",
    tag = "debug",
    request_body = Request,
    responses((status = 200, description = "The suggestions", body = Answer), problem::Responses),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Debug>>,
    principal: Principal,
    JsonBody(request): JsonBody<Request>,
) -> Result<Json<Answer>, Problem> {
    if request.errors.len() > ERRORS_MAX {
        return Err(Problem::field("errors", format!("has more than {ERRORS_MAX} entries")));
    }
    let tally = match subject_student(&principal, request.student_id, room.ports.rosters.as_ref()).await? {
        Some(student) => views::tally(&room.ports, &student).await.map_err(|error| ledger_problem(&error))?,
        None => Tally::default(),
    };
    let met: Vec<Met> = request
        .errors
        .iter()
        .map(|error| Met { code: error.code, line: error.line.map(u32::from) })
        .collect();
    Ok(Json(Answer { suggestions: advice::suggest(&met, &tally), patterns: tally.patterns() }))
}
