//! Alerts: what becomes of a sign of struggle, from the fact that shows it to the teacher who hears of it.
//!
//! In reading order: [`Alerts`] (a fact is noted, and what it opens or closes is stored with it), [`kept`] (what is
//! stored), [`exercise`] (a ready exercise is asked for), [`tell`] (the task that tells: within seconds, by the clock),
//! [`feed`] (who listens). A sign is stored before anybody is asked for an exercise: whatever breaks, the alert is told.
//! Not here: what a sign is (`decide::struggle`), who may see an alert (`routes`).

mod exercise;
pub(crate) mod feed;
pub(crate) mod kept;
mod tell;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use contracts::{Component, EventId, StudentId, SubjectId};
use jiff::Timestamp;
use ledger::{Change, Delete, Document, Expected, LedgerError, Put, Query, retry};
use room::{Stop, Task};
use tokio::sync::Notify;

use crate::decide::entry::COMPONENTS_MAX;
use crate::decide::moment;
use crate::decide::struggle::alert::{Alert, EndedBy};
use crate::decide::struggle::fact::Fact;
use crate::decide::struggle::notes::{Move, Notes};
use crate::error::ProgressError;
use crate::ports::Ports;
use crate::views::{self, STUDENT, about};
use feed::Feed;
use kept::{ALERT, ALERTS_MAX, Kept, STRUGGLE, WAITING, Waiting};

/// Sees struggle, and tells of it.
pub(crate) struct Alerts {
    ports: Ports,
    pub(crate) feed: Feed,
    /// Wakes the task that tells.
    wake: Notify,
    /// When that task wakes by itself, in milliseconds since 1970 in UTC; never, while it works.
    wakes_at_ms: AtomicI64,
}

/// Whose struggle with what.
struct About<'a> {
    student_id: &'a StudentId,
    component: &'a Component,
}

impl About<'_> {
    fn key(&self) -> String {
        about(self.student_id, self.component)
    }
}

/// What comes to the notes: a fact, a teacher's word, or nothing but time.
enum News<'a> {
    Fact(&'a Fact),
    Closing { alert_id: EventId, fresh: EventId, by: &'a SubjectId, note: Option<&'a str> },
    Time,
}

/// What became of news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Noted {
    /// It is stored; and whether the task that tells must look at once.
    New { to_wake: bool },
    /// It is known, or void.
    Already,
}

impl Alerts {
    pub(crate) fn new(ports: Ports) -> Self {
        let wakes_at_ms = AtomicI64::new(i64::MAX);
        Self { ports, feed: Feed::default(), wake: Notify::new(), wakes_at_ms }
    }

    /// The task that tells, and that sees what time alone shows.
    pub(crate) fn task(self: &Arc<Self>) -> Task {
        let alerts = Arc::clone(self);
        Task::new("alerts", move |stop: Stop| async move { alerts.run(stop).await })
    }

    /// Notes a fact, once. What it shows is durable when this returns; it is told soon after. Whether it was news.
    pub(crate) async fn notice(
        &self,
        student_id: &StudentId,
        component: &Component,
        fact: &Fact,
    ) -> Result<bool, ProgressError> {
        self.note(&About { student_id, component }, &News::Fact(fact)).await
    }

    /// Closes an alert for a teacher. One that is closed already stays as it is.
    pub(crate) async fn close(
        &self,
        kept: &Kept,
        by: &SubjectId,
        note: Option<&str>,
    ) -> Result<(), ProgressError> {
        let about = About { student_id: &kept.student_id, component: &kept.component };
        let (alert_id, fresh) = (kept.alert_id, self.ports.ids.event_id());
        self.note(&about, &News::Closing { alert_id, fresh, by, note }).await.map(|_| ())
    }

    /// Whether it was news.
    async fn note(&self, about: &About<'_>, news: &News<'_>) -> Result<bool, ProgressError> {
        let noted = retry::on_conflict(retry::ATTEMPTS_MAX, || self.attempt(about, news)).await?;
        if noted == (Noted::New { to_wake: true }) {
            self.wake.notify_one();
        }
        Ok(noted != Noted::Already)
    }

