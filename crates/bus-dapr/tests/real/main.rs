//! The adapter on a real sidecar over a real broker: the suite that every bus passes, and each thing about Dapr that would
//! lose an event.
//!
//! It needs Kafka and Redis: `scripts/redis run scripts/kafka run cargo nextest run -p bus-dapr`. Not here: what can be seen
//! without a sidecar (tests/router.rs).

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod answers;
mod asking;
mod copy;
mod outages;
mod release;
mod suite;
mod topics;
