//! A hint that follows the attempts: first what the last answer showed, then the exercise's own hint.
//!
//! What is said of an answer comes from its verdict alone, so that nothing of the solution and of hidden tests gets in. At
//! level 3 the frame of a program to be written is shown, its work left out. Not here: the exercise's hints (`template`).

use agent_core::syntax::with_stack;
use ruff_python_ast::Stmt;
use ruff_python_parser::parse_module;
use ruff_text_size::{Ranged, TextSize};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::exercise::{Exercise, Task};
use super::grade::Verdict;

/// Lines of a frame.
const FRAME_LINES_MAX: usize = 30;

/// How much a hint may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Level {
    /// A nudge.
    Nudge,
    /// The way.
    Way,
    /// Nearly the solution.
    Nearly,
}

/// A number that is no level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1, 2 or 3")]
pub struct NoLevel;

impl TryFrom<u8> for Level {
    type Error = NoLevel;

    fn try_from(level: u8) -> Result<Self, NoLevel> {
        match level {
            1 => Ok(Self::Nudge),
            2 => Ok(Self::Way),
            3 => Ok(Self::Nearly),
            _ => Err(NoLevel),
        }
    }
}

impl From<Level> for u8 {
    fn from(level: Level) -> Self {
        match level {
            Level::Nudge => 1,
            Level::Way => 2,
            Level::Nearly => 3,
        }
    }
}

/// A hint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Hint {
    /// How much it says.
    #[schema(value_type = u8, minimum = 1, maximum = 3)]
    pub level: Level,
    /// What it says.
    pub text: String,
    /// The line of the learner's last answer that it speaks of, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

/// A hint for an exercise. `last` is the verdict on the latest answer, if there was one; `same_before` is how many
/// answers right before it gave the same error or misconception.
#[must_use]
pub fn hint(exercise: &Exercise, level: Level, last: Option<&Verdict>, same_before: u32) -> Hint {
    let mut parts = Vec::new();
    let mut line = None;
    if let Some(verdict) = last {
        if verdict.correct {
            parts.push("Your last answer was right already.".to_owned());
        } else {
            parts.extend(of_attempt(verdict, level, same_before));
            line = verdict.line;
        }
    }
    parts.push(exercise.hints[usize::from(u8::from(level)) - 1].clone());
    if level == Level::Nearly
        && matches!(exercise.task, Task::Write)
        && let Some(frame) = frame(&exercise.reference)
    {
        parts.push(format!("A program for it may have this frame:\n\n```python\n{frame}\n```"));
    }
    Hint { level, text: parts.join("\n\n"), line }
}

/// What the last answer showed.
fn of_attempt(verdict: &Verdict, level: Level, same_before: u32) -> Vec<String> {
    let mut parts = Vec::new();
    if same_before > 0 {
        parts.push(format!(
            "This is the same kind of mistake as {} before: look at it more closely than at the rest.",
            if same_before == 1 {
                "in the answer".to_owned()
            } else {
                format!("in the {same_before} answers")
            }
        ));
    }
    let place = verdict.line.map_or_else(String::new, |line| format!(" Look at line {line}."));
    let failed = verdict.tests.iter().filter(|test| !test.passed);
    // The open ones first: the learner can try them.
    let first = failed.clone().find(|test| test.open).or_else(|| failed.clone().next());
    match first {
        Some(test) => {
            let reason = test.reason.as_deref().filter(|_| level > Level::Nudge).unwrap_or_default();
            let text = format!("Your last answer does not get through “{}”. {reason}", test.about);
            parts.push(format!("{}{place}", text.trim_end()));
        }
        None if verdict.error.is_some() => {
            parts.push(format!("Python could not read your last answer.{place} Mend that first."));
        }
        None => {}
    }
    parts.extend(verdict.rules_broken.iter().map(|rule| rule.message.clone()));
    parts
}

/// The frame of a program: the first lines of its blocks, without what they ask for, and `...` for the work. Nothing of a
/// program without blocks, for that would be no frame.
fn frame(reference: &str) -> Option<String> {
    let lines = with_stack(&[reference], || {
        let parsed = parse_module(reference).ok()?;
        let mut lines = Vec::new();
        block(parsed.suite(), 0, reference, &mut lines);
        Some(lines)
    })?;
    let has_block = lines.iter().any(|line| line.ends_with(':'));
    (has_block && lines.len() <= FRAME_LINES_MAX).then(|| lines.join("\n"))
}

fn block(body: &[Stmt], depth: usize, source: &str, lines: &mut Vec<String>) {
    for stmt in body {
        match stmt {
            Stmt::FunctionDef(def) => {
                let end = def.body.first().map_or(def.range.end(), Ranged::start);
                add(&head(source, def.range.start(), end), depth, lines);
                block(&def.body, depth + 1, source, lines);
            }
            Stmt::For(node) => {
                add("for ... in ...:", depth, lines);
                block(&node.body, depth + 1, source, lines);
            }
            Stmt::While(node) => {
                add("while ...:", depth, lines);
                block(&node.body, depth + 1, source, lines);
            }
            Stmt::If(node) => {
                add("if ...:", depth, lines);
                block(&node.body, depth + 1, source, lines);
                for clause in &node.elif_else_clauses {
                    add(if clause.test.is_some() { "elif ...:" } else { "else:" }, depth, lines);
                    block(&clause.body, depth + 1, source, lines);
                }
            }
            Stmt::Return(_) => add("return ...", depth, lines),
            _ => add("...", depth, lines),
        }
    }
}

