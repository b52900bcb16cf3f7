//! Whether an exercise may be shown: from what was seen of its programs to a verdict with reasons.
//!
//! Reading order: [`References`] (what is run first) → [`Expecting`] (what is expected from then on, and which bugs the tests do not
//! catch yet) → [`verdict`]. What the reference does is what is right. Not here: running anything (`admission`).

mod choose;
mod refusal;

use std::collections::BTreeSet;

use sandbox::{Case, CaseReport, Ended, Outcome, ProgramReport, Report};
use serde::{Deserialize, Serialize};

pub use refusal::Refusal;

use super::chance::Chance;
use super::draft::Draft;
use super::exercise::{Exercise, Expected, Kind, Task, Test};
use super::grade::{Answer, Attempt, case, passes};
use super::inputs::same_input;
use super::mutate::Mutant;

/// The most tests of an exercise, those included that were added to catch a bug.
const TESTS_MAX: usize = 16;

/// Bugs that must show in what a program does.
const BUGS_MIN: usize = 5;

/// The longest statement, in characters.
const STATEMENT_MAX_CHARS: usize = 2_000;

/// The longest output to predict, in lines and characters.
const PREDICTED_MAX: (usize, usize) = (12, 300);

/// What a program did on a list of tests, in their order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Run {
    /// What was seen; as many as there are tests, unless it was stopped or more was not needed.
    pub cases: Vec<CaseReport>,
    /// Why there are no more.
    pub stopped: Option<Ended>,
}

impl Run {
    /// Whether a test fails.
    #[must_use]
    pub fn is_caught(&self, tests: &[Test]) -> bool {
        self.stopped.is_some()
            || self
                .cases
                .iter()
                .enumerate()
                .any(|(place, seen)| place < tests.len() && !passes(tests, place, seen))
    }

    /// The same, with what was seen of the tests behind.
    #[must_use]
    pub fn followed_by(mut self, rest: Self) -> Self {
        self.cases.extend(rest.cases);
        self.stopped = self.stopped.or(rest.stopped);
        self
    }
}

/// What is seen of a reference: three times, in two children, the last time with the tests backwards.
#[derive(Debug, Clone, PartialEq)]
pub struct References {
    /// First.
    pub first: Run,
    /// Again.
    pub again: Run,
    /// Backwards.
    pub backwards: Run,
}

/// How the bugs fared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Bugs tried.
    pub mutants: u32,
    /// Those that a test catches.
    pub killed: u32,
    /// Those that do the same as the reference on all inputs that were tried.
    pub equal: u32,
    /// Those that a probe tells from the reference, but no test.
    pub survived: u32,
    /// Tests, in the end.
    pub tests: u32,
}

/// An exercise that may be shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Admitted {
    /// The exercise.
    pub exercise: Exercise,
    /// The misconceptions that its tests catch, each once.
    pub caught: Vec<String>,
    /// How the bugs fared.
    pub tally: Tally,
}

/// An exercise that may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Why not; at least one reason.
    pub reasons: Vec<Refusal>,
    /// How the bugs fared, as far as they were tried.
    pub tally: Tally,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let reasons: Vec<String> = self.reasons.iter().map(ToString::to_string).collect();
        f.write_str(&reasons.join("; "))
    }
}

impl From<Refusal> for Refused {
    fn from(reason: Refusal) -> Self {
        Self { reasons: vec![reason], tally: Tally::default() }
    }
}

/// How a list of tests is run.
#[must_use]
pub fn cases(tests: &[Test]) -> Vec<Case> {
    tests.iter().map(case).collect()
}

/// A draft whose tests know what they expect.
#[derive(Debug, Clone, PartialEq)]
pub struct Expecting {
    /// The draft.
    pub draft: Draft,
    /// What the reference did.
    pub reference: Run,
}

impl Expecting {
    /// Fills in what the reference did.
    ///
    /// # Errors
    /// A reference that does not end well, or not always in the same way.
    pub fn new(mut draft: Draft, references: References) -> Result<Self, Refused> {
        let References { first, again, mut backwards } = references;
        let tests = &mut draft.exercise.tests;
        if let Some(place) = (0..tests.len()).find(|place| !first.cases.get(*place).is_some_and(ended_well)) {
            let what = first
                .cases
                .get(place)
                .map_or_else(|| format!("{:?}", first.stopped), |seen| format!("{:?}", seen.outcome));
            let input = format!("{:?} {:?}", tests[place].stdin, tests[place].calls);
            return Err(Refusal::Reference { input, what }.into());
        }
        backwards.cases.reverse();
        if first.cases != again.cases || first.cases != backwards.cases {
            return Err(Refusal::Unsteady.into());
        }
        for (test, seen) in tests.iter_mut().zip(&first.cases) {
            test.expected = expected(seen, draft.prints);
        }
        Ok(Self { draft, reference: first })
    }

