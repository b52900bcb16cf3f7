//! Steps on the wrong side of a loop's border, and leaving a loop the wrong way.
//!
//! Not here: steps that are missing (`statements`).

use ruff_python_ast::Stmt;
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::program::{Change, Program, is_loop};

/// What stands directly behind a loop goes into it, as its last step.
pub(super) fn moved_in(program: &Program<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    for place in &program.places {
        let Some(before) = place.index.checked_sub(1).map(|index| &place.block[index]) else { continue };
        let body = match before {
            Stmt::For(stmt) if stmt.orelse.is_empty() => &stmt.body,
            Stmt::While(stmt) if stmt.orelse.is_empty() => &stmt.body,
            _ => continue,
        };
        let simple =
            matches!(place.stmt, Stmt::Expr(_) | Stmt::Return(_) | Stmt::Assign(_) | Stmt::AugAssign(_));
        if let Some(first) = body.first()
            && simple
        {
            let indentation = program.indentation(first);
            let lines = program.lines(place.stmt.range());
            let own = program.indentation(place.stmt);
            let range = TextRange::at(lines.start(), TextSize::of(own));
            changes.push(Change::new("indentation-decides", range, indentation));
        }
    }
    changes
}

/// The last step of a loop goes behind it.
pub(super) fn moved_out(program: &Program<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    for place in &program.places {
        let Some(owner) = place.owner.filter(|owner| is_loop(owner)) else { continue };
        let last = place.index > 0 && place.index + 1 == place.block.len();
        let simple = matches!(place.stmt, Stmt::Expr(_) | Stmt::Assign(_) | Stmt::AugAssign(_));
        if last && simple {
            let lines = program.lines(place.stmt.range());
            let range = TextRange::at(lines.start(), TextSize::of(program.indentation(place.stmt)));
            changes.push(Change::new("indentation-decides", range, program.indentation(owner)));
        }
    }
    changes
}

/// `break` becomes `continue`, and the other way round.
pub(super) fn break_continue(program: &Program<'_>) -> Vec<Change> {
    program
        .places
        .iter()
        .filter_map(|place| match place.stmt {
            Stmt::Break(stmt) => Some(Change::new("break-or-continue", stmt.range, "continue")),
            Stmt::Continue(stmt) => Some(Change::new("break-or-continue", stmt.range, "break")),
            _ => None,
        })
        .collect()
}
