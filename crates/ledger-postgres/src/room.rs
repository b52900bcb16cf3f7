//! What the writer, the readers and the outbox share about one room.

use std::sync::Arc;

use ledger::RoomSpec;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::Base;
use crate::define::Numbers;
use crate::lanes::Lanes;

/// A room of a store.
pub(crate) struct Room {
    pub(crate) base: Arc<Base>,
    pub(crate) spec: RoomSpec,
    pub(crate) numbers: Numbers,
    /// Wakes this process's relay.
    pub(crate) changed: Arc<Notify>,
    pub(crate) lanes: Lanes,
    /// Held by whoever takes lanes or gives them back: when that was last done.
    pub(crate) tended_at: tokio::sync::Mutex<Option<Instant>>,
}

impl Room {
    pub(crate) fn new(base: Arc<Base>, spec: RoomSpec, numbers: Numbers) -> Self {
        let changed = Arc::new(Notify::new());
        base.ears.add(numbers.room, &changed);
        Self {
            base,
            spec,
            numbers,
            changed,
            lanes: Lanes::default(),
            tended_at: tokio::sync::Mutex::default(),
        }
    }
}
