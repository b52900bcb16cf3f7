//! Framing around the in-process bus, with the registry for tests: the suite of every bus, every event there and back,
//! dead letters, outages and bad input.
//!
//! Not here: frames alone and questions alone (the modules' own tests), real brokers (the adapters' crates).

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod answers;
mod conformance;
mod dead_letters;
mod desk;
mod examples;
mod outages;
mod registering;
mod round_trip;
