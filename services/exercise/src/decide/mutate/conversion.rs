//! Conversions that are missing or of the wrong kind, and the smallest taken for the largest.
//!
//! Not here: what is done with the values.

use ruff_python_ast::Expr;
use ruff_text_size::Ranged;

use super::program::{Change, Program, called};

/// `int(x)`, `float(x)` and `str(x)` become `x`.
pub(super) fn missing(program: &Program<'_>) -> Vec<Change> {
    program
        .expressions()
        .filter_map(|expr| {
            let (name, inner) = conversion(expr)?;
            let misconception = match name {
                "str" => "automatic-conversion",
                _ if called(inner).is_some_and(|(name, _)| name == "input") => "input-is-number",
                "int" | "float" => "digits-are-numbers",
                _ => return None,
            };
            Some(Change::new(misconception, expr.range(), program.source(inner.range())))
        })
        .collect()
}

/// `float` becomes `int`, `int` becomes `round` or `float`, `round` becomes `int`.
pub(super) fn other(program: &Program<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    for expr in program.expressions() {
        let (Some((name, inner)), Expr::Call(call)) = (conversion(expr), expr) else { continue };
        let reads = called(inner).is_some_and(|(name, _)| name == "input");
        let new: &[(&str, &str)] = match name {
            "float" => &[("int-reads-decimals", "int")],
            "int" if reads => &[("int-reads-decimals", "float")],
            "int" => &[("int-rounds", "round"), ("int-rounds", "float")],
            "round" => &[("int-rounds", "int")],
            _ => &[],
        };
        changes.extend(
            new.iter().map(|(misconception, new)| Change::new(misconception, call.func.range(), *new)),
        );
    }
    changes
}

/// `min` becomes `max`, and the other way round.
pub(super) fn min_max(program: &Program<'_>) -> Vec<Change> {
    program
        .expressions()
        .filter_map(|expr| {
            let (name, call) = called(expr)?;
            let new = match name {
                "min" => "max",
                "max" => "min",
                _ => return None,
            };
            Some(Change::new("min-or-max", call.func.range(), new))
        })
        .collect()
}

/// A call of a conversion with one value: its name and the value.
fn conversion(expr: &Expr) -> Option<(&str, &Expr)> {
    let (name, call) = called(expr)?;
    match &*call.arguments.args {
        [inner] if call.arguments.keywords.is_empty() => Some((name, inner)),
        _ => None,
    }
}
