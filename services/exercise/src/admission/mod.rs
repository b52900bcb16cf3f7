//! Admission: a draft's programs are run in the sandbox, few jobs for many programs, and judged.
//!
//! Most bugs are caught by the first tests, so all are run on those and only what is left on the rest. Not here: the
//! judgement (`decide::admit`).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use sandbox::{Ended, Job, Limits, Program, Sandbox, SandboxError};

use crate::decide::admit::{self, Expecting, References, Refusal, Run, Seen};
pub use crate::decide::admit::{Admitted, Refused, Tally};
use crate::decide::draft::{Draft, DraftError};
use crate::decide::exercise::{Exercise, Kind, Name, Test};
use crate::decide::template::Templates;

/// Programs of one job.
const PROGRAMS_MAX: usize = 32;

/// The tests that all are run on first.
const FIRST_TESTS: usize = 2;

/// A reference must end well within a part of what answers are given; a bug that does not end shows itself as soon, and need
/// not be shown again by its other tests. By the wall clock a job may take long: it is many programs, and a busy machine must
/// refuse nothing.
const LIMITS: Limits =
    Limits { cpu_ms: 100, wall_ms: 120_000, output_bytes: 8 << 10, stop_at_timeout: true, ..Limits::GRADED };

/// Why an exercise was not admitted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NotAdmitted {
    /// It could not be tried: the same name may be asked for again.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// It was tried, or could not be drawn. It will be refused again.
    #[error("{0}")]
    Refused(Refused),
}

impl From<DraftError> for NotAdmitted {
    fn from(error: DraftError) -> Self {
        Self::Refused(Refusal::Draft(error.to_string()).into())
    }
}

impl From<Refused> for NotAdmitted {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

/// Tries exercises, and remembers what came of each program: the kinds of one template and seed share most of theirs. For
/// one seed; it holds all that was seen.
pub struct Trial<'a> {
    sandbox: &'a dyn Sandbox,
    /// By the program and its cases.
    known: Mutex<HashMap<String, Run>>,
}

impl<'a> Trial<'a> {
    /// One that remembers nothing yet.
    #[must_use]
    pub fn new(sandbox: &'a dyn Sandbox) -> Self {
        Self { sandbox, known: Mutex::default() }
    }

    /// Draws and tries an exercise. The same name gives the same one, as long as its template stays. Where there is a bug to
    /// find, it is one of the misconception wished for, if the tests catch one: then the name alone does not say which
    /// exercise it is.
    ///
    /// # Errors
    /// Why it may not be shown, or could not be tried.
    pub async fn admit(
        &self,
        templates: &Templates,
        name: &Name,
        wish: Option<&str>,
    ) -> Result<Admitted, NotAdmitted> {
        let draft = templates.draft(name)?;
        let (references, first_runs) = self.first_look(&draft).await?;
        let expecting = Expecting::new(draft, references)?;
        let seen = self.second_look(&expecting, first_runs).await?;
        Ok(admit::verdict(expecting, &seen, wish)?)
    }

    /// The reference on all tests, and what must not be right on the first of them, half in one child and half in another:
    /// what the reference does must not depend on the child it runs in.
    async fn first_look(&self, draft: &Draft) -> Result<(References, Vec<Run>), SandboxError> {
        let Exercise { reference, tests, .. } = &draft.exercise;
        let backwards: Vec<Test> = tests.iter().rev().cloned().collect();
        let first_tests = &tests[..FIRST_TESTS.min(tests.len())];
        let codes = wrong_programs(draft);
        let (here, there) = codes.split_at(codes.len() / 2);
        let on_first =
            |codes: &[&str]| codes.iter().map(|code| program(code, first_tests)).collect::<Vec<_>>();
        let one = [program(reference, tests)];
        let other = [program(reference, tests), program(reference, &backwards)];
        let (one, other) =
            tokio::try_join!(self.run(&one, on_first(here)), self.run(&other, on_first(there)))?;
        let (mut one, mut other) = (one.into_iter(), other.into_iter());
        let next = |runs: &mut std::vec::IntoIter<Run>| runs.next().unwrap_or_default();
        let references =
            References { first: next(&mut one), again: next(&mut other), backwards: next(&mut other) };
        Ok((references, one.chain(other).collect()))
    }

