//! What is remembered of a student's events in a component: enough for the four scores, and of bounded size.
//!
//! The state is a function of the events in their order, so it can be thrown away and made again. Not here: the order
//! itself and runs over many events (`fold`), who keeps it (room `progress`).

use std::collections::{BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use super::fact::{Dated, Fact, Moment, ProblemName, QuestionName, Target};
use super::score::{Mastery, Score, Scores};

/// The quiz score is the mean of this many questions, each with its latest answer.
pub const QUIZ_WINDOW: usize = 20;
/// The quality score is the mean of this many reviews.
pub const REVIEW_WINDOW: usize = 10;
/// This many practice days in a row are full consistency.
pub const STREAK_DAYS: u32 = 7;
/// From this score on a problem counts as solved.
pub const SOLVED_FROM: f64 = 0.8;
/// A day in milliseconds. Days begin at midnight UTC.
pub const DAY_MS: i64 = 86_400_000;

/// An event that is not after the last one applied: the state must be folded again from before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the event is not after the last one applied")]
pub struct OutOfOrder;

/// An entry of the quiz window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum QuizEntry {
    /// The explicit score that the window began with.
    Explicit(Score),
    /// The latest answer to a question.
    Answer { question: QuestionName, correct: bool },
}

impl QuizEntry {
    fn score(&self) -> Score {
        match self {
            Self::Explicit(score) => *score,
            Self::Answer { correct: true, .. } => Score::ONE,
            Self::Answer { correct: false, .. } => Score::ZERO,
        }
    }

    fn is_about(&self, asked: &QuestionName) -> bool {
        matches!(self, Self::Answer { question, .. } if question == asked)
    }
}

/// Practice days in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Practice {
    /// The last active day, counted from 1970 in UTC.
    last_day: i64,
    /// How many days in a row it ended.
    run_days: u32,
}

/// A student's state in a component after some events.
///
/// At most 100 solved problems, 20 answers and 10 reviews are kept, whatever the number of events.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct State {
    last: Option<Moment>,
    accepted: u64,
    target: Target,
    explicit: Option<Scores>,
    graded: bool,
    solved: BTreeSet<ProblemName>,
    quiz: VecDeque<QuizEntry>,
    reviews: VecDeque<Score>,
    practice: Option<Practice>,
}

/// Whether anything is known for each of the four scores. A score without evidence is 0 because nothing was seen, not
/// because the student failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HasEvidence {
    /// An exercise was graded, or a score was posted.
    pub completion: bool,
    /// A question was answered, or a score was posted.
    pub quiz: bool,
    /// A submission was reviewed, or a score was posted.
    pub quality: bool,
    /// The student practised, or a score was posted.
    pub consistency: bool,
}

impl HasEvidence {
    /// Whether anything is known at all.
    #[must_use]
    pub fn any(self) -> bool {
        self.completion || self.quiz || self.quality || self.consistency
    }
}

/// The four scores, and which of them stand on evidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ScoredScores {
    /// The scores; 0 where there is no evidence.
    pub scores: Scores,
    /// Which stand on evidence.
    pub has_evidence: HasEvidence,
}

impl State {
    /// The place of the last event applied.
    #[must_use]
    pub fn last(&self) -> Option<Moment> {
        self.last
    }

    /// How many events were applied.
    #[must_use]
    pub fn accepted(&self) -> u64 {
        self.accepted
    }

    /// How many distinct problems make the component complete.
    #[must_use]
    pub fn target(&self) -> Target {
        self.target
    }

    /// Whether an event of this place may be applied next.
    #[must_use]
    pub fn may_follow(&self, moment: Moment) -> bool {
        self.last.is_none_or(|last| last < moment)
    }

    /// Takes the next event in the order (occurred_at, event id).
    ///
    /// # Errors
    /// [`OutOfOrder`], and nothing changed, if the event is not after the last one: it came late, or again.
    pub fn apply(&mut self, event: &Dated) -> Result<(), OutOfOrder> {
        if !self.may_follow(event.moment()) {
            return Err(OutOfOrder);
        }
        self.last = Some(event.moment());
        self.accepted += 1;
        if event.fact.is_practice() {
            self.practise(event.occurred_at_ms.div_euclid(DAY_MS));
        }
        match &event.fact {
            Fact::ExplicitScores { scores } => self.start_anew(*scores),
            Fact::ExerciseGraded { problem, score } => self.grade(problem, *score),
            Fact::QuizAnswered { question, correct } => self.answer(question, *correct),
            Fact::CodeReviewed { score } => push_bounded(&mut self.reviews, *score, REVIEW_WINDOW),
            Fact::TargetSet { target } => self.target = *target,
        }
        Ok(())
    }

    /// The four scores now.
    #[must_use]
    pub fn scores(&self) -> ScoredScores {
        let posted = self.explicit.is_some();
        ScoredScores {
            scores: Scores {
                completion: self.completion(),
                quiz: Score::mean(self.quiz.iter().map(QuizEntry::score)).unwrap_or(Score::ZERO),
                quality: Score::mean(self.reviews.iter().copied()).unwrap_or(Score::ZERO),
                consistency: self.consistency(),
            },
            has_evidence: HasEvidence {
                completion: posted || self.graded,
                quiz: !self.quiz.is_empty(),
                quality: !self.reviews.is_empty(),
                consistency: posted || self.practice.is_some(),
            },
        }
    }

    /// The mastery now; 0 where nothing is known.
    #[must_use]
    pub fn mastery(&self) -> Mastery {
        Mastery::of(&self.scores().scores)
    }

    fn completion(&self) -> Score {
        let solved = u32::try_from(self.solved.len()).unwrap_or(Target::MAX);
        let derived = Score::share(solved, self.target.get());
        self.explicit.map_or(derived, |explicit| explicit.completion.saturating_add(derived))
    }

    fn consistency(&self) -> Score {
        let derived = Score::share(self.practice.map_or(0, |practice| practice.run_days), STREAK_DAYS);
        self.explicit.map_or(derived, |explicit| explicit.consistency.max(derived))
    }

    /// Everything before an explicit post no longer counts, but for the target: it is the teacher's, no evidence.
    fn start_anew(&mut self, scores: Scores) {
        *self = Self {
            last: self.last,
            accepted: self.accepted,
            target: self.target,
            explicit: Some(scores),
            graded: false,
            solved: BTreeSet::new(),
            quiz: VecDeque::from([QuizEntry::Explicit(scores.quiz)]),
            reviews: VecDeque::from([scores.quality]),
            practice: None,
        };
    }

    fn grade(&mut self, problem: &ProblemName, score: Score) {
        self.graded = true;
        // With as many as the largest target, one more could not be seen in any score.
        if score.get() >= SOLVED_FROM && self.solved.len() < Target::MAX as usize {
            self.solved.insert(problem.clone());
        }
    }

    fn answer(&mut self, question: &QuestionName, correct: bool) {
        self.quiz.retain(|entry| !entry.is_about(question));
        push_bounded(&mut self.quiz, QuizEntry::Answer { question: question.clone(), correct }, QUIZ_WINDOW);
    }

    fn practise(&mut self, day: i64) {
        let run_days = match self.practice {
            Some(before) if before.last_day == day => before.run_days,
            Some(before) if before.last_day.checked_add(1) == Some(day) => before.run_days.saturating_add(1),
            _ => 1,
        };
        self.practice = Some(Practice { last_day: day, run_days });
    }
}

fn push_bounded<T>(window: &mut VecDeque<T>, entry: T, entries_max: usize) {
    window.push_back(entry);
    while window.len() > entries_max {
        window.pop_front();
    }
}
