//! `GET /classes/{class_id}`: a roster. Also how every route on a class finds it for its owner.

use std::collections::BTreeSet;
use std::sync::Arc;

use auth::{Principal, Role};
use axum::Json;
use axum::extract::State;
use contracts::{ClassId, StudentId, SubjectId};
use ledger::Document;
use problem::{PathParams, Problem};
use room::ledger_problem;
use serde::Serialize;
use utoipa::ToSchema;

use super::ClassPath;
use crate::Progress;
use crate::decide::roster::Class;
use crate::views;

/// A roster.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClassAnswer {
    class_id: ClassId,
    name: Option<String>,
    /// The teacher who made it.
    owner: SubjectId,
    /// Ordered by id; at most 500.
    students: Vec<StudentId>,
}

impl ClassAnswer {
    pub(crate) fn new(class: Class, students: BTreeSet<StudentId>) -> Self {
        let Class { class_id, name, owner } = class;
        Self { class_id, name, owner, students: students.into_iter().collect() }
    }
}

/// Refuses whoever is no teacher, before anything is read.
pub(crate) fn only_teachers(principal: &Principal) -> Result<(), Problem> {
    if principal.role == Role::Teacher {
        Ok(())
    } else {
        Err(Problem::forbidden("classes are their teachers' own"))
    }
}

/// The class, if there is one; 403 if it is another teacher's.
pub(crate) async fn own_class(
    room: &Progress,
    principal: &Principal,
    class_id: &ClassId,
) -> Result<Option<(Document, Class)>, Problem> {
    only_teachers(principal)?;
    let found =
        views::class(room.ports.ledger.as_ref(), class_id).await.map_err(|error| ledger_problem(&error))?;
    match found {
        Some((_, class)) if class.owner != principal.subject => {
            Err(Problem::forbidden("this class is another teacher's"))
        }
        found => Ok(found),
    }
}

/// The class, which must be there, and its students.
pub(crate) async fn own_roster(
    room: &Progress,
    principal: &Principal,
    class_id: &ClassId,
) -> Result<(Class, BTreeSet<StudentId>), Problem> {
    let found = own_class(room, principal, class_id).await?;
    let (_, class) = found.ok_or_else(|| Problem::not_found("there is no such class"))?;
    let students = views::students_of(room.ports.ledger.as_ref(), class_id)
        .await
        .map_err(|error| ledger_problem(&error))?;
    Ok((class, students))
}

/// Reads a class
#[utoipa::path(
    get,
    path = "/classes/{class_id}",
    operation_id = "read_class",
    tag = "classes",
    params(ClassPath),
    responses((status = 200, description = "The roster", body = ClassAnswer), problem::Responses),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Progress>>,
    principal: Principal,
    PathParams(ClassPath { class_id }): PathParams<ClassPath>,
) -> Result<Json<ClassAnswer>, Problem> {
    let (class, students) = own_roster(&room, &principal, &class_id).await?;
    Ok(Json(ClassAnswer::new(class, students)))
}