    /// Read, decide, commit.
    async fn attempt(&self, about: &About<'_>, news: &News<'_>) -> Result<Noted, ProgressError> {
        let ledger = self.ports.ledger.as_ref();
        let key = about.key();
        let (student_document, student) = views::student(ledger, about.student_id).await?;
        if let News::Fact(fact) = news
            && student.erased_at.is_some_and(|erased_at| moment::occurred_at(fact.at) <= erased_at)
        {
            return Ok(Noted::Already);
        }
        let document = ledger.document(STRUGGLE, &key).await?;
        let before: Notes = document.as_ref().map(Document::read).transpose()?.unwrap_or_default();
        let now = self.ports.clock.now();
        let mut notes = before.clone();
        match news {
            News::Fact(fact) if !notes.take((*fact).clone()) => return Ok(Noted::Already),
            News::Closing { alert_id, fresh, by, note } => {
                let Some(fact) = notes.closing(*alert_id, now, *fresh, by, *note) else {
                    return Ok(Noted::Already);
                };
                notes.take(fact);
            }
            News::Fact(_) | News::Time => {}
        }
        let moves = notes.settle(now, || self.ports.ids.event_id());
        let mut change = Change::default();
        if document.is_none() {
            self.room_for_one_more(about.student_id).await?;
            // Whoever erases the student in between makes this fail, and the fact is looked at again.
            let expected = Expected::as_read(student_document.as_ref());
            let key = about.student_id.to_string();
            change.puts.push(Put::json(STUDENT, key, None, Vec::new(), expected, &student)?);
        }
        let subject = || Some(about.student_id.clone());
        let indexed = vec![about.student_id.to_string()];
        let expected = Expected::as_read(document.as_ref());
        change.puts.push(Put::json(STRUGGLE, key.clone(), subject(), indexed, expected, &notes)?);
        let due_at = notes.due_at(now);
        match due_at {
            Some(due_at) => change.puts.push(Waiting::of(about, due_at).put()?),
            None => change.deletes.push(Delete { kind: WAITING, key }),
        }
        let has_news = !moves.is_empty();
        for next in moves {
            self.carry_out(about, next, now, &mut change).await?;
        }
        let _committed = ledger.commit(change).await?;
        let is_early = |at: Timestamp| at.as_millisecond() < self.wakes_at_ms.load(Ordering::SeqCst);
        Ok(Noted::New { to_wake: has_news || due_at.is_some_and(is_early) })
    }

    async fn carry_out(
        &self,
        about: &About<'_>,
        next: Move,
        now: Timestamp,
        change: &mut Change,
    ) -> Result<(), ProgressError> {
        let ledger = self.ports.ledger.as_ref();
        match next {
            Move::Opened(alert_id, alert) => {
                self.make_room(about.student_id, change).await?;
                change.puts.push(opened(about, alert_id, alert, now).put(Expected::Absent)?);
            }
            Move::Ended(alert_id, end) => {
                // The oldest alerts make room for new ones: it may be gone.
                let Some((document, mut kept)) = kept::alert(ledger, alert_id).await? else { return Ok(()) };
                if end.by == EndedBy::Withdrawn && kept.told.opened.is_none() {
                    // Nobody heard of it, and nobody will.
                    change.deletes.push(Delete { kind: ALERT, key: document.key });
                    return Ok(());
                }
                kept.end = Some(end);
                change.puts.push(kept.put(Expected::Version(document.version))?);
            }
        }
        Ok(())
    }

    /// Any slug may be a component, so that something must bound them.
    async fn room_for_one_more(&self, student: &StudentId) -> Result<(), ProgressError> {
        let values = vec![student.to_string()];
        let query = Query { field: "student_id", values, limit: COMPONENTS_MAX as u32, offset: 0 };
        let known = self.ports.ledger.documents(STRUGGLE, query).await?;
        if known.len() < COMPONENTS_MAX { Ok(()) } else { Err(ProgressError::TooManyComponents) }
    }

    /// Lets the student's oldest alert go where there are too many: a closed one, if there is one.
    async fn make_room(&self, student: &StudentId, change: &mut Change) -> Result<(), LedgerError> {
        let kept =
            kept::of_students(self.ports.ledger.as_ref(), std::slice::from_ref(student), false).await?;
        if kept.len() >= ALERTS_MAX
            && let Some(oldest) = kept.iter().min_by_key(|kept| (kept.is_open(), kept.detected_at))
        {
            change.deletes.push(Delete { kind: ALERT, key: oldest.alert_id.to_string() });
        }
        Ok(())
    }
}

fn opened(about: &About<'_>, alert_id: EventId, alert: Alert, detected_at: Timestamp) -> Kept {
    Kept {
        alert_id,
        student_id: about.student_id.clone(),
        component: about.component.clone(),
        cause: alert.cause,
        opened_at: moment::occurred_at(alert.opened),
        reason: alert.sighting.reason,
        evidence: alert.sighting.evidence,
        detected_at,
        end: alert.end,
        exercise: None,
        no_exercise: None,
        told: kept::Told::default(),
    }
}
