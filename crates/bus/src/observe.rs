//! What an adapter tells whoever counts: metrics are the caller's.

use std::time::Instant;

use contracts::Topic;
use contracts::events::ErrorType;

use crate::Headers;
use crate::settle::End;

/// Counts what happens to deliveries. Called on the delivery path: it must not block.
pub trait BusObserver: Send + Sync + 'static {
    /// A record was handed to a group's handler, the first time or again.
    fn delivered(&self, group: &'static str, topic: Topic);

    /// A handler asked for a record again, panicked or took too long, and gets it once more.
    fn retried(&self, group: &'static str, topic: Topic);

    /// A record was given up: it is in the dead letters, or was one itself.
    fn dead_lettered(&self, group: &'static str, topic: Topic, error_type: ErrorType);

    /// A record came to its end, or is left to come again: what came with it, and when its way began. For traces.
    fn ended(&self, _group: &'static str, _topic: Topic, _headers: &Headers, _began: Instant, _end: End) {}

    /// A record, or what came instead of one, could not even be read: its bytes are in `dead-letter.raw`. Its topic, where
    /// that could be told.
    fn unread(&self, _group: &'static str, _topic: Option<Topic>) {}
}

/// Nobody counts.
impl BusObserver for () {
    fn delivered(&self, _: &'static str, _: Topic) {}
    fn retried(&self, _: &'static str, _: Topic) {}
    fn dead_lettered(&self, _: &'static str, _: Topic, _: ErrorType) {}
}
