//! An exercise that is open for ten minutes without a right answer. The one sign that nothing tells but time.

use agent_core::mastery::Moment;
use serde::{Deserialize, Serialize};

use super::alert::Sighting;
use super::fact::{Fact, What, is_right};

/// So long is a struggle.
pub const PATIENCE_MS: i64 = 10 * 60 * 1000;
/// So many exercises are watched at once; the one that was opened first makes room.
const OPEN_MAX: usize = 20;

/// The exercises that are open, in the order in which they were opened.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LongOpen {
    open: Vec<Fact>,
}

impl LongOpen {
    /// Takes the next fact. An exercise that is opened again has been open since the first time.
    pub fn take(&mut self, fact: &Fact) {
        match &fact.what {
            What::ExerciseOpened { problem } if !self.open.iter().any(|fact| is_of(fact, problem)) => {
                self.open.push(fact.clone());
                let surplus = self.open.len().saturating_sub(OPEN_MAX);
                self.open.drain(..surplus);
            }
            What::ExerciseAnswered { problem, score, .. } if is_right(*score) => {
                self.open.retain(|fact| !is_of(fact, problem));
            }
            _ => {}
        }
    }

    /// When the next exercise will have been open too long, in milliseconds since 1970 in UTC.
    #[must_use]
    pub fn due_ms(&self) -> Option<i64> {
        self.open.first().map(due_ms)
    }

    /// Takes out the next exercise that has been open too long at this time: when that was, and what was seen.
    pub fn pop_due(&mut self, now_ms: i64) -> Option<(Moment, Sighting)> {
        if self.due_ms()? > now_ms {
            return None;
        }
        let fact = self.open.remove(0);
        let What::ExerciseOpened { problem } = &fact.what else { return None };
        let seen = fact.seen(format!("{problem} was opened."));
        let since = seen.occurred_at.strftime("%H:%M");
        let minutes = PATIENCE_MS / 60_000;
        let reason = format!(
            "{problem} has been open since {since} UTC, for {minutes} minutes, without a right answer."
        );
        let at = Moment { occurred_at_ms: due_ms(&fact), event_id: fact.at.event_id };
        Some((at, Sighting { reason, evidence: vec![seen] }))
    }
}

fn due_ms(fact: &Fact) -> i64 {
    fact.at.occurred_at_ms.saturating_add(PATIENCE_MS)
}

fn is_of(fact: &Fact, name: &str) -> bool {
    matches!(&fact.what, What::ExerciseOpened { problem } if problem == name)
}
