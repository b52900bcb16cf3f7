//! `POST /generate`: the exercise that fits a student now.

use std::collections::VecDeque;
use std::sync::Arc;

use auth::{Principal, Role, subject_student};
use axum::Json;
use axum::extract::State;
use bus::Headers;
use contracts::{EventId, StudentId};
use ledger::{Document, retry};
use problem::{JsonBody, Problem as Refusal};
use room::{EventHeaders, ledger_problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::shown::ProblemAnswer;
use super::topic::Taught;
use crate::Exercises;
use crate::decide::adapt::{History, Wish, choose, recommend};
use crate::decide::exercise::{Difficulty, Exercise, Kind, Seed};
use crate::outbox::Cause;
use crate::shelf::{Asked, ShelfError};
use crate::store::assignment::{self, Assigned};
use crate::store::learner::{self, Learner};
use crate::store::problem::Problem;

/// What is asked for. What is not said is chosen for the student.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GenerateRequest {
    topic: Taught,
    /// What it should ask for; chosen where absent.
    kind: Option<Kind>,
    /// How hard it should be; an assignment's, else what fits the student's mastery, where absent.
    difficulty: Option<Difficulty>,
    /// With the same topic, kind, difficulty and seed comes the same exercise, even if the student had it.
    seed: Option<Seed>,
    /// Who gets it; a student's own id where absent.
    student_id: Option<StudentId>,
}

/// An exercise, without its solution.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GenerateAnswer {
    #[serde(flatten)]
    problem: ProblemAnswer,
    /// Why this one.
    why: String,
}

/// Makes an exercise
///
/// Chosen for the student: as hard as fits, nothing that is nearly the same as before, rather what practises a mistake that
/// comes back. An open assignment on the topic comes first. The latest 50 of a student are kept.
#[utoipa::path(
    post,
    path = "/generate",
    operation_id = "generate_exercise",
    tag = "exercise",
    request_body = GenerateRequest,
    responses((status = 200, description = "The exercise", body = GenerateAnswer), problem::Responses),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Exercises>>,
    principal: Principal,
    EventHeaders(headers): EventHeaders,
    JsonBody(request): JsonBody<GenerateRequest>,
) -> Result<Json<GenerateAnswer>, Refusal> {
    let ports = &room.ports;
    let student = subject_student(&principal, request.student_id.clone(), ports.rosters.as_ref())
        .await?
        .ok_or_else(|| Refusal::field("student_id", "is needed: you are no student yourself"))?;
    // What somebody else makes ready is no exercise that the student has opened, nor part of an assignment.
    let opens = principal.role == Role::Student;
    let read =
        learner::find(ports.ledger.as_ref(), &student).await.map_err(|error| ledger_problem(&error))?;
    let wanted = wanted(&room, &student, &request, opens, &read.1.history).await?;
    let given = room.give(&student, read, &wanted, &headers).await;
    let (problem, why) = given.map_err(|error| refused(&error))?;
    Ok(Json(GenerateAnswer { problem: problem.into(), why }))
}

impl Exercises {
    /// Gives the student, as read, what is wanted: chosen anew if the student was given something else meanwhile.
    async fn give(
        &self,
        student: &StudentId,
        read: (Option<Document>, Learner),
        wanted: &Wanted,
        headers: &Headers,
    ) -> Result<(Problem, String), ShelfError> {
        let chance = Seed(self.ports.ids.event_id().0.as_u128() as u32);
        let mut first = Some(read);
        retry::on_conflict(retry::ATTEMPTS_MAX, || {
            let read = first.take();
            async move {
                let read = match read {
                    Some(read) => read,
                    None => learner::find(self.ports.ledger.as_ref(), student).await?,
                };
                self.try_to_give(student, read, wanted, chance, headers).await
            }
        })
        .await
    }

