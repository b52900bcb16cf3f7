//! The Review room: whole reviews, laws that hold for any text, bounds on hostile text, and the room through its router.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test whose set-up fails must fail")]

mod bounded;
mod laws;
mod reviews;
mod routes;
