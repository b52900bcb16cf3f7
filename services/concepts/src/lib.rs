//! The Concepts room: explanations in the learner's own names and lines, the way from topic to topic, and quizzes.
//!
//! What is taught is data under `topics/` ([`library`]); what is said of it is decided in [`decide`], pure and sync; the
//! wording is fitted to the mastery that Progress reports (`progress`). Quizzes are kept (`store`), and what is answered
//! goes out as evidence (`outbox`). Not here: the curriculum's slugs and the formula of mastery (crate `agent-core`).

pub mod decide;
mod follow;
pub mod library;
mod outbox;
pub mod ports;
mod progress;
mod routes;
mod store;

use std::sync::Arc;

use room::Room;

use library::Library;
pub use ports::{PATIENCE, Ports, SPEC};

/// The room's name: in its routes, its consumer group and its tables.
pub const NAME: &str = "concepts";

/// What all routes share.
pub(crate) struct Concepts {
    pub(crate) ports: Ports,
    pub(crate) library: Library,
}

/// Builds the room on its ports.
///
/// # Panics
/// If the topics that are compiled in are not well formed; a test loads them.
#[must_use]
#[expect(clippy::expect_used, reason = "the topics are compiled in, and a test loads them")]
pub fn room(ports: Ports) -> Room {
    let inbox = room::forgets_erased(NAME, Arc::clone(&ports.ledger));
    let library = Library::load().expect("the topics are well formed");
    let (router, openapi) =
        routes::routes().with_state(Arc::new(Concepts { ports, library })).split_for_parts();
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
