//! Where a student stands: from the copy where it is fresh, else by asking, else from the copy as it is.
//!
//! Not here: how Progress is asked (crate `invoke`), what an agent does where nothing is known (each room).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use agent_core::mastery::Mastery;
use async_trait::async_trait;
use clock::Clock;
use contracts::StudentId;
use invoke::{Standing, Standings};
use jiff::SignedDuration;

use crate::{ReadCopy, ReadCopyError, StudentCopy};

/// How long the copy of a student is believed after the latest event that it heard of. An event takes less than that; a
/// student who sends nothing for so long has nobody waiting for a newer figure, and costs one question to Progress.
pub const FRESH_FOR: Duration = Duration::from_secs(60);

/// How long the copy is waited for. Progress is still asked after that, within the patience of its own.
pub const PATIENCE: Duration = Duration::from_millis(50);

/// Looks into the copy before it asks.
///
/// An entry that is fresh is the answer. Where the student or the component is missing from it, or it is older, `then` is
/// asked; and where `then` does not answer either, an entry that is too old is better than none. Nothing is written: only
/// events write. A copy that cannot be reached is passed over, and said so in the log once.
pub struct CopyFirst {
    copy: Arc<dyn ReadCopy>,
    then: Arc<dyn Standings>,
    clock: Arc<dyn Clock>,
    fresh_for: Duration,
    silent: AtomicBool,
}

impl CopyFirst {
    /// Believes the copy for so long; [`FRESH_FOR`] where nothing speaks for another time.
    #[must_use]
    pub fn new(
        copy: Arc<dyn ReadCopy>,
        then: Arc<dyn Standings>,
        clock: Arc<dyn Clock>,
        fresh_for: Duration,
    ) -> Self {
        Self { copy, then, clock, fresh_for, silent: AtomicBool::new(false) }
    }

    async fn look(&self, student: &StudentId) -> Option<StudentCopy> {
        let late = |_| Err(ReadCopyError(format!("not within {} ms", PATIENCE.as_millis())));
        match tokio::time::timeout(PATIENCE, self.copy.read(student)).await.unwrap_or_else(late) {
            Ok(held) => {
                if self.silent.swap(false, Ordering::Relaxed) {
                    tracing::info!("the read copy answers again");
                }
                held.map(|(copy, _)| copy)
            }
            Err(error) => {
                if !self.silent.swap(true, Ordering::Relaxed) {
                    tracing::warn!(%error, "Progress is asked for every mastery");
                }
                None
            }
        }
    }

    /// What is held of the component, and whether it is fresh.
    async fn held(&self, student: &StudentId, component: &str) -> Option<(Mastery, bool)> {
        let copy = self.look(student).await?;
        let held = copy.held(component)?;
        let age = self.clock.now().duration_since(copy.refreshed_at);
        Some((held.mastery, SignedDuration::try_from(self.fresh_for).is_ok_and(|fresh_for| age <= fresh_for)))
    }
}

#[async_trait]
impl Standings for CopyFirst {
    async fn standing(&self, student: &StudentId, component: &str) -> Standing {
        let held = self.held(student, component).await;
        if let Some((mastery, true)) = held {
            return Standing::Known(mastery);
        }
        match (self.then.standing(student, component).await, held) {
            (Standing::Unavailable, Some((mastery, _))) => Standing::Known(mastery),
            (said, _) => said,
        }
    }
}
