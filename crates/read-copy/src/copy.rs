//! What is held of a student, and how news changes it: a function of the set of events heard, in whatever order and however
//! often they come.
//!
//! Not here: who hears them (module `refresher`), where it is kept (the adapters).

use std::collections::BTreeMap;

use agent_core::mastery::Mastery;
use contracts::Component;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How many records of a component are held. One stands; there are others only where events came late. Beyond so many the
/// oldest are let go.
pub const HELD_MAX: usize = 8;

/// What Progress once said of a component.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Held {
    /// The mastery then.
    pub mastery: Mastery,
    /// How many events it stands on: of two records the one with more is the newer.
    pub accepted_events: u64,
    /// When the event happened that led to it: an erasure voids it up to its own moment.
    pub occurred_at: Timestamp,
}

impl Held {
    /// Whether `other` can be let go: it is older, and no erasure voids this one alone.
    fn covers(&self, other: &Self) -> bool {
        let newer = self.accepted_events >= other.accepted_events && self.occurred_at >= other.occurred_at;
        let same = self.accepted_events == other.accepted_events && self.occurred_at == other.occurred_at;
        // Two that differ in mastery alone come from a log that was written anew: any rule will do that has no order.
        newer && (!same || self.mastery >= other.mastery)
    }
}

/// The copy of a student: components, or that the student was erased. Its JSON may have fields that are not known here, so
/// that two versions of a program can read the same copy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StudentCopy {
    /// By component what was said of it, newest first and never empty. Those behind the first happened later but stand on
    /// fewer events: such a one stands when the ones before it turn out to be void.
    #[serde(default)]
    components: BTreeMap<Component, Vec<Held>>,
    /// Up to when it is known to be true: the time of the latest event heard.
    pub refreshed_at: Timestamp,
    /// When the student was erased, if so. Events up to then are void.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    erased_at: Option<Timestamp>,
}

impl StudentCopy {
    /// Holds nothing.
    #[must_use]
    pub fn empty(refreshed_at: Timestamp) -> Self {
        Self { components: BTreeMap::new(), refreshed_at, erased_at: None }
    }

    /// What stands for a component, where something is held.
    #[must_use]
    pub fn held(&self, component: &str) -> Option<&Held> {
        self.components.get(component)?.first()
    }

    /// When the student was erased, if so.
    #[must_use]
    pub fn erased_at(&self) -> Option<Timestamp> {
        self.erased_at
    }

    /// Whether no component is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.components.is_empty()
    }

    /// Takes what Progress said of a component. Returns whether that changed anything: what is void, older or known does not.
    pub fn progress(&mut self, component: Component, news: Held) -> bool {
        if self.erased_at.is_some_and(|erased_at| news.occurred_at <= erased_at) {
            return false;
        }
        let held = self.components.get(&component).map(Vec::as_slice).unwrap_or_default();
        if held.iter().any(|held| held.covers(&news)) {
            return false;
        }
        let held = self.components.entry(component).or_default();
        held.retain(|held| !news.covers(held));
        held.push(news);
        held.sort_by_key(|held| std::cmp::Reverse(held.accepted_events));
        held.truncate(HELD_MAX);
        true
    }

    /// Takes that the student was erased at this moment: nothing up to it is held any more. Returns whether that changed
    /// anything.
    pub fn erase(&mut self, erased_at: Timestamp) -> bool {
        if self.erased_at.is_some_and(|known| known >= erased_at) {
            return false;
        }
        self.erased_at = Some(erased_at);
        self.components.retain(|_, held| {
            held.retain(|held| held.occurred_at > erased_at);
            !held.is_empty()
        });
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn held(mastery: f64, accepted_events: u64, second: i64) -> Held {
        Held { mastery: Mastery::new(mastery).unwrap(), accepted_events, occurred_at: at(second) }
    }

    fn loops() -> Component {
        "for".parse().unwrap()
    }

    #[test]
    fn of_two_records_the_one_on_more_events_stands_whatever_their_times() {
        let mut copy = StudentCopy::empty(at(0));
        assert!(copy.progress(loops(), held(0.5, 2, 10)));
        assert!(!copy.progress(loops(), held(0.3, 1, 5)), "older in both");
        assert!(!copy.progress(loops(), held(0.5, 2, 10)), "known");
        assert!(copy.progress(loops(), held(0.6, 3, 4)), "a late event");
        assert_eq!(copy.held("for"), Some(&held(0.6, 3, 4)));
        assert_eq!(copy.held("while"), None);
    }

    #[test]
    fn an_erasure_voids_what_happened_up_to_it_and_nothing_after() {
        let mut copy = StudentCopy::empty(at(0));
        copy.progress(loops(), held(0.9, 50, 10));
        assert!(copy.erase(at(10)));
        assert!(copy.is_empty() && copy.erased_at() == Some(at(10)));
        assert!(!copy.erase(at(9)), "an older erasure");
        assert!(!copy.progress(loops(), held(0.9, 51, 10)), "void");
        assert!(copy.progress(loops(), held(0.1, 1, 11)));
        assert_eq!(copy.held("for"), Some(&held(0.1, 1, 11)));
    }

    #[test]
    fn an_erasure_that_is_heard_late_leaves_what_was_learnt_since() {
        let mut copy = StudentCopy::empty(at(0));
        copy.progress(loops(), held(0.9, 50, 10));
        assert!(copy.progress(loops(), held(0.1, 1, 30)));
        assert_eq!(copy.held("for"), Some(&held(0.9, 50, 10)), "as long as nobody knows of the erasure");
        assert!(copy.erase(at(20)));
        assert_eq!(copy.held("for"), Some(&held(0.1, 1, 30)));
    }

    #[test]
    fn records_of_a_component_have_a_limit() {
        let mut copy = StudentCopy::empty(at(0));
        for number in 1..=100 {
            assert!(copy.progress(loops(), held(0.5, number, 1000 - i64::try_from(number).unwrap())));
        }
        assert_eq!(copy.components["for"].len(), HELD_MAX);
        assert_eq!(copy.held("for"), Some(&held(0.5, 100, 900)));
    }

    #[test]
    fn its_json_is_known_and_more_fields_do_no_harm() {
        let mut copy = StudentCopy::empty(at(7));
        copy.progress(loops(), held(0.84, 3, 7));
        let text = r#"{"components":{"for":[{"mastery":0.84,"accepted_events":3,"occurred_at":"1970-01-01T00:00:07Z"}]},"refreshed_at":"1970-01-01T00:00:07Z"}"#;
        assert_eq!(serde_json::to_string(&copy).unwrap(), text);
        let newer = text
            .replacen('{', r#"{"colour":"red","#, 1)
            .replace(r#"{"mastery""#, r#"{"trend":[1,2],"mastery""#);
        assert_eq!(serde_json::from_str::<StudentCopy>(&newer).unwrap(), copy);
        let bare = r#"{"refreshed_at":"1970-01-01T00:00:07Z"}"#;
        assert_eq!(serde_json::from_str::<StudentCopy>(bare).unwrap(), StudentCopy::empty(at(7)));
        for wrong in [text.replace("0.84", "7"), text.replace("\"for\"", "\"a/b\""), "{}".to_owned()] {
            assert!(serde_json::from_str::<StudentCopy>(&wrong).is_err(), "{wrong}");
        }
    }
}
