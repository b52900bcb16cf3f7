//! `while` loops whose condition nothing can change.
//!
//! The rule is silent as soon as anything in the loop might end it: a word that leaves it, a call of anything but a few
//! functions of Python's own, a name of the condition that is set, or whose object is used.

use std::collections::HashSet;

use ruff_python_ast::{Expr, Stmt, StmtWhile};
use ruff_text_size::Ranged;

use super::{Hits, Program, tree};

/// Functions of Python's own that change nothing they are given.
const HARMLESS: [&str; 14] = [
    "print", "len", "str", "int", "float", "range", "abs", "sum", "max", "min", "round", "input", "sorted",
    "bool",
];

/// A loop that never ends once it has begun.
pub(super) fn check(node: &StmtWhile, program: &Program<'_>, hits: &mut Hits) {
    let Some(names) = plain_names(&node.test, program) else { return };
    if names.is_empty() && !is_true(&node.test) {
        return;
    }
    let set = tree::set_names(&node.body);
    if names.iter().any(|name| set.contains(name)) || may_end(&node.body, &names, program) {
        return;
    }
    hits.add("loop-never-ends", node.test.range(), None);
}

fn is_true(test: &Expr) -> bool {
    match test {
        Expr::BooleanLiteral(node) => node.value,
        _ => tree::int(test).is_some_and(|value| value != 0),
    }
}

/// The names that a condition depends on, where it depends on names and fixed values alone.
fn plain_names<'a>(test: &'a Expr, program: &Program<'_>) -> Option<HashSet<&'a str>> {
    let mut names = HashSet::new();
    let odd = tree::any_part(test, |part| match part {
        Expr::Name(_)
        | Expr::BoolOp(_)
        | Expr::UnaryOp(_)
        | Expr::BinOp(_)
        | Expr::Compare(_)
        | Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::BooleanLiteral(_)
        | Expr::NoneLiteral(_) => false,
        Expr::Call(_) => !(tree::len_of(part).is_some() && program.is_builtin("len")),
        _ => true,
    });
    if odd {
        return None;
    }
    collect_names(test, &mut names);
    names.remove("len");
    Some(names)
}

fn collect_names<'a>(expr: &'a Expr, names: &mut HashSet<&'a str>) {
    match expr {
        Expr::Name(node) => {
            names.insert(node.id.as_str());
        }
        Expr::BoolOp(node) => node.values.iter().for_each(|value| collect_names(value, names)),
        Expr::UnaryOp(node) => collect_names(&node.operand, names),
        Expr::BinOp(node) => {
            collect_names(&node.left, names);
            collect_names(&node.right, names);
        }
        Expr::Compare(node) => {
            collect_names(&node.left, names);
            node.comparators.iter().for_each(|value| collect_names(value, names));
        }
        Expr::Call(node) => node.arguments.args.iter().for_each(|value| collect_names(value, names)),
        _ => {}
    }
}

fn may_end(body: &[Stmt], names: &HashSet<&str>, program: &Program<'_>) -> bool {
    let leaves = tree::any_stmt(body, |stmt| {
        matches!(
            stmt,
            Stmt::Break(_)
                | Stmt::Return(_)
                | Stmt::Raise(_)
                | Stmt::Assert(_)
                | Stmt::Global(_)
                | Stmt::Nonlocal(_)
                | Stmt::With(_)
                | Stmt::FunctionDef(_)
                | Stmt::ClassDef(_)
        )
    });
    leaves
        || tree::any_expr(body, |expr| match expr {
            Expr::Yield(_) | Expr::YieldFrom(_) | Expr::Await(_) | Expr::Named(_) | Expr::Lambda(_) => true,
            Expr::Call(call) => match &*call.func {
                Expr::Name(name) => !HARMLESS.contains(&name.id.as_str()) || !program.is_builtin(&name.id),
                // A method of something that the condition does not look at.
                Expr::Attribute(attribute) => tree::name(&attribute.value)
                    .is_none_or(|object| names.contains(object) || names.is_empty()),
                _ => true,
            },
            // `x[0] = …` and `x.y = …` change what a name stands for.
            Expr::Subscript(node) => {
                !node.ctx.is_load() && names.iter().any(|name| tree::mentions(&node.value, name))
            }
            Expr::Attribute(node) => !node.ctx.is_load(),
            _ => false,
        })
}
