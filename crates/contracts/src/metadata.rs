//! The keys in the metadata of events that more than one agent knows.
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

/// How many events a StudentProgress stands on, as a whole number. A late event changes the newest mastery, so of two records
/// of a student and component the one with more events is the newer, whatever their times.
pub const ACCEPTED_EVENTS: &str = "accepted_events";

/// On a StudentProgress after something that somebody said and no evidence tells: the event in Progress' log, so that a
/// replay of the topic can put it there again.
pub const CAUSE: &str = "cause";

/// Beside [`CAUSE`]: what was said, as JSON.
pub const FACT: &str = "fact";

/// Beside [`CAUSE`]: who said it.
pub const BY: &str = "by";