    /// The tests.
    #[must_use]
    pub fn tests(&self) -> &[Test] {
        &self.draft.exercise.tests
    }
}

fn ended_well(seen: &CaseReport) -> bool {
    matches!(seen.outcome, Outcome::Finished)
}

/// What a test expects, from what the reference did.
fn expected(seen: &CaseReport, prints: bool) -> Expected {
    let printed =
        |(start, end): (u32, u32)| seen.stdout.get(start as usize..end as usize).unwrap_or_default();
    let stdout = if seen.calls.is_empty() {
        Some(seen.stdout.clone())
    } else {
        prints.then(|| seen.calls.iter().map(|call| printed(call.printed)).collect())
    };
    Expected {
        stdout,
        returned: seen.calls.iter().map(|call| call.returned.clone()).collect(),
        arguments: seen.calls.iter().map(|call| call.arguments.clone()).collect(),
    }
}

/// What was seen of the programs that must fail.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seen {
    /// What `write` and `fill-gap` start from.
    pub starter: Option<Run>,
    /// One for each bug, in order.
    pub mutants: Vec<Run>,
    /// One for each answer that must not be right, in order.
    pub wrong: Vec<Run>,
    /// The reference on the probes; nothing where no bug was left to tell apart.
    pub probed_reference: Run,
    /// For each bug that no test catches, by its place, what it did on the probes.
    pub probed: Vec<(usize, Run)>,
}

/// Those that no test has caught yet, by their places.
#[must_use]
pub fn uncaught(tests: &[Test], mutants: &[Run]) -> Vec<usize> {
    let uncaught = mutants.iter().enumerate().filter(|(_, run)| !run.is_caught(tests));
    uncaught.map(|(place, _)| place).collect()
}

/// Judges a draft by all that was seen; `wish` is a misconception that a bug to find should stand for.
///
/// # Errors
/// All the reasons why it may not be shown.
pub fn verdict(expecting: Expecting, seen: &Seen, wish: Option<&str>) -> Result<Admitted, Refused> {
    let Expecting { draft, reference } = expecting;
    let Draft { mut exercise, mutants, probes, wrong, prints, mending_hints } = draft;
    let caught: BTreeSet<usize> = (0..mutants.len())
        .filter(|place| seen.mutants.get(*place).is_some_and(|run| run.is_caught(&exercise.tests)))
        .collect();
    let mut reasons = plain_reasons(&exercise, &reference);
    let probes = Probes::new(&probes, seen, &exercise.tests, prints);
    let told_apart = probes.told_apart();
    let added = probes.choose(TESTS_MAX.saturating_sub(exercise.tests.len()));
    exercise.tests.extend(added.tests);
    let survived: Vec<usize> = told_apart.difference(&added.caught).copied().collect();
    reasons.extend(survived.iter().filter_map(|place| mutants.get(*place)).map(Refusal::survives));
    let killed: BTreeSet<usize> = caught.union(&added.caught).copied().collect();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let tally = Tally {
        mutants: count(mutants.len()),
        killed: count(killed.len()),
        equal: count(mutants.len() - killed.len() - survived.len()),
        survived: count(survived.len()),
        tests: count(exercise.tests.len()),
    };
    if killed.len() + survived.len() < BUGS_MIN {
        reasons.push(Refusal::FewBugs { found: killed.len() + survived.len() });
    }
    if seen.starter.as_ref().is_some_and(|run| !run.is_caught(&exercise.tests)) {
        reasons.push(Refusal::StarterPasses);
    }
    for (wrong, run) in wrong.iter().zip(&seen.wrong) {
        if !run.is_caught(&exercise.tests) {
            reasons.push(Refusal::WrongPasses { what: wrong.what.clone() });
        }
    }
    let caught: Vec<&Mutant> = killed.iter().filter_map(|place| mutants.get(*place)).collect();
    if exercise.name.kind == Kind::FixBug {
        let ended: Vec<&Mutant> = killed
            .iter()
            .filter(|place| seen.mutants.get(**place).is_some_and(|run| run.stopped.is_none()))
            .filter_map(|place| mutants.get(*place))
            .collect();
        let mut chance = Chance::new(exercise.name.seed, &format!("{}/bug", exercise.name.template));
        match choose::bug(&ended, wish, &mut chance) {
            Some(mutant) => choose::set(&mut exercise, mutant, mending_hints),
            None => reasons.push(Refusal::FewBugs { found: 0 }),
        }
    }
    if !reasons.is_empty() {
        return Err(Refused { reasons, tally });
    }
    let caught: BTreeSet<String> = caught.iter().map(|mutant| mutant.bug.misconception.clone()).collect();
    Ok(Admitted { exercise, caught: caught.into_iter().collect(), tally })
}

