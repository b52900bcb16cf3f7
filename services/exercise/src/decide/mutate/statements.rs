//! Steps that are missing, out of order, or use the wrong variable.
//!
//! Not here: steps on the wrong side of a loop's border (`blocks`).

use ruff_python_ast::{Expr, ExprContext, Operator, Stmt};
use ruff_text_size::Ranged;

use super::program::{Change, Program, called};

/// Whether a statement is a step of its own.
const fn is_step(stmt: &Stmt) -> bool {
    matches!(stmt, Stmt::Assign(_) | Stmt::AugAssign(_) | Stmt::Expr(_) | Stmt::Break(_) | Stmt::Continue(_))
}

/// A step goes; where it is alone in its block, `pass` takes its place.
pub(super) fn dropped(program: &Program<'_>) -> Vec<Change> {
    let steps = program.places.iter().filter(|place| is_step(place.stmt));
    steps
        .map(|place| {
            let misconception = match place.stmt {
                Stmt::Assign(assign) if assign.targets.iter().all(|target| !is_updated(program, target)) => {
                    "use-before-assignment"
                }
                _ => "step-forgotten",
            };
            if place.block.len() == 1 {
                Change::new(misconception, place.stmt.range(), "pass")
            } else {
                Change::new(misconception, program.lines(place.stmt.range()), "")
            }
        })
        .collect()
}

/// Whether a name is given values in more than one place.
fn is_updated(program: &Program<'_>, target: &Expr) -> bool {
    let Expr::Name(target) = target else { return true };
    let stores = program.expressions().filter(
        |expr| matches!(expr, Expr::Name(name) if name.ctx == ExprContext::Store && name.id == target.id),
    );
    stores.count() > 1
}

/// Two steps, one below the other, change places.
pub(super) fn swapped(program: &Program<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    for place in &program.places {
        let Some(next) = place.block.get(place.index + 1) else { continue };
        let movable = |stmt: &Stmt| matches!(stmt, Stmt::Assign(_) | Stmt::AugAssign(_) | Stmt::Expr(_));
        if movable(place.stmt) && movable(next) {
            let (first, second) = (place.stmt.range(), next.range());
            let edits =
                vec![(first, program.source(second).to_owned()), (second, program.source(first).to_owned())];
            changes.push(Change { misconception: "use-before-assignment", edits });
        }
    }
    changes
}

/// `x += y` and `x = x + y` become `x = y`.
pub(super) fn overwritten(program: &Program<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    for place in &program.places {
        match place.stmt {
            Stmt::AugAssign(assign) => {
                let new = format!(
                    "{} = {}",
                    program.source(assign.target.range()),
                    program.source(assign.value.range())
                );
                changes.push(Change::new("old-value-kept", assign.range, new));
            }
            Stmt::Assign(assign) => {
                let (Some(Expr::Name(target)), Expr::BinOp(binary)) =
                    (assign.targets.first(), &*assign.value)
                else {
                    continue;
                };
                if matches!(&*binary.left, Expr::Name(left) if left.id == target.id) {
                    let new = program.source(binary.right.range());
                    changes.push(Change::new("old-value-kept", binary.range, new));
                }
            }
            _ => {}
        }
    }
    changes
}

/// `x += y` becomes `x =+ y`.
pub(super) fn augmented(program: &Program<'_>) -> Vec<Change> {
    program
        .places
        .iter()
        .filter_map(|place| {
            let Stmt::AugAssign(assign) = place.stmt else { return None };
            let (old, new) = match assign.op {
                Operator::Add => ("+=", "=+"),
                Operator::Sub => ("-=", "=-"),
                _ => return None,
            };
            let symbol = program.symbol(assign.target.range(), old, assign.value.range())?;
            Some(Change::new("augmented-order", symbol, new))
        })
        .collect()
}

/// A variable is read where another one was: the one that was given a value before it, or behind it.
pub(super) fn wrong_variable(program: &Program<'_>) -> Vec<Change> {
    let variables = program.variables();
    let mut changes = Vec::new();
    for expr in program.expressions() {
        let Expr::Name(name) = expr else { continue };
        let Some(place) = variables.iter().position(|variable| *variable == name.id.as_str()) else {
            continue;
        };
        if name.ctx != ExprContext::Load || variables.len() < 2 || is_called(program, expr) {
            continue;
        }
        let others = [place.checked_sub(1), Some(place + 1)];
        for other in others.into_iter().flatten().filter_map(|other| variables.get(other)) {
            changes.push(Change::new("wrong-name", name.range, *other));
        }
    }
    changes
}

fn is_called(program: &Program<'_>, expr: &Expr) -> bool {
    program.expressions().filter_map(called).any(|(_, call)| call.func.range() == expr.range())
}
