//! `POST /answers`: the answers to a quiz, judged by the questions that were asked.

use std::collections::BTreeMap;
use std::sync::Arc;

use agent_core::curriculum::Topic;
use agent_core::mastery::Score;
use auth::{Access, Principal};
use axum::Json;
use axum::extract::State;
use contracts::{EventId, QuestionId};
use http::StatusCode;
use problem::{JsonBody, Problem};
use room::{EventHeaders, ledger_problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Concepts;
use crate::decide::grade::Verdict;
use crate::decide::quiz::QUESTIONS_MAX;
use crate::library::{Lesson, Question};
use crate::outbox;
use crate::store::{self, AnswerError, Quiz};

/// The longest answer, in characters.
const ANSWER_MAX_CHARS: usize = 1000;

/// One answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GivenAnswer {
    question_id: QuestionId,
    /// A choice's letter, `true` or `false`, what is printed, or a word. Empty for "I do not know", which is wrong. At most
    /// 1000 characters.
    #[schema(max_length = 1000)]
    answer: String,
}

/// The answers to a quiz.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnswersRequest {
    quiz_id: EventId,
    /// One for each question of the quiz, in any order.
    #[schema(max_items = 10)]
    answers: Vec<GivenAnswer>,
}

/// What a wrong answer gives away.
#[derive(Debug, Serialize, ToSchema)]
struct MisconceptionAnswer {
    misconception: String,
    /// The belief behind it.
    sign: String,
    /// What is so.
    correction: String,
}

/// The result of one question.
#[derive(Debug, Serialize, ToSchema)]
struct QuestionResult {
    question_id: QuestionId,
    correct: bool,
    /// The right answer; of a choice, its letter.
    answer: String,
    /// Why it is right.
    why: String,
    /// What the answer given gives away, where it is a known mistake.
    #[serde(skip_serializing_if = "Option::is_none")]
    misconception: Option<MisconceptionAnswer>,
}

/// The result of a quiz.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AnswersAnswer {
    quiz_id: EventId,
    concept: Topic,
    /// In the order in which the questions were asked.
    results: Vec<QuestionResult>,
    /// The share of right answers.
    score: Score,
    /// The same answers were taken before: nothing was recorded anew.
    duplicate: bool,
}

/// Takes the answers to a quiz
///
/// Every question is answered at once. Each becomes evidence of the student's mastery, durable with the answers. The same
/// answers again give the same results and no new evidence; other answers are a conflict.
#[utoipa::path(
    post,
    path = "/api/v1/concepts/answers",
    operation_id = "answer_quiz",
    tag = "concepts",
    request_body = AnswersRequest,
    responses((status = 200, description = "The results", body = AnswersAnswer), problem::Responses),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Concepts>>,
    principal: Principal,
    EventHeaders(headers): EventHeaders,
    JsonBody(request): JsonBody<AnswersRequest>,
) -> Result<Json<AnswersAnswer>, Problem> {
    let ports = &room.ports;
    let given = given(request.answers)?;
    let (_, quiz) = store::quiz(ports, request.quiz_id)
        .await
        .map_err(|error| ledger_problem(&error))?
        .ok_or_else(|| refused(AnswerError::Unknown))?;
    may_answer(&room, &principal, &quiz).await?;
    fits(&quiz, &given)?;
    let taken = store::answer_quiz(ports, request.quiz_id, &given, |quiz, answered_at, verdicts| {
        outbox::quiz_answered(quiz, answered_at, verdicts, ports.ids.as_ref(), &headers)
    })
    .await
    .map_err(refused)?;
    // The verdicts follow from the questions and the answers alone, and both are settled now.
    let verdicts = quiz.verdicts(&given);
    Ok(Json(answer(&quiz, verdicts, room.library.lesson(quiz.concept), !taken)))
}

/// The answers by question: bounded, each once.
fn given(answers: Vec<GivenAnswer>) -> Result<BTreeMap<QuestionId, String>, Problem> {
    if answers.len() > usize::from(QUESTIONS_MAX) {
        return Err(Problem::field("answers", format!("at most {QUESTIONS_MAX}")));
    }
    let mut given = BTreeMap::new();
    for (place, GivenAnswer { question_id, answer }) in answers.into_iter().enumerate() {
        if answer.chars().count() > ANSWER_MAX_CHARS {
            return Err(Problem::field(
                format!("answers[{place}].answer"),
                format!("at most {ANSWER_MAX_CHARS} characters"),
            ));
        }
        if given.insert(question_id, answer).is_some() {
            return Err(Problem::field(format!("answers[{place}].question_id"), "is answered twice"));
        }
    }
    Ok(given)
}

/// The student, an own teacher, a service on the student's behalf. To others the quiz does not exist.
async fn may_answer(room: &Concepts, principal: &Principal, quiz: &Quiz) -> Result<(), Problem> {
    let checked = Access::Learn.check(principal, &quiz.student_id, room.ports.rosters.as_ref()).await;
    checked.map_err(|problem| {
        if problem.status == StatusCode::FORBIDDEN.as_u16() { refused(AnswerError::Unknown) } else { problem }
    })
}

/// One answer for each question of the quiz, and none beside.
fn fits(quiz: &Quiz, given: &BTreeMap<QuestionId, String>) -> Result<(), Problem> {
    let lacking = quiz.questions.iter().find(|question| !given.contains_key(&question.id));
    if let Some(question) = lacking {
        return Err(Problem::field("answers", format!("{} is not answered", question.id)));
    }
    let strange = given.keys().find(|id| !quiz.questions.iter().any(|question| question.id == **id));
    match strange {
        Some(id) => Err(Problem::field("answers", format!("{id} is no question of this quiz"))),
        None => Ok(()),
    }
}

/// Why answers are not taken, as an answer.
fn refused(error: AnswerError) -> Problem {
    match error {
        AnswerError::Ledger(error) => ledger_problem(&error),
        AnswerError::Unknown => {
            Problem::not_found("there is no such quiz; the latest 20 of a student are kept")
        }
        AnswerError::Expired => Problem::new(
            StatusCode::CONFLICT,
            "quiz-expired",
            "the quiz waited longer than a day; ask for a new one",
        ),
        AnswerError::AnsweredOtherwise => {
            Problem::conflict("the quiz was answered before, with other answers; ask for a new one")
        }
    }
}

fn answer(quiz: &Quiz, verdicts: Vec<Verdict>, lesson: Option<&Lesson>, duplicate: bool) -> AnswersAnswer {
    let right = verdicts.iter().filter(|verdict| verdict.correct).count();
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let score = Score::share(count(right), count(quiz.questions.len()));
    let results =
        quiz.questions.iter().zip(verdicts).map(|(question, verdict)| result(question, verdict, lesson));
    AnswersAnswer {
        quiz_id: quiz.quiz_id,
        concept: quiz.concept,
        results: results.collect(),
        score,
        duplicate,
    }
}

fn result(question: &Question, verdict: Verdict, lesson: Option<&Lesson>) -> QuestionResult {
    let misconception = verdict.misconception.and_then(|id| lesson?.misconception(&id));
    QuestionResult {
        question_id: question.id.clone(),
        correct: verdict.correct,
        answer: verdict.answer,
        why: question.why.clone(),
        misconception: misconception.map(|misconception| MisconceptionAnswer {
            misconception: misconception.id.clone(),
            sign: misconception.sign.clone(),
            correction: misconception.correction.clone(),
        }),
    }
}
