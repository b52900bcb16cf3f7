//! Read, decide, commit, and again if somebody was faster: the loop around every optimistic change.
//!
//! Not here: retries of a store that cannot be reached (the caller says 503, the bus hands the event out again).

use crate::LedgerError;

/// How often a room reads and decides again before it gives up. A conflict needs a rival that committed in between, so
/// with fair scheduling even the slowest of this many rivals gets its turn.
pub const ATTEMPTS_MAX: u32 = 16;

/// An error that may say "somebody was faster". A room's own error passes the ledger's on.
pub trait MayConflict {
    /// Whether reading and deciding again may help.
    fn is_conflict(&self) -> bool;
}

impl MayConflict for LedgerError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict(_))
    }
}

/// Runs `attempt` until it does not conflict, at most `attempts_max` times (at least once), and returns what the last
/// run came to. Each run must read anew: what an earlier one read is stale.
///
/// # Errors
/// Whatever `attempt` fails with; its conflict, where the last run conflicted too.
pub async fn on_conflict<T, E, F, Fut>(attempts_max: u32, mut attempt: F) -> Result<T, E>
where
    E: MayConflict,
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, E>>,
{
    let mut attempts = 1;
    loop {
        match attempt().await {
            Err(error) if error.is_conflict() && attempts < attempts_max => attempts += 1,
            settled => return settled,
        }
        // The rivals that made this attempt stale may be waiting for this very thread.
        tokio::task::yield_now().await;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    async fn run(conflicts: u32, attempts_max: u32) -> (Result<u32, LedgerError>, u32) {
        let runs = Cell::new(0);
        let result = on_conflict(attempts_max, || {
            runs.set(runs.get() + 1);
            let run = runs.get();
            async move { if run <= conflicts { Err(LedgerError::Conflict("v".into())) } else { Ok(run) } }
        })
        .await;
        (result, runs.get())
    }

    #[tokio::test]
    async fn reads_again_until_nobody_was_faster() {
        assert!(matches!(run(0, 5).await, (Ok(1), 1)));
        assert!(matches!(run(4, 5).await, (Ok(5), 5)));
    }

    #[tokio::test]
    async fn gives_up_with_the_conflict_after_the_last_attempt() {
        assert!(matches!(run(5, 5).await, (Err(LedgerError::Conflict(_)), 5)));
        assert!(matches!(run(1, 0).await, (Err(LedgerError::Conflict(_)), 1)));
    }

    #[tokio::test]
    async fn another_error_is_not_tried_again() {
        let runs = Cell::new(0);
        let result: Result<(), _> = on_conflict(5, || {
            runs.set(runs.get() + 1);
            async { Err(LedgerError::OutboxFull) }
        })
        .await;
        assert!(matches!(result, Err(LedgerError::OutboxFull)));
        assert_eq!(runs.get(), 1);
    }
}
