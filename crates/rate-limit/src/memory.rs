//! The limit of one process, in memory: what `agent-bus up` runs on.
//!
//! A principal may send a minute's worth at once, and gets it back evenly over the minute (GCRA): there is no window at
//! whose edge one may send twice as much. Not here: a limit over several processes (crate `cache-redis`).

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::{RateLimit, Verdict, whole_seconds};

/// How many principals are remembered, for each limit, before idle ones are looked for. A few MiB.
pub const KEYS_MAX: usize = 50_000;

/// How often idle principals are forgotten: every so many requests.
const SWEEP_EVERY: u32 = 16_384;

/// Different limits at once: settings name two. More can only be a mistake, and share the memory of the last.
const QUOTAS_MAX: usize = 16;

/// A key's hash: what is remembered is small, whatever the key. Seeded anew in each process, so that nobody can choose
/// a name that falls on somebody else's.
type Key = u64;

type Limiter<C> = RateLimiter<Key, DashMapStateStore<Key>, C, NoOpMiddleware<<C as Clock>::Instant>>;

/// Counts in memory.
#[derive(Debug)]
pub struct MemoryLimit<C: Clock = DefaultClock> {
    clock: C,
    hasher: RandomState,
    limiters: RwLock<HashMap<NonZeroU32, Arc<Limiter<C>>>>,
    until_sweep: AtomicU32,
}

impl Default for MemoryLimit {
    fn default() -> Self {
        Self::with_clock(DefaultClock::default())
    }
}

impl<C: Clock + Clone> MemoryLimit<C> {
    /// Counts by this clock.
    #[must_use]
    pub fn with_clock(clock: C) -> Self {
        Self {
            clock,
            hasher: RandomState::new(),
            limiters: RwLock::default(),
            until_sweep: AtomicU32::new(SWEEP_EVERY),
        }
    }

    /// How many principals are remembered.
    #[must_use]
    pub fn keys(&self) -> usize {
        let limiters = self.limiters.read().unwrap_or_else(PoisonError::into_inner);
        limiters.values().map(|limiter| limiter.len()).sum()
    }

    fn check_now(&self, key: &str, per_minute: u32) -> Verdict {
        let Some(per_minute) = NonZeroU32::new(per_minute) else {
            return Verdict::Refused { retry_after_s: 60 };
        };
        self.sweep_sometimes();
        let limiter = self.limiter(per_minute);
        match limiter.check_key(&self.hasher.hash_one(key)) {
            Ok(()) => Verdict::Allowed,
            Err(not_until) => {
                Verdict::Refused { retry_after_s: whole_seconds(not_until.wait_time_from(self.clock.now())) }
            }
        }
    }

    fn limiter(&self, per_minute: NonZeroU32) -> Arc<Limiter<C>> {
        let limiters = self.limiters.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(limiter) = limiters.get(&per_minute) {
            return Arc::clone(limiter);
        }
        drop(limiters);
        let mut limiters = self.limiters.write().unwrap_or_else(PoisonError::into_inner);
        if limiters.len() >= QUOTAS_MAX {
            limiters.clear();
        }
        let fresh = || Arc::new(fresh(per_minute, self.clock.clone()));
        Arc::clone(limiters.entry(per_minute).or_insert_with(fresh))
    }

    /// Forgets who has been idle for so long that forgetting makes no difference. If that does not help, everybody: a
    /// fresh minute for all is better than memory without end.
    fn sweep_sometimes(&self) {
        if self.until_sweep.fetch_sub(1, Ordering::Relaxed) != 1 {
            return;
        }
        self.until_sweep.store(SWEEP_EVERY, Ordering::Relaxed);
        let mut limiters = self.limiters.write().unwrap_or_else(PoisonError::into_inner);
        for (per_minute, limiter) in limiters.iter_mut() {
            limiter.retain_recent();
            if limiter.len() > KEYS_MAX {
                tracing::warn!(keys = limiter.len(), "too many principals at once: all limits start anew");
                *limiter = Arc::new(fresh(*per_minute, self.clock.clone()));
            }
            limiter.shrink_to_fit();
        }
    }
}

fn fresh<C: Clock>(per_minute: NonZeroU32, clock: C) -> Limiter<C> {
    RateLimiter::new(Quota::per_minute(per_minute), DashMapStateStore::default(), clock)
}

#[async_trait]
impl<C> RateLimit for MemoryLimit<C>
where
    C: Clock + Clone + Send + Sync + 'static,
    C::Instant: Send + Sync,
{
    async fn check(&self, key: &str, per_minute: u32) -> Verdict {
        self.check_now(key, per_minute)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use governor::clock::FakeRelativeClock;

    use super::*;

    fn limit() -> (FakeRelativeClock, MemoryLimit<FakeRelativeClock>) {
        let clock = FakeRelativeClock::default();
        (clock.clone(), MemoryLimit::with_clock(clock))
    }

    #[tokio::test]
    async fn a_minutes_worth_may_come_at_once_and_then_evenly() {
        let (clock, limit) = limit();
        for _ in 0..100 {
            assert_eq!(limit.check("ann", 100).await, Verdict::Allowed);
        }
        assert_eq!(limit.check("ann", 100).await, Verdict::Refused { retry_after_s: 1 });
        clock.advance(Duration::from_millis(600));
        assert_eq!(limit.check("ann", 100).await, Verdict::Allowed);
        assert_eq!(limit.check("ann", 100).await, Verdict::Refused { retry_after_s: 1 });
        clock.advance(Duration::from_secs(60));
        let allowed = (0..300).filter(|_| limit.check_now("ann", 100) == Verdict::Allowed).count();
        assert_eq!(allowed, 100);
    }

    #[tokio::test]
    async fn who_waits_as_long_as_told_gets_through() {
        let (clock, limit) = limit();
        assert_eq!(limit.check("ann", 1).await, Verdict::Allowed);
        let Verdict::Refused { retry_after_s } = limit.check("ann", 1).await else { panic!("one a minute") };
        assert_eq!(retry_after_s, 60);
        clock.advance(Duration::from_secs(retry_after_s));
        assert_eq!(limit.check("ann", 1).await, Verdict::Allowed);
    }

    #[tokio::test]
    async fn one_principals_requests_are_not_anothers_and_none_means_none() {
        let (_, limit) = limit();
        assert_eq!(limit.check("ann", 1).await, Verdict::Allowed);
        assert_ne!(limit.check("ann", 1).await, Verdict::Allowed);
        assert_eq!(limit.check("bob", 1).await, Verdict::Allowed);
        assert_eq!(limit.check("eve", 0).await, Verdict::Refused { retry_after_s: 60 });
    }

    #[test]
    fn idle_principals_are_forgotten_and_memory_has_an_end() {
        let (clock, limit) = limit();
        for number in 0..SWEEP_EVERY - 1 {
            limit.check_now(&number.to_string(), 60);
        }
        assert_eq!(limit.keys(), SWEEP_EVERY as usize - 1);
        clock.advance(Duration::from_secs(61));
        limit.check_now("ann", 60);
        assert_eq!(limit.keys(), 1);
        // Nobody is idle: at the limit all start anew, and it never grows by more than is counted between two sweeps.
        for number in 0..3 * KEYS_MAX {
            limit.check_now(&format!("busy {number}"), 60);
            if number % 1000 == 0 {
                assert!(limit.keys() <= KEYS_MAX + SWEEP_EVERY as usize, "{}", limit.keys());
            }
        }
    }
}
