//! Comparisons that ask for the wrong thing.
//!
//! Not here: `and`, `or` and `not` (`logic`).

use ruff_python_ast::{BoolOp, CmpOp, Expr, ExprCompare};
use ruff_text_size::Ranged;

use super::program::{Change, Program};

/// The comparisons of two values.
fn comparisons<'a>(program: &Program<'a>) -> impl Iterator<Item = (&'a ExprCompare, CmpOp)> {
    program.expressions().filter_map(|expr| match expr {
        Expr::Compare(compare) if compare.ops.len() == 1 => Some((compare, compare.ops[0])),
        _ => None,
    })
}

fn replaced(
    program: &Program<'_>,
    misconception: &'static str,
    to: fn(CmpOp) -> Option<CmpOp>,
) -> Vec<Change> {
    comparisons(program)
        .filter_map(|(compare, op)| {
            let symbol = program.symbol(compare.left.range(), op.as_str(), compare.comparators[0].range())?;
            Some(Change::new(misconception, symbol, to(op)?.as_str()))
        })
        .collect()
}

/// `<` becomes `<=` and so on.
pub(super) fn boundary(program: &Program<'_>) -> Vec<Change> {
    replaced(program, "boundary-value", |op| match op {
        CmpOp::Lt => Some(CmpOp::LtE),
        CmpOp::LtE => Some(CmpOp::Lt),
        CmpOp::Gt => Some(CmpOp::GtE),
        CmpOp::GtE => Some(CmpOp::Gt),
        _ => None,
    })
}

/// `<` becomes `>`, `==` becomes `!=` and so on.
pub(super) fn flip(program: &Program<'_>) -> Vec<Change> {
    replaced(program, "comparison-reversed", |op| match op {
        CmpOp::Lt => Some(CmpOp::Gt),
        CmpOp::LtE => Some(CmpOp::GtE),
        CmpOp::Gt => Some(CmpOp::Lt),
        CmpOp::GtE => Some(CmpOp::LtE),
        CmpOp::Eq => Some(CmpOp::NotEq),
        CmpOp::NotEq => Some(CmpOp::Eq),
        CmpOp::In => Some(CmpOp::NotIn),
        _ => None,
    })
}

/// `x == 1 or x == 2` becomes `x == 1 or 2`.
pub(super) fn or_of_values(program: &Program<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    for expr in program.expressions() {
        let Expr::BoolOp(either) = expr else { continue };
        if either.op != BoolOp::Or {
            continue;
        }
        for value in &either.values[1..] {
            if let Expr::Compare(compare) = value
                && *compare.ops == [CmpOp::Eq]
            {
                let alone = program.source(compare.comparators[0].range());
                changes.push(Change::new("or-of-values", compare.range(), alone));
            }
        }
    }
    changes
}
