//! This room's failures, and the status of each.

use ledger::LedgerError;
use ledger::retry::MayConflict;
use problem::Problem;
use room::ledger_problem;

use crate::decide::entry::COMPONENTS_MAX;

/// Why the room could not do it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProgressError {
    /// The idempotency key was used before, for other content.
    #[error("the idempotency key was used before for other content")]
    KeyTaken,
    /// The student's components are as many as one may have.
    #[error("the student has {COMPONENTS_MAX} components, and may have no more")]
    TooManyComponents,
    /// The ledger does not do it.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl MayConflict for ProgressError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Ledger(error) if error.is_conflict())
    }
}

impl From<ProgressError> for Problem {
    fn from(error: ProgressError) -> Self {
        match &error {
            ProgressError::KeyTaken => Self::conflict(error.to_string()),
            ProgressError::TooManyComponents => Self::field("component", error.to_string()),
            ProgressError::Ledger(ledger) => ledger_problem(ledger),
        }
    }
}
