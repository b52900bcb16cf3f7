//! Calculations with the wrong operator or in the wrong order.
//!
//! Not here: numbers that are off by one (`counting`).

use ruff_python_ast::{Expr, ExprBinOp, Operator, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::program::{Change, Program, is_text};

fn replaced(
    program: &Program<'_>,
    to: fn(&ExprBinOp) -> Option<(&'static str, &'static str)>,
) -> Vec<Change> {
    program
        .expressions()
        .filter_map(|expr| {
            let Expr::BinOp(binary) = expr else { return None };
            let (misconception, new) = to(binary)?;
            let symbol = program.symbol(binary.left.range(), binary.op.as_str(), binary.right.range())?;
            Some(Change::new(misconception, symbol, new))
        })
        .collect()
}

fn of_numbers(binary: &ExprBinOp) -> bool {
    !is_text(&binary.left) && !is_text(&binary.right)
}

/// `+` becomes `-`, `*` becomes `+` and so on; `+=` too.
pub(super) fn swap(program: &Program<'_>) -> Vec<Change> {
    let mut changes = replaced(program, |binary| {
        let new = match binary.op {
            Operator::Add if of_numbers(binary) => "-",
            Operator::Sub | Operator::Mult if of_numbers(binary) => "+",
            Operator::Div => "*",
            _ => return None,
        };
        Some(("wrong-operator", new))
    });
    changes.extend(program.places.iter().filter_map(|place| {
        let Stmt::AugAssign(assign) = place.stmt else { return None };
        let (old, new) = match assign.op {
            Operator::Add if !is_text(&assign.value) => ("+=", "-="),
            Operator::Sub => ("-=", "+="),
            Operator::Mult => ("*=", "+="),
            _ => return None,
        };
        let symbol = program.symbol(assign.target.range(), old, assign.value.range())?;
        Some(Change::new("wrong-operator", symbol, new))
    }));
    changes
}

/// `//` becomes `/`, and the other way round.
pub(super) fn division(program: &Program<'_>) -> Vec<Change> {
    replaced(program, |binary| match binary.op {
        Operator::FloorDiv => Some(("division-gives-int", "/")),
        Operator::Div => Some(("division-gives-int", "//")),
        _ => None,
    })
}

/// `%` becomes `//`, and the other way round.
pub(super) fn remainder(program: &Program<'_>) -> Vec<Change> {
    replaced(program, |binary| match binary.op {
        Operator::FloorDiv => Some(("modulo-is-percent", "%")),
        Operator::Mod if of_numbers(binary) => Some(("modulo-is-percent", "//")),
        _ => None,
    })
}

/// `**` becomes `^`.
pub(super) fn caret(program: &Program<'_>) -> Vec<Change> {
    replaced(program, |binary| (binary.op == Operator::Pow).then_some(("caret-is-power", "^")))
}

/// `(a + b) * c` becomes `a + b * c`.
pub(super) fn parentheses(program: &Program<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    for expr in program.expressions() {
        let Expr::BinOp(binary) = expr else { continue };
        for side in [&binary.left, &binary.right] {
            let range = side.range();
            let one = TextSize::new(1);
            if !matches!(**side, Expr::BinOp(_)) || range.start() < one {
                continue;
            }
            let around = TextRange::new(range.start() - one, (range.end() + one).min(program.end()));
            let wrapped = program.source(around);
            if wrapped.starts_with('(') && wrapped.ends_with(')') {
                changes.push(Change::new("left-to-right", around, program.source(range)));
            }
        }
    }
    changes
}
