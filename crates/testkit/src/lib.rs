//! For tests only: what a room needs to be tested alone, with time and ids in the test's hand.
//!
//! The clock stands still until told, ids come in a known order, the store is a real one in a folder that goes away,
//! the bus is the real in-process one. Only what other agents and the rosters would say is made up. Not here: the cases
//! themselves.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up must fail, saying so")]

pub mod asking;
mod call;
pub mod collector;
pub mod dapr;
mod drain;
pub mod fleet;
mod invoke;
pub mod kafka;
mod log;
mod once;
mod ports;
pub mod postgres;
mod principals;
mod python;
pub mod redis;
pub mod registry;
mod rosters;
mod sandbox;
mod script;
pub mod served;
mod store;
mod time;

pub use call::{call, call_raw};
pub use drain::Drain;
pub use invoke::StaticInvoke;
pub use log::Log;
pub use once::once;
pub use ports::free_ports;
pub use principals::{operator, service, student, teacher};
pub use python::{printed_by_python, python, run_python};
pub use rosters::StaticRosters;
pub use sandbox::{sandbox_binary, sandbox_pool};
pub use store::{TempStore, made_newer, temp_store};
pub use time::{FixedClock, SeededIds};
