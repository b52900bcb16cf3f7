//! When an event that Progress itself makes occurs, and how its ids and times become the order in which events count.

use agent_core::mastery::{EventKey, Moment};
use contracts::EventId;
use jiff::Timestamp;
use uuid::Uuid;

/// How far evidence may lie in the future: the clocks of two agents differ a little. Anything beyond is a mistake.
pub const FUTURE_MAX_MS: i64 = 5 * 60 * 1000;

/// Up to this far ahead the last event is taken for our own of a moment ago, and the new one goes after it.
const AHEAD_MAX_MS: i64 = 1000;

/// How often an id is drawn that sorts after the last one of the same millisecond, before the next millisecond is taken.
const DRAWS_MAX: u32 = 32;

/// An event's place in the order.
#[must_use]
pub fn of(occurred_at: Timestamp, event_id: EventId) -> Moment {
    Moment { occurred_at_ms: occurred_at.as_millisecond(), event_id: EventKey(event_id.0.as_u128()) }
}

/// The event of that place.
#[must_use]
pub fn event_id(moment: Moment) -> EventId {
    EventId(Uuid::from_u128(moment.event_id.0))
}

/// The time of that place.
#[must_use]
pub fn occurred_at(moment: Moment) -> Timestamp {
    // Places are made of timestamps, so the way back cannot fail.
    Timestamp::from_millisecond(moment.occurred_at_ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The place of an event that happens now: after the last one, so that posts of one millisecond count in the order in
/// which they came, and after an erasure, which voids what is not after it.
///
/// An event further in the future stays where it is: its clock is wrong, ours is not bent to it.
#[must_use]
pub fn next(
    now: Timestamp,
    last: Option<Moment>,
    erased_at: Option<Timestamp>,
    mut draw: impl FnMut() -> EventId,
) -> Moment {
    let mut now_ms = now.as_millisecond();
    if let Some(erased_at) = erased_at {
        now_ms = now_ms.max(erased_at.as_millisecond() + 1);
    }
    let fresh = draw();
    let place = |at_ms, id: EventId| Moment { occurred_at_ms: at_ms, event_id: EventKey(id.0.as_u128()) };
    let Some(last) = last.filter(|last| (now_ms..now_ms + AHEAD_MAX_MS).contains(&last.occurred_at_ms))
    else {
        return place(now_ms, fresh);
    };
    let mut candidate = place(last.occurred_at_ms, fresh);
    for _ in 1..DRAWS_MAX {
        if candidate > last {
            return candidate;
        }
        candidate = place(last.occurred_at_ms, draw());
    }
    if candidate > last { candidate } else { place(last.occurred_at_ms + 1, event_id(candidate)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).unwrap()
    }

    fn id(value: u128) -> EventId {
        EventId(Uuid::from_u128(value))
    }

    /// Draws 1, 2, 3, …
    fn rising() -> impl FnMut() -> EventId {
        let mut drawn = 0;
        move || {
            drawn += 1;
            id(drawn)
        }
    }

    #[test]
    fn an_event_of_now_comes_after_what_is_known() {
        for (what, last, erased_at, expected) in [
            ("nothing known", None, None, of(at(1000), id(1))),
            ("an earlier one", Some(of(at(999), id(9))), None, of(at(1000), id(1))),
            (
                "one of this millisecond: a greater id is drawn",
                Some(of(at(1000), id(3))),
                None,
                of(at(1000), id(4)),
            ),
            (
                "no greater id to be had: the next millisecond",
                Some(of(at(1000), id(u128::MAX))),
                None,
                of(at(1001), id(32)),
            ),
            ("one of a moment ahead", Some(of(at(1500), id(1))), None, of(at(1500), id(2))),
            ("one of the far future stays behind us", Some(of(at(2000), id(1))), None, of(at(1000), id(1))),
            ("an erasure of this millisecond", None, Some(at(1000)), of(at(1001), id(1))),
            ("an erasure before", None, Some(at(500)), of(at(1000), id(1))),
        ] {
            assert_eq!(next(at(1000), last, erased_at, rising()), expected, "{what}");
        }
    }

    #[test]
    fn a_place_reads_back_as_its_time_and_event() {
        let place = of(at(-5), id(u128::MAX - 7));
        assert_eq!((occurred_at(place), event_id(place)), (at(-5), id(u128::MAX - 7)));
    }
}
