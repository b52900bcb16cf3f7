//! Mastery: the formula, its levels, and the fold that makes the four scores from evidence.
//!
//! Read in this order: [`Scores`] and [`Mastery`] (the formula), [`Fact`] and [`Dated`] (what may happen to a student),
//! [`State`] (what is remembered of it), [`fold`].
//!
//! Not here: where events come from, where states are kept, and who may see the result (room `progress`).

mod fact;
mod fold;
mod score;
mod state;

pub use fact::{BadTarget, Dated, EventKey, Fact, Moment, NotAnEventKey, ProblemName, QuestionName, Target};
pub use fold::{ScoreName, Step, fold, fold_any_order};
pub use score::{Level, Mastery, OutOfRange, Score, Scores};
pub use state::{
    DAY_MS, HasEvidence, OutOfOrder, QUIZ_WINDOW, REVIEW_WINDOW, SOLVED_FROM, STREAK_DAYS, ScoredScores,
    State,
};