    /// What passed the first tests on the rest; then the bugs that passed all, on the probes.
    async fn second_look(&self, expecting: &Expecting, mut runs: Vec<Run>) -> Result<Seen, SandboxError> {
        let Draft { exercise, mutants, probes, wrong, .. } = &expecting.draft;
        let tests = expecting.tests();
        let codes = wrong_programs(&expecting.draft);
        let rest = &tests[FIRST_TESTS.min(tests.len())..];
        let left = admit::uncaught(tests, &runs);
        if !rest.is_empty() {
            let more = self.run(&[], left.iter().map(|place| program(codes[*place], rest)).collect()).await?;
            for (place, more) in left.into_iter().zip(more) {
                runs[place] = std::mem::take(&mut runs[place]).followed_by(more);
            }
        }
        let mut rest = runs.split_off(mutants.len());
        let starter = if rest.len() > wrong.len() { rest.pop() } else { None };
        let mut seen = Seen { starter, mutants: runs, wrong: rest, ..Seen::default() };
        let left = admit::uncaught(tests, &seen.mutants);
        if !left.is_empty() && !probes.is_empty() {
            let mut programs = vec![program(&exercise.reference, probes)];
            programs.extend(left.iter().map(|place| program(&mutants[*place].code, probes)));
            let mut probed = self.run(&[], programs).await?.into_iter();
            seen.probed_reference = probed.next().unwrap_or_default();
            seen.probed = left.into_iter().zip(probed).collect();
        }
        Ok(seen)
    }

    /// Runs programs: these anew, and of the others those that are not known yet.
    async fn run(&self, anew: &[Program], others: Vec<Program>) -> Result<Vec<Run>, SandboxError> {
        let keys: Vec<String> = others.iter().map(key).collect();
        let mut asked = anew.to_vec();
        {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            let unknown = others.into_iter().zip(&keys).filter(|(_, key)| !known.contains_key(*key));
            asked.extend(unknown.map(|(program, _)| program));
        }
        let asked_keys: Vec<String> = asked[anew.len()..].iter().map(key).collect();
        let mut runs = in_turn(self.sandbox, asked).await?;
        let of_unknown = runs.split_off(anew.len());
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(asked_keys.into_iter().zip(of_unknown));
        runs.extend(keys.iter().map(|key| known.get(key).cloned().unwrap_or_default()));
        Ok(runs)
    }
}

/// What tells a program with its cases from another.
fn key(program: &Program) -> String {
    format!("{}\0{:?}", program.code, program.cases)
}

/// All that must not be right: the bugs, the wrong answers, and what there is to start from, in this order.
fn wrong_programs(draft: &Draft) -> Vec<&str> {
    let mutants = draft.mutants.iter().map(|mutant| mutant.code.as_str());
    let wrong = draft.wrong.iter().map(|wrong| wrong.code.as_str());
    let starts = matches!(draft.exercise.name.kind, Kind::Write | Kind::FillGap);
    let starter = starts.then_some(draft.exercise.starter.as_str());
    mutants.chain(wrong).chain(starter).collect()
}

fn program(code: &str, tests: &[Test]) -> Program {
    Program { code: code.to_owned(), cases: admit::cases(tests) }
}

/// Runs programs. One that ends its child leaves those behind it to the next.
async fn in_turn(sandbox: &dyn Sandbox, programs: Vec<Program>) -> Result<Vec<Run>, SandboxError> {
    let mut runs: Vec<Run> = Vec::with_capacity(programs.len());
    while runs.len() < programs.len() {
        let asked: Vec<Program> = programs[runs.len()..].iter().take(PROGRAMS_MAX).cloned().collect();
        let cases: Vec<usize> = asked.iter().map(|program| program.cases.len()).collect();
        let report = sandbox.run(Job::new(asked, LIMITS)).await?;
        let mut came = report.programs.into_iter();
        for (place, cases) in cases.into_iter().enumerate() {
            let seen = came.next().map(|program| program.cases).unwrap_or_default();
            let ends = seen.len() < cases;
            if ends && seen.is_empty() && place > 0 {
                // The end came before it, or in its first case: as the first of the next child it shows which.
                break;
            }
            let stopped = ends.then_some(match report.ended {
                Ended::Completed => Ended::Crashed,
                ended => ended,
            });
            runs.push(Run { cases: seen, stopped });
            if ends {
                break;
            }
        }
    }
    Ok(runs)
}

#[cfg(test)]
pub(crate) mod tests;
