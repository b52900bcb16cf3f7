//! Numbers that are off by one, and beginnings that are wrong.
//!
//! Not here: comparisons at the border (`comparison`).

use ruff_python_ast::{Expr, Stmt, UnaryOp};
use ruff_text_size::Ranged;

use super::program::{Change, Program, called, int, is_loop};

/// One more, written so that `x - 1` becomes `x`.
fn one_more(program: &Program<'_>, expr: &Expr) -> String {
    let source = program.source(expr.range());
    match int(expr) {
        Some(number) => (number + 1).to_string(),
        None => source.strip_suffix(" - 1").map_or_else(|| format!("{source} + 1"), str::to_owned),
    }
}

/// One less, written so that `x + 1` becomes `x`.
fn one_less(program: &Program<'_>, expr: &Expr) -> String {
    let source = program.source(expr.range());
    match int(expr) {
        Some(number) => (number - 1).to_string(),
        None => source.strip_suffix(" + 1").map_or_else(|| format!("{source} - 1"), str::to_owned),
    }
}

/// The arguments of each `range(…)`.
fn ranges<'a>(program: &Program<'a>) -> impl Iterator<Item = (&'a Expr, &'a [Expr])> {
    program.expressions().filter_map(|expr| match called(expr) {
        Some(("range", call)) if call.arguments.keywords.is_empty() => Some((expr, &*call.arguments.args)),
        _ => None,
    })
}

/// `range(a, b + 1)` becomes `range(a, b)`, `range(b)` becomes `range(b - 1)` and `range(b + 1)`.
pub(super) fn range_end(program: &Program<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    for (_, arguments) in ranges(program) {
        let Some(end) = arguments.get(usize::from(arguments.len() > 1)) else { continue };
        for new in [one_less(program, end), one_more(program, end)] {
            changes.push(Change::new("range-includes-end", end.range(), new));
        }
    }
    changes
}

/// `range(1, b)` becomes `range(b)`, `range(a, b)` becomes `range(a + 1, b)`, `range(b)` becomes `range(1, b)`.
pub(super) fn range_start(program: &Program<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    for (_, arguments) in ranges(program) {
        match arguments {
            [end] => {
                let new = format!("1, {}", program.source(end.range()));
                changes.push(Change::new("range-starts-at-one", end.range(), new));
            }
            [start, ..] => {
                for new in [one_less(program, start), one_more(program, start)] {
                    changes.push(Change::new("range-starts-at-one", start.range(), new));
                }
            }
            [] => {}
        }
    }
    changes
}

/// `x[0]` becomes `x[1]`, `x[-1]` becomes `x[-2]`, and each end of a slice moves by one.
pub(super) fn index(program: &Program<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    for expr in program.expressions() {
        let Expr::Subscript(subscript) = expr else { continue };
        let ends: Vec<&Expr> = match &*subscript.slice {
            Expr::Slice(slice) => slice.lower.iter().chain(&slice.upper).map(|end| &**end).collect(),
            Expr::StringLiteral(_) => continue,
            index => vec![index],
        };
        for end in ends {
            let new = match end {
                Expr::UnaryOp(unary) if unary.op == UnaryOp::USub => {
                    format!("-{}", one_more(program, &unary.operand))
                }
                _ => one_more(program, end),
            };
            changes.push(Change::new("index-from-one", end.range(), new));
        }
    }
    changes
}

/// A number in a comparison or a calculation grows by one, outside of `range` and of positions.
pub(super) fn constant(program: &Program<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    for expr in program.expressions() {
        let numbers: Vec<&Expr> = match expr {
            Expr::Compare(compare) => compare.comparators.iter().collect(),
            Expr::BinOp(binary) => vec![&binary.left, &binary.right],
            _ => continue,
        };
        for number in numbers {
            if let Some(value) = int(number) {
                changes.push(Change::new("off-by-one", number.range(), (value + 1).to_string()));
            }
        }
    }
    for place in &program.places {
        if let Stmt::AugAssign(assign) = place.stmt
            && let Some(value) = int(&assign.value)
        {
            changes.push(Change::new("off-by-one", assign.value.range(), (value + 1).to_string()));
        }
    }
    changes
}

/// The number or text that a name is given first is another one: `0` becomes `1`, `""` becomes `" "`.
pub(super) fn initial(program: &Program<'_>) -> Vec<Change> {
    let assigned = program.places.iter().filter_map(|place| match place.stmt {
        Stmt::Assign(assign) => Some((&*assign.value, place)),
        _ => None,
    });
    assigned
        .filter_map(|(value, _)| {
            let new = match (value, int(value)) {
                (_, Some(1)) => "0".to_owned(),
                (_, Some(number)) => (number + 1).to_string(),
                (Expr::StringLiteral(text), _) if text.value.is_empty() => "\" \"".to_owned(),
                (Expr::BooleanLiteral(truth), _) => if truth.value { "False" } else { "True" }.to_owned(),
                _ => return None,
            };
            Some(Change::new("wrong-start", value.range(), new))
        })
        .collect()
}

/// `best = numbers[0]` before a loop becomes `best = 0`.
pub(super) fn extreme(program: &Program<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    for place in &program.places {
        let Stmt::Assign(assign) = place.stmt else { continue };
        let before_loop = place.block[place.index + 1..].iter().any(is_loop);
        if before_loop && matches!(*assign.value, Expr::Subscript(_)) {
            changes.push(Change::new("start-from-zero", assign.value.range(), "0"));
        }
    }
    changes
}
