//! Requests a minute for each principal over the whole fleet: the port, and its form in memory.
//!
//! Not here: who the principal is (crate `auth`), the answer 429 (crate `room`).

mod memory;

pub use memory::{KEYS_MAX, MemoryLimit};

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
}

/// Counts the requests of a principal.
#[async_trait]
pub trait RateLimit: Send + Sync + 'static {
    /// Counts one request of `key`, of which `per_minute` are allowed.
    async fn check(&self, key: &str, per_minute: u32) -> Verdict;
}
