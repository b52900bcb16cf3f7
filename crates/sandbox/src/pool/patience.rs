//! When whoever is sent away may come again.

use std::sync::Mutex;
use std::time::Duration;

/// A guess before anything ran.
const FIRST: Duration = Duration::from_secs(1);

/// The longest that anybody is told to wait, in seconds.
const RETRY_AFTER_MAX_S: u32 = 60;

/// How long jobs took lately: each weighs an eighth, what was before it the rest.
pub(super) struct Patience {
    recent: Mutex<Duration>,
}

impl Default for Patience {
    fn default() -> Self {
        Self { recent: Mutex::new(FIRST) }
    }
}

impl Patience {
    pub(super) fn took(&self, took: Duration) {
        let mut recent = self.recent.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *recent = (*recent * 7 + took) / 8;
    }

    /// When `jobs` that run or wait are through, `running_max` at a time; in whole seconds, from 1.
    pub(super) fn retry_after_s(&self, jobs: usize, running_max: usize) -> u32 {
        let recent = *self.recent.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let rounds = u32::try_from(jobs.div_ceil(running_max)).unwrap_or(u32::MAX);
        let wait_s = recent.saturating_mul(rounds).as_millis().div_ceil(1_000);
        u32::try_from(wait_s).unwrap_or(u32::MAX).clamp(1, RETRY_AFTER_MAX_S)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_follows_the_line_and_the_recent_runs() {
        let patience = Patience::default();
        assert_eq!(patience.retry_after_s(8, 2), 4, "before anything ran, a second each");
        for _ in 0..50 {
            patience.took(Duration::from_millis(20));
        }
        assert_eq!(
            patience.retry_after_s(34, 2),
            1,
            "34 jobs of 20 ms, two at a time, are through in under a second"
        );
        for _ in 0..50 {
            patience.took(Duration::from_secs(5));
        }
        assert_eq!(patience.retry_after_s(4, 2), 10);
        assert_eq!(patience.retry_after_s(1_000, 2), RETRY_AFTER_MAX_S);
    }
}
