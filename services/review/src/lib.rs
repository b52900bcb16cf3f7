//! The Review room: a quality score that teaches.
//!
//! A submission is reviewed by [`decide`], for the level that the request names or that Progress knows of. Where student
//! and component are known the score is evidence: it is in the ledger's outbox before the answer leaves (module
//! `outbox`), once for each different program. The learner's code itself is never kept. Not here: what a score is worth
//! (crate `agent-core`), what is wrong with a program that does not parse (room `debug`), who teaches whom (room
//! `progress`).

pub mod decide;
mod level;
mod outbox;
pub mod ports;
mod routes;

use std::sync::Arc;

use room::Room;

pub use ports::{PATIENCE, Ports, SPEC};

/// The room's name: in its routes, its consumer group and its tables.
pub const NAME: &str = "review";

/// Builds the room on its ports.
#[must_use]
pub fn room(ports: Ports) -> Room {
    let inbox = room::forgets_erased(NAME, Arc::clone(&ports.ledger));
    let (router, openapi) = routes::routes().with_state(Arc::new(ports)).split_for_parts();
    Room { name: NAME, router, openapi, inbox: vec![inbox], tasks: Vec::new() }
}

/// What words the room answers to.
///
/// # Panics
/// If words.toml, which is compiled in, is not well formed; a test reads it.
#[must_use]
#[expect(clippy::expect_used, reason = "words.toml is compiled in, and a test reads it")]
pub fn words() -> room::words::Words {
    room::words::Words::parse(include_str!("../words.toml")).expect("words.toml is well formed")
}

/// The description of the room's routes, without a room.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    routes::routes().into_openapi()
}
