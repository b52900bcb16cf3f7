//! What the pool tells whoever counts: metrics are the caller's.

use std::time::Duration;

use tokio::time::Instant;

use crate::Ended;

/// Counts what happens to jobs. Called on their path: it must not block.
///
/// Every job that began is finished or cancelled later: the difference is what runs now.
pub trait PoolObserver: Send + Sync + 'static {
    /// A job that somebody waits for is in line for a place; jobs in the background are not told of.
    fn waits(&self) {}

    /// It has its place, or was sent or went away.
    fn waits_no_more(&self) {}

    /// A child is there for a job that had waited so long for it.
    fn began(&self, waited: Duration);

    /// A job came to its end after so much wall-clock time with its child.
    fn finished(&self, ended: Ended, took: Duration);

    /// Whoever asked for a job went away, or its child died before it took it.
    fn cancelled(&self);

    /// A job was sent away: enough run and wait already.
    fn busy(&self);

    /// The nursery could not be started, or its children are held by too little.
    fn start_failed(&self);
}

/// Nobody counts.
impl PoolObserver for () {
    fn began(&self, _: Duration) {}
    fn finished(&self, _: Ended, _: Duration) {}
    fn cancelled(&self) {}
    fn busy(&self) {}
    fn start_failed(&self) {}
}

/// A job in line for a place, until it is dropped.
pub(super) struct Waiting<'pool>(&'pool dyn PoolObserver);

impl<'pool> Waiting<'pool> {
    pub(super) fn new(observer: &'pool dyn PoolObserver) -> Self {
        observer.waits();
        Self(observer)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waits_no_more();
    }
}

/// A job that runs. Dropped before it is finished, it was cancelled.
pub(super) struct Running<'pool> {
    observer: &'pool dyn PoolObserver,
    began: Instant,
    finished: bool,
}

impl<'pool> Running<'pool> {
    pub(super) fn new(observer: &'pool dyn PoolObserver, asked: Instant) -> Self {
        let began = Instant::now();
        observer.began(began - asked);
        Self { observer, began, finished: false }
    }

    /// Returns how long it ran.
    pub(super) fn finished(mut self, ended: Ended) -> Duration {
        self.finished = true;
        let took = self.began.elapsed();
        self.observer.finished(ended, took);
        took
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if !self.finished {
            self.observer.cancelled();
        }
    }
}