/// Adds a line. Steps in a row are one `...`: their number would be half the solution.
fn add(text: &str, depth: usize, lines: &mut Vec<String>) {
    let line = format!("{}{text}", "    ".repeat(depth));
    if text != "..." || lines.last() != Some(&line) {
        lines.push(line);
    }
}

/// The first line of a function, as it is written.
fn head(source: &str, start: TextSize, end: TextSize) -> String {
    let text = source.get(start.to_usize()..end.to_usize()).unwrap_or_default();
    text.lines().next().unwrap_or_default().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sandbox::{Ended, Report};

    use super::super::grade::{Answer, Attempt, samples};
    use super::*;

    fn judged(exercise: &Exercise, answer: &str, cases: Vec<sandbox::CaseReport>, ended: Ended) -> Verdict {
        let attempt = Attempt::new(exercise, &Answer::Text(answer.to_owned())).expect("can be judged");
        let report: Report = samples::report(cases, ended);
        attempt.verdict(Some(&report))
    }

    #[test]
    fn only_one_to_three_are_levels() {
        let read = |level: u8| serde_json::from_str::<Level>(&level.to_string()).ok();
        assert_eq!(
            [0, 1, 2, 3, 4].map(read),
            [None, Some(Level::Nudge), Some(Level::Way), Some(Level::Nearly), None]
        );
    }

    #[test]
    fn hints_follow_the_attempts() {
        let exercise = samples::total();
        let returns = |values: [i64; 5]| {
            let case = |(test, value): (&super::super::exercise::Test, i64)| {
                samples::returned(samples::int(value), &test.calls[0].arguments, "")
            };
            exercise.tests.iter().zip(values).map(case).collect::<Vec<_>>()
        };
        let program = "def total(prices):\n    return sum(prices)\n";
        let open = judged(&exercise, program, returns([55, 22, 0, 773, 1001]), Ended::Completed);
        let hidden = judged(&exercise, program, returns([50, 12, 0, 773, 1001]), Ended::Completed);
        let raised = judged(
            &exercise,
            program,
            vec![samples::raised("IndexError", "list index out of range", 2); 5],
            Ended::Completed,
        );
        let endless =
            judged(&exercise, "def total(p):\n    while True:\n        pass\n", Vec::new(), Ended::TimedOut);
        let refused = judged(&exercise, "def total(p)\n    return 1\n", Vec::new(), Ended::Completed);
        let right = judged(&exercise, program, samples::right(&exercise), Ended::Completed);
        let all = [
            ("no answer yet", None, 0),
            ("an open test fails", Some(&open), 0),
            ("a hidden test fails", Some(&hidden), 0),
            ("an exception, for the third time", Some(&raised), 2),
            ("an endless loop", Some(&endless), 0),
            ("a syntax error", Some(&refused), 1),
            ("right already", Some(&right), 0),
        ];
        let mut told = String::new();
        for (what, last, same_before) in all {
            for level in [Level::Nudge, Level::Way, Level::Nearly] {
                let Hint { text, line, .. } = hint(&exercise, level, last, same_before);
                told.push_str(&format!("== {what}, level {} (line {line:?})\n{text}\n\n", u8::from(level)));
            }
        }
        insta::assert_snapshot!(told);
    }

    #[test]
    fn a_frame_holds_no_work() {
        let frame = frame(&samples::total().reference).expect("there are blocks");
        assert_eq!(
            frame,
            "def total(prices):\n    ...\n    for ... in ...:\n        if ...:\n            ...\n    return ..."
        );
        let chain =
            "n = int(input())\nif n < 0:\n    print(1)\nelif n == 0:\n    print(2)\nelse:\n    print(3)\n";
        assert_eq!(
            super::frame(chain).as_deref(),
            Some("...\nif ...:\n    ...\nelif ...:\n    ...\nelse:\n    ...")
        );
        assert_eq!(super::frame("print(1)\nprint(2)\n"), None, "nothing but steps is no frame");
    }

    proptest! {
        #[test]
        fn no_hint_holds_a_line_of_the_solution(level in 1_u8..=3, values in proptest::collection::vec(-5_i64..1000, 5)) {
            let exercise = samples::total();
            let cases = exercise.tests.iter().zip(&values).map(|(test, value)| {
                samples::returned(samples::int(*value), &test.calls[0].arguments, "")
            });
            let verdict = judged(&exercise, "def total(p):\n    return 1\n", cases.collect(), Ended::Completed);
            let text = hint(&exercise, Level::try_from(level).unwrap(), Some(&verdict), 0).text;
            // The first line is in the starter.
            for line in exercise.reference.lines().skip(1) {
                prop_assert!(!text.contains(line.trim()), "{}", text);
            }
        }
    }
}
