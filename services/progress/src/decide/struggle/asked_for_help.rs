//! The student said so: "I don't understand", "I'm stuck".

use agent_core::signs::Sign;

use super::alert::Sighting;
use super::fact::{Fact, What};

/// Looks at one fact. Nothing needs to be remembered.
#[must_use]
pub fn look(fact: &Fact) -> Option<Sighting> {
    let What::Said { sign, agent } = &fact.what else { return None };
    let said = match sign {
        Sign::DontUnderstand => "not to understand",
        Sign::Stuck => "to be stuck",
    };
    let seen = fact.seen(format!("The student said {said}, to {agent}."));
    let at = seen.occurred_at.strftime("%H:%M");
    Some(Sighting { reason: format!("The student said {said}, at {at} UTC."), evidence: vec![seen] })
}
