//! Time and ids as arguments, so that a test sets the one and seeds the other.
//!
//! The only place that reads the machine's clock or draws a random id. Not here: fixed forms for tests (crate
//! `testkit`), durations of retries and timeouts (they belong to what they bound).

use std::time::Duration;

use async_trait::async_trait;
use contracts::EventId;
use jiff::Timestamp;

/// Tells the time of day.
pub trait Clock: Send + Sync + 'static {
    /// Now, in UTC. Whole milliseconds: what the wire carries is what was decided on.
    fn now(&self) -> Timestamp;
}

/// Wakes at a time of day: for what is due later.
#[async_trait]
pub trait Alarm: Send + Sync + 'static {
    /// Returns when the clock shows this time or a later one; at once where it does already.
    async fn sleep_until(&self, at: Timestamp);
}

/// Makes ids that nobody has.
pub trait Ids: Send + Sync + 'static {
    /// A fresh event id.
    fn event_id(&self) -> EventId;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the replacement that the lint names")]
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }
}

/// The longest sleep without a look at the clock: it may be set meanwhile.
const SLEEP_MAX: Duration = Duration::from_secs(60);

#[async_trait]
impl Alarm for SystemClock {
    async fn sleep_until(&self, at: Timestamp) {
        // Whole milliseconds are shown: the last one is slept through.
        while let Ok(left) = Duration::try_from(at.duration_since(self.now()))
            && !left.is_zero()
        {
            tokio::time::sleep(left.min(SLEEP_MAX)).await;
        }
    }
}

/// Random version 4 ids.
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomIds;

impl Ids for RandomIds {
    #[expect(clippy::disallowed_methods, reason = "this is the replacement that the lint names")]
    fn event_id(&self) -> EventId {
        EventId(uuid::Uuid::new_v4())
    }
}
