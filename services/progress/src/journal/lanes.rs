//! A lane for each student's changes: they wait for one another and are written in the order in which they came, so that
//! two at once in this process do not conflict; and what waited meanwhile is written together.
//!
//! A lane works as long as something waits, in a task of its own: a client that goes away stops nothing half-way. It
//! remembers the heads that it wrote last, so that the next event of the same log need not read them. That is only a means
//! to be fast: another process may change the same log, and the ledger refuses what was decided on a head that is no
//! longer the newest.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bus::Headers;
use contracts::StudentId;
use ledger::LedgerError;
use tokio::sync::oneshot;

use super::writer::{Located, Writer};
use super::{Erased, ErasedThen, Incoming, Recorded};
use crate::error::ProgressError;

/// Students share lanes; so many are enough for the few hundred requests that are ever at work at once.
const LANES: usize = 256;
/// Heads remembered in a lane: about 4,000 in all, of half a kilobyte to ten.
const REMEMBERED_MAX: usize = 16;
/// So many changes of a lane are taken at once.
const TAKEN_MAX: usize = 64;
/// So many changes may wait in a lane; whoever comes then is asked to come again.
const WAITING_MAX: usize = 1024;

/// Something to write, and who waits for it.
pub(super) enum Job {
    /// An event.
    Record { incoming: Incoming, reply: Reply<Recorded> },
    /// An erasure.
    Erase { student_id: StudentId, headers: Headers, reply: Reply<Erased> },
    /// An erasure that was told before.
    EraseAsOf { erased: ErasedThen, reply: Reply<bool> },
}

/// Who waits. May have gone.
pub(super) type Reply<T> = oneshot::Sender<Result<T, ProgressError>>;

/// All lanes.
pub(super) struct Lanes {
    lanes: Vec<Arc<Lane>>,
    hash: RandomState,
}

/// One lane.
#[derive(Default)]
struct Lane {
    state: Mutex<LaneState>,
}

#[derive(Default)]
struct LaneState {
    waiting: VecDeque<Job>,
    is_working: bool,
    heads: Heads,
}

/// Heads as they were last written, by [`crate::views::about`].
#[derive(Default)]
pub(super) struct Heads {
    located: HashMap<String, Located>,
}

impl Lanes {
    pub(super) fn new() -> Self {
        let lanes = std::iter::repeat_with(Arc::default).take(LANES).collect();
        Self { lanes, hash: RandomState::new() }
    }

    /// Puts the job into the student's lane, and sets the lane to work if it rests.
    pub(super) fn submit(
        &self,
        writer: &Arc<Writer>,
        student: &StudentId,
        job: Job,
    ) -> Result<(), LedgerError> {
        let place = self.hash.hash_one(student) % LANES as u64;
        let lane = &self.lanes[place as usize];
        let mut state = lane.state();
        if state.waiting.len() >= WAITING_MAX {
            return Err(LedgerError::Unavailable("too many changes of a student wait".to_owned()));
        }
        state.waiting.push_back(job);
        if !state.is_working {
            state.is_working = true;
            let shift =
                Shift { heads: std::mem::take(&mut state.heads), lane: Arc::clone(lane), is_over: false };
            tokio::spawn(shift.work(Arc::clone(writer)));
        }
        Ok(())
    }
}

impl Lane {
    /// Nothing that is done under this lock can leave the state half-changed.
    fn state(&self) -> MutexGuard<'_, LaneState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A lane at work.
struct Shift {
    lane: Arc<Lane>,
    heads: Heads,
    is_over: bool,
}

impl Shift {
    async fn work(mut self, writer: Arc<Writer>) {
        while let Some(jobs) = self.next() {
            writer.write(jobs, &mut self.heads).await;
        }
    }

    /// What waits now; `None` where nothing does: then the lane rests.
    fn next(&mut self) -> Option<Vec<Job>> {
        let mut state = self.lane.state();
        if state.waiting.is_empty() {
            state.is_working = false;
            state.heads = std::mem::take(&mut self.heads);
            self.is_over = true;
            return None;
        }
        let taken = state.waiting.len().min(TAKEN_MAX);
        Some(state.waiting.drain(..taken).collect())
    }
}

impl Drop for Shift {
    /// Broken off by a panic or the end of the process: whoever waits must not wait for ever.
    fn drop(&mut self) {
        if !self.is_over {
            let mut state = self.lane.state();
            state.is_working = false;
            state.waiting.clear();
        }
    }
}

impl Heads {
    /// Takes a head out. It is put back when what was decided on it is stored, so that nothing stale stays.
    pub(super) fn take(&mut self, about: &str) -> Option<Located> {
        self.located.remove(about)
    }

    pub(super) fn keep(&mut self, about: String, located: Located) {
        if self.located.len() >= REMEMBERED_MAX
            && let Some(any) = self.located.keys().next().cloned()
        {
            self.located.remove(&any);
        }
        self.located.insert(about, located);
    }

    /// Forgets all of a student.
    pub(super) fn forget(&mut self, student: &StudentId) {
        self.located.retain(|_, located| located.student_id() != student);
    }
}
