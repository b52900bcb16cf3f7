//! `PUT /classes/{class_id}`: makes a class, or says anew who is in it.

use std::collections::BTreeSet;
use std::sync::Arc;

use auth::Principal;
use axum::Json;
use axum::extract::State;
use contracts::StudentId;
use ledger::{Change, Delete, Expected, LedgerError, Put, retry};
use problem::{JsonBody, PathParams, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use super::ClassPath;
use super::class::{ClassAnswer, only_teachers};
use crate::Progress;
use crate::decide::roster::{Class, Member, NAME_MAX_CHARS, STUDENTS_MAX, moves};
use crate::error::ProgressError;
use crate::views::{self, CLASS, MEMBER, member_key, pair};

/// Who is in the class.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClassRequest {
    /// What people call it: 1 to 100 characters, none of them a control character.
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1f\x7f-\x9f]+$")]
    name: Option<String>,
    /// All of its students, in any order; a student named twice is in it once.
    #[schema(max_items = 500)]
    students: Vec<StudentId>,
}

impl ClassRequest {
    fn check(&self) -> Result<(), Problem> {
        if self.students.len() > STUDENTS_MAX {
            return Err(Problem::field("students", format!("has more than {STUDENTS_MAX} entries")));
        }
        let is_named = |name: &String| (1..=NAME_MAX_CHARS).contains(&name.chars().count());
        if !self.name.as_ref().is_none_or(is_named) {
            return Err(Problem::field("name", format!("must have 1 to {NAME_MAX_CHARS} characters")));
        }
        if self.name.as_ref().is_some_and(|name| name.contains(char::is_control)) {
            return Err(Problem::field("name", "must not hold a control character"));
        }
        Ok(())
    }
}

/// Why the class stays as it is.
#[derive(Debug)]
enum Refusal {
    AnotherTeachers,
    Progress(ProgressError),
}

impl From<LedgerError> for Refusal {
    fn from(error: LedgerError) -> Self {
        Self::Progress(error.into())
    }
}

impl retry::MayConflict for Refusal {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Progress(error) if error.is_conflict())
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::AnotherTeachers => Self::forbidden("this class is another teacher's"),
            Refusal::Progress(error) => error.into(),
        }
    }
}

/// Makes or changes a class
///
/// Whoever makes a class owns it: nobody else can see or change it. The list replaces the one before.
#[utoipa::path(
    put,
    path = "/classes/{class_id}",
    operation_id = "put_class",
    tag = "classes",
    params(ClassPath),
    request_body = ClassRequest,
    responses((status = 200, description = "The roster", body = ClassAnswer), problem::Responses),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Progress>>,
    principal: Principal,
    PathParams(ClassPath { class_id }): PathParams<ClassPath>,
    JsonBody(request): JsonBody<ClassRequest>,
) -> Result<Json<ClassAnswer>, Problem> {
    only_teachers(&principal)?;
    request.check()?;
    let class = Class { class_id, name: request.name, owner: principal.subject };
    let students: BTreeSet<StudentId> = request.students.into_iter().collect();
    let done = retry::on_conflict(retry::ATTEMPTS_MAX, || put(&room, &class, &students)).await;
    room.rosters.forget();
    done?;
    Ok(Json(ClassAnswer::new(class, students)))
}

async fn put(room: &Progress, class: &Class, students: &BTreeSet<StudentId>) -> Result<(), Refusal> {
    let ledger = room.ports.ledger.as_ref();
    let class_id = &class.class_id;
    let found = views::class(ledger, class_id).await?;
    if found.as_ref().is_some_and(|(_, before)| before.owner != class.owner) {
        return Err(Refusal::AnotherTeachers);
    }
    let expected = Expected::as_read(found.as_ref().map(|(document, _)| document));
    let moves = moves(&views::students_of(ledger, class_id).await?, students);
    let mut change = Change {
        puts: vec![Put::json(CLASS, class_id.to_string(), None, Vec::new(), expected, class)?],
        deletes: moves
            .leaving
            .iter()
            .map(|student| Delete { kind: MEMBER, key: member_key(class_id, student) })
            .collect(),
        ..Change::default()
    };
    for student in moves.joining {
        change.puts.push(join(class, student)?);
    }
    let _committed = ledger.commit(change).await?;
    Ok(())
}

/// The class's own document guards against two at once, so that whatever is here of the student may be replaced.
fn join(class: &Class, student: StudentId) -> Result<Put, LedgerError> {
    let (class_id, owner) = (class.class_id.clone(), class.owner.clone());
    let key = member_key(&class_id, &student);
    let indexed = vec![class_id.to_string(), pair(&owner, &student)];
    let member = Member { class_id, student_id: student.clone(), owner };
    Put::json(MEMBER, key, Some(student), indexed, Expected::Any, &member)
}
