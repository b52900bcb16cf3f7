//! The Debug room: what is wrong with this code, and the edit that mends it.
//!
//! A submission is analysed by `agent_core::syntax`; what kinds of error it held is counted for the student
//! ([`decide::patterns`]), and the counts shape later advice ([`decide::advice`]). The learner's code itself is never
//! kept. Not here: the analysis (crate `agent-core`), who teaches whom (room `progress`).

pub mod decide;
mod outbox;
pub mod ports;
mod routes;
mod told;
mod views;

use std::sync::Arc;

use room::Room;

pub use ports::{Ports, SPEC};
use told::Told;

/// The room's name: in its routes, its consumer group and its tables.
pub const NAME: &str = "debug";

/// What all routes share.
pub(crate) struct Debug {
    pub(crate) ports: Ports,
    pub(crate) told: Told,
}

/// Builds the room on its ports.
#[must_use]
pub fn room(ports: Ports) -> Room {
    let inbox = room::forgets_erased(NAME, Arc::clone(&ports.ledger));
    let (router, openapi) =
        routes::routes().with_state(Arc::new(Debug { ports, told: Told::default() })).split_for_parts();
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
