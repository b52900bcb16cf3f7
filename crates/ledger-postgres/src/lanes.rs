//! Which lanes this store holds, until when, and what of them was handed out. A lane is a share of the keys; its messages
//! are published by the store that has leased it.
//!
//! The state here is this process's view: a lease counts from before it was asked for, so that it ends here no later than
//! in the database. A lane whose lease ended here is forgotten and, if the store takes it again, read from the start: what
//! was handed out under the old lease is refused by [`Lanes::holds`], and comes again.
//!
//! Not here: the statements that take, renew and give back (module `lease`).

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ledger::Pending;
use tokio::time::Instant;

/// Shares of a room's keys: at most so many stores relay at once. Messages in the database carry their lane, so the
/// number never changes.
pub const LANES: u16 = 32;

/// The lane of a key, the same in every version of the program: FNV-1a over its bytes.
pub(crate) fn lane_of(key: &str) -> i16 {
    let hash = key.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    i16::try_from(hash % u64::from(LANES)).unwrap_or(0)
}

/// A lane that is leased.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held {
    /// Rises with each lease of the lane, whoever takes it.
    pub(crate) token: i64,
    until: Instant,
    /// Where reading goes on while older messages are still to be handed out; then reading follows the relay's place.
    catching_up: Option<i64>,
    /// The highest sequence handed out.
    pub(crate) handed_out: i64,
    /// Another store shall have it: nothing more is handed out.
    is_leaving: bool,
}

/// The lanes of a room that this store holds.
#[derive(Debug, Default)]
pub(crate) struct Lanes(Mutex<BTreeMap<i16, Held>>);

/// Where a read begins: for each lane the sequence and the token under which its messages are handed out.
pub(crate) type Places = BTreeMap<i16, (i64, i64)>;

impl Lanes {
    fn held(&self) -> MutexGuard<'_, BTreeMap<i16, Held>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a lane is held now.
    pub(crate) fn has(&self, lane: i16, now: Instant) -> bool {
        self.held().get(&lane).is_some_and(|held| held.until > now)
    }

    /// Whether a message may still be published. Not in the last quarter of a lease: publishing takes time too.
    pub(crate) fn holds(&self, pending: &Pending, now: Instant, lease: Duration) -> bool {
        let lane = lane_of(&pending.message.key);
        let mut lanes = self.held();
        let Some(held) = lanes.get(&lane).filter(|held| held.token == pending.lease) else { return false };
        if held.until > now + lease / 4 {
            return true;
        }
        // What is refused once must come again: the lane is read anew under a lease of its own.
        lanes.remove(&lane);
        false
    }

    /// Forgets lanes whose lease ended, and tells the rest: those to keep, and those that leave.
    pub(crate) fn split(&self, now: Instant) -> (BTreeMap<i16, Held>, BTreeMap<i16, Held>) {
        let mut lanes = self.held();
        lanes.retain(|_, held| held.until > now);
        lanes.iter().map(|(lane, held)| (*lane, *held)).partition(|(_, held)| !held.is_leaving)
    }

    /// These lanes shall be another store's.
    pub(crate) fn let_go(&self, leaving: impl IntoIterator<Item = i16>) {
        let mut lanes = self.held();
        for lane in leaving {
            if let Some(held) = lanes.get_mut(&lane) {
                held.is_leaving = true;
            }
        }
    }

    /// These are another store's already.
    pub(crate) fn lose(&self, lost: impl IntoIterator<Item = i16>) {
        let mut lanes = self.held();
        for lane in lost {
            lanes.remove(&lane);
        }
    }

    /// The lease of these goes on. One that was refused to the relay meanwhile stays forgotten.
    pub(crate) fn renew(&self, renewed: impl IntoIterator<Item = i16>, until: Instant) {
        let mut lanes = self.held();
        for lane in renewed {
            if let Some(held) = lanes.get_mut(&lane) {
                held.until = until;
            }
        }
    }

    /// These are leased from now on, and read from the start.
    pub(crate) fn take(&self, taken: impl IntoIterator<Item = (i16, i64)>, until: Instant) {
        let mut lanes = self.held();
        for (lane, token) in taken {
            let held = Held { token, until, catching_up: Some(0), handed_out: 0, is_leaving: false };
            lanes.insert(lane, held);
        }
    }

    /// All of them are given back.
    pub(crate) fn clear(&self) {
        self.held().clear();
    }

    /// Where to read on for a relay that has read up to `after`.
    pub(crate) fn places(&self, after: i64, now: Instant) -> Places {
        let lanes = self.held();
        let read = lanes.iter().filter(|(_, held)| held.until > now && !held.is_leaving);
        read.map(|(lane, held)| (*lane, (held.catching_up.unwrap_or(after).min(after), held.token))).collect()
    }

