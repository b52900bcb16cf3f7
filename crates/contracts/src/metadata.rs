//! The keys in the metadata of evidence that more than one agent knows.
//!
//! Not here: notes that nobody but their writer reads.

/// The id of the quiz that a QuizAnswered belongs to.
pub const QUIZ: &str = "quiz";

/// The share of right answers of that whole quiz, 0 to 1 as a decimal number. Each answer carries it, so that any one of
/// them tells how the quiz went, whichever comes first.
pub const QUIZ_SCORE: &str = "quiz_score";

/// What a wrong answer gave away: the misconception, or the name of the exception or error kind. On QuizAnswered and
/// ExerciseGraded; a sign of struggle when it comes again.
pub const MISCONCEPTION: &str = "misconception";
