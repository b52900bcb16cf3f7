//! How a student's data goes: now, for everybody to hear, or as of an earlier moment, when everybody heard of it then.
//!
//! Not here: who may erase (`routes`), which earlier erasures there were (`replay`).

use agent_core::mastery::{Dated, EventKey, Moment};
use bus::Headers;
use contracts::{Component, StudentId};
use jiff::Timestamp;
use ledger::{Accept, Change, Document, Expected, LedgerError, Outcome, retry};

use super::draft::{Draft, put_student};
use super::writer::{Place, Writer};
use super::{Erased, ErasedThen, Incoming, Origin, Restored};
use crate::decide::entry::Kept;
use crate::decide::head::{Folding, Head};
use crate::decide::moment;
use crate::error::ProgressError;
use crate::outbox;
use crate::views::{self, Log, POSTED, Posted, Student};
use crate::walk::{Walk, corrupt};

impl Writer {
    pub(super) async fn erase(
        &self,
        student_id: &StudentId,
        headers: &Headers,
    ) -> Result<Erased, ProgressError> {
        let erased = retry::on_conflict(retry::ATTEMPTS_MAX, || async {
            let (document, before) = views::student(self.ledger.as_ref(), student_id).await?;
            let now = self.clock.now();
            let erased_at = before.erased_at.map_or(now, |earlier| earlier.max(now));
            let note = after(&before, erased_at);
            let event_id = self.ids.event_id();
            let change = Change {
                erase: Some(student_id.clone()),
                puts: vec![put_student(student_id, &note, Expected::as_read(document.as_ref()))?],
                messages: vec![outbox::student_erased(student_id, event_id, erased_at, headers)],
                ..Change::default()
            };
            self.ledger.commit(change).await.map(|_| Erased { event_id, erased_at })
        });
        Ok(erased.await?)
    }

    /// Whether it was news here.
    pub(super) async fn erase_as_of(&self, erased: &ErasedThen) -> Result<bool, ProgressError> {
        retry::on_conflict(retry::ATTEMPTS_MAX, || self.attempt_as_of(erased)).await
    }

    async fn attempt_as_of(&self, erased: &ErasedThen) -> Result<bool, ProgressError> {
        let ErasedThen { student_id, told, erased_at, .. } = erased;
        let (told, erased_at) = (*told, *erased_at);
        let (document, before) = views::student(self.ledger.as_ref(), student_id).await?;
        if before.erased_at.is_some_and(|earlier| earlier >= erased_at) {
            return Ok(false);
        }
        let mut note = after(&before, erased_at);
        let accept = Accept { consumer: crate::NAME, event_id: told, subject: None };
        let erase = Some(student_id.clone());
        // The others may have been set back as far as this database was. Whoever heard of it knows the event by its id.
        let messages = vec![outbox::student_erased(student_id, told, erased_at, &Headers::default())];
        let mut change = Change { accept: Some(accept), erase, messages, ..Change::default() };
        for component in before.components {
            let old = Log::new(student_id, &component, before.generation);
            let since = self.since(erased, &component, &old).await?;
            if since.is_empty() {
                continue;
            }
            let log = Log::new(student_id, &component, note.generation);
            let begun = self.begun_with(student_id, &component, &log, &since)?;
            change.appends.extend(begun.appends);
            change.puts.extend(begun.puts);
            change.messages.extend(begun.messages);
            note.components.insert(component);
        }
        change.puts.push(put_student(student_id, &note, Expected::as_read(document.as_ref()))?);
        Ok(self.ledger.commit(change).await? == Outcome::Committed)
    }

    /// What a log has of the time after the erasure.
    async fn since(
        &self,
        erased: &ErasedThen,
        component: &Component,
        log: &Log,
    ) -> Result<Vec<Incoming>, LedgerError> {
        let ErasedThen { student_id, erased_at, void, .. } = erased;
        let ledger = self.ledger.as_ref();
        let last_void = Moment { occurred_at_ms: erased_at.as_millisecond(), event_id: EventKey(u128::MAX) };
        let mut walk = Walk::after(ledger, log, Some(last_void));
        let mut since = Vec::new();
        while let Some(Kept { event, by, key }) = walk.next_kept().await? {
            let place = event.moment();
            if void.contains(&moment::event_id(place)) {
                continue;
            }
            let mut breakdown = None;
            if let Some(key) = &key {
                let document = ledger.document(POSTED, &views::posted_key(student_id, key)).await?;
                let posted: Option<Posted> = document.as_ref().map(Document::read).transpose()?;
                breakdown = posted.map(|posted| posted.answer.breakdown);
            }
            let (event_id, occurred_at) = (moment::event_id(place), moment::occurred_at(place));
            since.push(Incoming {
                student_id: student_id.clone(),
                component: component.clone(),
                fact: event.fact,
                origin: Origin::Restored(Restored { event_id, occurred_at, by, key, breakdown }),
                headers: Headers::default(),
            });
        }
        Ok(since)
    }

    /// A new log that begins with these, as a change that is to go with another.
    fn begun_with(
        &self,
        student_id: &StudentId,
        component: &Component,
        log: &Log,
        since: &[Incoming],
    ) -> Result<Change, ProgressError> {
        let mut draft = Draft::new(log, self.ids.as_ref());
        let mut folding = Folding::on(Head::new(student_id.clone(), component.clone()));
        for incoming in since {
            let Origin::Restored(Restored { event_id, occurred_at, .. }) = &incoming.origin else { continue };
            let Moment { occurred_at_ms, event_id } = moment::of(*occurred_at, *event_id);
            let event = Dated { occurred_at_ms, event_id, fact: incoming.fact.clone() };
            folding.apply(&event).map_err(|error| corrupt(log, &error))?;
            draft.add(incoming, &event, folding.state())?;
        }
        draft.close(folding, &Place::Begun).map(|(change, _)| change)
    }
}

/// All that stays of a student.
fn after(before: &Student, erased_at: Timestamp) -> Student {
    Student { generation: before.generation + 1, erased_at: Some(erased_at), ..Student::default() }
}
