//! How far a record got before it was handed back to the sidecar, so that a handler that hangs is given up all the same.
//!
//! Without it every `RETRY` would start the count anew, and a record whose attempts take longer than a request may be kept
//! open would never become a dead letter. A partition has one record in hand, so that there is one entry for each. Not here:
//! when a record is handed back (`listener`).

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bus::{ATTEMPTS_MAX, Delivery, Disposition, Handle};
use contracts::Topic;

/// The attempts of records that were handed back. In memory: a process that starts again counts anew.
#[derive(Default)]
pub(crate) struct Resumed(Mutex<HashMap<(Topic, i32), (i64, u32)>>);

impl Resumed {
    /// The attempt with which the record goes on.
    pub(crate) fn attempt(&self, topic: Topic, partition: i32, offset: i64) -> u32 {
        let attempts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        attempts
            .get(&(topic, partition))
            .filter(|(known, _)| *known == offset)
            .map_or(1, |(_, attempt)| *attempt)
    }

    /// The record is handed back: it goes on with this attempt.
    pub(crate) fn left(&self, topic: Topic, partition: i32, offset: i64, attempt: u32) {
        let mut attempts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        attempts.insert((topic, partition), (offset, attempt));
    }
}

/// A handler whose attempts are counted: one that does not come back failed.
pub(crate) struct Counted {
    handler: Arc<dyn Handle>,
    next: AtomicU32,
}

impl Counted {
    pub(crate) fn new(handler: Arc<dyn Handle>, attempt: u32) -> Self {
        Self { handler, next: AtomicU32::new(attempt) }
    }

    /// The attempt that comes next, the last one at most.
    pub(crate) fn next(&self) -> u32 {
        self.next.load(Ordering::SeqCst).min(ATTEMPTS_MAX)
    }
}

#[async_trait]
impl Handle for Counted {
    async fn handle(&self, delivery: Delivery) -> Disposition {
        let attempt = delivery.attempt;
        self.next.store(attempt + 1, Ordering::SeqCst);
        let disposition = self.handler.handle(delivery).await;
        if let Disposition::Hold(_) = disposition {
            self.next.store(attempt, Ordering::SeqCst);
        }
        disposition
    }
}
