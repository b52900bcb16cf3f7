//! The read copy of mastery: what Concepts, Exercise and Review look at before they ask Progress. Never the truth.
//!
//! A [`refresher`] hears what Progress decided and writes it into the copy; nobody else writes. [`CopyFirst`] answers from a
//! copy that is fresh enough, else asks. What the copy lacks is asked for, so that losing it costs time and nothing else. To
//! add an adapter: implement [`ReadCopy`], then run the suite in [`mod@suite`] on it. Not here: the drivers of stores (one crate
//! each), mastery itself (room `progress`, crate `agent-core`).

mod copy;
mod first;
mod memory;
mod refresher;
pub mod suite;

pub use copy::{HELD_MAX, Held, StudentCopy};
pub use first::{CopyFirst, CopyObserver, FRESH_FOR, Look, PATIENCE};
pub use memory::MemoryCopy;
pub use refresher::{CONFLICTS_MAX, refresher};

use async_trait::async_trait;
use contracts::StudentId;

/// Names what was read, so that a write can say what it replaces. Only the adapter that gave it knows what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Etag(pub String);

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Written {
    /// It is there.
    Yes,
    /// Something else was there than expected: nothing was written. Read again.
    Conflict,
}

/// The copy cannot be reached, or does not answer in time: why. A write may have been done all the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the read copy is not available: {0}")]
pub struct ReadCopyError(pub String);

/// Keeps one copy for each student. It may lose any of them at any time.
#[async_trait]
pub trait ReadCopy: Send + Sync + 'static {
    /// The student's copy and its etag; `None` where nothing is held.
    async fn read(&self, student: &StudentId) -> Result<Option<(StudentCopy, Etag)>, ReadCopyError>;

    /// Puts the copy where `expected` was read; without it, where nothing is held. Of several who expect the same, one
    /// writes.
    async fn write(
        &self,
        student: &StudentId,
        copy: &StudentCopy,
        expected: Option<&Etag>,
    ) -> Result<Written, ReadCopyError>;
}
