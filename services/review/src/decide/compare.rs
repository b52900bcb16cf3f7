//! Two versions of a program side by side: what was mended, what came in, and how the structure changed; in figures
//! ([`compare`]) and in words ([`feedback`]).
//!
//! The reviews themselves do not belong here.

use std::collections::BTreeSet;

use agent_core::mastery::Level;
use agent_core::syntax::Complexity;
use ruff_python_ast::Stmt;
use ruff_python_ast::comparable::ComparableStmt;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::report::{Finding, Grade, NextStep, Review, Severity};
use super::{Reviewed, parse, reviewed};
use agent_core::syntax::with_stack;

/// Functions that a comparison lists by name.
const NAMES_MAX: usize = 20;
/// Sentences of each kind in a feedback.
const SENTENCES_MAX: usize = 10;

/// Size and branching of one version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Metrics {
    /// 0 to 100.
    pub score: u32,
    /// The score in one letter.
    pub grade: Grade,
    /// Whether Python can read it.
    pub valid: bool,
    /// Lines of text.
    pub lines: u32,
    /// Functions and methods.
    pub functions: u32,
    /// Classes.
    pub classes: u32,
    /// Ways to branch.
    pub branches: u32,
    /// The deepest block.
    pub max_nesting: u32,
    /// The highest cyclomatic complexity of one function.
    pub max_cyclomatic: u32,
}

/// What differs between two programs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Comparison {
    /// The first program.
    pub code: Metrics,
    /// The other one.
    pub other: Metrics,
    /// Score of the other less score of the first.
    pub score_change: i32,
    /// The same program but for layout and comments.
    pub same_program: bool,
    /// Findings of the first that the other does not have.
    pub fixed: Vec<Finding>,
    /// Findings of the other that the first does not have.
    pub introduced: Vec<Finding>,
    /// Findings that both have.
    pub kept: usize,
    /// Functions of the module that only the other has, 20 at most.
    pub functions_added: Vec<String>,
    /// Functions of the module that only the first has, 20 at most.
    pub functions_removed: Vec<String>,
    /// There was more than is listed.
    pub truncated: bool,
}

/// What got better and what got worse, in words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Feedback {
    /// 0 to 100.
    pub score: u32,
    /// The score in one letter.
    pub grade: Grade,
    /// The score of the version before, where there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_score: Option<u32>,
    /// All of it in a sentence.
    pub summary: String,
    /// What got better, 10 at most.
    pub better: Vec<String>,
    /// What got worse, 10 at most.
    pub worse: Vec<String>,
    /// What is still to be mended, 10 at most.
    pub still: Vec<String>,
    /// What is well done.
    pub praise: Vec<String>,
    /// The one change that is worth most.
    pub next_step: NextStep,
    /// There was more than is listed, or only the beginning of a long text was looked at.
    pub truncated: bool,
}

/// Compares two programs, `other` being the later one.
#[must_use]
pub fn compare(code: &str, other: &str, level: Level) -> Comparison {
    let (before, after) = (reviewed(code, level), reviewed(other, level));
    let shape = match before.shallow && after.shallow {
        true => with_stack(&[code, other], || Shape::of(code, other)),
        false => None,
    };
    let shape = shape.unwrap_or_else(|| Shape { same_program: code == other, ..Shape::default() });
    let (old, new) = (&before.review, &after.review);
    Comparison {
        score_change: new.score.cast_signed() - old.score.cast_signed(),
        same_program: shape.same_program,
        fixed: missing_from(old, new),
        introduced: missing_from(new, old),
        kept: new.concerns().filter(|finding| old.concerns().any(|known| same(known, finding))).count(),
        functions_added: shape.added,
        functions_removed: shape.removed,
        truncated: old.truncated || new.truncated,
        code: metrics(old, &before.size),
        other: metrics(new, &after.size),
    }
}

/// How two trees differ.
#[derive(Default)]
struct Shape {
    same_program: bool,
    added: Vec<String>,
    removed: Vec<String>,
}

impl Shape {
    fn of(code: &str, other: &str) -> Option<Self> {
        let (first, second) = (parse(code)?, parse(other)?);
        let (old, new) = (function_names(first.suite()), function_names(second.suite()));
        let named = |names: &mut dyn Iterator<Item = &&str>| {
            names.take(NAMES_MAX).map(|name| (*name).to_owned()).collect()
        };
        Some(Self {
            same_program: same_statements(first.suite(), second.suite()),
            added: named(&mut new.difference(&old)),
            removed: named(&mut old.difference(&new)),
        })
    }
}

