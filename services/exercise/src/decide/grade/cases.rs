//! Each test held against what was seen of it.
//!
//! Not here: the words for it (`reasons`), and what it is worth together (`score`).

use sandbox::{Case, CaseReport, Ended, Job, Limit, Limits, Outcome, Program, Raised, Report, Value};

use super::equal::{self, Difference};
use super::facts::Facts;
use super::output::{self, OutputDifference};
use super::show;
use crate::decide::exercise::{Exercise, Expected, Test};

/// What went wrong in a test.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Fault {
    /// An exception.
    Raised(Raised),
    /// `exit()` where something was still to come.
    Exited(i32),
    /// There is no such function.
    NotAFunction {
        /// Its name.
        name: String,
        /// The type of what has the name.
        found: Option<String>,
    },
    /// The program had to be stopped.
    Stopped {
        /// What for.
        ended: Ended,
        /// The line it was on, from 1, where it could still be told to stop.
        line: Option<u32>,
    },
    /// An earlier test stopped the program for good.
    NotRun,
    /// A call returned something else.
    Returned {
        /// How it differs.
        difference: Difference,
        /// Whether what should have been returned was printed.
        printed: Printed,
    },
    /// A call changed an argument it should not, or not as it should.
    Changed {
        /// Whether the argument should be as before.
        should_stay: bool,
    },
    /// It printed something else.
    Output {
        /// How it differs.
        difference: OutputDifference,
        /// Whether a call returned what should have been printed.
        returned: bool,
    },
}

/// What a call printed, when it returned nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Printed {
    /// Nothing.
    Nothing,
    /// What it should have returned.
    TheResult,
    /// Something else.
    Something,
}

/// What came of a test.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Seen {
    /// The first thing that went wrong.
    pub(super) fault: Option<Fault>,
    /// The call it went wrong in, from 0.
    pub(super) call: usize,
    /// What the test is worth, from 0 to 1.
    pub(super) credit: f64,
    /// What it came to, as a learner reads it; nothing where it came to nothing.
    pub(super) got: Option<String>,
}

/// What must be run to judge a program by an exercise's tests.
pub(super) fn job(exercise: &Exercise, program: &str) -> Job {
    let cases = exercise.tests.iter().map(case).collect();
    let limits = Limits { stop_at_timeout: true, ..Limits::GRADED };
    Job::new(vec![Program { code: program.to_owned(), cases }], limits)
}

/// How a test is run.
pub(in crate::decide) fn case(test: &Test) -> Case {
    if test.calls.is_empty() {
        Case::Script { stdin: test.stdin.clone(), globals: Vec::new() }
    } else {
        Case::Calls { stdin: test.stdin.clone(), calls: test.calls.clone() }
    }
}

/// Holds every test against the report of [`job`].
pub(super) fn judge(exercise: &Exercise, facts: &Facts, report: &Report) -> Vec<Seen> {
    let cases = report.programs.first().map_or(&[][..], |program| &program.cases);
    let asked = asked(&exercise.tests);
    let stopped = match report.ended {
        Ended::Completed => Ended::Crashed,
        other => other,
    };
    // The last test of which something is known used up its time: those behind it were not begun.
    let is_out_of_time = stopped == Ended::TimedOut && cases.last().is_some_and(CaseReport::is_timed_out);
    let each = exercise.tests.iter().enumerate().map(|(place, test)| match cases.get(place) {
        Some(seen) => hold(test, seen, asked, &facts.prompts),
        None if place == cases.len() && !is_out_of_time => {
            failed(Fault::Stopped { ended: stopped, line: None }, 0, None)
        }
        None => failed(Fault::NotRun, 0, None),
    });
    each.collect()
}

/// Whether what was seen of the test at this place is what it must come to.
pub(in crate::decide) fn passes(tests: &[Test], place: usize, seen: &CaseReport) -> bool {
    tests.get(place).is_some_and(|test| hold(test, seen, asked(tests), &[]).fault.is_none())
}

/// A function that nowhere gives back anything is asked for its effect, and may return what it likes.
fn asked(tests: &[Test]) -> bool {
    tests.iter().any(|test| test.expected.returned.iter().any(|value| !matches!(value, Value::None)))
}

fn failed(fault: Fault, call: usize, got: Option<String>) -> Seen {
    Seen { fault: Some(fault), call, credit: 0.0, got }
}

