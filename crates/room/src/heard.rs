//! A learner's own words in a request: bounded, and heard for a sign of struggle.
//!
//! Not here: what counts as a sign (`agent_core::signs`), and what becomes of it (each room's outbox).

use agent_core::signs::{self, Sign};
use problem::Problem;

/// The longest message, in characters. The schemas of the requests say the same number.
pub const MESSAGE_MAX_CHARS: usize = 2000;

/// What the field `message` of a request says of the learner; refused where it is too long.
///
/// # Errors
/// 422 that names the field.
pub fn heard(message: Option<&str>) -> Result<Option<Sign>, Problem> {
    match message {
        Some(message) if message.chars().count() > MESSAGE_MAX_CHARS => {
            Err(Problem::field("message", format!("at most {MESSAGE_MAX_CHARS} characters")))
        }
        message => Ok(message.and_then(signs::heard)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_heard_up_to_its_limit() {
        let padded = |chars: usize| format!("{}. I'm stuck", "é".repeat(chars - ". I'm stuck".len()));
        assert_eq!(heard(None).unwrap(), None);
        assert_eq!(heard(Some("all is well")).unwrap(), None);
        assert_eq!(heard(Some(&padded(MESSAGE_MAX_CHARS))).unwrap(), Some(Sign::Stuck));
        let refusal = heard(Some(&padded(MESSAGE_MAX_CHARS + 1))).unwrap_err();
        assert_eq!((refusal.status, refusal.errors[0].field.as_str()), (422, "message"));
    }
}
