//! List comprehensions that take the wrong values, or take them as they are.
//!
//! Not here: comparisons inside of them (`comparison`).

use ruff_python_ast::{Comprehension, Expr, ExprListComp};
use ruff_text_size::{Ranged, TextRange};

use super::program::{Change, Program};

fn comprehensions<'a>(program: &Program<'a>) -> impl Iterator<Item = (&'a ExprListComp, &'a Comprehension)> {
    program.expressions().filter_map(|expr| match expr {
        Expr::ListComp(list) => list.generators.first().map(|generator| (list, generator)),
        _ => None,
    })
}

/// The condition goes, or says the opposite.
pub(super) fn filter(program: &Program<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    for (_, generator) in comprehensions(program) {
        if let Some(condition) = generator.ifs.last() {
            let behind = TextRange::new(generator.iter.range().end(), condition.range().end());
            changes.push(Change::new("filter-forgotten", behind, ""));
            let opposite = format!("not ({})", program.source(condition.range()));
            changes.push(Change::new("filter-reversed", condition.range(), opposite));
        }
    }
    changes
}

/// What is put into the list is the value itself, or the whole list that it comes from.
pub(super) fn element(program: &Program<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    for (list, generator) in comprehensions(program) {
        for plain in [&generator.target, &generator.iter] {
            if matches!(plain, Expr::Name(_)) {
                changes.push(Change::new(
                    "element-is-value",
                    list.elt.range(),
                    program.source(plain.range()),
                ));
            }
        }
    }
    changes
}
