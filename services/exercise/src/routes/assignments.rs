//! `GET /assignments`: what a teacher assigned, or what a student was assigned.

use std::sync::Arc;

use agent_core::curriculum::Topic;
use agent_core::mastery::Mastery;
use auth::{Principal, Role, subject_student};
use axum::Json;
use axum::extract::State;
use contracts::{ClassId, EventId, StudentId};
use jiff::Timestamp;
use problem::{Page, PageNumber, Paged, PerPage, Problem, QueryParams};
use room::ledger_problem;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::Exercises;
use crate::decide::exercise::{Difficulty, Kind};
use crate::store::assignment::{self, Assigned, Assignment};

/// Whose, and which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AssignmentsQuery {
    /// A teacher's: only what this class was given.
    class_id: Option<ClassId>,
    /// What this student was assigned; a student's own id where absent.
    student_id: Option<StudentId>,
    /// Which page, from 1.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1_000_000, default = 1)]
    page: PageNumber,
    /// How many assignments a page holds.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    per_page: PerPage,
}

/// How far a student is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ResultAnswer {
    student_id: StudentId,
    /// Exercises that were given.
    given: u32,
    /// Exercises that are solved.
    solved: u32,
    /// The mean of the best answers over all that was assigned; null without an answer.
    mean_score: Option<Mastery>,
    /// Whether as many are solved as were assigned.
    done: bool,
}

impl From<&Assigned> for ResultAnswer {
    fn from(assigned: &Assigned) -> Self {
        Self {
            student_id: assigned.student_id.clone(),
            given: u32::try_from(assigned.given.len()).unwrap_or(u32::MAX),
            solved: assigned.solved(),
            mean_score: assigned.mean_score(),
            done: assigned.is_done(),
        }
    }
}

/// An assignment.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AssignmentItem {
    assignment_id: EventId,
    /// The class; null where students were named, and where a student asks.
    class_id: Option<ClassId>,
    topic: Topic,
    difficulty: Difficulty,
    kind: Option<Kind>,
    count: u8,
    #[schema(value_type = String, format = DateTime)]
    made_at: Timestamp,
    /// How many students have it; null where a student's are listed.
    students: Option<u32>,
    /// The student's result, where a student's are listed.
    result: Option<ResultAnswer>,
}

impl AssignmentItem {
    pub(crate) fn of(assignment: Assignment) -> Self {
        let Assignment { assignment_id, maker: _, class_id, work, made_at, students } = assignment;
        Self {
            assignment_id,
            class_id,
            topic: work.topic,
            difficulty: work.difficulty,
            kind: work.kind,
            count: work.count,
            made_at,
            students: Some(students),
            result: None,
        }
    }

    fn part(assigned: &Assigned) -> Self {
        Self {
            assignment_id: assigned.assignment_id,
            class_id: None,
            topic: assigned.work.topic,
            difficulty: assigned.work.difficulty,
            kind: assigned.work.kind,
            count: assigned.work.count,
            made_at: assigned.made_at,
            students: None,
            result: Some(assigned.into()),
        }
    }
}

/// Lists assignments
///
/// The latest first. A teacher sees what they assigned; with student_id, and for a student, what the student was assigned
/// and how far it is.
#[utoipa::path(
    get,
    path = "/assignments",
    operation_id = "list_assignments",
    tag = "assignments",
    params(AssignmentsQuery),
    responses((status = 200, description = "The assignments", body = Paged<AssignmentItem>), problem::Responses),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Exercises>>,
    principal: Principal,
    QueryParams(query): QueryParams<AssignmentsQuery>,
) -> Result<Json<Paged<AssignmentItem>>, Problem> {
    let ledger = room.ports.ledger.as_ref();
    let page = Page::new(query.page, query.per_page);
    let student = subject_student(&principal, query.student_id, room.ports.rosters.as_ref()).await?;
    let items = match student {
        Some(student) => {
            let all =
                assignment::of_student(ledger, &student).await.map_err(|error| ledger_problem(&error))?;
            all.iter().map(AssignmentItem::part).collect()
        }
        None if principal.role == Role::Teacher => {
            let made = assignment::made_by(ledger, &principal.subject).await;
            let mut all = made.map_err(|error| ledger_problem(&error))?;
            all.retain(|assignment| query.class_id.is_none() || assignment.class_id == query.class_id);
            all.into_iter().map(AssignmentItem::of).collect()
        }
        None => return Err(Problem::forbidden("assignments are their teachers' and students' own")),
    };
    Ok(Json(page.of(items)))
}
