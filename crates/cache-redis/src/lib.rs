//! What several processes share on Redis: each principal's limit, and the read copy of mastery. Nothing here is the truth of
//! anything: what Redis loses comes back by itself.
//!
//! [`Redis`] is the way to the server: one connection, a short patience, and a pause after a failure, so that a request does
//! not wait for a server that is gone. Each question is one script, done by the server in one piece. To add another use:
//! a script under `scripts/`, a type that runs it over [`Redis`], and a port for it. Not here: the limit of one process and
//! what is allowed (crate `rate-limit`), what a copy holds (crate `read-copy`).

mod copy;
mod limit;
mod outage;
mod server;

pub use copy::{KEEP, RedisCopy};
pub use limit::{OnFailure, RedisLimit};
pub use server::{AddressError, Redis, Settings, Silence};
