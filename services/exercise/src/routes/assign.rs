//! `POST /assignments`: a teacher gives exercises to a class or to students.

use std::collections::BTreeSet;
use std::sync::Arc;

use agent_core::curriculum::Topic;
use auth::{Access, Principal, Role};
use axum::Json;
use axum::extract::State;
use contracts::{ClassId, EventId, StudentId};
use jiff::Timestamp;
use problem::{JsonBody, Problem};
use room::ledger_problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::topic::Taught;
use crate::Exercises;
use crate::decide::exercise::{Difficulty, Kind};
use crate::store::assignment::{self, Assignment, COUNT_MAX, LISTED_MAX, STUDENTS_MAX, Work};

/// How many exercises.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(try_from = "i64")]
#[schema(value_type = u8, minimum = 1, maximum = 20)]
pub(crate) struct Count(u8);

impl TryFrom<i64> for Count {
    type Error = String;

    fn try_from(count: i64) -> Result<Self, String> {
        let count = u8::try_from(count).ok().filter(|count| (1..=COUNT_MAX).contains(count));
        count.map(Self).ok_or_else(|| format!("must be 1 to {COUNT_MAX}"))
    }
}

/// What to assign, and to whom: a class, or students by name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssignRequest {
    /// All students that are in the class now.
    class_id: Option<ClassId>,
    /// These students, each in a class of yours.
    #[serde(default)]
    #[schema(max_items = 500)]
    students: Vec<StudentId>,
    topic: Taught,
    difficulty: Difficulty,
    /// How many different exercises each is to solve.
    count: Count,
    /// Any kind where absent.
    kind: Option<Kind>,
}

/// What was assigned.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AssignAnswer {
    assignment_id: EventId,
    class_id: Option<ClassId>,
    topic: Topic,
    difficulty: Difficulty,
    kind: Option<Kind>,
    count: u8,
    #[schema(value_type = String, format = DateTime)]
    made_at: Timestamp,
    /// Who has it now, ordered.
    students: Vec<StudentId>,
}

/// Assigns exercises
///
/// Each student gets exercises of this topic and difficulty, different ones, as soon as they ask for one on the topic, until
/// the count is solved. Results: GET the assignment.
#[utoipa::path(
    post,
    path = "/assignments",
    operation_id = "assign_exercises",
    tag = "assignments",
    request_body = AssignRequest,
    responses((status = 200, description = "It is assigned", body = AssignAnswer), problem::Responses),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Exercises>>,
    principal: Principal,
    JsonBody(request): JsonBody<AssignRequest>,
) -> Result<Json<AssignAnswer>, Problem> {
    if principal.role != Role::Teacher {
        return Err(Problem::forbidden("only teachers assign"));
    }
    let topic = room.taught(request.topic)?;
    let students = students(&room, &principal, request.class_id.as_ref(), request.students).await?;
    let ledger = room.ports.ledger.as_ref();
    let made =
        assignment::made_by(ledger, &principal.subject).await.map_err(|error| ledger_problem(&error))?;
    if made.len() >= LISTED_MAX as usize {
        return Err(Problem::conflict(format!(
            "you have {LISTED_MAX} assignments, which is as many as are kept"
        )));
    }
    let Count(count) = request.count;
    let work = Work { topic, kind: request.kind, difficulty: request.difficulty, count };
    let assignment = Assignment {
        assignment_id: room.ports.ids.event_id(),
        maker: principal.subject.clone(),
        class_id: request.class_id,
        work,
        made_at: room.ports.clock.now(),
        students: u32::try_from(students.len()).unwrap_or(u32::MAX),
    };
    let students: Vec<StudentId> = students.into_iter().collect();
    assignment::make(ledger, &assignment, &students).await.map_err(|error| ledger_problem(&error))?;
    Ok(Json(AssignAnswer {
        assignment_id: assignment.assignment_id,
        class_id: assignment.class_id,
        topic,
        difficulty: work.difficulty,
        kind: work.kind,
        count,
        made_at: assignment.made_at,
        students,
    }))
}

/// Who gets it: at least one, each of a class of the teacher's.
async fn students(
    room: &Exercises,
    teacher: &Principal,
    class: Option<&ClassId>,
    named: Vec<StudentId>,
) -> Result<BTreeSet<StudentId>, Problem> {
    if named.len() > STUDENTS_MAX {
        return Err(Problem::field("students", format!("at most {STUDENTS_MAX}")));
    }
    let students: BTreeSet<StudentId> = match (class, named.is_empty()) {
        (Some(_), false) | (None, true) => {
            return Err(Problem::field("students", "name a class or students, one of the two"));
        }
        (Some(class), true) => room
            .ports
            .rosters
            .class(&teacher.subject, class)
            .await
            .map_err(|error| Problem::unavailable(1, error.to_string()))?
            .ok_or_else(|| Problem::field("class_id", "is no class of yours"))?
            .into_iter()
            .collect(),
        (None, false) => {
            for student in &named {
                Access::Grade.check(teacher, student, room.ports.rosters.as_ref()).await?;
            }
            named.into_iter().collect()
        }
    };
    if students.is_empty() { Err(Problem::field("class_id", "has no students")) } else { Ok(students) }
}
