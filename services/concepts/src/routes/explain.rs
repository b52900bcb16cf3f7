//! `POST /explain`: a concept, in words that fit the learner, in the learner's own names and lines.

use std::sync::Arc;

use agent_core::curriculum::Topic;
use agent_core::mastery::{Level, Mastery};
use agent_core::signs::Sign;
use auth::{Principal, subject_student};
use axum::Json;
use axum::extract::State;
use bus::Headers;
use contracts::StudentId;
use ledger::Change;
use problem::{JsonBody, Problem};
use room::{EventHeaders, ledger_problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::asked::AskedQuestion;
use super::concept::{self, Concept};
use crate::Concepts;
use crate::decide::code;
use crate::decide::explain::{Explanation, Place, Question, explain};
use crate::decide::quiz::{History, choose};
use crate::follow::{TraceAnswer, follow};
use crate::library::{Depth, Example, Lesson};
use crate::outbox;
use crate::progress::{self, Fit, Source};

/// The longest input for a program, in characters.
const STDIN_MAX_CHARS: usize = 2000;

/// What to explain.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExplainRequest {
    concept: Concept,
    /// How much to say.
    #[serde(default)]
    depth: Depth,
    /// For whom; a student's own id where absent. The wording is fitted to this student's mastery.
    student_id: Option<StudentId>,
    /// The learner's program, whole or broken: the explanation uses its names and lines.
    code: Option<String>,
    /// The learner's own words, at most 2000 characters. "I'm stuck" and the like bring the usual pitfalls into the answer.
    #[schema(max_length = 2000)]
    message: Option<String>,
    /// Whether to run the program and tell its steps. Only for programs of up to 60 lines.
    #[serde(default)]
    trace: bool,
    /// What is typed into the program when it is run, at most 2000 characters.
    #[serde(default)]
    #[schema(max_length = 2000)]
    stdin: String,
}

/// A program to run.
#[derive(Debug, Serialize, ToSchema)]
struct ExampleAnswer {
    name: &'static str,
    code: &'static str,
    /// What is typed into it.
    #[serde(skip_serializing_if = "Option::is_none")]
    stdin: Option<&'static str>,
    /// What Python prints.
    output: &'static str,
}

/// A place in the learner's program that shows the concept.
#[derive(Debug, Serialize, ToSchema)]
struct PlaceAnswer {
    /// The line, from 1.
    line: u32,
    /// The code there, shortened, as a Markdown code span.
    text: String,
}

/// An explanation and what goes with it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExplainAnswer {
    concept: Topic,
    title: &'static str,
    depth: Depth,
    /// Markdown. What is the learner's stands in code spans.
    explanation: String,
    /// What it builds on directly.
    prerequisites: Vec<Topic>,
    /// Where to read on.
    related: Vec<Topic>,
    /// What the wording is fitted to.
    level: Level,
    /// Why this level.
    level_source: Source,
    /// The mastery of this concept, where Progress knows it.
    mastery: Option<Mastery>,
    /// Where the learner's program shows the concept; ten at most.
    in_your_code: Vec<PlaceAnswer>,
    /// There is more in the program than was looked at.
    truncated: bool,
    examples: Vec<ExampleAnswer>,
    check_questions: Vec<AskedQuestion>,
    /// The program's steps, where `trace` asked for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<TraceAnswer>,
}

