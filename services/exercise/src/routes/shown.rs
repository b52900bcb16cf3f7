//! A problem as a student sees it: everything but the solution.

use agent_core::curriculum::Topic;
use contracts::{EventId, ProblemId, StudentId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::decide::exercise::{Difficulty, Form, Kind, Piece, Seed, Task, Test};
use crate::decide::grade::{shown_expected, shown_input};
use crate::store::problem::Problem;

/// An example: a test that the student may see.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Example {
    about: String,
    /// What is read, or called.
    input: String,
    /// What it must come to.
    expected: String,
}

/// A problem.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProblemAnswer {
    problem_id: ProblemId,
    student_id: StudentId,
    topic: Topic,
    kind: Kind,
    difficulty: Difficulty,
    /// The same topic, template, kind and seed are the same exercise.
    template: String,
    seed: Seed,
    title: String,
    /// In Markdown.
    statement: String,
    /// What to start from: a stub, the program with the bug or the gaps, or the program whose output is asked for.
    starter_code: String,
    /// The function to write or mend; null for a program that reads and prints.
    function: Option<String>,
    /// Lines to put in order, shuffled; only of kind `order`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pieces: Vec<Piece>,
    /// How many gaps there are to fill; only of kind `fill-gap`.
    #[serde(skip_serializing_if = "Option::is_none")]
    gaps: Option<usize>,
    /// What the answer will be tried on; more stays hidden.
    examples: Vec<Example>,
    hidden_tests: usize,
    /// How many levels of hints there are.
    hints_available: u8,
    estimated_minutes: u8,
    /// The assignment it belongs to.
    assignment_id: Option<EventId>,
    /// Answers so far, and the best of them.
    attempts: u32,
    best_score: Option<agent_core::mastery::Score>,
}

impl From<Problem> for ProblemAnswer {
    fn from(problem: Problem) -> Self {
        let Problem { problem_id, student_id, exercise, assignment_id, attempts, best, .. } = problem;
        // What a predicted program prints is the answer.
        let open = |test: &&Test| test.open && !matches!(exercise.task, Task::PredictOutput);
        let examples: Vec<Example> = exercise
            .tests
            .iter()
            .filter(open)
            .map(|test| Example {
                about: test.about.clone(),
                input: shown_input(test),
                expected: shown_expected(test),
            })
            .collect();
        let (pieces, gaps) = match &exercise.task {
            Task::Order { pieces } => (pieces.clone(), None),
            Task::FillGap { gaps } => (Vec::new(), Some(gaps.len())),
            Task::Write | Task::FixBug { .. } | Task::PredictOutput => (Vec::new(), None),
        };
        Self {
            problem_id,
            student_id,
            topic: exercise.name.topic,
            kind: exercise.name.kind,
            difficulty: exercise.difficulty,
            template: exercise.name.template,
            seed: exercise.name.seed,
            title: exercise.title,
            statement: exercise.statement,
            starter_code: exercise.starter,
            function: match exercise.form {
                Form::Function { name } => Some(name),
                Form::Script => None,
            },
            pieces,
            gaps,
            hidden_tests: exercise.tests.iter().filter(|test| !test.open).count(),
            examples,
            hints_available: 3,
            estimated_minutes: exercise.minutes,
            assignment_id,
            attempts,
            best_score: best,
        }
    }
}
