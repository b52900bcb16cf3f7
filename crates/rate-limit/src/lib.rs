//! Requests a minute for each principal over the whole fleet: the port, and its form in memory.
//!
//! A principal may send a minute's worth at once, and gets it back evenly over the minute (GCRA). Of a principal of whom
//! none are allowed every request is refused, for a minute. Not here: who the principal is (crate `auth`), the answers 429
//! and 503 (crate `room`), the limit over several processes (crate `cache-redis`).

mod memory;

pub use memory::{KEYS_MAX, MemoryLimit};

use std::time::Duration;

use async_trait::async_trait;

/// What the limiter says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Go on.
    Allowed,
    /// Too many: try again after so many seconds (at least 1).
    Refused {
        /// Whole seconds, rounded up.
        retry_after_s: u64,
    },
    /// The limiter itself cannot say, and nobody may pass uncounted: try again after so many seconds (at least 1).
    Unavailable {
        /// Whole seconds.
        retry_after_s: u64,
    },
}

/// Whole seconds to wait, as in [`Verdict::Refused`]: rounded up, and never 0, so that a client that waits so long gets
/// through.
#[must_use]
pub fn whole_seconds(wait: Duration) -> u64 {
    (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
}

/// Counts the requests of a principal.
#[async_trait]
pub trait RateLimit: Send + Sync + 'static {
    /// Counts one request of `key`, of which `per_minute` are allowed. Never an error: what is said where the count
    /// cannot be had is the adapter's to decide.
    async fn check(&self, key: &str, per_minute: u32) -> Verdict;
}