/// Explains a concept
///
/// In the learner's own names and lines where `code` is given, also where it does not parse. The wording is fitted to the
/// mastery that Progress reports; where it is not known, to a beginner. With `trace`, a short program is run and told step by
/// step. Nothing is recorded but that the learner said to be
/// stuck.
#[utoipa::path(
    post,
    path = "/api/v1/concepts/explain",
    operation_id = "explain_concept",
    tag = "concepts",
    request_body = ExplainRequest,
    responses((status = 200, description = "The explanation", body = ExplainAnswer), problem::Responses),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Concepts>>,
    principal: Principal,
    EventHeaders(headers): EventHeaders,
    JsonBody(request): JsonBody<ExplainRequest>,
) -> Result<Json<ExplainAnswer>, Problem> {
    let sign = room::heard(request.message.as_deref())?;
    if request.stdin.chars().count() > STDIN_MAX_CHARS {
        return Err(Problem::field("stdin", format!("at most {STDIN_MAX_CHARS} characters")));
    }
    let student = subject_student(&principal, request.student_id, room.ports.rosters.as_ref()).await?;
    let lesson = concept::lesson(&room.library, request.concept)?;
    let (fit, trace) = tokio::join!(
        progress::fit(room.ports.standings.as_ref(), student.as_ref(), lesson.topic),
        steps(&room, request.trace, request.code.as_deref(), &request.stdin),
    );
    let reading = match request.code {
        Some(source) => Some(room::compute::run(source.len(), move || code::read(&source)).await?),
        None => None,
    };
    if let (Some(student), Some(sign)) = (&student, sign) {
        tell(&room, student, lesson.topic, sign, &headers).await?;
    }
    let question =
        Question { depth: request.depth, level: fit.level(), code: reading.as_ref(), stuck: sign.is_some() };
    let explanation =
        explain(&room.library, lesson, question).map_err(|error| Problem::internal(error.to_string()))?;
    let seed = student.as_ref().map_or("", StudentId::as_str);
    let truncated = reading.as_ref().is_some_and(|reading| reading.cut);
    let prerequisites = room.library.graph().prerequisites(lesson.topic).to_vec();
    let answer = answer(lesson, request.depth, fit, seed, explanation, prerequisites, truncated);
    Ok(Json(ExplainAnswer { trace, ..answer }))
}

/// The program's steps, where they are asked for.
async fn steps(room: &Concepts, asked: bool, code: Option<&str>, stdin: &str) -> Option<TraceAnswer> {
    match asked {
        true => Some(follow(room.ports.sandbox.as_deref(), code, stdin).await),
        false => None,
    }
}

/// Makes the learner's sign evidence. Durable when it returns.
async fn tell(
    room: &Concepts,
    student: &StudentId,
    concept: Topic,
    sign: Sign,
    headers: &Headers,
) -> Result<(), Problem> {
    let ports = &room.ports;
    let said = outbox::learner_said(student, concept, sign, ports.clock.now(), ports.ids.as_ref(), headers);
    let change = Change { messages: said.into_iter().collect(), ..Change::default() };
    ports.ledger.commit(change).await.map(|_| ()).map_err(|error| ledger_problem(&error))
}

/// How many examples and questions go with a depth.
fn beside(depth: Depth) -> (usize, u8) {
    match depth {
        Depth::Brief => (1, 1),
        Depth::Standard => (2, 2),
        Depth::Deep => (usize::MAX, 3),
    }
}

fn answer(
    lesson: &Lesson,
    depth: Depth,
    fit: Fit,
    seed: &str,
    explanation: Explanation,
    prerequisites: Vec<Topic>,
    truncated: bool,
) -> ExplainAnswer {
    let (examples, questions) = beside(depth);
    let checks = choose(lesson, seed.as_bytes(), &History::new(), fit.mastery, questions);
    ExplainAnswer {
        concept: lesson.topic,
        title: lesson.topic.title(),
        depth,
        explanation: explanation.text,
        prerequisites,
        related: lesson.related.clone(),
        level: fit.level(),
        level_source: fit.source,
        mastery: fit.mastery,
        in_your_code: explanation.places.into_iter().map(PlaceAnswer::from).collect(),
        truncated,
        examples: lesson.examples.iter().take(examples).map(ExampleAnswer::from).collect(),
        check_questions: checks.into_iter().map(AskedQuestion::from).collect(),
        trace: None,
    }
}

impl From<Place> for PlaceAnswer {
    fn from(place: Place) -> Self {
        Self { line: place.line, text: place.text }
    }
}

impl From<&Example> for ExampleAnswer {
    fn from(example: &Example) -> Self {
        Self { name: example.name, code: example.code, stdin: example.stdin, output: example.output }
    }
}
