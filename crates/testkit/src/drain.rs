//! The in-process bus for a test, which looks at the end whether everything was taken.
//!
//! Not here: what is published and who listens.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bus::memory::{MemoryBus, Settings};
use bus::settle::Patience;
use bus::{BusObserver, Subscribe};
use clock::{Clock, Ids};
use contracts::Topic;
use contracts::events::ErrorType;
use ledger::Outbox;

/// A bus that a test must drain: [`Drain::finish`] stops it and fails the test where a record waits or was given up.
/// Forgetting to call it fails the test too.
pub struct Drain {
    bus: MemoryBus,
    given_up: Arc<GivenUp>,
    expected: Vec<(&'static str, Topic)>,
    finished: bool,
}

/// Who gave up what.
#[derive(Default)]
struct GivenUp(Mutex<Vec<(&'static str, Topic, ErrorType)>>);

impl BusObserver for GivenUp {
    fn delivered(&self, _: &'static str, _: Topic) {}

    fn retried(&self, _: &'static str, _: Topic) {}

    fn dead_lettered(&self, group: &'static str, topic: Topic, error_type: ErrorType) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((group, topic, error_type));
    }
}

impl Drain {
    /// A bus that hands a record out again after a millisecond.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        let given_up = Arc::new(GivenUp::default());
        let patience = Patience { retry_first: Duration::from_millis(1), ..Patience::default() };
        let settings = Settings { patience, ..Settings::default() };
        let bus = MemoryBus::new(settings, clock, ids, given_up.clone());
        Self { bus, given_up, expected: Vec::new(), finished: false }
    }

    /// The bus.
    #[must_use]
    pub fn bus(&self) -> &MemoryBus {
        &self.bus
    }

    /// This test is about a record that `group` cannot use.
    #[must_use]
    pub fn expecting_dead_letter(mut self, group: &'static str, topic: Topic) -> Self {
        self.expected.push((group, topic));
        self
    }

    /// Stops the bus; nothing may wait in it or in one of the outboxes, and nothing may have been given up that was not
    /// expected.
    ///
    /// # Panics
    /// Where the test left something behind.
    pub async fn finish(mut self, outboxes: &[Arc<dyn Outbox>]) {
        self.finished = true;
        for outbox in outboxes {
            let backlog = outbox.backlog().await.expect("the outbox answers");
            assert_eq!(backlog.messages, 0, "messages wait in an outbox");
        }
        self.bus.stop().await;
        assert_eq!(self.bus.queued(), 0, "records wait in the bus");
        let given_up = self.given_up.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let places: Vec<_> = given_up.iter().map(|(group, topic, _)| (*group, *topic)).collect();
        assert_eq!(places, self.expected, "dead letters: {given_up:?}");
    }
}

impl Drop for Drain {
    fn drop(&mut self) {
        assert!(self.finished || std::thread::panicking(), "the test ended without `Drain::finish`");
    }
}
