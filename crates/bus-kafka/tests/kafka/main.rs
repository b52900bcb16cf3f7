//! The bus on a real Kafka broker: the suite of every bus, topics, and brokers and processes that come and go.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod failure;
mod given;
mod suite;
mod topics;
