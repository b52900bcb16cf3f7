//! The shape of a room, and the layer around its router.
//!
//! One layer, in which a request meets, from outside to inside: its ids and span and the clock of its metrics, the net
//! that makes a panic a 500, the size of its body, its token, its rate, and on the way out the record of what it used.
//! [`serve`] puts it around one room; [`fleet`] puts several rooms and the root's probes into one router.
//!
//! Not here: what a room answers, and which adapters it stands on (crate `agent-bus`).

mod body;
mod cause;
pub mod compute;
mod erasure;
mod fleet;
mod gate;
mod heard;
mod panics;
mod record;
mod root;
mod stored;
mod task;
pub mod words;

pub use bus::unreadable;
pub use cause::EventHeaders;
pub use erasure::{forgets_erased, not_stored};
pub use fleet::{fleet, serve};
pub use heard::{MESSAGE_MAX_CHARS, heard};
pub use record::{Call, Record};
pub use root::{Check, NotThere, Root};
pub use stored::ledger_problem;
pub use task::{Stop, Task};

use std::sync::Arc;

use auth::{Principal, Role, Verifier};
use bus::Subscription;
use clock::Ids;
use rate_limit::RateLimit;
use telemetry::{Metrics, Spans};

/// What every room hands to the binary.
pub struct Room {
    /// The room's name, as in `/api/v1/<name>`.
    pub name: &'static str,
    /// Its routes by their whole address, `/api/v1/<name>/...` (so that OpenAPI, metrics and code say the same);
    /// principals come in as extensions. `/api/v1/<name>/health` is added here.
    pub router: axum::Router,
    /// Its OpenAPI document.
    pub openapi: utoipa::openapi::OpenApi,
    /// What it listens to.
    pub inbox: Vec<Subscription>,
    /// What it does beside, from the start to the soft stop.
    pub tasks: Vec<Task>,
}

/// What every room stands in. Cheap to clone.
#[derive(Clone)]
pub struct Chassis {
    /// For the ids of requests.
    pub ids: Arc<dyn Ids>,
    /// Token to principal.
    pub verifier: Arc<Verifier>,
    /// Counts each principal's requests.
    pub limiter: Arc<dyn RateLimit>,
    /// How many of them are allowed.
    pub limits: Limits,
    /// What is counted.
    pub metrics: Metrics,
    /// Where steps of traces are told.
    pub spans: Spans,
    /// Who hears what a call used; nobody where nobody reads it.
    pub record: Option<Arc<dyn Record>>,
}

/// Requests a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For each student, over all agents.
    pub student_per_minute: u32,
    /// For each teacher and operator; for each service, once for itself and once for each student for whom it asks (what
    /// it does for one student must not leave the others without).
    pub other_per_minute: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { student_per_minute: 100, other_per_minute: 1000 }
    }
}

impl Limits {
    fn of(self, principal: &Principal) -> u32 {
        match principal.role {
            Role::Student => self.student_per_minute,
            Role::Teacher | Role::Operator | Role::Service => self.other_per_minute,
        }
    }
}
