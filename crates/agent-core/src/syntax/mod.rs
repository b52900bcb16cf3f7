//! Python syntax as CPython 3.13 judges it, told as a tutor would.
//!
//! Reading order: `report` (what is said) → `source` → `parse` (one look: Ruff's tree, the reference in `cpython`,
//! `compile_checks`, `limits`) → `diagnose` (what it means, one rule a mistake) → `repair` (tried fixes, error after
//! error). To add a diagnosis see `diagnose`. Running a program, or judging its style, does not belong here.

mod code;
mod compile_checks;
mod complexity;
mod cpython;
mod diagnose;
mod limits;
mod parse;
mod patch;
mod repair;
mod report;
mod source;
mod stack;

pub use code::ErrorCode;
pub use report::{Analysis, Complexity, Edit, Fix, FunctionComplexity, Position, SyntaxError};
pub use stack::with_stack;

use source::Source;

/// Says what CPython 3.13 would refuse in `source`, and how to mend it.
#[must_use]
pub fn analyze(source: &str) -> Analysis {
    with_stack(&[source], || analyze_here(source))
}

fn analyze_here(text: &str) -> Analysis {
    let source = Source::new(text);
    let found = parse::look(&source);
    let complexity =
        found.tree.as_ref().map(|tree| complexity::measure(&source, tree.suite())).unwrap_or_default();
    let verdict = found.verdict;
    // Of a large text the tree takes hundreds of times as much room as the text, and mending needs none.
    drop(found.tree);
    let Some(verdict) = verdict else {
        return Analysis { valid: true, truncated: false, errors: Vec::new(), complexity };
    };
    let findings = repair::repair(&source, verdict, found.passed);
    Analysis { valid: false, truncated: findings.truncated, errors: findings.errors, complexity }
}