    async fn try_to_give(
        &self,
        student: &StudentId,
        read: (Option<Document>, Learner),
        wanted: &Wanted,
        chance: Seed,
        headers: &Headers,
    ) -> Result<(Problem, String), ShelfError> {
        let ports = &self.ports;
        let (exercise, why) = match wanted.seed {
            Some(seed) => {
                (self.shelf.of_seed(wanted.asked, seed).await?, "You asked for this seed.".to_owned())
            }
            None => self.choose(wanted, &read.1.history, chance).await?,
        };
        let made_at = ports.clock.now();
        let problem = Problem {
            problem_id: ports.ids.event_id().into(),
            student_id: student.clone(),
            exercise,
            made_at,
            opened_at: wanted.opens.then_some(made_at),
            attempts: 0,
            best: None,
            last: None,
            known: VecDeque::new(),
            hint_level: 0,
            assignment_id: wanted.assignment_id,
        };
        let topic = problem.exercise.name.topic;
        let cause = Cause { student, topic, at: made_at, headers, ids: ports.ids.as_ref() };
        let opened = if wanted.opens { cause.opened(&problem) } else { None };
        learner::give(ports.ledger.as_ref(), read, &problem, opened).await?;
        Ok((problem, why))
    }

    async fn choose(
        &self,
        wanted: &Wanted,
        history: &History,
        chance: Seed,
    ) -> Result<(Exercise, String), ShelfError> {
        let candidates = self.shelf.ready(wanted.asked, chance, history).await?;
        let Asked { topic, kind, difficulty } = wanted.asked;
        let wish = Wish { topic, kind, difficulty };
        let choice = choose(&candidates, history, wish, chance).ok_or(ShelfError::NoSuch)?;
        let candidate = candidates.get(choice.candidate).ok_or(ShelfError::NoSuch)?;
        let exercise = self.shelf.exercise(candidate.name.clone()).await?;
        Ok((exercise, format!("{} {}", wanted.because, choice.why)))
    }
}

/// What is wanted, and why.
struct Wanted {
    asked: Asked,
    /// Which one, where that is asked for.
    seed: Option<Seed>,
    /// Whether the student opens it: what somebody else makes ready is not open.
    opens: bool,
    assignment_id: Option<EventId>,
    /// Where the difficulty comes from.
    because: String,
}

async fn wanted(
    room: &Exercises,
    student: &StudentId,
    request: &GenerateRequest,
    opens: bool,
    history: &History,
) -> Result<Wanted, Refusal> {
    let ports = &room.ports;
    let topic = room.taught(request.topic)?;
    let free = request.difficulty.is_none() && request.seed.is_none() && opens;
    if free {
        let waiting = assignment::waiting(ports.ledger.as_ref(), student, topic).await;
        let waiting = waiting.map_err(|error| ledger_problem(&error))?;
        if let Some(part) = waiting.filter(|part| may_be(part, request.kind)) {
            let kind = part.work.kind.or(request.kind);
            let asked = Asked { topic, kind, difficulty: part.work.difficulty };
            let because = because_assigned(&part);
            return Ok(Wanted { asked, seed: None, opens, assignment_id: Some(part.assignment_id), because });
        }
    }
    let (difficulty, because) = match request.difficulty {
        Some(difficulty) => (difficulty, "You asked for this difficulty.".to_owned()),
        None => {
            let standing = ports.standings.standing(student, topic.slug()).await;
            let fits = recommend(standing.mastery(), &history.topic(topic));
            (fits.recommended, fits.reasoning)
        }
    };
    let asked = Asked { topic, kind: request.kind, difficulty };
    Ok(Wanted { asked, seed: request.seed, opens, assignment_id: None, because })
}

fn because_assigned(part: &Assigned) -> String {
    let exercises = if part.work.count == 1 { "exercise" } else { "exercises" };
    let solved = match part.solved() {
        0 => "none is solved yet".to_owned(),
        1 => "1 is solved".to_owned(),
        solved => format!("{solved} are solved"),
    };
    format!("Your teacher assigned {} {exercises} on this topic; {solved}.", part.work.count)
}

/// Whether what was assigned is what the student asks for now.
fn may_be(part: &Assigned, kind: Option<Kind>) -> bool {
    part.work.kind.is_none() || kind.is_none() || part.work.kind == kind
}

fn refused(error: &ShelfError) -> Refusal {
    match error {
        ShelfError::NoSuch => Refusal::field("kind", "there is no exercise of this kind on this topic"),
        ShelfError::Refused(_) => Refusal::internal(error.to_string()),
        ShelfError::Sandbox(sandbox) => super::sandbox_refusal(sandbox),
        ShelfError::Ledger(error) => ledger_problem(error),
    }
}
