//! What comes next for a student: how hard, which exercise, and why.
//!
//! Reading order: `history` (what is known of a student, as it is kept) → `difficulty` (how hard) → `likeness` (what would be
//! the same again) → `choice` (which one). Not here: mastery itself (room `progress`), and where the candidates come from.

mod choice;
mod difficulty;
mod history;
mod likeness;

pub use choice::{Candidate, Choice, Wish, choose};
pub use difficulty::{Recommendation, recommend};
pub use history::{FIRST_KEPT, Graded, History, MISTAKES_KEPT, Mistake, SHOWN_KEPT, Shown, TopicHistory};
pub use likeness::{NEAR_DUPLICATE, Sketch};
