//! A failure of the ledger as an answer: one table for all rooms.

use ledger::LedgerError;
use problem::Problem;

/// 503 where trying again may help, 500 where it cannot.
#[must_use]
pub fn ledger_problem(error: &LedgerError) -> Problem {
    match error {
        LedgerError::Conflict(_) | LedgerError::OutboxFull | LedgerError::Unavailable(_) => {
            Problem::unavailable(1, error.to_string())
        }
        LedgerError::Corrupt(_) | LedgerError::Undeclared(_) => Problem::internal(error.to_string()),
    }
}
