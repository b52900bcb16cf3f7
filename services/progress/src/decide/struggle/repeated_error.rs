//! The same error kind three times within a day: an error code of analyses, or what wrong answers gave away.

use std::collections::BTreeMap;

use agent_core::mastery::Moment;
use contracts::events::StruggleEvidence;
use serde::{Deserialize, Serialize};

use super::WINDOW_MS;
use super::alert::Sighting;
use super::fact::{Fact, What};

/// So often is a struggle.
pub const TIMES: usize = 3;
/// So many kinds are watched at once; the one that was seen longest ago makes room.
const KINDS_MAX: usize = 30;

/// The kinds that were met, each with its last sights.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RepeatedError {
    kinds: BTreeMap<String, Vec<StruggleEvidence>>,
}

impl RepeatedError {
    /// Takes the next fact.
    pub fn take(&mut self, fact: &Fact) -> Option<Sighting> {
        let met: Vec<(&String, String)> = match &fact.what {
            What::ErrorsFound { codes } => {
                codes.iter().map(|code| (code, format!("An analysis found {code}."))).collect()
            }
            What::ExerciseAnswered { problem, misconception: Some(kind), .. } => {
                vec![(kind, format!("A wrong answer to {problem} showed {kind}."))]
            }
            What::QuizAnswered { misconception: Some(kind), .. } => {
                vec![(kind, format!("A wrong answer in a quiz showed {kind}."))]
            }
            _ => Vec::new(),
        };
        // Every kind is counted; of several that are shown at once the first is told.
        let shown: Vec<Sighting> =
            met.into_iter().filter_map(|(kind, what)| self.meet(kind, fact.seen(what), fact.at)).collect();
        shown.into_iter().next()
    }

    fn meet(&mut self, kind: &str, seen: StruggleEvidence, at: Moment) -> Option<Sighting> {
        if !self.kinds.contains_key(kind) && self.kinds.len() >= KINDS_MAX {
            self.make_room();
        }
        let sights = self.kinds.entry(kind.to_owned()).or_default();
        let since_ms = at.occurred_at_ms - WINDOW_MS;
        sights.retain(|sight| sight.occurred_at.as_millisecond() > since_ms);
        sights.push(seen);
        let surplus = sights.len().saturating_sub(TIMES);
        sights.drain(..surplus);
        (sights.len() == TIMES).then(|| {
            let since = sights[0].occurred_at.strftime("%H:%M");
            Sighting {
                reason: format!("{kind} came {TIMES} times since {since} UTC."),
                evidence: sights.clone(),
            }
        })
    }

    fn make_room(&mut self) {
        let last = |sights: &Vec<StruggleEvidence>| sights.last().map(|sight| sight.occurred_at);
        let oldest = self.kinds.iter().min_by_key(|(_, sights)| last(sights)).map(|(kind, _)| kind.clone());
        if let Some(oldest) = oldest {
            self.kinds.remove(&oldest);
        }
    }
}
