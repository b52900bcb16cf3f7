//! Time moves only when told, and the same seed gives the same ids.

use std::collections::BTreeSet;

use clock::{Clock, Ids};
use testkit::{FixedClock, SeededIds};

#[test]
fn the_clock_stands_still_until_told() {
    let clock = FixedClock::default();
    assert_eq!(clock.now().to_string(), "2026-03-01T09:00:00Z");
    clock.advance_ms(86_400_001);
    assert_eq!(clock.now().to_string(), "2026-03-02T09:00:00.001Z");
    clock.set("2027-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(clock.now(), FixedClock::at_text("2027-01-01T00:00:00Z").now());
}

#[test]
fn a_seed_gives_the_same_ids_again_and_another_seed_others() {
    let (ids, again, others) = (SeededIds::new(7), SeededIds::new(7), SeededIds::new(8));
    let mut seen = BTreeSet::new();
    for number in 1..=100 {
        let id = ids.event_id();
        assert_eq!(id, again.event_id());
        assert_eq!(id, ids.nth(number));
        assert_eq!(id.0.get_version_num(), 4);
        seen.insert(id);
        seen.insert(others.event_id());
    }
    assert_eq!(seen.len(), 200);
}
