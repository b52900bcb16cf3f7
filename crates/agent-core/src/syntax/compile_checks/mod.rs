//! What parses but does not compile, in the order of CPython's passes: future imports, names and their scopes,
//! then code. The first refusal of the first pass that has one is what CPython reports.
//!
//! Grammar does not belong here.

mod bodies;
mod matches;
mod scopes;

use ruff_python_ast::{Expr, Parameter, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::cpython::Verdict;
use super::source::Source;

/// Blocks of loops, `with` and `try` inside each other, in one function.
const MAX_BLOCKS: usize = 21;

const FEATURES: [&str; 9] = [
    "nested_scopes",
    "generators",
    "division",
    "absolute_import",
    "with_statement",
    "print_function",
    "unicode_literals",
    "generator_stop",
    "annotations",
];

/// A refusal on its way up, so that a walk can stop at it.
#[derive(Debug)]
struct Refusal {
    range: TextRange,
    message: String,
}

impl Refusal {
    fn new(range: TextRange, message: impl Into<String>) -> Self {
        Self { range, message: message.into() }
    }
}

/// A parameter without the stars before it, which Ruff counts in and CPython does not.
fn written_range(parameter: &Parameter) -> TextRange {
    TextRange::new(parameter.name.range.start(), parameter.range.end())
}

/// What CPython's symbol table and compiler refuse first.
pub(super) fn first_refusal(source: &Source<'_>, body: &[Stmt]) -> Option<Verdict> {
    let opening = opening_imports(body);
    let refusal = unknown_feature(&body[..opening])
        .or_else(|| scopes::first_refusal(body, has_future_annotations(&body[..opening])))
        .or_else(|| bodies::first_refusal(body, opening))?;
    let (start, end) = (refusal.range.start().to_usize(), refusal.range.end().to_usize());
    Some(Verdict::range(source, refusal.message, start, end))
}

/// The number of statements at the start that may import from `__future__`.
fn opening_imports(body: &[Stmt]) -> usize {
    let docstring = usize::from(matches!(
        body.first(), Some(Stmt::Expr(first)) if matches!(*first.value, Expr::StringLiteral(_))
    ));
    docstring + body[docstring..].iter().take_while(|stmt| future_import(stmt).is_some()).count()
}

/// The names imported by `from __future__ import …`.
fn future_import(stmt: &Stmt) -> Option<Vec<&str>> {
    let Stmt::ImportFrom(import) = stmt else { return None };
    let from_future = import.module.as_ref().is_some_and(|module| module.as_str() == "__future__");
    (from_future && import.level == 0).then(|| import.names.iter().map(|alias| alias.name.as_str()).collect())
}

fn has_future_annotations(opening: &[Stmt]) -> bool {
    opening.iter().filter_map(future_import).flatten().any(|feature| feature == "annotations")
}

fn unknown_feature(opening: &[Stmt]) -> Option<Refusal> {
    opening.iter().find_map(|stmt| {
        let unknown = future_import(stmt)?.into_iter().find(|feature| !FEATURES.contains(feature))?;
        let message = match unknown {
            "braces" => "not a chance".to_owned(),
            _ => format!("future feature {unknown} is not defined"),
        };
        Some(Refusal::new(stmt.range(), message))
    })
}
