//! What the templates are worth: each as each of its kinds, drawn and tried with many seeds, and a table of what came of it.
//!
//! Reading order: [`Asked`] → [`audit`] → `table` (what it prints). Nothing is kept but counts, so that any number of seeds
//! takes the same memory but for eight bytes a variant. Not here: the command line, and what admission asks for (`admission`).

mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::num::NonZeroUsize;
use std::sync::Arc;

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream;
use sandbox::{Job, Report, Sandbox, SandboxError};
use tokio::time::{Duration, sleep};

use crate::admission::{Admitted, NotAdmitted, Tally, Trial};
use crate::decide::exercise::{Difficulty, Exercise, Kind, Seed, Task};
use crate::decide::template::{Generator, Templates};

/// What is asked of an audit.
#[derive(Debug, Clone)]
pub struct Asked {
    /// How many seeds are tried of each template and kind, from 0.
    pub seeds: u32,
    /// Only templates whose `<topic>/<slug>` begins with this.
    pub only: Option<String>,
    /// How many exercises are tried at once.
    pub parallel: NonZeroUsize,
}

impl Asked {
    /// Whether it is about what this makes.
    #[must_use]
    pub fn asks(&self, generator: &Generator<'_>) -> bool {
        self.only.as_ref().is_none_or(|only| place(generator).starts_with(only.as_str()))
    }
}

/// How far an audit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Exercises tried.
    pub done: u64,
    /// Exercises to try.
    pub of: u64,
}

/// What came of a template as one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// `<topic>/<slug>`
    pub place: String,
    /// The kind.
    pub kind: Kind,
    /// How hard it is.
    pub difficulty: Difficulty,
    /// How many variants its draws allow, at most.
    pub variety: u64,
    /// How many seeds were tried.
    pub seeds: u32,
    /// How many of them were admitted.
    pub admitted: u32,
    /// How many variants are among these.
    pub distinct: u32,
    /// How the bugs fared, in all that were admitted; `tests` is the sum.
    pub tally: Tally,
    /// The middle of the numbers of tests.
    pub tests_median: u32,
    /// Why others were refused: by kind of reason how many, and the first in full.
    pub refusals: BTreeMap<&'static str, (u32, String)>,
}

impl Row {
    /// The share of the seeds that was admitted.
    #[must_use]
    pub fn admitted_share(&self) -> f64 {
        share(self.admitted, self.seeds)
    }

    /// The share of the bugs that show which a test catches.
    #[must_use]
    pub fn score(&self) -> f64 {
        share(self.tally.killed, self.tally.killed + self.tally.survived)
    }
}

fn share(part: u32, whole: u32) -> f64 {
    if whole == 0 { 0.0 } else { f64::from(part) / f64::from(whole) }
}

/// What came of them all; prints as a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Audit {
    /// One for each template and kind.
    pub rows: Vec<Row>,
}

impl Audit {
    /// All together: the share admitted, and the share of the bugs caught in what was.
    #[must_use]
    pub fn totals(&self) -> (f64, f64) {
        let sum = |of: fn(&Row) -> u32| self.rows.iter().map(of).sum::<u32>();
        let killed = sum(|row| row.tally.killed);
        (
            share(sum(|row| row.admitted), sum(|row| row.seeds)),
            share(killed, killed + sum(|row| row.tally.survived)),
        )
    }
}

/// Waits where the sandbox is busy: no student waits for it.
pub(crate) struct Patient(pub(crate) Arc<dyn Sandbox>);

#[async_trait]
impl Sandbox for Patient {
    async fn run(&self, job: Job) -> Result<Report, SandboxError> {
        loop {
            match self.0.run(job.clone()).await {
                Err(SandboxError::Busy { retry_after_s }) => {
                    sleep(Duration::from_secs(u64::from(retry_after_s.min(10)))).await;
                }
                other => return other,
            }
        }
    }
}

