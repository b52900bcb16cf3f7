//! `for` loops that do not loop as they seem to.

use ruff_python_ast::{Expr, Operator, Stmt, StmtFor};
use ruff_text_size::Ranged;

use super::{Hits, tree};

/// Methods that add to, or take from, a list, set or dictionary.
const CHANGING: [&str; 10] =
    ["append", "remove", "pop", "insert", "extend", "clear", "add", "discard", "popitem", "update"];

/// All rules about a `for`.
pub(super) fn check(node: &StmtFor, hits: &mut Hits) {
    if tree::call(&node.iter, "len").is_some() || tree::int(&node.iter).is_some() {
        hits.add("loop-over-a-number", &*node.iter, None);
    }
    runs_once(&*node.iter, &node.body, hits);
    if let Some(name) = looped_over(&node.iter)
        && let Some(place) = first_change(&node.body, name)
    {
        hits.add("changed-while-looping", place, name.to_owned());
    }
    index_only(node, hits);
    built_text(node, hits);
}

/// A loop whose every round is its last.
pub(super) fn runs_once(place: impl Ranged, body: &[Stmt], hits: &mut Hits) {
    let Some(word) = tree::block_leaves(body).filter(|word| *word != "continue") else { return };
    let goes_on = tree::any_stmt(body, |stmt| matches!(stmt, Stmt::Continue(_)));
    let hands_out = tree::any_expr(body, |expr| matches!(expr, Expr::Yield(_) | Expr::YieldFrom(_)));
    if !goes_on && !hands_out && word != "raise" {
        hits.add("loop-runs-once", place, word.to_owned());
    }
}

/// The name of the collection that a loop goes over: `x`, `x.items()`.
fn looped_over(iter: &Expr) -> Option<&str> {
    if let Some((object, "items" | "keys" | "values", _)) = tree::method(iter) {
        return tree::name(object);
    }
    tree::name(iter)
}

/// Where a block changes the collection and then goes on to the next round.
fn first_change<'a>(body: &'a [Stmt], name: &str) -> Option<&'a Stmt> {
    for (at, stmt) in body.iter().enumerate() {
        let stays =
            !body[at..].iter().any(|later| matches!(tree::leaves(later), Some("break" | "return" | "raise")));
        if stays && changes(stmt, name) {
            return Some(stmt);
        }
        let inner = match stmt {
            Stmt::If(node) => std::iter::once(&*node.body)
                .chain(node.elif_else_clauses.iter().map(|clause| &*clause.body))
                .find_map(|block| first_change(block, name)),
            Stmt::Try(node) => first_change(&node.body, name),
            Stmt::With(node) => first_change(&node.body, name),
            _ => None,
        };
        if stays && inner.is_some() {
            return inner;
        }
    }
    None
}

fn changes(stmt: &Stmt, name: &str) -> bool {
    let changing_call = |value: &Expr| {
        tree::method(value)
            .is_some_and(|(object, method, _)| tree::name(object) == Some(name) && CHANGING.contains(&method))
    };
    match stmt {
        Stmt::Expr(node) => changing_call(&node.value),
        Stmt::Assign(node) => changing_call(&node.value),
        Stmt::Delete(node) => node.targets.iter().any(|target| {
            target.as_subscript_expr().is_some_and(|subscript| tree::name(&subscript.value) == Some(name))
        }),
        _ => false,
    }
}

/// `for i in range(len(x))` where `i` only looks up `x[i]`.
fn index_only(node: &StmtFor, hits: &mut Hits) {
    let (Some(index), Some(range)) = (tree::name(&node.target), tree::call(&node.iter, "range")) else {
        return;
    };
    let Some(items) = tree::only_argument(range).and_then(tree::len_of) else { return };
    let mut look_ups = 0_u32;
    let mut mentions = 0_u32;
    tree::any_expr(&node.body, |expr| {
        if let Expr::Subscript(subscript) = expr
            && subscript.ctx.is_load()
            && tree::name(&subscript.value) == Some(items)
            && tree::name(&subscript.slice) == Some(index)
        {
            look_ups += 1;
        }
        mentions += u32::from(tree::name(expr) == Some(index));
        false
    });
    let changed = tree::set_names(&node.body).contains(items) || first_change(&node.body, items).is_some();
    if look_ups > 0 && look_ups == mentions && !changed {
        hits.add("loop-over-indexes", &*node.iter, items.to_owned());
    }
}

/// `text += …` in a loop, where what is added is surely text.
fn built_text(node: &StmtFor, hits: &mut Hits) {
    for stmt in &node.body {
        if let Stmt::AugAssign(grow) = stmt
            && matches!(grow.op, Operator::Add)
            && let Some(name) = tree::name(&grow.target)
            && is_text(&grow.value)
        {
            hits.add("text-built-in-loop", stmt, name.to_owned());
        }
    }
}

fn is_text(expr: &Expr) -> bool {
    match expr {
        Expr::StringLiteral(_) | Expr::FString(_) => true,
        Expr::BinOp(node) => {
            matches!(node.op, Operator::Add) && (is_text(&node.left) || is_text(&node.right))
        }
        _ => tree::call(expr, "str").is_some() || tree::call(expr, "chr").is_some(),
    }
}
