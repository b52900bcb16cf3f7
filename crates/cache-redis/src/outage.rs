//! Whether the server is asked at all: after a failure not for a while, and then by one request that finds out.
//!
//! Not here: what is said meanwhile (each use decides), the connection (module `server`).

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What is known of the server's silence. It is told to the log when it begins and when it ends.
#[derive(Debug)]
pub(crate) struct Outage {
    start: Instant,
    cool_down: Duration,
    /// Microseconds since `start` until which nobody asks; 0 while the server answers.
    silent_until: AtomicU64,
}

impl Outage {
    /// None so far.
    pub(crate) fn new(cool_down: Duration) -> Self {
        Self { start: Instant::now(), cool_down, silent_until: AtomicU64::new(0) }
    }

    /// Whether this request may ask. When the pause is over, one may; the others wait for what it finds.
    pub(crate) fn may_ask(&self) -> bool {
        let until = self.silent_until.load(Ordering::Relaxed);
        if until == 0 {
            return true;
        }
        let next = self.pause_from_now();
        let over = self.now() >= until;
        over && self.silent_until.compare_exchange(until, next, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// Whether it did not answer when it was last asked.
    pub(crate) fn goes_on_now(&self) -> bool {
        self.silent_until.load(Ordering::Relaxed) != 0
    }

    /// The server answered.
    pub(crate) fn ended(&self) {
        if self.silent_until.load(Ordering::Relaxed) != 0 && self.silent_until.swap(0, Ordering::Relaxed) != 0
        {
            tracing::info!("Redis answers again");
        }
    }

    /// The server did not answer.
    pub(crate) fn goes_on(&self, reason: &str) {
        if self.silent_until.swap(self.pause_from_now(), Ordering::Relaxed) == 0 {
            tracing::warn!(reason, "Redis does not answer");
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// Never 0.
    fn pause_from_now(&self) -> u64 {
        let pause = u64::try_from(self.cool_down.as_micros()).unwrap_or(u64::MAX);
        self.now().saturating_add(pause).max(1)
    }
}
