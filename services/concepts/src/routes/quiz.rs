//! `POST /quiz`: questions on a concept, kept here with their answers.

use std::sync::Arc;

use agent_core::curriculum::Topic;
use auth::{Principal, subject_student};
use axum::Json;
use axum::extract::State;
use contracts::{EventId, StudentId};
use jiff::{Timestamp, ToSpan};
use problem::{JsonBody, Problem};
use room::ledger_problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::asked::AskedQuestion;
use super::concept::{self, Concept};
use crate::Concepts;
use crate::decide::quiz::{QUESTIONS_MAX, choose};
use crate::progress;
use crate::store::{self, ANSWER_WITHIN_HOURS};

/// How many questions.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(try_from = "i64")]
#[schema(value_type = u8, minimum = 1, maximum = 10, default = 5)]
pub(crate) struct Count(u8);

impl Default for Count {
    fn default() -> Self {
        Self(5)
    }
}

impl TryFrom<i64> for Count {
    type Error = String;

    fn try_from(count: i64) -> Result<Self, String> {
        let count = u8::try_from(count).ok().filter(|count| (1..=QUESTIONS_MAX).contains(count));
        count.map(Self).ok_or_else(|| format!("must be 1 to {QUESTIONS_MAX}"))
    }
}

/// What to ask about.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuizRequest {
    concept: Concept,
    /// Who is asked; a student's own id where absent.
    student_id: Option<StudentId>,
    /// How many questions.
    #[serde(default)]
    count: Count,
}

/// The questions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QuizAnswer {
    quiz_id: EventId,
    concept: Topic,
    /// Until when it can be answered.
    #[schema(value_type = String, format = DateTime)]
    answer_until: Timestamp,
    /// From easy to hard.
    questions: Vec<AskedQuestion>,
}

/// Makes a quiz
///
/// What the student had wrong or has not had comes first, near the difficulty that fits the mastery. A quiz can be answered
/// once, within 24 hours; the latest 20 of a student are kept.
#[utoipa::path(
    post,
    path = "/api/v1/concepts/quiz",
    operation_id = "make_quiz",
    tag = "concepts",
    request_body = QuizRequest,
    responses((status = 200, description = "The questions", body = QuizAnswer), problem::Responses),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Concepts>>,
    principal: Principal,
    JsonBody(request): JsonBody<QuizRequest>,
) -> Result<Json<QuizAnswer>, Problem> {
    let ports = &room.ports;
    let student = subject_student(&principal, request.student_id, ports.rosters.as_ref())
        .await?
        .ok_or_else(|| Problem::field("student_id", "is needed: you are no student yourself"))?;
    let lesson = concept::lesson(&room.library, request.concept)?;
    let fit = progress::fit(ports.standings.as_ref(), Some(&student), lesson.topic).await;
    let Count(count) = request.count;
    let quiz = store::make_quiz(ports, &student, lesson.topic, |quiz_id, history| {
        choose(lesson, quiz_id.0.as_bytes(), history, fit.mastery, count)
    })
    .await
    .map_err(|error| ledger_problem(&error))?;
    Ok(Json(QuizAnswer {
        quiz_id: quiz.quiz_id,
        concept: quiz.concept,
        answer_until: quiz.made_at.saturating_add(ANSWER_WITHIN_HOURS.hours()).unwrap_or(Timestamp::MAX),
        questions: quiz.questions.into_iter().map(AskedQuestion::from).collect(),
    }))
}
