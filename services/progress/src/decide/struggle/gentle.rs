//! How hard the exercise is that a struggling student is given: one step below what the mastery would ask for.

use agent_core::mastery::Mastery;

/// The difficulty's name, as the exercise agent takes it.
#[must_use]
pub fn difficulty(mastery: Option<Mastery>) -> &'static str {
    match mastery.map_or(0.0, Mastery::get) {
        mastery if mastery <= 0.4 => "beginner",
        mastery if mastery <= 0.7 => "easy",
        mastery if mastery <= 0.9 => "medium",
        _ => "hard",
    }
}
