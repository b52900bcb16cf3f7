//! The Debug room: what is wrong with this code, and the edit that mends it.
//!
//! A submission is analysed by `agent_core::syntax`; what kinds of error it held is counted for the student
//! ([`decide::patterns`]), and the counts shape later advice ([`decide::advice`]). The learner's code itself is never
//! kept. Not here: the analysis (crate `agent-core`), who teaches whom (room `progress`).

pub mod decide;
pub mod ports;
mod routes;
mod views;

use std::sync::Arc;

use room::Room;

pub use ports::{Ports, SPEC};

/// The room's name: in its routes, its consumer group and its tables.
pub const NAME: &str = "debug";

/// Builds the room on its ports.
#[must_use]
pub fn room(ports: Ports) -> Room {
    let inbox = room::forgets_erased(NAME, Arc::clone(&ports.ledger));
    let (router, openapi) = routes::routes().with_state(Arc::new(ports)).split_for_parts();
    Room { name: NAME, router, openapi, inbox: vec![inbox] }
}

/// The description of the room's routes, without a room.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    routes::routes().into_openapi()
}
