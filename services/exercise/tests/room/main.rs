//! The Exercise room from outside: its routes and its inbox over a real ledger and real sandboxes.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must fail, its helpers too")]

mod answers;
mod assignments;
mod bad_input;
mod bench;
mod erasure;
mod generate;
mod hints;
mod shelf;
mod verify;
