//! A log kept in memory, fed in any order, must end as the sorted log does: head, checkpoints and all.

use agent_core::mastery::{Fact, ProblemName, Score};
use proptest::prelude::*;

use super::*;

/// What a ledger would hold of one log.
#[derive(Debug, Default, PartialEq)]
struct Kept {
    head: Option<Head>,
    checkpoints: BTreeMap<u64, State>,
    log: BTreeMap<Moment, Dated>,
}

impl Kept {
    fn head(&self) -> Head {
        let new = || Head::new("mira".parse().unwrap(), "lists".parse().unwrap());
        self.head.clone().unwrap_or_else(new)
    }

    /// As the journal does it: on if it may follow, else again from a checkpoint.
    fn accept(&mut self, event: &Dated) {
        if self.log.contains_key(&event.moment()) {
            return;
        }
        let head = self.head();
        self.log.insert(event.moment(), event.clone());
        let mut folding = if head.state.may_follow(event.moment()) {
            Folding::on(head)
        } else {
            let from = head.checkpoint_before(event.moment());
            let from = from.map(|checkpoint| self.checkpoints[&checkpoint.accepted].clone());
            Folding::again(head, from)
        };
        let after = folding.state().last();
        for next in self.log.values().filter(|next| after.is_none_or(|after| after < next.moment())) {
            folding.apply(next).unwrap();
        }
        let (head, stored, dropped) = folding.finish();
        self.head = Some(head);
        self.checkpoints.extend(stored);
        self.checkpoints.retain(|accepted, _| !dropped.contains(accepted));
    }
}

fn event(number: u32) -> Dated {
    Dated {
        // Three at each moment, so that ids decide too.
        occurred_at_ms: i64::from(number / 3) * 3_600_000,
        event_id: EventKey(u128::from(number.wrapping_mul(2_654_435_761))),
        fact: Fact::ExerciseGraded {
            problem: ProblemName(format!("p{}", number % 40)),
            score: Score::new(f64::from(number % 11) / 10.0).unwrap(),
        },
    }
}

fn kept(events: impl IntoIterator<Item = Dated>) -> Kept {
    let mut kept = Kept::default();
    events.into_iter().for_each(|event| kept.accept(&event));
    kept
}

fn sorted(count: u32) -> Vec<Dated> {
    let mut events: Vec<Dated> = (0..count).map(event).collect();
    events.sort_by_key(Dated::moment);
    events
}

#[test]
fn the_newest_eight_checkpoints_are_kept_and_nothing_older() {
    let kept = kept(sorted(256 * 10 + 17));
    let names: Vec<u64> = kept.head().checkpoints.iter().map(|checkpoint| checkpoint.accepted).collect();
    assert_eq!(names, (3..=10).map(|n| n * 256).collect::<Vec<_>>());
    assert!(kept.checkpoints.keys().eq(names.iter()));
    for checkpoint in &kept.head().checkpoints {
        assert_eq!(kept.checkpoints[&checkpoint.accepted].last(), Some(checkpoint.last));
    }
}

#[test]
fn the_start_is_the_newest_checkpoint_that_serves() {
    let events = sorted(256 * 10);
    let head = kept(events.clone()).head();
    let first_kept = head.checkpoints[0];
    assert_eq!(
        head.checkpoint_before(events[0].moment()),
        None,
        "older than what is kept: from the beginning"
    );
    assert_eq!(head.checkpoint_before(first_kept.last), None, "a checkpoint holds its own last event");
    assert_eq!(head.checkpoint_before(events[256 * 3].moment()), Some(first_kept));
    assert_eq!(head.checkpoint_up_to(256 * 3 - 1), None);
    assert_eq!(head.checkpoint_up_to(256 * 3), Some(first_kept));
    assert_eq!(head.checkpoint_up_to(u64::MAX).map(|it| it.accepted), Some(2560));
}

#[test]
fn a_day_is_told_from_the_checkpoint_before_it_or_from_the_oldest_that_is_left() {
    // Three events an hour: a day has 72.
    let short = kept(sorted(72 * 10)).head();
    assert_eq!(short.start_of_day(0), Start { checkpoint: None, is_late: false });
    assert_eq!(short.start_of_day(-5), Start { checkpoint: None, is_late: false });
    let second = short.checkpoints[1];
    assert_eq!(short.start_of_day(9), Start { checkpoint: Some(second), is_late: false });
    let long = kept(sorted(256 * 10)).head();
    let oldest = long.checkpoints[0];
    assert_eq!(long.start_of_day(0), Start { checkpoint: Some(oldest), is_late: true });
    assert_eq!(long.start_of_day(11), Start { checkpoint: Some(oldest), is_late: false });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_order_and_duplication_ends_in_the_same_head_and_checkpoints(
        shuffled in Just((0..900_u32).chain(0..100).map(event).collect::<Vec<_>>()).prop_shuffle()
    ) {
        let (any, in_order) = (kept(shuffled), kept(sorted(900)));
        prop_assert_eq!(serde_json::to_vec(&any.head()).unwrap(), serde_json::to_vec(&in_order.head()).unwrap());
        prop_assert_eq!(any, in_order);
    }

    #[test]
    fn one_late_event_anywhere_ends_as_if_it_had_come_in_time(late in 0..2400_usize) {
        let events = sorted(2400);
        let mut others = events.clone();
        let event = others.remove(late);
        let mut kept_late = kept(others);
        kept_late.accept(&event);
        prop_assert_eq!(kept_late, kept(events));
    }
}