    /// Notes what was read from there. `is_all`: nothing more was found.
    pub(crate) fn handed_out(&self, after: i64, places: &Places, read: &[(i16, i64)], is_all: bool) {
        let last = read.last().map_or(0, |(_, sequence)| *sequence);
        let mut lanes = self.held();
        for (lane, (_, token)) in places {
            let Some(held) = lanes.get_mut(lane).filter(|held| held.token == *token) else { continue };
            if is_all || last >= after {
                held.catching_up = None;
            } else if let Some(place) = &mut held.catching_up {
                *place = last.max(*place);
            }
        }
        for (lane, sequence) in read {
            if let Some(held) = lanes.get_mut(lane) {
                held.handed_out = held.handed_out.max(*sequence);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use bus::{Headers, Message};
    use contracts::Topic;
    use jiff::Timestamp;

    use super::*;

    const LEASE: Duration = Duration::from_secs(10);

    fn pending(key: &str, lease: i64) -> Pending {
        let (topic, key) = (Topic::LearningEvents, key.to_owned());
        let message = Message { topic, key, payload: "m".into(), headers: Headers::default() };
        Pending { sequence: 1, message, queued_at: Timestamp::UNIX_EPOCH, lease }
    }

    fn from(lanes: &Lanes, after: i64, now: Instant) -> Vec<(i16, i64)> {
        lanes.places(after, now).into_iter().map(|(lane, (place, _))| (lane, place)).collect()
    }

    #[test]
    fn the_lane_of_a_key_never_changes() {
        let lanes = ["", "ada", "bob", "student-000001", "\u{e9}"].map(lane_of);
        assert_eq!(lanes, [5, 27, 20, 12, 1]);
    }

    #[test]
    fn keys_are_spread_over_all_lanes() {
        let mut keys = [0_u32; LANES as usize];
        (0..3200).for_each(|n| keys[usize::try_from(lane_of(&format!("student-{n}"))).unwrap()] += 1);
        assert!(keys.iter().all(|keys| (50..200).contains(keys)), "{keys:?}");
    }

    #[test]
    fn a_message_may_go_out_under_its_own_lease_alone() {
        let (lanes, now) = (Lanes::default(), Instant::now());
        let lane = lane_of("ada");
        assert!(!lanes.holds(&pending("ada", 1), now, LEASE));
        lanes.take([(lane, 7)], now + LEASE);
        assert!(lanes.holds(&pending("ada", 7), now, LEASE));
        assert!(!lanes.holds(&pending("ada", 6), now, LEASE), "handed out under an older lease");
        assert!(!lanes.holds(&pending("bob", 7), now, LEASE), "another lane");
        lanes.renew([lane], now + LEASE * 2);
        assert!(lanes.holds(&pending("ada", 7), now + LEASE, LEASE));
        assert!(!lanes.holds(&pending("ada", 7), now + LEASE * 2, LEASE));
        lanes.renew([lane], now + LEASE * 9);
        assert!(!lanes.has(lane, now), "what was refused once is not renewed but taken anew");
    }

    #[test]
    fn a_lane_taken_later_is_read_from_the_start_and_then_with_the_others() {
        let (lanes, now) = (Lanes::default(), Instant::now());
        lanes.take([(1, 1)], now + LEASE);
        lanes.handed_out(0, &lanes.places(0, now), &[(1, 90), (1, 100)], true);
        lanes.take([(2, 1)], now + LEASE);
        assert_eq!(from(&lanes, 100, now), [(1, 100), (2, 0)]);
        lanes.handed_out(100, &lanes.places(100, now), &[(2, 40), (2, 50)], false);
        assert_eq!(from(&lanes, 100, now), [(1, 100), (2, 50)], "older ones are still to come");
        lanes.handed_out(100, &lanes.places(100, now), &[(2, 60), (1, 101), (2, 102)], false);
        assert_eq!(from(&lanes, 102, now), [(1, 102), (2, 102)]);
        assert_eq!(from(&lanes, 0, now), [(1, 0), (2, 0)], "another reader may begin at the start");
    }

    #[test]
    fn a_lane_that_leaves_is_not_read_and_one_that_ended_is_forgotten() {
        let (lanes, now) = (Lanes::default(), Instant::now());
        lanes.take([(1, 1), (2, 1)], now + LEASE);
        lanes.let_go([2]);
        assert_eq!(from(&lanes, 0, now), [(1, 0)]);
        let (kept, leaving) = lanes.split(now);
        assert_eq!((kept.len(), leaving.len()), (1, 1));
        let (kept, leaving) = lanes.split(now + LEASE);
        assert_eq!((kept.len(), leaving.len()), (0, 0));
    }
}
