//! What the writer, the readers and the outbox share about one room.

use std::sync::{Arc, OnceLock};

use ledger::RoomSpec;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::Base;
use crate::define::Numbers;
use crate::failure::Failure;
use crate::lanes::Lanes;

/// A room of a store.
pub(crate) struct Room {
    pub(crate) base: Arc<Base>,
    pub(crate) spec: RoomSpec,
    /// None before the database was there for the first time.
    numbers: OnceLock<Numbers>,
    /// Wakes this process's relay.
    pub(crate) changed: Arc<Notify>,
    pub(crate) lanes: Lanes,
    /// Held by whoever takes lanes or gives them back: when that was last done.
    pub(crate) tended_at: tokio::sync::Mutex<Option<Instant>>,
}

impl Room {
    pub(crate) fn new(base: Arc<Base>, spec: RoomSpec) -> Self {
        Self {
            base,
            spec,
            numbers: OnceLock::new(),
            changed: Arc::new(Notify::new()),
            lanes: Lanes::default(),
            tended_at: tokio::sync::Mutex::default(),
        }
    }

    /// From now on it can be used.
    pub(crate) fn is_known_by(&self, numbers: Numbers) {
        let room = self.numbers.get_or_init(|| numbers).room;
        self.base.ears.add(room, &self.changed);
    }

    /// The numbers under which the database keeps it.
    pub(crate) fn numbers(&self) -> Result<&Numbers, Failure> {
        let not_yet = || Failure::Unavailable("the database has not been opened so far".into());
        self.numbers.get().ok_or_else(not_yet)
    }
}
