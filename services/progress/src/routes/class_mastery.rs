//! `GET /classes/{class_id}/mastery`: where a class stands in a component.

use std::collections::BTreeMap;
use std::sync::Arc;

use agent_core::mastery::{HasEvidence, Level, Mastery, Scores, State};
use auth::Principal;
use axum::Json;
use axum::extract;
use contracts::{ClassId, Component, StudentId};
use problem::{Page, PageNumber, PathParams, PerPage, Problem, QueryParams};
use room::ledger_problem;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::ClassPath;
use super::answer::Time;
use super::class::own_roster;
use crate::Progress;
use crate::decide::head::Head;
use crate::views;

/// Of what, and which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ClassMasteryQuery {
    /// The component.
    component: Component,
    /// Which page, from 1.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1_000_000, default = 1)]
    page: PageNumber,
    /// How many students a page holds.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    per_page: PerPage,
}

/// Where a student of the class stands; all null where nothing is known of the student in this component.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StudentStanding {
    student_id: StudentId,
    mastery: Option<Mastery>,
    level: Option<Level>,
    breakdown: Option<Scores>,
    /// Which of the four scores stand on evidence; one that does not is 0.
    has_evidence: Option<HasEvidence>,
    /// When the last event occurred.
    last_updated: Option<Time>,
}

/// Where the class stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClassMasteryAnswer {
    class_id: ClassId,
    component: Component,
    /// The mean over the students of whom something is known, on all pages; null where of none.
    class_mastery: Option<Mastery>,
    /// Students of whom something is known.
    students_known: u64,
    /// Ordered by student.
    items: Vec<StudentStanding>,
    page: u32,
    per_page: u32,
    /// Students of the class.
    total: u64,
}

/// Reads a class's mastery
#[utoipa::path(
    get,
    path = "/classes/{class_id}/mastery",
    operation_id = "read_class_mastery",
    tag = "classes",
    params(ClassPath, ClassMasteryQuery),
    responses((status = 200, description = "Where the class stands", body = ClassMasteryAnswer), problem::Responses),
)]
pub(crate) async fn handler(
    extract::State(room): extract::State<Arc<Progress>>,
    principal: Principal,
    PathParams(ClassPath { class_id }): PathParams<ClassPath>,
    QueryParams(ClassMasteryQuery { component, page, per_page }): QueryParams<ClassMasteryQuery>,
) -> Result<Json<ClassMasteryAnswer>, Problem> {
    let (_, students) = own_roster(&room, &principal, &class_id).await?;
    let students: Vec<StudentId> = students.into_iter().collect();
    let heads = views::heads_about(room.ports.ledger.as_ref(), &students, &component).await;
    let known: BTreeMap<StudentId, Head> = heads
        .map_err(|error| ledger_problem(&error))?
        .into_iter()
        .filter(|head| head.state.scores().has_evidence.any())
        .map(|head| (head.student_id.clone(), head))
        .collect();
    let class_mastery = Mastery::mean(known.values().map(|head| head.state.mastery()));
    let paged = Page::new(page, per_page).of(students);
    Ok(Json(ClassMasteryAnswer {
        class_id,
        component,
        class_mastery,
        students_known: known.len() as u64,
        items: paged.items.into_iter().map(|student| standing(student, &known)).collect(),
        page: paged.page,
        per_page: paged.per_page,
        total: paged.total,
    }))
}

fn standing(student_id: StudentId, known: &BTreeMap<StudentId, Head>) -> StudentStanding {
    let state = known.get(&student_id).map(|head| &head.state);
    let scored = state.map(State::scores);
    StudentStanding {
        student_id,
        mastery: state.map(State::mastery),
        level: state.map(|state| state.mastery().level()),
        breakdown: scored.map(|scored| scored.scores),
        has_evidence: scored.map(|scored| scored.has_evidence),
        last_updated: state.and_then(State::last).map(Time::of),
    }
}
