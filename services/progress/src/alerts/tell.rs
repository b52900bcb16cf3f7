//! The task that tells: it wakes when something was seen, and when something is due by the clock.
//!
//! What is to be told is stored as such, so that a restart tells it; with several processes each may tell, and the
//! ledger lets one of them. Not here: what the message says (`outbox`).

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use contracts::EventId;
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use ledger::{Change, Document, Expected, LedgerError, Put, retry};
use room::Stop;

use super::exercise::{Answer, Tried};
use super::feed;
use super::kept::{self, FEED, Kept};
use super::{Alerts, News};
use crate::error::ProgressError;
use crate::outbox;

/// It looks so often although nothing woke it: another process may have stored something and died.
const LOOK_EVERY: SignedDuration = SignedDuration::from_secs(10);
/// After a failure of the store.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_secs(1);
/// So many alerts are told in a round.
const ROUND_MAX: u32 = 64;

/// What was asked of the exercise agent, for the alerts that wait for its answer.
type Tries = HashMap<EventId, Tried>;

impl Alerts {
    /// Until the stop. Then nobody listens any more either.
    pub(super) async fn run(self: Arc<Self>, stop: Stop) {
        let mut tries = Tries::new();
        while let Some(round) = stop.run_until_cancelled(self.round(&mut tries)).await {
            let now = self.ports.clock.now();
            let wakes_at = round.unwrap_or_else(|error| {
                tracing::warn!(%error, "alerts wait: the store does not answer");
                now.saturating_add(LOOK_AGAIN).unwrap_or(now)
            });
            self.wakes_at_ms.store(wakes_at.as_millisecond(), Ordering::SeqCst);
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                () = self.wake.notified() => {}
                () = self.ports.alarm.sleep_until(wakes_at) => {}
            }
        }
        self.feed.end();
    }

    /// Sees what is due, tells what is to be told. When to look again.
    async fn round(&self, tries: &mut Tries) -> Result<Timestamp, ProgressError> {
        // Whatever is noted from here on may be missed below: it wakes.
        self.wakes_at_ms.store(i64::MAX, Ordering::SeqCst);
        let now = self.ports.clock.now();
        let due_at = self.see_what_is_due().await?;
        let again_at = self.tell_all(tries).await?;
        let look_at = now.saturating_add(LOOK_EVERY).unwrap_or(now);
        Ok([due_at, again_at].into_iter().flatten().fold(look_at, Timestamp::min))
    }

    /// Looks at everything whose time has come; when the next is due.
    async fn see_what_is_due(&self) -> Result<Option<Timestamp>, ProgressError> {
        let now = self.ports.clock.now();
        let mut next = None;
        for waiting in kept::waiting(self.ports.ledger.as_ref()).await? {
            if waiting.due_at <= now {
                self.note(&waiting.about(), &News::Time).await?;
            } else {
                next = Some(next.map_or(waiting.due_at, |next: Timestamp| next.min(waiting.due_at)));
            }
        }
        Ok(next)
    }

    /// Tells what can be told; when to ask again for exercises of the rest.
    async fn tell_all(&self, tries: &mut Tries) -> Result<Option<Timestamp>, ProgressError> {
        let mut again_at: Option<Timestamp> = None;
        let untold = kept::untold(self.ports.ledger.as_ref(), ROUND_MAX).await?;
        let is_full = untold.len() == ROUND_MAX as usize;
        let mut before = std::mem::take(tries);
        let asked = untold.into_iter().map(|(document, kept)| {
            let tried = before.remove(&kept.alert_id).unwrap_or_default();
            self.complete(document, kept, tried)
        });
        for (document, kept, answer) in join_all(asked).await {
            match answer {
                Completed::Whole => self.tell(&document, kept).await?,
                Completed::Waits(tried, at) => {
                    tries.insert(kept.alert_id, tried);
                    again_at = Some(again_at.map_or(at, |again_at| again_at.min(at)));
                }
            }
        }
        if is_full && tries.len() < ROUND_MAX as usize {
            // There may be more.
            self.wake.notify_one();
        }
        Ok(again_at)
    }

    /// Adds the exercise, where the alert is to be told as new.
    async fn complete(
        &self,
        document: Document,
        mut kept: Kept,
        mut tried: Tried,
    ) -> (Document, Kept, Completed) {
        if kept.told.opened.is_some() || kept.exercise.is_some() || kept.no_exercise.is_some() {
            return (document, kept, Completed::Whole);
        }
        if !kept.is_open() {
            kept.no_exercise = Some("The alert was closed before there was one.".to_owned());
            return (document, kept, Completed::Whole);
        }
        match self.exercise_for(&kept, &mut tried).await {
            Answer::Ready(exercise) => kept.exercise = Some(exercise),
            Answer::None(why) => kept.no_exercise = Some(why.to_owned()),
            Answer::Later(at) => return (document, kept, Completed::Waits(tried, at)),
        }
        (document, kept, Completed::Whole)
    }

    /// Tells of one alert: the bus and whoever listens, in one transaction with the note that it was told.
    async fn tell(&self, document: &Document, kept: Kept) -> Result<(), ProgressError> {
        let told = retry::on_conflict(retry::ATTEMPTS_MAX, || self.try_to_tell(document, kept.clone()));
        match told.await {
            Ok(()) => {
                if kept.told.opened.is_none() {
                    self.ports.learning.struggle(kept.cause);
                }
                self.feed.tell();
                Ok(())
            }
            // The alert itself moved on: it is still to be told, and found in the next round.
            Err(LedgerError::Conflict(_)) => {
                self.wake.notify_one();
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn try_to_tell(&self, document: &Document, mut kept: Kept) -> Result<(), LedgerError> {
        let ledger = self.ports.ledger.as_ref();
        let (feed_document, mut last) = feed::last(ledger).await?;
        let mut change = Change::default();
        if kept.told.opened.is_none() {
            last += 1;
            kept.told.opened = Some(last);
            let (event_id, now) = (self.ports.ids.event_id(), self.ports.clock.now());
            change.messages.push(outbox::struggle_detected(&kept, event_id, now));
        }
        if !kept.is_open() && kept.told.ended.is_none() {
            last += 1;
            kept.told.ended = Some(last);
        }
        let expected = Expected::as_read(feed_document.as_ref());
        change.puts.push(kept.put(Expected::Version(document.version))?);
        let (key, feed) = (feed::KEY.to_owned(), feed::Numbered { last });
        change.puts.push(Put::json(FEED, key, None, Vec::new(), expected, &feed)?);
        ledger.commit(change).await.map(|_| ())
    }
}

/// Whether an alert can be told.
enum Completed {
    Whole,
    /// For an exercise, until then.
    Waits(Tried, Timestamp),
}
