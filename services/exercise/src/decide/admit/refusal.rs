//! Why an exercise may not be shown, said to the author of its template.
//!
//! Not here: finding it out.

use crate::decide::mutate::Mutant;

/// A reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The template does not work out for this seed.
    #[error("{0}")]
    Draft(String),
    /// The reference raises, or is stopped.
    #[error("the reference does not end well on {input}: {what}")]
    Reference {
        /// What it was given.
        input: String,
        /// How it ended.
        what: String,
    },
    /// The reference does one thing now and another then.
    #[error(
        "the reference does not do the same each time: it depends on chance, time, or the order of the tests"
    )]
    Unsteady,
    /// The reference would not be marked right.
    #[error("the reference is not marked right: {feedback}")]
    Marked {
        /// What a learner who hands it in would read.
        feedback: String,
    },
    /// There are too few ways to get it wrong.
    #[error("only {found} bugs show in what the program does")]
    FewBugs {
        /// How many.
        found: usize,
    },
    /// The tests do not catch a bug, and there is no room for one more that would.
    #[error("no test catches `{operator}` in line {line}: `{becomes}`")]
    Survives {
        /// The mutation operator.
        operator: String,
        /// The line of the reference.
        line: u32,
        /// What it says then.
        becomes: String,
    },
    /// What is there to start from is right already.
    #[error("the starter passes all tests")]
    StarterPasses,
    /// An answer that must be wrong is right.
    #[error("right as well: {what}")]
    WrongPasses {
        /// What was done.
        what: String,
    },
    /// Two tests give the program the same to work on.
    #[error("two tests have the same input, one of them: {about}")]
    SameTest {
        /// What one of them is about.
        about: String,
    },
    /// The statement is too long.
    #[error("the statement has {length} characters")]
    LongStatement {
        /// How many.
        length: usize,
    },
    /// The output is nothing, or too much to predict.
    #[error("the output to predict has {lines} lines and {characters} characters")]
    Unpredictable {
        /// How many lines.
        lines: usize,
        /// How many characters.
        characters: usize,
    },
}

impl Refusal {
    pub(super) fn survives(mutant: &Mutant) -> Self {
        let bug = &mutant.bug;
        Self::Survives { operator: bug.operator.clone(), line: bug.line, becomes: bug.becomes.clone() }
    }

    /// The same for all reasons of one kind: to count them by.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Draft(_) => "not drawn",
            Self::Reference { .. } => "reference fails",
            Self::Unsteady => "reference unsteady",
            Self::Marked { .. } => "reference marked wrong",
            Self::FewBugs { .. } => "few bugs",
            Self::Survives { .. } => "bug survives",
            Self::StarterPasses => "starter passes",
            Self::WrongPasses { .. } => "wrong answer passes",
            Self::SameTest { .. } => "same test twice",
            Self::LongStatement { .. } => "long statement",
            Self::Unpredictable { .. } => "output unfit",
        }
    }
}
