//! Two limits, one law: what is refused on Redis is what is refused in memory, to the nanosecond.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

use std::time::Duration;

use cache_redis::{OnFailure, Redis, RedisLimit, Settings};
use governor::clock::FakeRelativeClock;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use rate_limit::{MemoryLimit, RateLimit};
use testkit::redis::Prefix;

/// One request: how long after the one before, whose, and how many are allowed.
#[derive(Debug, Clone)]
struct Step {
    advance: Duration,
    key: &'static str,
    per_minute: u32,
    /// How many times at the same moment.
    times: u32,
}

/// An even pace at one of the limits, to the nanosecond or beside it: there a rounding shows.
fn paces() -> impl Strategy<Value = u64> {
    (prop_oneof![Just(1), Just(7), Just(13), Just(1000)], 1..4_u64, 0..3_u64)
        .prop_map(|(per_minute, requests, beside)| requests * (60_000_000_000 / per_minute) + beside - 1)
}

fn step() -> impl Strategy<Value = Step> {
    let advance = prop_oneof![
        2 => Just(0),
        6 => paces(),
        1 => 0..2_000_000_u64,
        1 => 0..10_000_000_000_u64,
        1 => 0..100_000_000_000_u64,
    ];
    let per_minute = prop_oneof![
        8 => prop_oneof![Just(1), Just(7), Just(13)],
        2 => prop_oneof![Just(60), Just(1000)],
        1 => prop_oneof![Just(0), Just(59_999), Just(u32::MAX)],
    ];
    let key = prop_oneof![Just("ann"), Just("bob")];
    (advance, key, per_minute, 1..16_u32).prop_map(|(advance, key, per_minute, times)| Step {
        advance: Duration::from_nanos(advance),
        key,
        per_minute,
        times,
    })
}

async fn agree(steps: &[Step], start: Duration) -> TestCaseResult {
    let prefix = Prefix::fresh();
    let settings = Settings { timeout: Duration::from_secs(60), ..Settings::default() };
    let redis = Redis::at(prefix.address(), settings).unwrap();
    let shared = RedisLimit::new(redis, prefix.text(), OnFailure::Closed);
    let clock = FakeRelativeClock::default();
    let memory = MemoryLimit::with_clock(clock.clone());
    let mut now = start;
    for (number, step) in steps.iter().enumerate() {
        clock.advance(step.advance);
        now += step.advance;
        for _ in 0..step.times {
            let verdict = shared.check_at(step.key, step.per_minute, now).await.unwrap();
            prop_assert_eq!(
                verdict,
                memory.check(step.key, step.per_minute).await,
                "step {} at {:?}",
                number,
                now - start
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn redis_and_memory_say_the_same(
        steps in prop::collection::vec(step(), 1..40),
        start_ns in 0..4_000_000_000_000_000_000_u64,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(agree(&steps, Duration::from_nanos(start_ns)))?;
    }
}
