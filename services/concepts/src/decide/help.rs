//! Hears in a student's own words that they are stuck.
//!
//! Not here: what is said to them then (`explain`).

/// The words that say so, without apostrophes.
const SIGNS: [&str; 6] = [
    "i dont understand",
    "i do not understand",
    "im stuck",
    "i am stuck",
    "i dont get it",
    "i do not get it",
];

/// Whether the message says that its writer is stuck.
#[must_use]
pub fn is_asked_for(message: &str) -> bool {
    let letters: String = message
        .chars()
        .filter(|c| !matches!(c, '\'' | '’' | '`'))
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .flat_map(char::to_lowercase)
        .collect();
    let words = letters.split_whitespace().collect::<Vec<_>>().join(" ");
    // Whole words only: "I'm stuckless" is no sign.
    let padded = format!(" {words} ");
    SIGNS.iter().any(|sign| padded.contains(&format!(" {sign} ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hears_that_somebody_is_stuck() {
        for message in
            ["I'm stuck", "Help!! I’m  STUCK here", "but i don't understand loops", "I do not get it."]
        {
            assert!(is_asked_for(message), "{message}");
        }
        for message in ["", "I understand", "what is a variable?", "the lid im stuckless"] {
            assert!(!is_asked_for(message), "{message}");
        }
    }
}
