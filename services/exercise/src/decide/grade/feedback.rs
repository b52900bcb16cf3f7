//! The answer as a whole: from what was seen to what is said.
//!
//! Not here: why a single test failed (`reasons`).

use agent_core::mastery::Score;
use agent_core::syntax::SyntaxError;

use super::answer::Given;
use super::cases::{Fault, Seen};
use super::constructs;
use super::facts::Facts;
use super::known;
use super::order::Ordered;
use super::reasons::{Reason, reason};
use super::score::{of_tests, score};
use super::show;
use super::verdict::{BrokenRule, TestResult, Verdict};
use crate::decide::exercise::{Exercise, Task, Test};
use crate::decide::mutate;

/// A verdict on what is not run.
fn not_run(feedback: String) -> Verdict {
    Verdict {
        correct: false,
        score: Score::ZERO,
        feedback,
        tests: Vec::new(),
        error: None,
        misconception: None,
        line: None,
        rules_broken: Vec::new(),
    }
}

/// A gap that nothing was written into.
pub(super) fn blank(gap: usize) -> Verdict {
    not_run(format!(
        "Gap {gap} is still empty. Write something into every gap: then the program can be tried."
    ))
}

/// A program with nothing in it.
pub(super) fn empty() -> Verdict {
    not_run("There is nothing to run yet: no line of the program does anything.".to_owned())
}

/// What Python refuses is not run. An order keeps what is right about it.
pub(super) fn refused(error: &SyntaxError, given: &Given) -> Verdict {
    let code = serde_json::to_value(error.code).ok();
    let code = code.as_ref().and_then(serde_json::Value::as_str).map(str::to_owned);
    let line = error.line;
    match given {
        Given::Ordered(ordered) => Verdict {
            score: score(ordered.partial),
            error: code,
            line: Some(line),
            ..not_run(format!(
                "In this order Python cannot read the program: {} (line {line}) {}",
                error.message,
                order_words(ordered)
            ))
        },
        _ => Verdict {
            error: code,
            line: Some(line),
            ..not_run(format!(
                "Python cannot read the program, so it was not run. {} (line {line}, column {})\n\n{}",
                error.message, error.column, error.explanation
            ))
        },
    }
}

/// What is said of a program that was run.
pub(super) fn of_run(exercise: &Exercise, given: &Given, facts: &Facts, seen: &[Seen]) -> Verdict {
    let broken = constructs::broken(&exercise.rules, &facts.uses);
    let reasons: Vec<Option<Reason>> =
        exercise.tests.iter().zip(seen).map(|(test, seen)| reason(test, seen, facts)).collect();
    let tests: Vec<TestResult> = exercise
        .tests
        .iter()
        .zip(seen)
        .zip(&reasons)
        .map(|((test, seen), reason)| result(test, seen, reason.as_ref()))
        .collect();
    let passed = tests.iter().filter(|test| test.passed).count();
    let all = passed == tests.len() && !tests.is_empty();
    let correct = all && broken.is_empty();
    let mut verdict = Verdict {
        correct,
        score: of_tests(exercise, seen, !broken.is_empty()),
        tests,
        rules_broken: broken,
        ..not_run(String::new())
    };
    // The open tests first: of them more can be said.
    let open_first = |open: bool| {
        exercise
            .tests
            .iter()
            .zip(&reasons)
            .filter(move |(test, _)| test.open == open)
            .filter_map(|(test, reason)| reason.as_ref().map(|reason| (test, reason)))
    };
    let first = open_first(true).chain(open_first(false)).next();
    if let Some((_, reason)) = first {
        verdict.error.clone_from(&reason.error);
        verdict.misconception = reason.misconception.map(str::to_owned);
        verdict.line = reason.line;
    } else {
        verdict.line = verdict.rules_broken.iter().find_map(|rule| rule.line);
    }
    let extra = particular(exercise, given, &mut verdict, seen, all);
    verdict.feedback = words(&verdict, passed, first, extra);
    verdict
}

fn result(test: &Test, seen: &Seen, reason: Option<&Reason>) -> TestResult {
    let shown = |text: String| test.open.then_some(text).filter(|text| !text.is_empty());
    TestResult {
        about: test.about.clone(),
        open: test.open,
        passed: seen.fault.is_none(),
        reason: reason.map(|reason| reason.what.clone()),
        input: shown(input(test, seen)),
        expected: shown(expected(test, seen)),
        got: seen.got.clone().and_then(shown),
    }
}

/// What an open test reads or calls, as a learner is shown it beforehand.
#[must_use]
pub fn shown_input(test: &Test) -> String {
    if test.calls.is_empty() {
        return show::shortened_lines(&test.stdin);
    }
    test.calls.iter().map(call_text).collect::<Vec<_>>().join(", ")
}

/// What an open test must come to, as a learner is shown it beforehand.
#[must_use]
pub fn shown_expected(test: &Test) -> String {
    match &test.expected.stdout {
        Some(stdout) => show::shortened_lines(stdout),
        None => values_text(&test.expected.returned),
    }
}

fn call_text(call: &sandbox::Call) -> String {
    let arguments: Vec<String> = call.arguments.iter().map(show::repr).collect();
    show::shortened(&format!("{}({})", call.function, arguments.join(", ")))
}

fn values_text(values: &[sandbox::Value]) -> String {
    values.iter().map(show::short_repr).collect::<Vec<_>>().join(", ")
}

/// What was read or called; of several calls the one that failed.
fn input(test: &Test, seen: &Seen) -> String {
    let failed = seen.fault.as_ref().and_then(|_| test.calls.get(seen.call));
    failed.map_or_else(|| shown_input(test), call_text)
}

