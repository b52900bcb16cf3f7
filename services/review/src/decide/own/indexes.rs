//! Places counted one too far.

use ruff_python_ast::{Expr, ExprSubscript, Operator, Stmt, StmtFor};
use ruff_text_size::{Ranged, TextRange};

use super::{Hits, tree};

/// `x[len(x)]`.
pub(super) fn subscript(node: &ExprSubscript, hits: &mut Hits) {
    if node.ctx.is_load()
        && tree::len_of(&node.slice).is_some_and(|items| tree::name(&node.value) == Some(items))
    {
        hits.add("index-past-the-end", node, None);
    }
}

/// `x[i]` over `range(len(x) + 1)`, and `x[i + 1]` over `range(len(x))`, where nothing guards it.
pub(super) fn check(node: &StmtFor, hits: &mut Hits) {
    let (Some(index), Some(range)) = (tree::name(&node.target), tree::call(&node.iter, "range")) else {
        return;
    };
    let Some(end) = end_of(&range.arguments.args) else { return };
    if guarded(&node.body, index) {
        return;
    }
    if let Some(items) = len_plus_one(end)
        && let Some(place) = look_up(&node.body, items, |slice| tree::name(slice) == Some(index))
    {
        hits.add("index-past-the-end", place, None);
    }
    if let Some(items) = tree::len_of(end)
        && let Some(place) = look_up(&node.body, items, |slice| is_next(slice, index))
    {
        hits.add("neighbour-past-the-end", place, None);
    }
}

fn end_of(arguments: &[Expr]) -> Option<&Expr> {
    match arguments {
        [end] | [_, end] => Some(end),
        _ => None,
    }
}

fn len_plus_one(expr: &Expr) -> Option<&str> {
    let sum = expr.as_bin_op_expr().filter(|sum| matches!(sum.op, Operator::Add))?;
    tree::len_of(&sum.left).filter(|_| tree::int(&sum.right) == Some(1))
}

fn is_next(slice: &Expr, index: &str) -> bool {
    slice.as_bin_op_expr().is_some_and(|sum| {
        matches!(sum.op, Operator::Add)
            && tree::name(&sum.left) == Some(index)
            && tree::int(&sum.right) == Some(1)
    })
}

fn look_up(body: &[Stmt], items: &str, fits: impl Fn(&Expr) -> bool) -> Option<TextRange> {
    let mut place = None;
    tree::any_expr(body, |expr| {
        if let Expr::Subscript(node) = expr
            && node.ctx.is_load()
            && tree::name(&node.value) == Some(items)
            && fits(&node.slice)
        {
            place = Some(expr.range());
        }
        place.is_some()
    });
    place
}

/// Whether the loop asks about the index itself, leaves early, or expects an error.
fn guarded(body: &[Stmt], index: &str) -> bool {
    let leaves = tree::any_stmt(body, |stmt| {
        matches!(stmt, Stmt::Try(_) | Stmt::Break(_) | Stmt::While(_) | Stmt::Return(_))
    });
    leaves
        || tree::set_names(body).contains(index)
        || tree::any_expr(body, |expr| match expr {
            Expr::Compare(node) => {
                std::iter::once(&*node.left).chain(&*node.comparators).any(|side| asks_about(side, index))
            }
            _ => false,
        })
}

/// Whether the index itself is compared, rather than an item that it looks up.
fn asks_about(side: &Expr, index: &str) -> bool {
    match side {
        Expr::Name(node) => node.id.as_str() == index,
        Expr::BinOp(node) => asks_about(&node.left, index) || asks_about(&node.right, index),
        _ => false,
    }
}