/// Tries every template as every kind with every seed, several at once. `progress` is told of each exercise.
///
/// # Errors
/// Where there is no sandbox.
pub async fn audit(
    asked: &Asked,
    templates: &Templates,
    sandbox: Arc<dyn Sandbox>,
    mut progress: impl FnMut(Progress),
) -> Result<Audit, SandboxError> {
    let generators: Vec<Generator<'_>> =
        templates.generators().filter(|generator| asked.asks(generator)).collect();
    let mut counts: Vec<Counts> = generators.iter().map(|_| Counts::default()).collect();
    let of = generators.len() as u64 * u64::from(asked.seeds);
    let patient = Patient(sandbox);
    let all = templates.all().flat_map(|template| (0..asked.seeds).map(move |seed| (template, Seed(seed))));
    let tried = all.map(|(template, seed)| {
        let (patient, generators) = (&patient, &generators);
        async move {
            // The kinds one after the other: each knows what was seen of those before.
            let trial = Trial::new(patient);
            let mut outcomes = Vec::new();
            for (row, generator) in
                generators.iter().enumerate().filter(|(_, one)| std::ptr::eq(one.template, template))
            {
                outcomes.push((row, trial.admit(templates, &generator.name(seed), None).await));
            }
            outcomes
        }
    });
    let mut tried = stream::iter(tried).buffer_unordered(asked.parallel.get());
    let mut done = 0;
    while let Some(outcomes) = tried.next().await {
        for (row, outcome) in outcomes {
            counts[row].count(outcome)?;
            done += 1;
            progress(Progress { done, of });
        }
    }
    drop(tried);
    let rows = generators.iter().zip(counts).map(|(generator, counts)| counts.row(generator, asked.seeds));
    Ok(Audit { rows: rows.collect() })
}

fn place(generator: &Generator<'_>) -> String {
    format!("{}/{}", generator.template.topic, generator.template.slug)
}

/// What is counted while an audit runs.
#[derive(Default)]
struct Counts {
    admitted: u32,
    variants: BTreeSet<u64>,
    tally: Tally,
    /// How many exercises had so many tests.
    tests: BTreeMap<u32, u32>,
    refusals: BTreeMap<&'static str, (u32, String)>,
}

impl Counts {
    fn count(&mut self, outcome: Result<Admitted, NotAdmitted>) -> Result<(), SandboxError> {
        match outcome {
            Err(NotAdmitted::Sandbox(error)) => return Err(error),
            Ok(admitted) => self.admit(&admitted),
            Err(NotAdmitted::Refused(refused)) => {
                for reason in &refused.reasons {
                    let first = || (0, reason.to_string());
                    self.refusals.entry(reason.kind()).or_insert_with(first).0 += 1;
                }
            }
        }
        Ok(())
    }

    fn admit(&mut self, admitted: &Admitted) {
        self.admitted += 1;
        self.variants.insert(variant(&admitted.exercise));
        let (sum, one) = (&mut self.tally, &admitted.tally);
        sum.mutants += one.mutants;
        sum.killed += one.killed;
        sum.equal += one.equal;
        sum.survived += one.survived;
        sum.tests += one.tests;
        *self.tests.entry(one.tests).or_default() += 1;
    }

    fn row(self, generator: &Generator<'_>, seeds: u32) -> Row {
        let mut below = 0;
        let middle = self.tests.iter().find(|(_, count)| {
            below += **count;
            below * 2 >= self.admitted
        });
        Row {
            place: place(generator),
            kind: generator.kind,
            difficulty: generator.difficulty(),
            variety: generator.variety(),
            seeds,
            admitted: self.admitted,
            distinct: u32::try_from(self.variants.len()).unwrap_or(u32::MAX),
            tests_median: middle.map_or(0, |(tests, _)| *tests),
            tally: self.tally,
            refusals: self.refusals,
        }
    }
}

/// What a learner sees and has to find out: two exercises with the same are one. The order of pieces and the tests do not
/// make another one of it.
fn variant(exercise: &Exercise) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&exercise.statement, &exercise.reference).hash(&mut hasher);
    if let Task::FixBug { .. } = exercise.task {
        exercise.starter.hash(&mut hasher);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests;
