//! What an answer is worth.
//!
//! Two steps, so that judging is sync and pure: [`Attempt::new`] reads the answer, and [`Attempt::job`] says what must be run;
//! [`Attempt::verdict`] holds the report against what is expected. A right program is one that behaves like the reference,
//! however it is written; what is expected never leaves this module for the sandbox, nor for the learner where it is hidden.
//!
//! Reading order: `answer` (what may be handed in; `order`, `gaps`) → `facts` (what the program looks like; `constructs`,
//! `endless`) → `cases` (each test against the report; `equal`, `output`) → `reasons` (in plain words; `raised`) → `score` →
//! `known` (bugs with a name) → `feedback` (the whole) → `verdict` (what is said). `predict` is about predictions. To add a kind of difference: a variant in
//! `equal` or `output`, its words in `reasons`, a case in the tests of both.

mod answer;
mod cases;
mod constructs;
mod endless;
mod equal;
mod facts;
mod feedback;
mod gaps;
mod known;
mod order;
mod output;
mod predict;
mod raised;
mod reasons;
#[cfg(test)]
pub(in crate::decide) mod samples;
mod score;
mod show;
#[cfg(test)]
mod tests;
mod verdict;

use agent_core::syntax::SyntaxError;
use sandbox::{Ended, Job, Report};

pub use answer::{Answer, BadAnswer, GAP_MAX_CHARS, TEXT_MAX_BYTES};
pub(in crate::decide) use cases::{case, passes};
pub use feedback::{shown_expected, shown_input};
pub use verdict::{BrokenRule, TestResult, Verdict};

use super::exercise::Exercise;
use answer::Given;
use facts::Facts;
use predict::Misread;

/// An answer, read for its exercise.
#[derive(Debug)]
pub struct Attempt<'e> {
    exercise: &'e Exercise,
    given: Given,
    read: Read,
}

/// What could be read of an answer before anything is run.
#[derive(Debug)]
enum Read {
    /// A program that Python accepts.
    Program(Facts),
    /// A program that it does not.
    Refused(Box<SyntaxError>),
    /// A gap, from 1, with nothing in it.
    Blank(usize),
    /// A prediction, and the programs that it might be right for.
    Prediction(Vec<Misread>),
}

impl<'e> Attempt<'e> {
    /// Reads an answer. Costs about as much as a syntax analysis of it.
    ///
    /// # Errors
    /// Where the answer is none that this exercise could have; a wrong answer is no error.
    pub fn new(exercise: &'e Exercise, answer: &Answer) -> Result<Self, BadAnswer> {
        let given = Given::read(exercise, answer)?;
        let read = match &given {
            Given::Filled { blank: Some(gap), .. } => Read::Blank(*gap),
            Given::Prediction(prediction) if predict::is_right(exercise, prediction) => {
                Read::Prediction(Vec::new())
            }
            Given::Prediction(_) => Read::Prediction(known::misread(&exercise.starter)),
            Given::Program(program) | Given::Filled { program, .. } => Read::program(program),
            Given::Ordered(ordered) => Read::program(&ordered.program),
        };
        Ok(Self { exercise, given, read })
    }

    /// What must be run to judge it; nothing where it can be judged as it is.
    #[must_use]
    pub fn job(&self) -> Option<Job> {
        match &self.read {
            Read::Program(facts) if facts.empty => None,
            Read::Program(_) => self.given.program().map(|program| cases::job(self.exercise, program)),
            Read::Prediction(misread) => predict::job(self.exercise, misread),
            Read::Refused(_) | Read::Blank(_) => None,
        }
    }

    /// Judges it by the report of its job. Without one, a program counts as broken off; a prediction is judged all the same.
    #[must_use]
    pub fn verdict(&self, report: Option<&Report>) -> Verdict {
        match &self.read {
            Read::Program(facts) if facts.empty => feedback::empty(),
            Read::Program(facts) => {
                let nothing = Report { programs: Vec::new(), ended: Ended::Crashed };
                let seen = cases::judge(self.exercise, facts, report.unwrap_or(&nothing));
                feedback::of_run(self.exercise, &self.given, facts, &seen)
            }
            Read::Refused(error) => feedback::refused(error, &self.given),
            Read::Blank(gap) => feedback::blank(*gap),
            Read::Prediction(misread) => {
                let Given::Prediction(prediction) = &self.given else { return feedback::empty() };
                predict::verdict(self.exercise, prediction, misread, report)
            }
        }
    }
}

impl Read {
    fn program(program: &str) -> Self {
        match facts::read(program) {
            Ok(facts) => Self::Program(facts),
            Err(error) => Self::Refused(error),
        }
    }
}
