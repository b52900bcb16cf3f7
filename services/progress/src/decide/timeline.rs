//! What a log tells: each event with what it contributed, and each day with where it ended.
//!
//! Not here: walking the log (`journal`).

use std::collections::BTreeMap;

use agent_core::mastery::{DAY_MS, Dated, Fact, OutOfOrder, ScoredScores, State, Step};
use contracts::SubjectId;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::entry::Logged;
use super::head::REACH_EVENTS;

/// An event and what it did.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// What happened.
    pub fact: Fact,
    /// Who said so, where it was no evidence.
    pub by: Option<SubjectId>,
    /// What it did.
    pub step: Step,
}

/// Which events of a log a page of the explanation shows, newest first: those after the first `skip`, at most `take`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Events of the log before the page.
    pub skip: u64,
    /// Events on the page.
    pub take: u64,
    /// Events on all pages.
    pub total: u64,
}

/// The events of a page, out of the newest [`REACH_EVENTS`] of a log of `accepted`; `offset` newer ones are on the pages
/// before.
#[must_use]
pub fn span(accepted: u64, offset: u32, limit: u32) -> Span {
    let total = accepted.min(REACH_EVENTS);
    let end = total.saturating_sub(u64::from(offset));
    let take = end.min(u64::from(limit));
    Span { skip: accepted - total + end - take, take, total }
}

/// Tells the events of a walk that starts at a state; keeps those after the first `skip` of the log.
#[derive(Debug)]
pub struct Explaining {
    state: State,
    span: Span,
    told: Vec<Told>,
}

impl Explaining {
    /// From a state at or before the first event of the span.
    #[must_use]
    pub fn from(state: State, span: Span) -> Self {
        Self { state, span, told: Vec::new() }
    }

    /// Whether all events of the span have been told.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.told.len() as u64 >= self.span.take
    }

    /// Takes the log's next event.
    ///
    /// # Errors
    /// [`OutOfOrder`] if it is not the next.
    pub fn take(&mut self, logged: Logged) -> Result<(), OutOfOrder> {
        let step = self.state.step(&logged.event)?;
        if self.state.accepted() > self.span.skip && !self.is_complete() {
            self.told.push(Told { fact: logged.event.fact, by: logged.by, step });
        }
        Ok(())
    }

    /// The events, newest first.
    #[must_use]
    pub fn newest_first(mut self) -> Vec<Told> {
        self.told.reverse();
        self.told
    }
}

/// The end of a day on which something happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Day {
    /// The four scores after the day's last event.
    pub scored: ScoredScores,
    /// How many events the day had.
    pub events: u64,
}

/// The days of a walk, by number since 1970.
#[derive(Debug)]
pub struct Days {
    state: State,
    first_day: i64,
    days: BTreeMap<i64, Day>,
}

/// The number of the UTC day since 1970.
#[must_use]
pub fn day_of(at: Timestamp) -> i64 {
    at.as_millisecond().div_euclid(DAY_MS)
}

/// The date of a day's number.
#[must_use]
pub fn date_of(day: i64) -> Date {
    // Days are made of timestamps, so the way back cannot fail.
    let start = Timestamp::from_millisecond(day.saturating_mul(DAY_MS)).unwrap_or(Timestamp::UNIX_EPOCH);
    start.to_zoned(TimeZone::UTC).date()
}

impl Days {
    /// From a state before the first day that is asked for.
    #[must_use]
    pub fn from(state: State, first_day: i64) -> Self {
        Self { state, first_day, days: BTreeMap::new() }
    }

    /// Takes the log's next event.
    ///
    /// # Errors
    /// [`OutOfOrder`] if it is not the next.
    pub fn take(&mut self, event: &Dated) -> Result<(), OutOfOrder> {
        self.state.apply(event)?;
        let day = event.occurred_at_ms.div_euclid(DAY_MS);
        if day >= self.first_day {
            let events = self.days.get(&day).map_or(0, |day| day.events) + 1;
            self.days.insert(day, Day { scored: self.state.scores(), events });
        }
        Ok(())
    }

    /// The days, oldest first.
    #[must_use]
    pub fn finish(self) -> BTreeMap<i64, Day> {
        self.days
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_run_from_the_newest_event_back_to_the_reach_and_meet_without_a_gap() {
        for (accepted, offset, limit, skip, take, total) in [
            (0, 0, 50, 0, 0, 0),
            (3, 0, 50, 0, 3, 3),
            (120, 0, 50, 70, 50, 120),
            (120, 50, 50, 20, 50, 120),
            (120, 100, 50, 0, 20, 120),
            (120, 150, 50, 0, 0, 120),
            (5000, 0, 50, 4950, 50, REACH_EVENTS),
            (5000, 1750, 50, 5000 - REACH_EVENTS, 42, REACH_EVENTS),
            (5000, 1800, 50, 5000 - REACH_EVENTS, 0, REACH_EVENTS),
            (7, u32::MAX, 200, 0, 0, 7),
        ] {
            assert_eq!(
                span(accepted, offset, limit),
                Span { skip, take, total },
                "{accepted} {offset} {limit}"
            );
        }
    }

    #[test]
    fn a_day_is_a_date_in_utc() {
        for (at, date) in [
            ("1970-01-01T00:00:00Z", "1970-01-01"),
            ("1969-12-31T23:59:59.999Z", "1969-12-31"),
            ("2026-03-01T23:59:59.999Z", "2026-03-01"),
        ] {
            assert_eq!(date_of(day_of(at.parse().unwrap())).to_string(), date);
        }
    }
}
