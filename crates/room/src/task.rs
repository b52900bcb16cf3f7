//! Work that a room does beside answering and hearing: what is due at a time, what waits to be told.
//!
//! The room says what; the binary starts it and stops it. Not here: the outbox, whose relay is the ledger's.

use std::future::Future;

use futures::future::BoxFuture;
pub use tokio_util::sync::CancellationToken as Stop;

/// One piece of such work. A task that dies ends the process: it is restarted whole.
pub struct Task {
    name: &'static str,
    run: Box<dyn FnOnce(Stop) -> BoxFuture<'static, ()> + Send + Sync>,
}

impl Task {
    /// A task. Its future ends soon after the stop is cancelled, and not before.
    #[must_use]
    pub fn new<F: Future<Output = ()> + Send + 'static>(
        name: &'static str,
        run: impl FnOnce(Stop) -> F + Send + Sync + 'static,
    ) -> Self {
        Self { name, run: Box::new(move |stop| Box::pin(run(stop))) }
    }

    /// Its name in the log.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Works until the stop.
    #[must_use]
    pub fn run(self, stop: Stop) -> BoxFuture<'static, ()> {
        (self.run)(stop)
    }
}