/// What should have come; of several calls from the one that failed.
fn expected(test: &Test, seen: &Seen) -> String {
    let expected = &test.expected;
    let returned = || expected.returned.get(seen.call).map(show::short_repr).unwrap_or_default();
    match &seen.fault {
        Some(Fault::Changed { .. }) => {
            values_text(expected.arguments.get(seen.call).map_or(&[], Vec::as_slice))
        }
        Some(Fault::Returned { .. }) => returned(),
        Some(_) if expected.stdout.is_none() => returned(),
        _ => shown_expected(test),
    }
}

/// What is particular to the kind of exercise, and what the tests tell together.
fn particular(exercise: &Exercise, given: &Given, verdict: &mut Verdict, seen: &[Seen], all: bool) -> String {
    match (&exercise.task, given) {
        (Task::FixBug { bug }, Given::Program(program)) if !all => {
            if same_code(program, &exercise.starter) {
                verdict.score = Score::ZERO;
                verdict.misconception = Some(bug.misconception.clone());
                return "This is still the program as it was given: nothing in it was changed.".to_owned();
            }
            let holds = |text: &str, line: &str| text.lines().any(|other| bare(other) == bare(line));
            let was =
                exercise.reference.lines().nth((bug.line as usize).saturating_sub(1)).unwrap_or_default();
            if holds(program, &bug.becomes) && !holds(program, was) {
                verdict.misconception = Some(bug.misconception.clone());
                return "The bug it came with is still there.".to_owned();
            }
            String::new()
        }
        (Task::Order { .. }, Given::Ordered(ordered)) => {
            if all {
                return superfluous(ordered);
            }
            verdict.score = score(ordered.partial);
            order_words(ordered)
        }
        _ if !all => {
            if let Some(mutant) =
                given.program().and_then(|program| known::reads_like(&exercise.reference, program))
            {
                verdict.misconception = Some(mutant.bug.misconception);
                return mutate::operator_named(&mutant.bug.operator)
                    .map_or_else(String::new, |operator| operator.sentence.to_owned());
            }
            if !only_the_examples(exercise, seen) {
                return String::new();
            }
            verdict.misconception = Some("hard-coded".to_owned());
            "It is right for the examples alone: are their results written into the program?".to_owned()
        }
        _ => String::new(),
    }
}

/// Whether all open tests pass, and every hidden one comes to another result.
fn only_the_examples(exercise: &Exercise, seen: &[Seen]) -> bool {
    let wrong = |seen: &Seen| {
        matches!(seen.fault, Some(Fault::Returned { .. } | Fault::Output { .. })) && seen.credit == 0.0
    };
    let hidden = exercise.tests.iter().filter(|test| !test.open).count();
    let open = exercise.tests.len() - hidden;
    hidden >= 2
        && open >= 1
        && exercise
            .tests
            .iter()
            .zip(seen)
            .all(|(test, seen)| if test.open { seen.fault.is_none() } else { wrong(seen) })
}

/// A line without its white space.
fn bare(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether two programs are the same but for empty lines and white space at the ends of lines.
fn same_code(a: &str, b: &str) -> bool {
    let lines = |text: &str| {
        text.lines()
            .map(|line| line.trim_end().to_owned())
            .filter(|line| !line.is_empty())
            .collect::<Vec<_>>()
    };
    lines(a) == lines(b)
}

fn superfluous(ordered: &Ordered) -> String {
    match ordered.distractors.first() {
        Some(line) => format!("It would do without `{}`.", show::shortened(line)),
        None => String::new(),
    }
}

fn order_words(ordered: &Ordered) -> String {
    let mut words = Vec::new();
    let names: Vec<String> =
        ordered.distractors.iter().map(|line| format!("`{}`", show::shortened(line))).collect();
    match names.len() {
        0 => {}
        1 => words.push(format!("The line {} does not belong.", names[0])),
        _ => words.push(format!("The lines {} do not belong.", names.join(", "))),
    }
    match ordered.missing {
        0 => {}
        1 => words.push("One line that belongs is left out.".to_owned()),
        many => words.push(format!("{many} lines that belong are left out.")),
    }
    if names.is_empty()
        && let Some(line) = &ordered.first_wrong
    {
        words.push(format!("The first line that is not where it could be is `{}`.", show::shortened(line)));
    }
    words.join(" ")
}

/// What the call of an open test should have given, and what it gave.
fn example(verdict: &Verdict, test: &Test) -> Option<String> {
    let result =
        verdict.tests.iter().find(|result| result.open && !result.passed && result.about == test.about)?;
    match (&result.input, &result.expected, &result.got) {
        (Some(input), Some(expected), Some(got))
            if !test.calls.is_empty() && test.expected.stdout.is_none() =>
        {
            Some(format!("`{input}` should come to `{expected}`, and comes to `{got}`."))
        }
        _ => None,
    }
}

fn words(verdict: &Verdict, passed: usize, first: Option<(&Test, &Reason)>, extra: String) -> String {
    let of = verdict.tests.len();
    let mut parts = Vec::new();
    parts.push(match (verdict.correct, passed == of) {
        (true, _) if of == 1 => "Right: the test passes.".to_owned(),
        (true, _) => format!("Right: all {of} tests pass."),
        (false, true) => "The program does the right thing, but not in the way that is asked for.".to_owned(),
        (false, false) => {
            format!("Not yet: {passed} of {of} {} pass.", if of == 1 { "test" } else { "tests" })
        }
    });
    parts.push(extra);
    if let Some((test, reason)) = first {
        let which = if test.open { "Test" } else { "Hidden test" };
        parts.push(format!("{which} “{}”: {}", test.about, reason.what));
        parts.extend(example(verdict, test));
        parts.push(reason.next.clone());
    }
    parts.extend(verdict.rules_broken.iter().map(|BrokenRule { message, .. }| message.clone()));
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}
