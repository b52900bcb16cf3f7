//! The Progress room from outside: its routes and its inbox over a real ledger in a folder that goes away.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must fail, its helpers too")]

mod access;
mod alert_stream;
mod alerts;
mod bench;
mod classes;
mod concurrency;
mod counts;
mod document;
mod inbox;
mod reads;
mod replay;
mod scores;
mod trouble;
