//! What `input()` gives is text: names that hold it, used as numbers.
//!
//! A name counts where its scope sets it once, from `input()` itself; uses in other scopes are not looked at.

use std::collections::HashMap;

use ruff_python_ast::{CmpOp, Expr, ExprContext, Operator, Stmt};

use super::{Hits, tree};

/// One scope: the module, or a function's body.
pub(super) fn check(body: &[Stmt], hits: &mut Hits) {
    let texts = texts(body);
    if texts.is_empty() {
        return;
    }
    let mut told = Vec::new();
    tree::any_expr(body, |expr| {
        if let Some((place, name)) = number_use(expr)
            && let Some(known) = texts.iter().find(|text| **text == name)
            && !told.contains(known)
        {
            told.push(known);
            hits.add("input-is-text", place, name.to_owned());
        }
        false
    });
}

/// Names that are set once, from `input()`.
fn texts(body: &[Stmt]) -> Vec<&str> {
    let mut sets: HashMap<String, u32> = HashMap::new();
    tree::any_expr(body, |expr| {
        if let Expr::Name(node) = expr
            && !matches!(node.ctx, ExprContext::Load)
        {
            *sets.entry(node.id.to_string()).or_default() += 1;
        }
        false
    });
    let mut texts = Vec::new();
    collect(body, &mut texts);
    texts.retain(|name| sets.get(*name) == Some(&1));
    texts
}

/// `name = input(…)` in these statements and the blocks within.
fn collect<'a>(body: &'a [Stmt], texts: &mut Vec<&'a str>) {
    for stmt in body {
        match stmt {
            Stmt::Assign(node) => {
                if let ([target], true) = (&*node.targets, tree::call(&node.value, "input").is_some()) {
                    texts.extend(tree::name(target));
                }
            }
            Stmt::If(node) => {
                collect(&node.body, texts);
                node.elif_else_clauses.iter().for_each(|clause| collect(&clause.body, texts));
            }
            Stmt::For(node) => collect(&node.body, texts),
            Stmt::While(node) => collect(&node.body, texts),
            _ => {}
        }
    }
}

/// A name used in a way that only a number bears.
fn number_use(expr: &Expr) -> Option<(&Expr, &str)> {
    match expr {
        Expr::BinOp(node) => {
            let sides = [(&*node.left, &*node.right), (&*node.right, &*node.left)];
            let of_numbers =
                matches!(node.op, Operator::Sub | Operator::Div | Operator::FloorDiv | Operator::Pow);
            sides.into_iter().find_map(|(side, other)| {
                let adds = node.op == Operator::Add && tree::is_number(other);
                tree::name(side).filter(|_| of_numbers || adds).map(|name| (expr, name))
            })
        }
        Expr::Compare(node) => {
            let (left, op, right) = match (&*node.ops, &*node.comparators) {
                ([op], [right]) => (&*node.left, op, right),
                _ => return None,
            };
            let ordered =
                matches!(op, CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE | CmpOp::Eq | CmpOp::NotEq);
            let pair = [(left, right), (right, left)];
            let name = pair
                .into_iter()
                .find_map(|(side, other)| tree::name(side).filter(|_| tree::is_number(other)))?;
            ordered.then_some((expr, name))
        }
        Expr::Call(_) => {
            let call = tree::call(expr, "range")?;
            call.arguments.args.iter().find_map(tree::name).map(|name| (expr, name))
        }
        _ => None,
    }
}
