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

/// What a look into the copy came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// It was the answer.
    Fresh,
    /// It held the component, but for too long: Progress was asked.
    Old,
    /// It did not hold the student or the component: Progress was asked.
    Missing,
    /// It did not answer: Progress was asked.
    Unavailable,
}

impl Look {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Fresh, Self::Old, Self::Missing, Self::Unavailable];

    /// The label of the metric.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Old => "old",
            Self::Missing => "missing",
            Self::Unavailable => "unavailable",
        }
    }
}

/// Counts looks. Called on a request's path: it must not block.
pub trait CopyObserver: Send + Sync + 'static {
    /// Somebody looked.
    fn looked(&self, look: Look);
}

/// Nobody counts.
impl CopyObserver for () {
    fn looked(&self, _: Look) {}
}

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
    observer: Arc<dyn CopyObserver>,
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
        Self { copy, then, clock, fresh_for, silent: AtomicBool::new(false), observer: Arc::new(()) }
    }

    /// The same, and somebody counts.
    #[must_use]
    pub fn observed(self, observer: Arc<dyn CopyObserver>) -> Self {
        Self { observer, ..self }
    }

    /// The student's copy, if there is one.
    async fn look(&self, student: &StudentId) -> Result<Option<StudentCopy>, Silent> {
        let late = |_| Err(ReadCopyError(format!("not within {} ms", PATIENCE.as_millis())));
        match tokio::time::timeout(PATIENCE, self.copy.read(student)).await.unwrap_or_else(late) {
            Ok(held) => {
                if self.silent.swap(false, Ordering::Relaxed) {
                    tracing::info!("the read copy answers again");
                }
                Ok(held.map(|(copy, _)| copy))
            }
            Err(error) => {
                if !self.silent.swap(true, Ordering::Relaxed) {
                    tracing::warn!(%error, "Progress is asked for every mastery");
                }
                Err(Silent)
            }
        }
    }

    /// What is held of the component, and what the look came to.
    async fn held(&self, student: &StudentId, component: &str) -> (Option<Mastery>, Look) {
        let Ok(copy) = self.look(student).await else { return (None, Look::Unavailable) };
        let held = copy.as_ref().and_then(|copy| Some((copy, copy.held(component)?)));
        let Some((copy, held)) = held else { return (None, Look::Missing) };
        let age = self.clock.now().duration_since(copy.refreshed_at);
        let is_fresh = SignedDuration::try_from(self.fresh_for).is_ok_and(|fresh_for| age <= fresh_for);
        (Some(held.mastery), if is_fresh { Look::Fresh } else { Look::Old })
    }
}

/// The copy did not answer.
struct Silent;

#[async_trait]
impl Standings for CopyFirst {
    async fn standing(&self, student: &StudentId, component: &str) -> Standing {
        let (held, look) = self.held(student, component).await;
        self.observer.looked(look);
        if let (Some(mastery), Look::Fresh) = (held, look) {
            return Standing::Known(mastery);
        }
        match (self.then.standing(student, component).await, held) {
            (Standing::Unavailable, Some(mastery)) => Standing::Known(mastery),
            (said, _) => said,
        }
    }
}
