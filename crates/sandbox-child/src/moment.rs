//! Time as a program sees it: nobody waits, and the same program sees the same times in every run.
//!
//! The clock starts at one fixed moment for each case, and moves by what a program sleeps and by a microsecond each time
//! it is read, so that a loop that waits for it ends. `perf_counter` and `process_time` add the processor time of the
//! case: they are for measuring, and nothing else is measured here. Not here: the limits (`watchdog`).

use std::cell::Cell;

use crate::watchdog;

/// 2025-01-01 00:00:00 UTC, a Wednesday.
const START_NS: u64 = 1_735_689_600_000_000_000;
const READING_NS: u64 = 1_000;
/// No program sleeps a hundred years.
const LONGEST_S: f64 = 3.2e9;

thread_local! {
    static PASSED_NS: Cell<u64> = const { Cell::new(0) };
}

/// Begins a case.
pub(crate) fn begin() {
    PASSED_NS.set(0);
}

/// Since 1970, in nanoseconds.
pub(crate) fn wall_ns() -> u64 {
    START_NS.saturating_add(monotonic_ns())
}

/// Since the case began, in nanoseconds.
pub(crate) fn monotonic_ns() -> u64 {
    let passed = PASSED_NS.get().saturating_add(READING_NS);
    PASSED_NS.set(passed);
    passed
}

/// For measuring, in nanoseconds.
pub(crate) fn counter_ns() -> u64 {
    monotonic_ns().saturating_add(watchdog::case_ns())
}

/// Lets time pass, in seconds.
pub(crate) fn sleep(seconds: f64) {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it lies between 0 and 3.2e18"
    )]
    let nanoseconds = (seconds.clamp(0.0, LONGEST_S) * 1e9) as u64;
    PASSED_NS.set(PASSED_NS.get().saturating_add(nanoseconds));
}

#[cfg(test)]
mod tests {
    use super::{begin, monotonic_ns, sleep, wall_ns};

    #[test]
    fn time_passes_by_sleeping_and_by_looking() {
        begin();
        let before = (wall_ns(), monotonic_ns());
        sleep(1.5);
        let after = (wall_ns(), monotonic_ns());
        assert_eq!(after.0 - before.0, 1_500_002_000);
        assert_eq!(after.1 - before.1, 1_500_002_000);
        begin();
        assert_eq!((wall_ns(), monotonic_ns()), before);
    }
}
