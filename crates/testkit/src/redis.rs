//! Keys on a real Redis server, each test's under a prefix of its own, and servers that a test may stop.
//!
//! The server is what AGENT_BUS_TEST_REDIS names; `scripts/redis run COMMAND` starts one for the command. Not here: what is
//! kept under the keys (crate `cache-redis`).

use clock::{Ids, RandomIds};

use crate::script::Scripted;

/// Where the server is: `redis://host:port`.
pub const ADDRESS: &str = "AGENT_BUS_TEST_REDIS";

/// Removes what has the prefix.
const REMOVE: &str = "for _, key in ipairs(redis.call('KEYS', ARGV[1] .. '*')) do redis.call('DEL', key) end";

/// A prefix that nobody else's keys have. What has it goes when this does.
pub struct Prefix {
    address: String,
    text: String,
}

impl Prefix {
    /// On the server for tests.
    ///
    /// # Panics
    /// If there is none: a test that needs it must fail, not pass over what it would show.
    #[must_use]
    pub fn fresh() -> Self {
        let address = std::env::var(ADDRESS).unwrap_or_else(|_| {
            panic!(
                "{ADDRESS} names no Redis server: `make test` starts one, and so does `scripts/redis run COMMAND`"
            )
        });
        Self { address, text: format!("test-{}:", RandomIds.event_id().0.simple()) }
    }

    /// The address of the server.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The prefix, with a colon at its end.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl Drop for Prefix {
    /// A server that is gone took the keys along.
    fn drop(&mut self) {
        let remove = || {
            let mut connection = redis::Client::open(self.address.as_str())?.get_connection()?;
            redis::cmd("EVAL").arg(REMOVE).arg(0).arg(&self.text).exec(&mut connection)
        };
        drop(remove());
    }
}

/// A server of the test's own, which keeps nothing over a stop. It is stopped and removed with this.
pub struct Server(Scripted);

impl Server {
    /// Makes and starts a server.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn start_new() -> Self {
        Self(Scripted::start_new("redis"))
    }

    /// Its address; the same after every start.
    #[must_use]
    pub fn address(&self) -> &str {
        self.0.address()
    }

    /// Stops it as a crash would: connections break, and what it held is gone.
    ///
    /// # Panics
    /// If it does not stop.
    pub fn crash(&self) {
        self.0.crash();
    }

    /// Starts it again, empty.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start(&self) {
        self.0.start();
    }
}
