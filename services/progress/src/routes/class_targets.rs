//! `PUT /classes/{class_id}/targets`: how many problems make a component complete, for a class.

use std::sync::Arc;

use agent_core::mastery::{Fact, Target};
use auth::Principal;
use axum::Json;
use axum::extract::State;
use contracts::{ClassId, Component, StudentId};
use futures::StreamExt;
use futures::stream;
use problem::{JsonBody, PathParams, Problem};
use room::EventHeaders;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ClassPath;
use super::class::own_roster;
use crate::Progress;
use crate::error::ProgressError;
use crate::journal::{Incoming, Origin, Recorded};

/// So many students are written at once: enough to share the store's commits, few enough to leave others room.
const AT_ONCE: usize = 16;

/// A target.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TargetRequest {
    component: Component,
    /// Distinct problems that make it complete.
    target: Target,
}

/// The target of a class.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TargetAnswer {
    class_id: ClassId,
    component: Component,
    target: Target,
    /// Students of the class.
    students: u64,
    /// Students whose target was another before.
    changed: u64,
}

/// Sets a class's target
///
/// The target becomes an event in each student's log. It holds for who is in the class now; who joins later gets it when
/// it is put again. Putting it again changes nothing for who has it.
#[utoipa::path(
    put,
    path = "/classes/{class_id}/targets",
    operation_id = "put_target",
    tag = "classes",
    params(ClassPath),
    request_body = TargetRequest,
    responses((status = 200, description = "It is set", body = TargetAnswer), problem::Responses),
)]
pub(crate) async fn handler(
    State(room): State<Arc<Progress>>,
    principal: Principal,
    EventHeaders(headers): EventHeaders,
    PathParams(ClassPath { class_id }): PathParams<ClassPath>,
    JsonBody(TargetRequest { component, target }): JsonBody<TargetRequest>,
) -> Result<Json<TargetAnswer>, Problem> {
    let (class, members) = own_roster(&room, &principal, &class_id).await?;
    let students = members.len() as u64;
    let incoming = |student_id: StudentId| Incoming {
        student_id,
        component: component.clone(),
        fact: Fact::TargetSet { target },
        origin: Origin::Said { by: class.owner.clone(), key: None },
        headers: headers.clone(),
    };
    let writes = members.into_iter().map(incoming).map(|incoming| room.journal.record(incoming));
    // One student who cannot take it shall not keep it from the others.
    let recorded: Vec<Result<Recorded, ProgressError>> =
        stream::iter(writes.collect::<Vec<_>>()).buffer_unordered(AT_ONCE).collect().await;
    let mut changed = 0;
    for recorded in recorded {
        if matches!(recorded?, Recorded::New(_)) {
            changed += 1;
        }
    }
    Ok(Json(TargetAnswer { class_id, component, target, students, changed }))
}
