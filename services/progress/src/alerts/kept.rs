//! What is stored of struggle: notes, what waits for a time, alerts, and how many things were told.

use contracts::events::{ReadyExercise, StruggleCause, StruggleEvidence};
use contracts::{Component, EventId, StudentId};
use jiff::Timestamp;
use ledger::{Document, Expected, Kind, Ledger, LedgerError, Put, Query};
use serde::{Deserialize, Serialize};

use super::About;
use crate::decide::roster::STUDENTS_MAX;
use crate::decide::struggle::alert::End;

/// One document a student and component: what the rules stand on.
pub(crate) const STRUGGLE: Kind = Kind { name: "struggle", indexed: &["student_id"] };
/// One document a student and component of which time alone may show something.
pub(crate) const WAITING: Kind = Kind { name: "waiting", indexed: &["list"] };
/// Alerts.
pub(crate) const ALERT: Kind = Kind { name: "alert", indexed: &["student_id", "open_of", "stage"] };
/// One document: the number of the last thing that was told.
pub(crate) const FEED: Kind = Kind { name: "feed", indexed: &[] };

/// Alerts of a student, open and closed; the oldest makes room.
pub(crate) const ALERTS_MAX: usize = 50;
/// The one list of what waits.
const LIST: &str = "all";
/// So many documents are read at once.
const PAGE: u32 = 500;
/// So much waiting is looked at in a round; the rest comes when some of it is done.
const WAITING_MAX: u32 = 20_000;

/// Something that time alone may show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Waiting {
    pub(crate) student_id: StudentId,
    pub(crate) component: Component,
    pub(crate) due_at: Timestamp,
}

impl Waiting {
    pub(super) fn of(about: &About<'_>, due_at: Timestamp) -> Self {
        Self { student_id: about.student_id.clone(), component: about.component.clone(), due_at }
    }

    pub(super) fn about(&self) -> About<'_> {
        About { student_id: &self.student_id, component: &self.component }
    }

    /// The notes guard against two at once, so that whatever is here may be replaced.
    pub(super) fn put(&self) -> Result<Put, LedgerError> {
        let subject = Some(self.student_id.clone());
        let key = self.about().key();
        Put::json(WAITING, key, subject, vec![LIST.to_owned()], Expected::Any, self)
    }
}

/// All that waits.
pub(super) async fn waiting(ledger: &dyn Ledger) -> Result<Vec<Waiting>, LedgerError> {
    let mut found = Vec::new();
    for offset in (0..WAITING_MAX).step_by(PAGE as usize) {
        let query = Query { field: "list", values: vec![LIST.to_owned()], limit: PAGE, offset };
        let page = ledger.documents(WAITING, query).await?;
        let is_last = page.len() < PAGE as usize;
        for document in page {
            found.push(document.read()?);
        }
        if is_last {
            break;
        }
    }
    Ok(found)
}

/// What was told of an alert: the number of each telling.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Told {
    pub(crate) opened: Option<u64>,
    pub(crate) ended: Option<u64>,
}

/// An alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) alert_id: EventId,
    pub(crate) student_id: StudentId,
    pub(crate) component: Component,
    pub(crate) cause: StruggleCause,
    /// What was seen, in a plain sentence.
    pub(crate) reason: String,
    pub(crate) evidence: Vec<StruggleEvidence>,
    /// When the sign was shown.
    pub(crate) opened_at: Timestamp,
    /// When it was seen here.
    pub(crate) detected_at: Timestamp,
    /// How it ended; open where it did not.
    pub(crate) end: Option<End>,
    pub(crate) exercise: Option<ReadyExercise>,
    /// Why there is no exercise.
    pub(crate) no_exercise: Option<String>,
    pub(crate) told: Told,
}

impl Kept {
    pub(crate) fn is_open(&self) -> bool {
        self.end.is_none()
    }

    /// Whether there is something of it that nobody was told yet.
    fn stage(&self) -> Stage {
        let is_told = self.told.opened.is_some() && (self.is_open() || self.told.ended.is_some());
        if is_told { Stage::Told } else { Stage::Untold }
    }

    pub(super) fn put(&self, expected: Expected) -> Result<Put, LedgerError> {
        let student = self.student_id.to_string();
        let open_of = if self.is_open() { student.clone() } else { String::new() };
        let indexed = vec![student, open_of, self.stage().name().to_owned()];
        let subject = Some(self.student_id.clone());
        Put::json(ALERT, self.alert_id.to_string(), subject, indexed, expected, self)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Untold,
    Told,
}

impl Stage {
    fn name(self) -> &'static str {
        match self {
            Self::Untold => "untold",
            Self::Told => "told",
        }
    }
}

/// One alert.
pub(crate) async fn alert(
    ledger: &dyn Ledger,
    alert_id: EventId,
) -> Result<Option<(Document, Kept)>, LedgerError> {
    let Some(document) = ledger.document(ALERT, &alert_id.to_string()).await? else { return Ok(None) };
    let kept = document.read()?;
    Ok(Some((document, kept)))
}

/// Alerts of which something is to be told; at most `limit`.
pub(super) async fn untold(ledger: &dyn Ledger, limit: u32) -> Result<Vec<(Document, Kept)>, LedgerError> {
    let values = vec![Stage::Untold.name().to_owned()];
    let documents = ledger.documents(ALERT, Query { field: "stage", values, limit, offset: 0 }).await?;
    documents.into_iter().map(|document| document.read().map(|kept| (document, kept))).collect()
}

/// Alerts of these students, in no order that matters; only open ones where that is asked for.
pub(crate) async fn of_students(
    ledger: &dyn Ledger,
    students: &[StudentId],
    only_open: bool,
) -> Result<Vec<Kept>, LedgerError> {
    if students.is_empty() {
        return Ok(Vec::new());
    }
    let field = if only_open { "open_of" } else { "student_id" };
    let values: Vec<String> = students.iter().map(StudentId::to_string).collect();
    let mut found = Vec::new();
    for offset in (0..(STUDENTS_MAX * ALERTS_MAX) as u32).step_by(PAGE as usize) {
        let query = Query { field, values: values.clone(), limit: PAGE, offset };
        let page = ledger.documents(ALERT, query).await?;
        let is_last = page.len() < PAGE as usize;
        for document in page {
            found.push(document.read()?);
        }
        if is_last {
            break;
        }
    }
    Ok(found)
}
