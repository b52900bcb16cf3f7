//! What is printed, returned or passed on in the wrong way.
//!
//! Not here: the values themselves.

use ruff_python_ast::{Expr, ExprContext, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::program::{Change, Program, called};

/// A printed variable gets quotes.
pub(super) fn quoted_name(program: &Program<'_>) -> Vec<Change> {
    let variables = program.variables();
    let mut changes = Vec::new();
    for (name, call) in program.expressions().filter_map(called) {
        if name != "print" {
            continue;
        }
        for argument in &call.arguments.args {
            if let Expr::Name(name) = argument
                && name.ctx == ExprContext::Load
                && variables.contains(&name.id.as_str())
            {
                changes.push(Change::new("name-is-text", name.range, format!("\"{}\"", name.id)));
            }
        }
    }
    changes
}

/// An f-string loses its `f`, a text its last space or mark, a number of decimals grows.
pub(super) fn text(program: &Program<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    for site in &program.sites {
        let range = site.expr.range();
        let source = program.source(range);
        match site.expr {
            Expr::FString(_) => {
                if source.starts_with('f') {
                    changes.push(Change::new(
                        "missing-f",
                        TextRange::at(range.start(), TextSize::new(1)),
                        "",
                    ));
                }
                let finer = source.replacen(":.2f}", ":.1f}", 1);
                if finer != source {
                    changes.push(Change::new("decimals-shown", range, finer));
                }
            }
            Expr::StringLiteral(literal) if literal.value.chars().count() > 1 && !is_note(site.stmt) => {
                let inner = source.trim_matches(['"', '\'']);
                let last = inner.char_indices().next_back().map_or(0, |(at, _)| at);
                let shorter = source.replacen(inner, &inner[..last], 1);
                changes.push(Change::new("text-not-exact", range, shorter));
            }
            _ => {}
        }
    }
    changes
}

/// Whether a statement is a text alone, as a function's description is.
fn is_note(stmt: &Stmt) -> bool {
    matches!(stmt, Stmt::Expr(alone) if matches!(*alone.value, Expr::StringLiteral(_)))
}

/// Two arguments change places, `sep` and `end` go, `return` becomes `print`, printed values are joined with `+`.
pub(super) fn call(program: &Program<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    for (name, call) in program.expressions().filter_map(called) {
        if let [first, second] = &*call.arguments.args {
            let edits = vec![
                (first.range(), program.source(second.range()).to_owned()),
                (second.range(), program.source(first.range()).to_owned()),
            ];
            changes.push(Change { misconception: "argument-order", edits });
        }
        if name != "print" {
            continue;
        }
        if let (Some(last), Some(keyword)) = (call.arguments.args.last(), call.arguments.keywords.first()) {
            let misconception = match keyword.arg.as_deref() {
                Some("end") => "print-stays-on-line",
                _ => "comma-vs-plus",
            };
            changes.push(Change::new(misconception, TextRange::new(last.end(), keyword.end()), ""));
        }
        if let ([first, second], []) = (&*call.arguments.args, &*call.arguments.keywords) {
            let (left, right) = (program.source(first.range()), program.source(second.range()));
            let range = TextRange::new(first.start(), second.end());
            changes.push(Change::new("comma-vs-plus", range, format!("str({left}) + str({right})")));
        }
    }
    for place in &program.places {
        if let Stmt::Return(stmt) = place.stmt
            && let Some(value) = &stmt.value
        {
            let new = format!("print({})", program.source(value.range()));
            changes.push(Change::new("print-gives-back", stmt.range, new));
        }
    }
    changes
}
