//! Conditions put together wrongly, and cases left out.
//!
//! Not here: single comparisons (`comparison`).

use ruff_python_ast::{BoolOp, Expr, Stmt, UnaryOp};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::program::{Change, Program};

/// `and` becomes `or`, and the other way round.
pub(super) fn and_or(program: &Program<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    for expr in program.expressions() {
        let Expr::BoolOp(both) = expr else { continue };
        let (old, new) = if both.op == BoolOp::And { ("and", "or") } else { ("or", "and") };
        for pair in both.values.windows(2) {
            if let Some(symbol) = program.symbol(pair[0].range(), old, pair[1].range()) {
                changes.push(Change::new("and-or-confused", symbol, new));
            }
        }
    }
    changes
}

/// A condition gets a `not`, or loses the one it has.
pub(super) fn negate(program: &Program<'_>) -> Vec<Change> {
    let conditions = program.places.iter().flat_map(|place| match place.stmt {
        Stmt::If(stmt) => {
            let others = stmt.elif_else_clauses.iter().filter_map(|clause| clause.test.as_ref());
            std::iter::once(&*stmt.test).chain(others).collect()
        }
        Stmt::While(stmt) => vec![&*stmt.test],
        _ => Vec::new(),
    });
    conditions
        .filter_map(|condition| {
            let new = match condition {
                Expr::UnaryOp(unary) if unary.op == UnaryOp::Not => {
                    program.source(unary.operand.range()).to_owned()
                }
                // `while not True` says nothing that dropping the loop would not say.
                Expr::BooleanLiteral(_) | Expr::Compare(_) => return None,
                other => format!("not ({})", program.source(other.range())),
            };
            Some(Change::new("condition-reversed", condition.range(), new))
        })
        .collect()
}

/// An `else` goes, with what is in it.
pub(super) fn dropped_else(program: &Program<'_>) -> Vec<Change> {
    let clauses = program.places.iter().filter_map(|place| match place.stmt {
        Stmt::If(stmt) => stmt.elif_else_clauses.last(),
        _ => None,
    });
    clauses.map(|clause| Change::new("case-forgotten", program.lines(clause.range()), "")).collect()
}

/// `elif` becomes `if`.
pub(super) fn elif_as_if(program: &Program<'_>) -> Vec<Change> {
    let clauses = program.places.iter().flat_map(|place| match place.stmt {
        Stmt::If(stmt) => stmt.elif_else_clauses.as_slice(),
        _ => &[],
    });
    clauses
        .filter(|clause| clause.test.is_some())
        .map(|clause| {
            let word = TextRange::at(clause.range().start(), TextSize::new(4));
            Change::new("elif-is-if", word, "if")
        })
        .collect()
}
