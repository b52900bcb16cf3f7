//! What is kept of a student and component: the rules' state after the older facts, and the newer facts themselves, so
//! that one that comes late is put in its place.
//!
//! The newest [`RECENT_MAX`] facts may come in any order. What is older than all of them is passed over: it was counted, or
//! it comes too late to matter to anybody.

use agent_core::mastery::{EventKey, Moment};
use contracts::events::StruggleCause;
use contracts::{EventId, SubjectId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::WINDOW_MS;
use super::alert::{Alert, End, EndedBy};
use super::fact::{Fact, What};
use super::state::{ALERTS_MAX, State};

/// So many facts wait to be settled for good.
pub const RECENT_MAX: usize = 50;
/// So many alerts' ids are remembered.
const KNOWN_MAX: usize = 2 * ALERTS_MAX;

/// What is kept.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Notes {
    settled: State,
    /// In their order.
    recent: Vec<Fact>,
    /// Alerts that were made known.
    known: Vec<Known>,
}

/// An alert that was made known, by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    alert_id: EventId,
    cause: StruggleCause,
    number: u32,
    is_open: bool,
}

/// What is to be made known.
#[derive(Debug, Clone, PartialEq)]
pub enum Move {
    /// A new alert.
    Opened(EventId, Alert),
    /// One ended.
    Ended(EventId, End),
}

impl Notes {
    /// Takes a fact; false where it is known, or comes too late.
    pub fn take(&mut self, fact: Fact) -> bool {
        if self.settled.last().is_some_and(|last| fact.at <= last) {
            return false;
        }
        let Err(place) = self.recent.binary_search_by_key(&fact.at, |known| known.at) else { return false };
        self.recent.insert(place, fact);
        if self.recent.len() > RECENT_MAX {
            self.settled.apply(&self.recent.remove(0));
        }
        true
    }

    /// Where the rules stand now.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> State {
        let mut state = self.settled.clone();
        self.recent.iter().for_each(|fact| state.apply(fact));
        state.pass_until(now.as_millisecond());
        state
    }

    /// When time alone will show the next sign.
    #[must_use]
    pub fn due_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.state(now).due_ms().and_then(|ms| Timestamp::from_millisecond(ms).ok())
    }

    /// A teacher's word on an alert, as the fact that follows all others; `None` where the alert is not open.
    #[must_use]
    pub fn closing(
        &self,
        alert_id: EventId,
        now: Timestamp,
        fresh: EventId,
        by: &SubjectId,
        note: Option<&str>,
    ) -> Option<Fact> {
        let known = self.known.iter().find(|known| known.alert_id == alert_id && known.is_open)?;
        let last_ms = self.recent.last().map(|fact| fact.at).or(self.settled.last());
        let after_ms = last_ms.map_or(i64::MIN, |last| last.occurred_at_ms.saturating_add(1));
        let at = Moment {
            occurred_at_ms: now.as_millisecond().max(after_ms),
            event_id: EventKey(fresh.0.as_u128()),
        };
        let (cause, number) = (known.cause, known.number);
        Some(Fact { at, what: What::Closed { cause, number, by: by.clone(), note: note.map(str::to_owned) } })
    }

    /// Compares where the rules stand with what was made known; what differs is known when this returns.
    ///
    /// An alert that was made known and that the facts no longer make is withdrawn: something came late. A sign that is
    /// older than the window is passed over: nobody can help any more.
    pub fn settle(&mut self, now: Timestamp, mut draw: impl FnMut() -> EventId) -> Vec<Move> {
        let state = self.state(now);
        let mut moves = Vec::new();
        for alert in state.alerts() {
            let is_it = |known: &Known| (known.cause, known.number) == (alert.cause, alert.number);
            match (self.known.iter().position(is_it), &alert.end) {
                (Some(place), Some(end)) if self.known[place].is_open => {
                    self.known[place].is_open = false;
                    moves.push(Move::Ended(self.known[place].alert_id, end.clone()));
                }
                (Some(place), None) if !self.known[place].is_open => {
                    // What came late shows that it had not ended: told as a new one.
                    self.known.remove(place);
                    moves.extend(self.make_known(alert, now, &mut draw));
                }
                (Some(_), _) => {}
                (None, _) => moves.extend(self.make_known(alert, now, &mut draw)),
            }
        }
        for known in self.known.iter_mut().filter(|known| known.is_open) {
            let is_made = |alert: &Alert| (known.cause, known.number) == (alert.cause, alert.number);
            if !state.alerts().iter().any(is_made) {
                known.is_open = false;
                let at_ms = now.as_millisecond();
                let end = End { by: EndedBy::Withdrawn, at_ms, teacher: None, note: None };
                moves.push(Move::Ended(known.alert_id, end));
            }
        }
        if self.known.len() > KNOWN_MAX
            && let Some(ended) = self.known.iter().position(|known| !known.is_open)
        {
            self.known.remove(ended);
        }
        moves
    }

    fn make_known(
        &mut self,
        alert: &Alert,
        now: Timestamp,
        draw: &mut impl FnMut() -> EventId,
    ) -> Option<Move> {
        if alert.opened.occurred_at_ms <= now.as_millisecond() - WINDOW_MS {
            return None;
        }
        let (alert_id, cause, number) = (draw(), alert.cause, alert.number);
        self.known.push(Known { alert_id, cause, number, is_open: alert.is_open() });
        Some(Move::Opened(alert_id, alert.clone()))
    }
}
