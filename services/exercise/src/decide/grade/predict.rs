//! A prediction held against what the program prints.
//!
//! Nothing of the learner's is run. To tell what a wrong prediction gives away, the program is run with known bugs in it: what
//! the learner says may be what one of them prints. Not here: the bugs (`mutate`).

use sandbox::{Job, Limits, Outcome, Program, Report};

use super::cases;
use super::output::{self, Near};
use super::score::score;
use super::show;
use super::verdict::{TestResult, Verdict};
use crate::decide::exercise::{Bug, Exercise};
use crate::decide::mutate;

/// For a program that is there to be read: it prints little, and what does not end soon is of no use.
const LIMITS: Limits = Limits { cpu_ms: 300, ..Limits::GRADED };
/// Lines of a prediction that are looked at, beyond twice what is printed: the rest is wrong anyway.
const LINES_OVER: usize = 50;

/// A program with a known bug in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Misread {
    /// The program as somebody reads it who has the misconception.
    pub(super) code: String,
    /// The bug.
    pub(super) bug: Bug,
}

/// What the program prints.
fn printed(exercise: &Exercise) -> &str {
    exercise.tests.first().and_then(|test| test.expected.stdout.as_deref()).unwrap_or_default()
}

/// Whether a prediction is right.
pub(super) fn is_right(exercise: &Exercise, prediction: &str) -> bool {
    output::difference(printed(exercise), prediction, &[]).is_none()
}

/// What is run to tell what a wrong prediction gives away; nothing where nothing is known.
pub(super) fn job(exercise: &Exercise, misread: &[Misread]) -> Option<Job> {
    let test = exercise.tests.first()?;
    let programs: Vec<Program> = misread
        .iter()
        .map(|one| Program { code: one.code.clone(), cases: vec![cases::case(test)] })
        .collect();
    (!programs.is_empty()).then_some(Job::new(programs, LIMITS))
}

/// What is said of a prediction.
pub(super) fn verdict(
    exercise: &Exercise,
    prediction: &str,
    misread: &[Misread],
    report: Option<&Report>,
) -> Verdict {
    let expected = printed(exercise);
    let about = exercise.tests.first().map(|test| test.about.clone()).unwrap_or_default();
    let Some(difference) = output::difference(expected, prediction, &[]) else {
        let lines = output::lines(expected).len();
        let all = if lines == 1 { "the line is".to_owned() } else { format!("all {lines} lines are") };
        return Verdict {
            correct: true,
            score: score(1.0),
            feedback: format!("Right: {all} what the program prints."),
            tests: vec![result(about, true, None, prediction)],
            error: None,
            misconception: None,
            line: None,
            rules_broken: Vec::new(),
        };
    };
    let thinkable = report.and_then(|report| thinkable(prediction, misread, report));
    let (right, came) = (output::lines(expected), output::lines(prediction));
    let share = share_of_lines(&right, &came).max(difference.near.credit());
    let reason = reason(difference.near, difference.line, right.len(), came.len());
    let next = match &thinkable {
        Some(bug) => format!(
            "Your answer is what another program would print, of which one would say: {} Did you read it so?",
            mutate::operator_named(&bug.operator).map_or("something in it is wrong.", |operator| operator.sentence)
        ),
        None => "Go through the program with pencil and paper: one line after the other, writing down what each name stands for."
            .to_owned(),
    };
    Verdict {
        correct: false,
        score: score(share),
        feedback: format!("Not yet. {reason} {next}"),
        tests: vec![result(about, false, Some(reason), prediction)],
        error: None,
        misconception: thinkable
            .map(|bug| bug.misconception.clone())
            .or_else(|| slug(difference.near).map(str::to_owned)),
        line: None,
        rules_broken: Vec::new(),
    }
}

/// The program's output is the answer: it is not told, so that the learner can try again.
fn result(about: String, passed: bool, reason: Option<String>, prediction: &str) -> TestResult {
    let got = Some(show::shortened_lines(prediction));
    TestResult { about, open: false, passed, reason, input: None, expected: None, got }
}

