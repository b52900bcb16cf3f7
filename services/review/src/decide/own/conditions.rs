//! Conditions that do not ask what they seem to ask.

use std::collections::HashSet;

use ruff_python_ast::comparable::ComparableExpr;
use ruff_python_ast::{BoolOp, CmpOp, Expr, ExprCompare, Number, Stmt, StmtIf};

use super::{Hits, Walker, tree};

/// The condition of an `if`, a loop or a conditional expression.
pub(super) fn test(expr: &Expr, walker: &mut Walker<'_, '_>) {
    match expr {
        Expr::BoolOp(node) => {
            let asks = node.values.iter().any(Expr::is_compare_expr);
            if node.op == BoolOp::Or && asks {
                for value in node.values.iter().filter(|value| is_true_value(value)) {
                    walker.hits.add("or-with-a-value", value, None);
                }
            }
            node.values.iter().for_each(|value| test(value, walker));
        }
        Expr::UnaryOp(node) => test(&node.operand, walker),
        Expr::Name(node) if walker.function(&node.id).is_some() => {
            walker.hits.add("function-not-called", expr, node.id.to_string());
        }
        _ => {}
    }
}

/// A fixed value that counts as true, where a condition was meant.
fn is_true_value(expr: &Expr) -> bool {
    match expr {
        Expr::StringLiteral(node) => !node.value.is_empty(),
        Expr::NumberLiteral(node) => match &node.value {
            Number::Int(value) => value.as_i64() != Some(0),
            Number::Float(value) => *value != 0.0,
            Number::Complex { .. } => true,
        },
        _ => false,
    }
}

/// The conditions of an `if` and its `elif`s, in their order.
pub(super) fn chain(node: &StmtIf, walker: &mut Walker<'_, '_>) {
    let mut seen: HashSet<ComparableExpr<'_>> = HashSet::from([ComparableExpr::from(&*node.test)]);
    for asked in node.elif_else_clauses.iter().filter_map(|clause| clause.test.as_ref()) {
        test(asked, walker);
        // A call may answer differently the second time.
        let steady =
            !tree::any_part(asked, |part| matches!(part, Expr::Call(_) | Expr::Named(_) | Expr::Await(_)));
        if !seen.insert(ComparableExpr::from(asked)) && steady {
            walker.hits.add("condition-repeated", asked, None);
        }
    }
}

/// An `if` that holds nothing but another one. Ruff's rule of this kind works out an edit for each, which takes long where
/// many are nested.
pub(super) fn nested(node: &StmtIf, hits: &mut Hits) {
    if let [Stmt::If(inner)] = &*node.body
        && node.elif_else_clauses.is_empty()
        && inner.elif_else_clauses.is_empty()
    {
        hits.add("nested-if", &*node.test, None);
    }
}

/// A comparison with a function that was not called, or with a fraction.
pub(super) fn compare(node: &ExprCompare, walker: &mut Walker<'_, '_>) {
    let sides: Vec<&Expr> = std::iter::once(&*node.left).chain(&*node.comparators).collect();
    for (pair, op) in sides.windows(2).zip(&*node.ops) {
        for (side, other) in [(pair[0], pair[1]), (pair[1], pair[0])] {
            let fixed = tree::is_number(other) || other.is_string_literal_expr();
            if let Some(name) = tree::name(side)
                && fixed
                && walker.function(name).is_some()
            {
                walker.hits.add("function-not-called", side, name.to_owned());
            }
            if matches!(op, CmpOp::Eq | CmpOp::NotEq) && is_fraction(side) && !tree::is_number(other) {
                walker.hits.add("fractions-compared", node, None);
            }
        }
    }
}

/// A number written with a point that binary cannot hold exactly; 0.5 and 2.0 it can.
fn is_fraction(expr: &Expr) -> bool {
    let Expr::NumberLiteral(node) = expr else { return false };
    match node.value {
        Number::Float(value) => (value * 1024.0).fract() != 0.0,
        Number::Int(_) | Number::Complex { .. } => false,
    }
}
