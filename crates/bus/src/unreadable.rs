//! What becomes of a record that is no event.
//!
//! Not here: decoding (crate `contracts`), the dead letter itself (module `dead_letter`).

use contracts::DecodeError;
use contracts::events::ErrorType;

use crate::Failure;

/// What becomes of a record that is no event: a dead letter of the right type.
#[must_use]
pub fn unreadable(error: &DecodeError) -> Failure {
    let error_type = match error {
        DecodeError::Schema(_) => ErrorType::Schema,
        DecodeError::Validation { .. } => ErrorType::Validation,
    };
    Failure { error_type, message: error.to_string() }
}
