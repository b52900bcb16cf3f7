//! The newest messages of an outbox, kept in memory until the relay takes them, so that it need not read back what this
//! process has just written.
//!
//! Only a means to be fast: every message is in the file first, and whoever asks for what is not here reads it there.

use std::collections::VecDeque;

use ledger::Pending;

/// So many are kept: a relay that is behind by more reads the file.
const KEPT_MAX: usize = 1024;

/// All messages from some sequence on, but for those that were taken.
pub(crate) struct Fresh {
    /// Every message with a sequence above this one that waits is here.
    complete_after: i64,
    messages: VecDeque<Pending>,
}

impl Fresh {
    /// Nothing yet; the messages up to `sequence` are in the file alone.
    pub(crate) fn after(sequence: i64) -> Self {
        Self { complete_after: sequence, messages: VecDeque::new() }
    }

    /// Adds what was committed next.
    pub(crate) fn add(&mut self, committed: Vec<Pending>) {
        let Some(last) = committed.last().map(|pending| pending.sequence) else { return };
        if self.messages.len() + committed.len() > KEPT_MAX {
            *self = Self::after(last);
        } else {
            self.messages.extend(committed);
        }
    }

    /// Drops what the bus has taken, wherever its relay had it from.
    pub(crate) fn forget(&mut self, sequences: &[i64]) {
        if !self.messages.is_empty() {
            self.messages.retain(|pending| !sequences.contains(&pending.sequence));
        }
    }

    /// The oldest messages with a sequence above `after`, which then are in the file alone; `None` where only the file
    /// knows.
    pub(crate) fn take(&mut self, after: i64, limit: usize) -> Option<Vec<Pending>> {
        if after < self.complete_after {
            return None;
        }
        let known = self.messages.partition_point(|pending| pending.sequence <= after);
        self.messages.drain(..known);
        let taken: Vec<Pending> = self.messages.drain(..limit.min(self.messages.len())).collect();
        self.complete_after = taken.last().map_or(after, |pending| pending.sequence);
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use bus::{Headers, Message};
    use contracts::Topic;
    use jiff::Timestamp;

    use super::*;

    fn pending(sequence: i64) -> Pending {
        let (topic, key) = (Topic::LearningEvents, "ada".to_owned());
        let message = Message { topic, key, payload: "m".into(), headers: Headers::default() };
        Pending { sequence, message, queued_at: Timestamp::UNIX_EPOCH, lease: 0 }
    }

    fn taken(fresh: &mut Fresh, after: i64, limit: usize) -> Option<Vec<i64>> {
        let taken = fresh.take(after, limit)?;
        Some(taken.iter().map(|pending| pending.sequence).collect())
    }

    #[test]
    fn a_relay_that_keeps_up_never_needs_the_file() {
        let mut fresh = Fresh::after(0);
        assert_eq!(taken(&mut fresh, 0, 9), Some(vec![]));
        fresh.add((1..=3).map(pending).collect());
        assert_eq!(taken(&mut fresh, 0, 2), Some(vec![1, 2]));
        fresh.add(vec![pending(4)]);
        assert_eq!(taken(&mut fresh, 2, 9), Some(vec![3, 4]));
        assert_eq!(taken(&mut fresh, 4, 9), Some(vec![]));
    }

    #[test]
    fn what_is_older_or_was_taken_before_is_in_the_file() {
        let mut fresh = Fresh::after(5);
        fresh.add(vec![pending(6), pending(7)]);
        assert_eq!(taken(&mut fresh, 4, 9), None);
        assert_eq!(taken(&mut fresh, 5, 1), Some(vec![6]));
        assert_eq!(taken(&mut fresh, 5, 1), None);
        assert_eq!(taken(&mut fresh, 6, 9), Some(vec![7]));
    }

    #[test]
    fn a_reader_that_had_them_from_the_file_does_not_get_them_again() {
        let mut fresh = Fresh::after(0);
        fresh.add((1..=4).map(pending).collect());
        assert_eq!(taken(&mut fresh, 3, 9), Some(vec![4]));
    }

    #[test]
    fn what_the_bus_has_taken_is_not_handed_out() {
        let mut fresh = Fresh::after(0);
        fresh.add((1..=3).map(pending).collect());
        fresh.forget(&[1, 3]);
        assert_eq!(taken(&mut fresh, 0, 9), Some(vec![2]));
    }

    #[test]
    fn more_than_may_be_kept_is_left_to_the_file() {
        let mut fresh = Fresh::after(0);
        let many = i64::try_from(KEPT_MAX).unwrap();
        fresh.add((1..=many).map(pending).collect());
        fresh.add(vec![pending(many + 1)]);
        assert_eq!(taken(&mut fresh, 0, 9), None);
        assert_eq!(taken(&mut fresh, many + 1, 9), Some(vec![]));
    }
}