/// Says what got better and worse since the version before.
#[must_use]
pub fn feedback(code: &str, previous: Option<&str>, level: Level) -> Feedback {
    let Reviewed { review: now, size, .. } = reviewed(code, level);
    let before = previous.map(|previous| reviewed(previous, level));
    let mut better = Vec::new();
    let mut worse = Vec::new();
    if let Some(Reviewed { review: old, size: old_size, .. }) = &before {
        if !old.valid && now.valid {
            better.push("Python can read the program now.".to_owned());
        }
        better.extend(missing_from(old, &now).iter().map(|finding| format!("Mended: {}", finding.message)));
        worse.extend(
            missing_from(&now, old).iter().map(|new| format!("New in line {}: {}", new.line, new.message)),
        );
        if old.valid && now.valid {
            structure(old_size, &size, &mut better, &mut worse);
            better.extend(now.praise.iter().filter(|praise| !old.praise.contains(praise)).cloned());
        }
    }
    let kept = |finding: &&Finding| {
        before.as_ref().is_none_or(|old| old.review.concerns().any(|known| same(known, finding)))
    };
    let still =
        now.concerns().filter(kept).map(|finding| format!("Line {}: {}", finding.line, finding.message));
    let still: Vec<String> = still.collect();
    let truncated = now.truncated || [&better, &worse, &still].iter().any(|list| list.len() > SENTENCES_MAX);
    Feedback {
        score: now.score,
        grade: now.grade,
        previous_score: before.as_ref().map(|old| old.review.score),
        summary: summary(&now, before.as_ref().map(|old| &old.review), previous == Some(code)),
        better: first(better),
        worse: first(worse),
        still: first(still),
        praise: now.praise,
        next_step: now.next_step,
        truncated,
    }
}

fn first(mut sentences: Vec<String>) -> Vec<String> {
    sentences.truncate(SENTENCES_MAX);
    sentences
}

fn summary(now: &Review, before: Option<&Review>, unchanged: bool) -> String {
    let score = now.score;
    let Some(before) = before.map(|old| old.score) else {
        return format!("{score} of 100 at first sight.");
    };
    match score.cmp(&before) {
        _ if unchanged => format!("The program is the same as before: {score} of 100."),
        std::cmp::Ordering::Greater => format!("Better: from {before} to {score} of 100."),
        std::cmp::Ordering::Less => format!("A step back: from {before} to {score} of 100."),
        std::cmp::Ordering::Equal => format!("As good as before: {score} of 100."),
    }
}

/// Changes of size that are worth a word.
fn structure(old: &Complexity, new: &Complexity, better: &mut Vec<String>, worse: &mut Vec<String>) {
    let figures = [
        ("The deepest block", old.max_nesting, new.max_nesting, 1),
        ("The number of ways through the most branched part", old.max_cyclomatic, new.max_cyclomatic, 3),
    ];
    for (what, before, after, step) in figures {
        if after + step <= before {
            better.push(format!("{what} went from {before} to {after}."));
        } else if before + step < after && after > 2 * step + 2 {
            worse.push(format!("{what} went from {before} to {after}."));
        }
    }
    if new.functions > old.functions && old.functions == 0 {
        better.push("The program has functions now.".to_owned());
    }
}

/// Findings of one review that the other lacks.
fn missing_from(one: &Review, other: &Review) -> Vec<Finding> {
    one.concerns().filter(|finding| !other.concerns().any(|known| same(known, finding))).cloned().collect()
}

/// The same advice, or the same bug; on whatever line.
fn same(one: &Finding, other: &Finding) -> bool {
    one.rule == other.rule && (one.severity != Severity::Essential || one.message == other.message)
}

fn metrics(review: &Review, size: &Complexity) -> Metrics {
    Metrics {
        score: review.score,
        grade: review.grade,
        valid: review.valid,
        lines: size.lines,
        functions: size.functions,
        classes: size.classes,
        branches: size.branches,
        max_nesting: size.max_nesting,
        max_cyclomatic: size.max_cyclomatic,
    }
}

fn same_statements(one: &[Stmt], other: &[Stmt]) -> bool {
    one.len() == other.len()
        && one
            .iter()
            .zip(other)
            .all(|(first, second)| ComparableStmt::from(first) == ComparableStmt::from(second))
}

fn function_names(body: &[Stmt]) -> BTreeSet<&str> {
    body.iter().filter_map(Stmt::as_function_def_stmt).map(|def| def.name.as_str()).collect()
}