fn hold(test: &Test, seen: &CaseReport, asked: bool, prompts: &[String]) -> Seen {
    for (call, came) in seen.calls.iter().enumerate().take(test.calls.len()) {
        let Some(mut fault) = call_fault(test, call, seen, asked) else { continue };
        let credit = match &fault {
            Fault::Returned { difference, .. } if test.calls.len() == 1 => difference.credit(),
            _ => 0.0,
        };
        let got = match &mut fault {
            Fault::Changed { .. } => {
                came.arguments.iter().map(show::short_repr).collect::<Vec<_>>().join(", ")
            }
            _ => show::short_repr(&came.returned),
        };
        return Seen { fault: Some(fault), call, credit, got: Some(got) };
    }
    let call = seen.calls.len().min(test.calls.len().saturating_sub(1));
    match &seen.outcome {
        Outcome::Raised(raised) => return failed(stopped_or_raised(raised), call, printed_text(test, seen)),
        Outcome::NotAFunction { name, found } => {
            let fault = Fault::NotAFunction { name: name.clone(), found: found.clone() };
            return failed(fault, call, None);
        }
        // A script that ends itself has ended; one that says it failed has not done what it should.
        Outcome::Exited { status } if *status != 0 || !test.calls.is_empty() => {
            return failed(Fault::Exited(*status), call, printed_text(test, seen));
        }
        Outcome::Finished | Outcome::Exited { .. } => {}
    }
    if seen.calls.len() < test.calls.len() {
        return failed(Fault::Stopped { ended: Ended::Crashed, line: None }, call, None);
    }
    hold_output(test, seen, prompts)
}

/// A program is first told by an exception that its time is up or its memory full: its line is known then.
fn stopped_or_raised(raised: &Raised) -> Fault {
    match (raised.limit, raised.type_name.as_str()) {
        (Some(Limit::Time), _) => Fault::Stopped { ended: Ended::TimedOut, line: raised.line },
        // Without the limit it was asked for more at once than there is, which comes to the same.
        (Some(Limit::Memory), _) | (None, "MemoryError") => {
            Fault::Stopped { ended: Ended::OutOfMemory, line: raised.line }
        }
        _ => Fault::Raised(raised.clone()),
    }
}

fn hold_output(test: &Test, seen: &CaseReport, prompts: &[String]) -> Seen {
    let results = || {
        let all: Vec<String> = seen.calls.iter().map(|call| show::short_repr(&call.returned)).collect();
        (!all.is_empty()).then(|| all.join(", "))
    };
    let Some(expected) = &test.expected.stdout else {
        return Seen { fault: None, call: 0, credit: 1.0, got: results() };
    };
    let got = output_of(seen);
    // What a program prints around its functions is none of the calls' business; unless that is how the reference does it.
    let difference = output::difference(expected, &got, prompts)
        .filter(|_| seen.calls.is_empty() || output::difference(expected, &seen.stdout, prompts).is_some());
    let shown = Some(show::shortened_lines(&got));
    match difference {
        None => Seen { fault: None, call: 0, credit: 1.0, got: shown },
        Some(difference) => {
            let all: Vec<String> = seen.calls.iter().map(|call| show::display(&call.returned)).collect();
            let returned =
                !all.is_empty() && output::difference(expected, &all.join("\n"), prompts).is_none();
            let credit = difference.near.credit();
            Seen { fault: Some(Fault::Output { difference, returned }), call: 0, credit, got: shown }
        }
    }
}

/// What was printed, as far as it counts: by the calls where there are any.
fn output_of(seen: &CaseReport) -> String {
    if seen.calls.is_empty() {
        return seen.stdout.clone();
    }
    seen.calls.iter().map(|call| printed(seen, call.printed)).collect()
}

fn printed(seen: &CaseReport, (start, end): (u32, u32)) -> &str {
    seen.stdout.get(start as usize..end as usize).unwrap_or_default()
}

fn printed_text(test: &Test, seen: &CaseReport) -> Option<String> {
    let text = if test.calls.is_empty() { &seen.stdout } else { return None };
    (!text.is_empty()).then(|| show::shortened_lines(text))
}

fn call_fault(test: &Test, call: usize, seen: &CaseReport, asked: bool) -> Option<Fault> {
    let came = &seen.calls[call];
    let Expected { returned, arguments, .. } = &test.expected;
    if asked
        && let Some(expected) = returned.get(call)
        && let Some(difference) = equal::difference(expected, &came.returned)
    {
        let text = printed(seen, came.printed);
        let printed = match output::difference(&show::display(expected), text, &[]) {
            _ if text.trim().is_empty() => Printed::Nothing,
            None => Printed::TheResult,
            Some(_) => Printed::Something,
        };
        return Some(Fault::Returned { difference, printed });
    }
    let given = test.calls.get(call).map_or(&[][..], |call| &call.arguments);
    let afterwards = arguments.get(call)?;
    let wrong =
        afterwards.iter().zip(&came.arguments).position(|(a, b)| equal::difference(a, b).is_some())?;
    let should_stay =
        given.get(wrong).is_some_and(|before| equal::difference(before, &afterwards[wrong]).is_none());
    Some(Fault::Changed { should_stay })
}
