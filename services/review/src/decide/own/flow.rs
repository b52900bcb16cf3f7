//! Lines that can never run, and calls that never come back.

use ruff_python_ast::{Expr, Stmt, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::{Hits, tree};

/// What stands behind a statement that always leaves its block.
pub(super) fn unreachable(body: &[Stmt], hits: &mut Hits) {
    let Some((at, word)) = body.iter().enumerate().find_map(|(at, stmt)| Some((at, tree::leaves(stmt)?)))
    else {
        return;
    };
    let rest = &body[at + 1..];
    let Some(first) = rest.first() else { return };
    // `return` before a `yield` is how an empty generator is written.
    if tree::any_expr(rest, |expr| matches!(expr, Expr::Yield(_) | Expr::YieldFrom(_))) {
        return;
    }
    let rule = if rest.iter().all(is_leftover) { "leftover-after-return" } else { "unreachable-code" };
    hits.add(rule, super::head(first), word.to_owned());
}

/// A line that does no work, so that nothing is lost with it.
fn is_leftover(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) | Stmt::Return(_) => true,
        Stmt::Expr(node) => {
            node.value.is_literal_expr()
                || tree::call(&node.value, "print").is_some()
                || node.value.is_name_expr()
        }
        _ => false,
    }
}

/// A function that calls itself on its only way.
pub(super) fn recursion(def: &StmtFunctionDef, hits: &mut Hits) {
    let own = def.name.as_str();
    let decides = tree::any_stmt(&def.body, |stmt| {
        matches!(
            stmt,
            Stmt::If(_)
                | Stmt::For(_)
                | Stmt::While(_)
                | Stmt::Try(_)
                | Stmt::Match(_)
                | Stmt::With(_)
                | Stmt::Raise(_)
                | Stmt::Assert(_)
                | Stmt::FunctionDef(_)
                | Stmt::ClassDef(_)
        )
    }) || tree::any_expr(&def.body, |expr| {
        matches!(
            expr,
            Expr::If(_)
                | Expr::BoolOp(_)
                | Expr::Lambda(_)
                | Expr::ListComp(_)
                | Expr::SetComp(_)
                | Expr::DictComp(_)
                | Expr::Generator(_)
                | Expr::Yield(_)
                | Expr::YieldFrom(_)
                | Expr::Await(_)
        )
    });
    let renamed = def.parameters.iter().any(|parameter| parameter.name().as_str() == own)
        || tree::set_names(&def.body).contains(own);
    if decides || renamed || !def.decorator_list.is_empty() {
        return;
    }
    let mut place = None;
    // Code behind a `return` does not count.
    let reached =
        def.body.iter().position(|stmt| tree::leaves(stmt).is_some()).map_or(def.body.len(), |at| at + 1);
    tree::any_expr(&def.body[..reached], |expr| {
        if tree::call(expr, own).is_some() {
            place = Some(expr.range());
        }
        place.is_some()
    });
    if let Some(place) = place {
        hits.add("recursion-without-end", place, own.to_owned());
    }
}
