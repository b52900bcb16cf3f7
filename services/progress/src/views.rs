//! What this room keeps, and the questions it asks of it.
//!
//! The log of accepted events is the truth: a ledger stream for each student and component. Everything else here can be
//! made from it again, but for rosters, keys and the note that a student was erased.

use std::collections::BTreeSet;

use agent_core::mastery::{Scores, State};
use contracts::{ClassId, Component, EventId, IdempotencyKey, StudentId, SubjectId};
use jiff::Timestamp;
use ledger::{Document, Kind, Ledger, LedgerError, Query, RoomSpec};
use serde::{Deserialize, Serialize};

use crate::alerts::kept::{ALERT, FEED, STRUGGLE, WAITING};
use crate::decide::entry::COMPONENTS_MAX;
use crate::decide::head::Head;
use crate::decide::roster::{Class, Member, STUDENTS_MAX};

/// A student's components, and when the student was last erased.
pub(crate) const STUDENT: Kind = Kind { name: "student", indexed: &[] };
/// Heads of logs.
pub(crate) const HEAD: Kind = Kind { name: "head", indexed: &["student_id", "about"] };
/// States in the middle of logs.
pub(crate) const CHECKPOINT: Kind = Kind { name: "checkpoint", indexed: &[] };
/// Answers to posts that had a key.
pub(crate) const POSTED: Kind = Kind { name: "posted", indexed: &[] };
/// Classes.
pub(crate) const CLASS: Kind = Kind { name: "class", indexed: &[] };
/// Students in classes.
pub(crate) const MEMBER: Kind = Kind { name: "member", indexed: &["class_id", "pair"] };

/// What the room keeps.
pub const SPEC: RoomSpec = RoomSpec {
    name: crate::NAME,
    kinds: &[STUDENT, HEAD, CHECKPOINT, POSTED, CLASS, MEMBER, STRUGGLE, WAITING, ALERT, FEED],
};

/// What is known of a student beside the logs. It is nobody's document, so that an erasure replaces it and does not
/// delete it: its version only rises, and whoever decided on an older one is refused.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Student {
    /// How often the student was erased. Logs of another generation are void.
    pub(crate) generation: u32,
    /// Events up to this moment are void.
    pub(crate) erased_at: Option<Timestamp>,
    /// Those with a log, at most [`COMPONENTS_MAX`].
    pub(crate) components: BTreeSet<Component>,
}

/// The name of a log: its stream, and the key of its head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Log {
    name: String,
}

impl Log {
    pub(crate) fn new(student: &StudentId, component: &Component, generation: u32) -> Self {
        // No id holds a slash.
        Self { name: format!("{}/{generation}", about(student, component)) }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn checkpoint(&self, accepted: u64) -> String {
        format!("{}/{accepted}", self.name)
    }
}

/// Student and component as one text: how a head is found by both.
pub(crate) fn about(student: &StudentId, component: &Component) -> String {
    format!("{student}/{component}")
}

/// A post that had a key: what it said, and what it was answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Posted {
    pub(crate) component: Component,
    pub(crate) scores: Scores,
    pub(crate) answer: Answered,
}

/// What a post was answered.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Answered {
    pub(crate) event_id: EventId,
    pub(crate) breakdown: Scores,
}

pub(crate) fn posted_key(student: &StudentId, key: &IdempotencyKey) -> String {
    format!("{student}/{key}")
}

pub(crate) fn member_key(class: &ClassId, student: &StudentId) -> String {
    format!("{class}/{student}")
}

pub(crate) fn pair(teacher: &SubjectId, student: &StudentId) -> String {
    format!("{teacher}/{student}")
}

/// The student's document and what it says; the default where there is none.
pub(crate) async fn student(
    ledger: &dyn Ledger,
    student: &StudentId,
) -> Result<(Option<Document>, Student), LedgerError> {
    let document = ledger.document(STUDENT, student.as_str()).await?;
    let student = document.as_ref().map(Document::read).transpose()?.unwrap_or_default();
    Ok((document, student))
}

/// The heads of all the student's logs, ordered by component.
pub(crate) async fn heads(ledger: &dyn Ledger, student: &StudentId) -> Result<Vec<Head>, LedgerError> {
    let values = vec![student.to_string()];
    let query = Query { field: "student_id", values, limit: COMPONENTS_MAX as u32, offset: 0 };
    read_all(ledger.documents(HEAD, query).await?)
}

/// The head of one log.
pub(crate) async fn head(
    ledger: &dyn Ledger,
    student: &StudentId,
    component: &Component,
) -> Result<Option<(Log, Head)>, LedgerError> {
    let (_, known) = self::student(ledger, student).await?;
    if !known.components.contains(component) {
        return Ok(None);
    }
    let log = Log::new(student, component, known.generation);
    let document = ledger.document(HEAD, log.name()).await?;
    document.map(|document| Ok((log, document.read()?))).transpose()
}

/// Whether the student is in a class of the teacher.
pub(crate) async fn teaches(
    ledger: &dyn Ledger,
    teacher: &SubjectId,
    student: &StudentId,
) -> Result<bool, LedgerError> {
    let query = Query { field: "pair", values: vec![pair(teacher, student)], limit: 1, offset: 0 };
    Ok(!ledger.documents(MEMBER, query).await?.is_empty())
}

/// The heads of these students' logs of one component, in no order that matters.
pub(crate) async fn heads_about(
    ledger: &dyn Ledger,
    students: &[StudentId],
    component: &Component,
) -> Result<Vec<Head>, LedgerError> {
    if students.is_empty() {
        return Ok(Vec::new());
    }
    let values = students.iter().map(|student| about(student, component)).collect();
    let query = Query { field: "about", values, limit: STUDENTS_MAX as u32, offset: 0 };
    read_all(ledger.documents(HEAD, query).await?)
}

/// A checkpoint's state. It is gone if the log moved on since its head was read: then the head must be read again.
pub(crate) async fn checkpoint(ledger: &dyn Ledger, log: &Log, accepted: u64) -> Result<State, LedgerError> {
    let key = log.checkpoint(accepted);
    match ledger.document(CHECKPOINT, &key).await? {
        Some(document) => document.read(),
        None => Err(LedgerError::Conflict(format!("checkpoint {key} is gone"))),
    }
}

/// A class and its document.
pub(crate) async fn class(
    ledger: &dyn Ledger,
    class: &ClassId,
) -> Result<Option<(Document, Class)>, LedgerError> {
    let document = ledger.document(CLASS, class.as_str()).await?;
    document.map(|document| document.read().map(|class| (document, class))).transpose()
}

/// The students of a class, ordered by id.
pub(crate) async fn students_of(
    ledger: &dyn Ledger,
    class: &ClassId,
) -> Result<BTreeSet<StudentId>, LedgerError> {
    let values = vec![class.to_string()];
    let query = Query { field: "class_id", values, limit: STUDENTS_MAX as u32, offset: 0 };
    let members: Vec<Member> = read_all(ledger.documents(MEMBER, query).await?)?;
    Ok(members.into_iter().map(|member| member.student_id).collect())
}

fn read_all<T: serde::de::DeserializeOwned>(documents: Vec<Document>) -> Result<Vec<T>, LedgerError> {
    documents.iter().map(Document::read).collect()
}
