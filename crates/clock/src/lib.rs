//! Time and ids as arguments, so that a test sets the one and seeds the other.
//!
//! The only place that reads the machine's clock or draws a random id. Not here: fixed forms for tests (crate
//! `testkit`), durations of retries and timeouts (they belong to what they bound).

use contracts::EventId;
use jiff::Timestamp;

/// Tells the time of day.
pub trait Clock: Send + Sync + 'static {
    /// Now, in UTC. Whole milliseconds: what the wire carries is what was decided on.
    fn now(&self) -> Timestamp;
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

/// Random version 4 ids.
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomIds;

impl Ids for RandomIds {
    #[expect(clippy::disallowed_methods, reason = "this is the replacement that the lint names")]
    fn event_id(&self) -> EventId {
        EventId(uuid::Uuid::new_v4())
    }
}
