//! A real Kafka broker, each test with names of its own on it, and brokers that a test may stop.
//!
//! The broker is what AGENT_BUS_TEST_KAFKA names; `scripts/kafka run COMMAND` starts one for the command. Not here: topics and
//! groups (crate `bus-kafka`).

use clock::{Ids, RandomIds};

use crate::script::Scripted;

/// Where the broker is: `host:port`.
pub const ADDRESS: &str = "AGENT_BUS_TEST_KAFKA";

/// The broker for tests.
///
/// # Panics
/// If there is none: a test that needs it must fail, not pass over what it would show.
#[must_use]
pub fn address() -> String {
    std::env::var(ADDRESS).unwrap_or_else(|_| {
        panic!(
            "{ADDRESS} names no Kafka broker: `make test` starts one, and so does `scripts/kafka run COMMAND`"
        )
    })
}

/// A prefix for topics and groups that nobody else has. What is made under it goes with the broker.
#[must_use]
pub fn fresh_prefix() -> String {
    let id = RandomIds.event_id().0.simple().to_string();
    // App ids begin with it too, and hold no dots.
    format!("t{}-", &id[..12])
}

/// A broker of the test's own. It is stopped and removed with this.
pub struct Broker(Scripted);

impl Broker {
    /// Makes and starts a broker.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn start_new() -> Self {
        Self(Scripted::start_new("kafka"))
    }

    /// `host:port`.
    #[must_use]
    pub fn address(&self) -> &str {
        self.0.address()
    }

    /// Ends it as a crash would.
    ///
    /// # Panics
    /// If it does not end.
    pub fn crash(&self) {
        self.0.crash();
    }

    /// Starts it again on what it holds.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start(&self) {
        self.0.start();
    }
}