fn reason(near: Near, line: usize, right: usize, came: usize) -> String {
    let count = match came.cmp(&right) {
        std::cmp::Ordering::Less => " The program prints more lines than that.",
        std::cmp::Ordering::Greater => " The program prints fewer lines than that.",
        std::cmp::Ordering::Equal => "",
    };
    match near {
        Near::Silent => "The program prints something.".to_owned(),
        Near::Spaces => format!("Nearly: only the spaces are not right; the first time in line {line}."),
        Near::LineBreaks => "Nearly: only the line breaks are not right.".to_owned(),
        Near::Case => format!("Nearly: look at capital and small letters in line {line}."),
        Near::Punctuation => format!("Nearly: look at the punctuation in line {line}."),
        Near::Quotes => {
            format!("Nearly: look at the quotes in line {line}; `print` shows a text without them.")
        }
        Near::NumberForm => {
            format!("Nearly: look at how the number in line {line} is written; is it an int or a float?")
        }
        Near::ListPrinted => "Nearly: does the program print a list, or its items?".to_owned(),
        Near::Order => {
            format!("These are the right lines, but in another order; the first that differs is line {line}.")
        }
        _ if line > came => format!("All you wrote is right, up to line {came}.{count}"),
        _ if line == 1 => format!("The first line is not right.{count}"),
        _ => format!("Right up to line {}; line {line} is not right.{count}", line - 1),
    }
}

fn slug(near: Near) -> Option<&'static str> {
    match near {
        Near::Spaces | Near::Case | Near::Punctuation => Some("text-not-exact"),
        Near::LineBreaks => Some("print-stays-on-line"),
        Near::Quotes => Some("quotes-are-printed"),
        Near::NumberForm => Some("decimals-shown"),
        Near::ListPrinted => Some("list-printed"),
        Near::Order => Some("wrong-order"),
        Near::OffByOne => Some("off-by-one"),
        _ => None,
    }
}

/// The bug with which the program would print what was predicted.
fn thinkable<'m>(prediction: &str, misread: &'m [Misread], report: &Report) -> Option<&'m Bug> {
    let prints = |place: usize| {
        let case = report.programs.get(place)?.cases.first()?;
        matches!(case.outcome, Outcome::Finished).then_some(case.stdout.as_str())
    };
    misread
        .iter()
        .enumerate()
        .find(|(place, _)| {
            prints(*place).is_some_and(|text| output::difference(text, prediction, &[]).is_none())
        })
        .map(|(_, one)| &one.bug)
}

/// How many of the lines are there, in their order, of as many as there are on the longer side.
fn share_of_lines(right: &[&str], came: &[&str]) -> f64 {
    let looked_at = &came[..came.len().min(right.len() * 2 + LINES_OVER)];
    // The longest common subsequence, a row at a time.
    let mut row = vec![0_u32; looked_at.len() + 1];
    for line in right {
        let mut diagonal = 0;
        for (place, other) in looked_at.iter().enumerate() {
            let above = row[place + 1];
            row[place + 1] = if line == other { diagonal + 1 } else { above.max(row[place]) };
            diagonal = above;
        }
    }
    let longer = u32::try_from(right.len().max(came.len())).unwrap_or(u32::MAX).max(1);
    f64::from(row[looked_at.len()]) / f64::from(longer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_right_line_in_its_place_is_worth_its_share() {
        for (right, came, share) in [
            (&["1", "2", "3", "4"][..], &["1", "2", "3", "4"][..], 1.0),
            (&["1", "2", "3", "4"], &["1", "2", "9", "4"], 0.75),
            (&["1", "2", "3", "4"], &["2", "3", "4"], 0.75),
            (&["1", "2"], &["0", "1", "2", "3"], 0.5),
            (&["1", "2"], &["2", "1"], 0.5),
            (&["1"], &[], 0.0),
            (&[], &["1"], 0.0),
        ] {
            assert!((share_of_lines(right, came) - share).abs() < 1e-12, "{right:?} {came:?}");
        }
    }
}
