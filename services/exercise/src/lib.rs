//! The Exercise room: problems that fit the learner, checked by running them.
//!
//! What there is to solve is data under `exercises/`, drawn by a seed into an [`decide::exercise::Exercise`]; what
//! makes one fit to be shown, how an answer is judged and what comes next is decided in [`decide`], pure and sync. What was
//! admitted (`admission`) stands ready on the `shelf`; what a student was given, and what was assigned, is kept (`store`),
//! and what came of it goes out as evidence (`outbox`). Programs run in the sandbox (port `sandbox`), never here. Not here:
//! mastery (room `progress`), Python itself.

pub mod admission;
pub mod audit;
pub mod decide;
mod outbox;
pub mod ports;
pub mod prepare;
mod routes;
mod shelf;
mod store;

use std::sync::Arc;

use room::{Room, Task};

use decide::template::Templates;
pub use ports::{AnswerObserver, PATIENCE, Ports, SPEC};
use shelf::Shelf;

/// The room's name: in its routes, its consumer group and its tables.
pub const NAME: &str = "exercise";

/// What all routes share.
pub(crate) struct Exercises {
    pub(crate) ports: Ports,
    pub(crate) shelf: Arc<Shelf>,
}

/// Builds the room on its ports.
///
/// # Panics
/// If the exercises that are compiled in are not well formed; a test loads them.
#[must_use]
#[expect(clippy::expect_used, reason = "the exercises are compiled in, and a test loads them")]
pub fn room(ports: Ports) -> Room {
    let inbox = room::forgets_erased(NAME, Arc::clone(&ports.ledger));
    let templates = Templates::load().expect("the exercises are well formed");
    let shelf = Arc::new(Shelf::new(templates, Arc::clone(&ports.ledger), Arc::clone(&ports.sandbox)));
    let filling = Arc::clone(&shelf);
    let filling = Task::new("exercise shelf", move |stop| filling.run(stop));
    let (router, openapi) =
        routes::routes().with_state(Arc::new(Exercises { ports, shelf })).split_for_parts();
    Room { name: NAME, router, openapi, inbox: vec![inbox], tasks: vec![filling] }
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
