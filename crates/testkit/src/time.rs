//! Time that stands still until told, and ids that come in a known order.

use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use clock::{Alarm, Clock, Ids};
use contracts::EventId;
use jiff::Timestamp;
use tokio::sync::watch;
use uuid::{Builder, Uuid};

/// A clock that shows what it was told, and wakes who waits for that.
#[derive(Debug)]
pub struct FixedClock(watch::Sender<i64>);

impl FixedClock {
    /// Shows this time, in whole milliseconds.
    #[must_use]
    pub fn at(time: Timestamp) -> Self {
        Self(watch::Sender::new(time.as_millisecond()))
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
        self.0.send_replace(time.as_millisecond());
    }

    /// Goes forward.
    pub fn advance_ms(&self, by_ms: i64) {
        self.0.send_modify(|now_ms| *now_ms += by_ms);
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
        Timestamp::from_millisecond(*self.0.borrow()).expect("a time in range")
    }
}

#[async_trait]
impl Alarm for FixedClock {
    async fn sleep_until(&self, at: Timestamp) {
        let mut shown = self.0.subscribe();
        shown.wait_for(|now_ms| *now_ms >= at.as_millisecond()).await.expect("the clock is here");
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
