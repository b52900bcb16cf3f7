//! Time that stands still until told, and ids that come in a known order.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use clock::{Clock, Ids};
use contracts::EventId;
use jiff::Timestamp;
use uuid::{Builder, Uuid};

/// A clock that shows what it was told.
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// Shows this time, in whole milliseconds.
    #[must_use]
    pub fn at(time: Timestamp) -> Self {
        Self(AtomicI64::new(time.as_millisecond()))
    }

    /// Shows this time: `2026-03-01T09:00:00Z`.
    ///
    /// # Panics
    /// If the text is no time.
    #[must_use]
    pub fn at_text(time: &str) -> Self {
        Self::at(time.parse().expect("a time as in 2026-03-01T09:00:00Z"))
    }

    /// Shows another time from now on.
    pub fn set(&self, time: Timestamp) {
        self.0.store(time.as_millisecond(), Ordering::SeqCst);
    }

    /// Goes forward.
    pub fn advance_ms(&self, by_ms: i64) {
        self.0.fetch_add(by_ms, Ordering::SeqCst);
    }
}

impl Default for FixedClock {
    /// A Sunday morning in spring: 2026-03-01T09:00:00Z.
    fn default() -> Self {
        Self::at_text("2026-03-01T09:00:00Z")
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).expect("a time in range")
    }
}

/// Version 4 ids in a known order: the same seed, the same ids.
#[derive(Debug)]
pub struct SeededIds {
    seed: u64,
    next: AtomicU64,
}

impl SeededIds {
    /// Ids of this seed, from the first.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, next: AtomicU64::new(1) }
    }

    /// The id that is drawn as the `number`th, from 1.
    #[must_use]
    pub fn nth(&self, number: u64) -> EventId {
        let value = (u128::from(self.seed) << 64) | u128::from(number);
        let id: Uuid = Builder::from_random_bytes(value.to_be_bytes()).into_uuid();
        EventId(id)
    }
}

impl Default for SeededIds {
    fn default() -> Self {
        Self::new(0)
    }
}

impl Ids for SeededIds {
    fn event_id(&self) -> EventId {
        self.nth(self.next.fetch_add(1, Ordering::SeqCst))
    }
}
