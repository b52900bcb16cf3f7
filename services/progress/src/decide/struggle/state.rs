//! The rules at work on one student and component: fact after fact, and the alerts that come of it.

use std::collections::BTreeMap;

use agent_core::mastery::Moment;
use contracts::events::StruggleCause;
use serde::{Deserialize, Serialize};

use super::COOL_DOWN_MS;
use super::alert::{Alert, End, EndedBy, Sighting};
use super::asked_for_help;
use super::fact::{Fact, What, is_right};
use super::failed_in_a_row::FailedInARow;
use super::long_open::LongOpen;
use super::low_quiz::LowQuiz;
use super::repeated_error::RepeatedError;

/// So many alerts are remembered; those that ended longest ago make room. One of each cause may be open.
pub const ALERTS_MAX: usize = 10;

/// Where the rules stand after some facts. A function of these facts alone.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    last: Option<Moment>,
    repeated_error: RepeatedError,
    long_open: LongOpen,
    low_quiz: LowQuiz,
    failed_in_a_row: FailedInARow,
    /// Alerts so far, by cause.
    counts: BTreeMap<StruggleCause, u32>,
    /// In the order in which they were opened.
    alerts: Vec<Alert>,
}

impl State {
    /// The place of the last fact.
    #[must_use]
    pub fn last(&self) -> Option<Moment> {
        self.last
    }

    /// The alerts, in the order in which they were opened; at most [`ALERTS_MAX`].
    #[must_use]
    pub fn alerts(&self) -> &[Alert] {
        &self.alerts
    }

    /// When time alone will show the next sign, in milliseconds since 1970 in UTC.
    #[must_use]
    pub fn due_ms(&self) -> Option<i64> {
        self.long_open.due_ms()
    }

    /// Takes the next fact, which is after the last one.
    pub fn apply(&mut self, fact: &Fact) {
        // An answer at the very end of the patience is in time.
        self.pass_until(fact.at.occurred_at_ms - 1);
        self.last = Some(fact.at);
        self.long_open.take(fact);
        let shown = [
            (StruggleCause::RepeatedError, self.repeated_error.take(fact)),
            (StruggleCause::LowQuiz, self.low_quiz.take(fact)),
            (StruggleCause::AskedForHelp, asked_for_help::look(fact)),
            (StruggleCause::FailedInARow, self.failed_in_a_row.take(fact)),
        ];
        for (cause, sighting) in shown {
            if let Some(sighting) = sighting {
                self.open(cause, fact.at, sighting);
            }
        }
        self.close_by(fact);
    }

    /// Lets time pass: what is due up to this moment is shown.
    pub fn pass_until(&mut self, now_ms: i64) {
        while let Some((at, sighting)) = self.long_open.pop_due(now_ms) {
            self.open(StruggleCause::LongOpenExercise, at, sighting);
        }
    }

    /// Opens an alert, unless one of this cause is open, or was closed a short time ago.
    fn open(&mut self, cause: StruggleCause, opened: Moment, sighting: Sighting) {
        let quiet = self.alerts.iter().filter(|alert| alert.cause == cause).any(|alert| {
            alert.end.as_ref().is_none_or(|end| opened.occurred_at_ms < end.at_ms + COOL_DOWN_MS)
        });
        if quiet {
            return;
        }
        let count = self.counts.entry(cause).or_default();
        *count += 1;
        let alert = Alert { cause, number: *count, opened, sighting, solved: Default::default(), end: None };
        self.alerts.push(alert);
        if self.alerts.len() > ALERTS_MAX
            && let Some(ended) = self.alerts.iter().position(|alert| !alert.is_open())
        {
            self.alerts.remove(ended);
        }
    }

    /// Closes what the fact closes. Whatever led to it is forgotten: it counts once.
    fn close_by(&mut self, fact: &Fact) {
        let mut closed = Vec::new();
        for alert in self.alerts.iter_mut().filter(|alert| alert.is_open()) {
            match &fact.what {
                What::ExerciseAnswered { problem, score, .. } if is_right(*score) => {
                    alert.solve(problem, fact.at);
                }
                What::Closed { cause, number, by, note }
                    if (*cause, *number) == (alert.cause, alert.number) =>
                {
                    alert.end = Some(End {
                        by: EndedBy::Teacher,
                        at_ms: fact.at.occurred_at_ms,
                        teacher: Some(by.clone()),
                        note: note.clone(),
                    });
                }
                _ => {}
            }
            if !alert.is_open() {
                closed.push(alert.cause);
            }
        }
        for cause in closed {
            match cause {
                StruggleCause::RepeatedError => self.repeated_error = RepeatedError::default(),
                StruggleCause::FailedInARow => self.failed_in_a_row = FailedInARow::default(),
                // An exercise, a quiz and a word are taken once anyway.
                StruggleCause::LongOpenExercise | StruggleCause::LowQuiz | StruggleCause::AskedForHelp => {}
            }
        }
    }
}