/// What can be said without the bugs.
fn plain_reasons(exercise: &Exercise, reference: &Run) -> Vec<Refusal> {
    let mut reasons = Vec::new();
    let tests = &exercise.tests;
    for (place, test) in tests.iter().enumerate() {
        if tests[..place].iter().any(|other| same_input(test, other)) {
            reasons.push(Refusal::SameTest { about: test.about.clone() });
        }
    }
    let length = exercise.statement.chars().count();
    if length > STATEMENT_MAX_CHARS {
        reasons.push(Refusal::LongStatement { length });
    }
    match &exercise.task {
        Task::PredictOutput => reasons.extend(prediction(exercise)),
        Task::Write => reasons.extend(rules(exercise, reference)),
        _ => {}
    }
    reasons
}

/// What is to be predicted must be something, and not much of it.
fn prediction(exercise: &Exercise) -> Option<Refusal> {
    let output = exercise.tests.first().and_then(|test| test.expected.stdout.as_deref()).unwrap_or_default();
    let (lines, characters) = (output.lines().count(), output.chars().count());
    let (lines_max, characters_max) = PREDICTED_MAX;
    let fits = (1..=lines_max).contains(&lines) && characters <= characters_max && !output.trim().is_empty();
    (!fits).then_some(Refusal::Unpredictable { lines, characters })
}

/// The reference must be an answer that is marked right, rules included.
fn rules(exercise: &Exercise, reference: &Run) -> Option<Refusal> {
    let report =
        Report { programs: vec![ProgramReport { cases: reference.cases.clone() }], ended: Ended::Completed };
    let answer = Answer::Text(exercise.reference.clone());
    let verdict = match Attempt::new(exercise, &answer) {
        Ok(attempt) => attempt.verdict(Some(&report)),
        Err(error) => return Some(Refusal::Marked { feedback: error.to_string() }),
    };
    (!verdict.correct).then_some(Refusal::Marked { feedback: verdict.feedback })
}

/// What the probes say about the bugs that no test catches.
struct Probes {
    /// With what the reference did.
    tests: Vec<Test>,
    /// For each bug, by its place, the probes that tell it from the reference.
    tells: Vec<(usize, BTreeSet<usize>)>,
}

/// Probes that become tests.
struct Added {
    tests: Vec<Test>,
    caught: BTreeSet<usize>,
}

impl Probes {
    fn new(probes: &[Test], seen: &Seen, tests: &[Test], prints: bool) -> Self {
        let mut filled = probes.to_vec();
        for (probe, case) in filled.iter_mut().zip(&seen.probed_reference.cases) {
            probe.expected = expected(case, prints);
        }
        // One that the reference cannot take tells nothing.
        let usable = |place: usize| {
            seen.probed_reference.cases.get(place).is_some_and(ended_well)
                && !tests.iter().any(|test| same_input(test, &filled[place]))
        };
        let tells = seen.probed.iter().map(|(mutant, run)| {
            let tells = (0..filled.len()).filter(|place| {
                let fails = match run.cases.get(*place) {
                    Some(case) => !passes(&filled, *place, case),
                    None => *place == run.cases.len() && run.stopped.is_some(),
                };
                usable(*place) && fails
            });
            (*mutant, tells.collect())
        });
        let tells = tells.collect();
        Self { tests: filled, tells }
    }

    /// The bugs that any probe tells from the reference.
    fn told_apart(&self) -> BTreeSet<usize> {
        self.tells.iter().filter(|(_, tells)| !tells.is_empty()).map(|(mutant, _)| *mutant).collect()
    }

    /// At most `limit` probes, the ones that catch most first.
    fn choose(&self, limit: usize) -> Added {
        let mut added = Added { tests: Vec::new(), caught: BTreeSet::new() };
        while added.tests.len() < limit {
            let catches = |probe: usize| {
                let open = self.tells.iter().filter(|(mutant, _)| !added.caught.contains(mutant));
                open.filter(|(_, tells)| tells.contains(&probe))
                    .map(|(mutant, _)| *mutant)
                    .collect::<Vec<_>>()
            };
            let best = (0..self.tests.len())
                .rev()
                .map(|probe| (probe, catches(probe)))
                .max_by_key(|(_, caught)| caught.len());
            let Some((probe, caught)) = best.filter(|(_, caught)| !caught.is_empty()) else { break };
            added.tests.push(self.tests[probe].clone());
            added.caught.extend(caught);
        }
        added
    }
}

#[cfg(test)]
mod tests;
