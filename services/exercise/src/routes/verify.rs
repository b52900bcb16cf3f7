//! `POST /verify`: an answer is run, judged, and counted.

use std::sync::Arc;

use auth::Principal;
use axum::Json;
use axum::extract::State;
use contracts::ProblemId;
use problem::{JsonBody, Problem as Refusal};
use room::EventHeaders;
use sandbox::{Job, Report};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::given::refused;
use super::sandbox_refusal;
use crate::Exercises;
use crate::decide::grade::{Answer, Attempt, BadAnswer, Verdict};
use crate::outbox::Cause;
use crate::store::learner;
use crate::store::problem::{Problem, fingerprint};

/// An answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VerifyRequest {
    problem_id: ProblemId,
    answer: Answer,
    /// Whose answer it is; whoever has the problem where absent. Another student's problem is not found.
    student_id: Option<contracts::StudentId>,
}

/// What the answer is worth.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VerifyAnswer {
    problem_id: ProblemId,
    #[serde(flatten)]
    verdict: Verdict,
    /// How many different answers were judged, this one included.
    attempts: u32,
    /// The same answer was judged before: nothing was counted anew.
    duplicate: bool,
}

/// Judges an answer
///
/// Programs are run in a sandbox on tests, some of which stay hidden. Any program that behaves right is right. Each new
/// answer is evidence of the student's mastery, durable with the verdict; the same answer again is not counted again.
#[utoipa::path(
    post,
    path = "/verify",
    operation_id = "verify_answer",
    tag = "exercise",
    request_body = VerifyRequest,
    responses((status = 200, description = "The verdict", body = VerifyAnswer), problem::Responses),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Exercises>>,
    principal: Principal,
    EventHeaders(headers): EventHeaders,
    JsonBody(request): JsonBody<VerifyRequest>,
) -> Result<Json<VerifyAnswer>, Refusal> {
    let problem = room.given(&principal, &request.problem_id).await?;
    if request.student_id.is_some_and(|student| student != problem.student_id) {
        return Err(Refusal::field("student_id", "is not the student who has this problem"));
    }
    let fingerprint = fingerprint(&request.answer);
    if let Some(verdict) = problem.verdict_on(&fingerprint) {
        return Ok(Json(answer(&problem, verdict.clone(), true)));
    }
    let verdict = judge(&room, &problem, request.answer).await?;
    let answered_at = room.ports.clock.now();
    let ports = &room.ports;
    let kept =
        learner::judge(ports.ledger.as_ref(), &problem.problem_id, &fingerprint, &verdict, |problem| {
            let cause = Cause {
                student: &problem.student_id,
                topic: problem.exercise.name.topic,
                at: answered_at,
                headers: &headers,
                ids: ports.ids.as_ref(),
            };
            cause.graded(problem, &verdict)
        })
        .await
        .map_err(|error| refused(&error))?;
    if !kept.is_duplicate {
        ports.answers.answered(kept.problem.exercise.name.kind, verdict.correct);
    }
    Ok(Json(answer(&kept.problem, verdict, kept.is_duplicate)))
}

fn answer(problem: &Problem, verdict: Verdict, duplicate: bool) -> VerifyAnswer {
    let (problem_id, attempts) = (problem.problem_id.clone(), problem.attempts);
    VerifyAnswer { problem_id, verdict, attempts, duplicate }
}

/// Reads the answer, runs what must be run, and judges: the reading and the judging beside the requests that only wait.
async fn judge(room: &Exercises, problem: &Problem, answer: Answer) -> Result<Verdict, Refusal> {
    let size_bytes = match &answer {
        Answer::Text(text) => text.len(),
        Answer::Parts(parts) => parts.iter().map(String::len).sum(),
    };
    let exercise = Arc::new(problem.exercise.clone());
    let (read, given) = (Arc::clone(&exercise), answer.clone());
    let job =
        room::compute::run(size_bytes, move || Attempt::new(&read, &given).map(|attempt| attempt.job()))
            .await?
            .map_err(|error| bad(&error))?;
    let report = match job {
        Some(job) => Some(run(room, job).await?),
        None => None,
    };
    room::compute::run(size_bytes, move || {
        Attempt::new(&exercise, &answer).map(|attempt| attempt.verdict(report.as_ref()))
    })
    .await?
    .map_err(|error| bad(&error))
}

async fn run(room: &Exercises, job: Job) -> Result<Report, Refusal> {
    room.ports.sandbox.run(job).await.map_err(|error| sandbox_refusal(&error))
}

fn bad(error: &BadAnswer) -> Refusal {
    Refusal::field(error.field(), error.to_string())
}
