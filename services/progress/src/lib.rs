//! The Progress room: a student's mastery, from what the agents saw and what teachers say.
//!
//! Every event that is accepted goes into the student's log for its component, once. The state of a log is a function of
//! the set of its events, taken in the order (occurred_at, event id): whatever the order of delivery, whatever comes
//! twice, the same bytes. Only this room writes mastery; it tells the others by StudentProgress. Rosters live here too:
//! they say whose teacher somebody is.
//!
//! Evidence may also be a sign of struggle: `alerts` tells the teachers.
//!
//! In reading order: what is decided ([`decide`]), how it is stored ([`SPEC`] and `journal`), how it comes in (`inbox`,
//! `routes`), goes out (`outbox`, `alerts`), and comes back ([`replay`]). Not here: the formula and the fold (crate `agent-core`).

mod alerts;
pub mod decide;
mod error;
mod inbox;
mod journal;
mod outbox;
pub mod ports;
pub mod replay;
mod rosters;
mod routes;
mod views;
mod walk;

use std::sync::Arc;

use bus::Subscription;
use contracts::Topic;
use room::Room;

use alerts::Alerts;
use journal::Journal;
pub use ports::{EvidenceKind, LearningObserver, MeasureTokens, Ports};
pub use rosters::LedgerRosters;
pub use views::SPEC;

/// The room's name: in its routes, its consumer group and its tables.
pub const NAME: &str = "progress";

/// What routes and inbox share.
pub(crate) struct Progress {
    pub(crate) ports: Ports,
    pub(crate) rosters: LedgerRosters,
    pub(crate) journal: Journal,
    pub(crate) alerts: Arc<Alerts>,
}

impl Progress {
    fn new(ports: Ports) -> Self {
        let rosters = LedgerRosters::new(Arc::clone(&ports.ledger), Arc::clone(&ports.clock));
        let alerts = Arc::new(Alerts::new(ports.clone()));
        Self { rosters, journal: Journal::new(&ports), alerts, ports }
    }
}

/// Builds the room on its ports.
#[must_use]
pub fn room(ports: Ports) -> Room {
    let progress = Arc::new(Progress::new(ports));
    let task = progress.alerts.task();
    let inbox = Subscription {
        group: NAME,
        topics: vec![Topic::LearningEvidence],
        handler: Arc::new(inbox::Inbox::new(Arc::clone(&progress))),
    };
    let (router, openapi) = routes::routes().with_state(progress).split_for_parts();
    Room { name: NAME, router, openapi, inbox: vec![inbox], tasks: vec![task] }
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
