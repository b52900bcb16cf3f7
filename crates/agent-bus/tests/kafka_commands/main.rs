//! The commands over Kafka as a person meets them: on a real broker, each test with topics of its own.
//!
//! Not here: what a replay does with a record (room `progress`), the bus itself (crate `bus-kafka`).

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail, its helpers too")]

mod arguments;
mod dead_letters;
mod given;
mod replay;
mod topics;
