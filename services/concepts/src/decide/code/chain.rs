//! Which values pass which test of an `if` chain: asked by trying the values that can make a difference.
//!
//! A chain that compares one thing with numbers and texts behaves alike between two neighbouring numbers, so it is enough
//! to try each number, one value between each two, one beyond the ends, and something else altogether. Not here: what is
//! said of a chain (`branches`).

use std::cmp::Ordering;

use ruff_python_ast::{BoolOp, CmpOp, Expr, Number, UnaryOp};
use ruff_text_size::Ranged;

/// The most tests of one chain that are looked at.
const TESTS_MAX: usize = 20;

/// The most fixed values in one chain; a chain with more is not judged.
const CONSTANTS_MAX: usize = 60;

/// A value that is tried.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Point<'a> {
    /// A number; NaN is one that is no number's neighbour.
    Number(f64),
    /// A text that stands in a test.
    Text(&'a str),
    /// Something that no test names.
    Other,
}

/// The tests of a chain over one subject, and the values that tell them apart.
#[derive(Debug)]
pub(super) struct Chain<'a> {
    /// What is compared: a name, or a plain expression.
    pub(super) subject: &'a str,
    /// For each test, by branch, whether each value passes it; nothing where the test is about something else, and none
    /// where Python would stop with an error.
    passed: Vec<Vec<Option<bool>>>,
    /// The values; first the ones that tests name.
    points: Vec<Point<'a>>,
}

impl<'a> Chain<'a> {
    /// The chain of these tests; none where the first is no comparison of one thing with fixed values.
    pub(super) fn of(tests: impl Iterator<Item = &'a Expr>, source: &'a str) -> Option<Self> {
        let tests: Vec<&Expr> = tests.take(TESTS_MAX).collect();
        let subject = tests.iter().find_map(|test| subject(test, source))?;
        let tests: Vec<Option<&Expr>> =
            tests.into_iter().map(|test| is_about(test, subject, source).then_some(test)).collect();
        let mut points = Vec::new();
        tests.iter().flatten().for_each(|test| constants(test, &mut points));
        if points.len() > CONSTANTS_MAX {
            return None;
        }
        let points = around(points);
        let tried = |test: &'a Expr| {
            points.iter().map(|point| truth(test, subject, *point, source)).collect::<Vec<_>>()
        };
        let passed = tests.into_iter().map(|test| test.map(tried).unwrap_or_default()).collect();
        Some(Self { subject, passed, points })
    }

    /// Whether the branch's test is about the subject and nothing else.
    pub(super) fn knows(&self, branch: usize) -> bool {
        self.passed.get(branch).is_some_and(|answers| !answers.is_empty())
    }

    /// Whether the value at a place passes the test of the branch; none where that cannot be told.
    fn passes(&self, branch: usize, place: usize) -> Option<bool> {
        *self.passed.get(branch)?.get(place)?
    }

    /// Whether nothing is left for this branch, and the earlier branch that takes it: by itself, or with others.
    pub(super) fn taken_by(&self, branch: usize) -> Option<Taken> {
        let takes = |branch: usize, place: usize| self.passes(branch, place) == Some(true);
        let own: Vec<usize> = (0..self.points.len()).filter(|place| takes(branch, *place)).collect();
        if own.is_empty() {
            return None;
        }
        if let Some(earlier) = (0..branch).find(|earlier| own.iter().all(|place| takes(*earlier, *place))) {
            return Some(Taken { earlier, alone: true });
        }
        let all_taken = own.iter().all(|place| (0..branch).any(|earlier| takes(earlier, *place)));
        all_taken.then(|| Taken { earlier: branch.saturating_sub(1), alone: false })
    }

    /// A whole number that passes no test, as Python writes it; only where every test is about the subject.
    pub(super) fn gap(&self) -> Option<String> {
        let fails_all =
            |place: &usize| (0..self.passed.len()).all(|branch| self.passes(branch, *place) == Some(false));
        (0..self.points.len()).filter(fails_all).find_map(|place| match self.points[place] {
            Point::Number(number) if number.fract() == 0.0 => Some(number.to_string()),
            _ => None,
        })
    }

    /// Whether every value that can be asked about passes the test, or none does.
    pub(super) fn verdict(&self, branch: usize) -> Option<bool> {
        let is_ordinary =
            |place: &usize| !matches!(self.points[*place], Point::Number(number) if number.is_nan());
        let mut answers =
            (0..self.points.len()).filter(is_ordinary).filter_map(|place| self.passes(branch, place));
        let first = answers.next()?;
        answers.all(|answer| answer == first).then_some(first)
    }

    /// A value that passes both tests, as Python writes it.
    pub(super) fn passes_both(&self, one: usize, other: usize) -> Option<String> {
        let both = |place: &usize| {
            self.passes(one, *place) == Some(true) && self.passes(other, *place) == Some(true)
        };
        (0..self.points.len()).filter(both).find_map(|place| match self.points[place] {
            Point::Number(number) if !number.is_nan() => Some(number.to_string()),
            Point::Text(text) => Some(format!("\"{text}\"")),
            _ => None,
        })
    }
}

/// Nothing is left for a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Taken {
    /// The branch that takes it, or the last of those that do.
    pub(super) earlier: usize,
    /// Whether that one alone takes all.
    pub(super) alone: bool,
}

/// The text of a node.
fn text<'a>(node: &impl Ranged, source: &'a str) -> &'a str {
    source.get(node.start().to_usize()..node.end().to_usize()).unwrap_or_default()
}

/// What a test compares with fixed values.
fn subject<'a>(test: &Expr, source: &'a str) -> Option<&'a str> {
    match test {
        Expr::BoolOp(logic) => logic.values.iter().find_map(|part| subject(part, source)),
        Expr::UnaryOp(unary) if unary.op == UnaryOp::Not => subject(&unary.operand, source),
        Expr::Compare(compare) => {
            let mut operands = std::iter::once(compare.left.as_ref()).chain(&compare.comparators);
            operands.find(|side| constant(side).is_none() && is_steady(side)).map(|side| text(side, source))
        }
        _ => None,
    }
}

/// Whether an expression gives the same each time it is asked: names, numbers, signs.
fn is_steady(expression: &Expr) -> bool {
    match expression {
        Expr::Name(_) | Expr::NumberLiteral(_) => true,
        Expr::BinOp(binary) => is_steady(&binary.left) && is_steady(&binary.right),
        _ => false,
    }
}

/// Whether a test compares nothing but the subject with fixed values.
fn is_about(test: &Expr, subject: &str, source: &str) -> bool {
    match test {
        Expr::BoolOp(logic) => logic.values.iter().all(|part| is_about(part, subject, source)),
        Expr::UnaryOp(unary) => unary.op == UnaryOp::Not && is_about(&unary.operand, subject, source),
        Expr::Compare(compare) => {
            let known = |op: &CmpOp| !matches!(op, CmpOp::In | CmpOp::NotIn | CmpOp::Is | CmpOp::IsNot);
            let mut operands = std::iter::once(compare.left.as_ref()).chain(&compare.comparators);
            compare.ops.iter().all(known)
                && operands.all(|side| constant(side).is_some() || text(side, source) == subject)
        }
        other => constant(other).is_some(),
    }
}

/// A number or a text that stands there as it is.
fn constant(expression: &Expr) -> Option<Point<'_>> {
    match expression {
        Expr::NumberLiteral(literal) => match &literal.value {
            // Beyond 2^53 neighbours cannot be told apart.
            Number::Int(int) => {
                let small = int.as_i64().filter(|int| int.unsigned_abs() < 1 << 53)?;
                Some(Point::Number(small as f64))
            }
            Number::Float(float) => Some(Point::Number(*float)),
            Number::Complex { .. } => None,
        },
        Expr::UnaryOp(unary) if unary.op == UnaryOp::USub => match constant(&unary.operand)? {
            Point::Number(number) => Some(Point::Number(-number)),
            _ => None,
        },
        Expr::StringLiteral(literal) => match literal.value.as_slice() {
            [only] => Some(Point::Text(&only.value)),
            _ => None,
        },
        _ => None,
    }
}

/// The fixed values in a test.
fn constants<'a>(test: &'a Expr, found: &mut Vec<Point<'a>>) {
    match test {
        Expr::BoolOp(logic) => logic.values.iter().for_each(|part| constants(part, found)),
        Expr::UnaryOp(unary) if unary.op == UnaryOp::Not => constants(&unary.operand, found),
        Expr::Compare(compare) => {
            let operands = std::iter::once(compare.left.as_ref()).chain(&compare.comparators);
            found.extend(operands.filter_map(constant));
        }
        _ => {}
    }
}

/// The values, and the ones around them.
fn around(mut points: Vec<Point<'_>>) -> Vec<Point<'_>> {
    let number = |point: &Point<'_>| match point {
        Point::Number(number) => Some(*number),
        _ => None,
    };
    let mut numbers: Vec<f64> = points.iter().filter_map(number).collect();
    numbers.sort_by(f64::total_cmp);
    numbers.dedup();
    if let (Some(lowest), Some(highest)) = (numbers.first(), numbers.last()) {
        points.extend([lowest - 1.0, highest + 1.0].map(Point::Number));
        points.extend(numbers.windows(2).map(|pair| Point::Number(f64::midpoint(pair[0], pair[1]))));
        points.push(Point::Number(f64::NAN));
    }
    points.push(Point::Other);
    points
}

/// Whether a value passes a test; none where Python would stop with an error.
fn truth<'p>(test: &'p Expr, subject: &str, point: Point<'p>, source: &str) -> Option<bool> {
    match test {
        Expr::BoolOp(logic) => {
            let stops_at = logic.op == BoolOp::Or;
            for part in &logic.values {
                if truth(part, subject, point, source)? == stops_at {
                    return Some(stops_at);
                }
            }
            Some(!stops_at)
        }
        Expr::UnaryOp(unary) if unary.op == UnaryOp::Not => {
            Some(!truth(&unary.operand, subject, point, source)?)
        }
        Expr::Compare(compare) => {
            let mut left = side(&compare.left, subject, point, source)?;
            for (op, right) in compare.ops.iter().zip(&compare.comparators) {
                let right = side(right, subject, point, source)?;
                if !compared(left, *op, right)? {
                    return Some(false);
                }
                left = right;
            }
            Some(true)
        }
        other => Some(match constant(other)? {
            Point::Number(number) => number != 0.0,
            Point::Text(text) => !text.is_empty(),
            Point::Other => return None,
        }),
    }
}

/// One side of a comparison: what stands there, or what is tried.
fn side<'p>(side: &'p Expr, subject: &str, point: Point<'p>, source: &str) -> Option<Point<'p>> {
    constant(side).or_else(|| (text(side, source) == subject).then_some(point))
}

/// What a comparison says; none where the two cannot be ordered.
fn compared(left: Point<'_>, op: CmpOp, right: Point<'_>) -> Option<bool> {
    let order = match (left, right) {
        (Point::Number(left), Point::Number(right)) => Some(left.partial_cmp(&right)),
        (Point::Text(left), Point::Text(right)) => Some(Some(left.cmp(right))),
        _ => None,
    };
    let is = |holds: fn(Ordering) -> bool| order.map(|order| order.is_some_and(holds));
    match op {
        CmpOp::Eq => Some(is(Ordering::is_eq).unwrap_or(false)),
        CmpOp::NotEq => Some(!is(Ordering::is_eq).unwrap_or(false)),
        CmpOp::Lt => is(Ordering::is_lt),
        CmpOp::LtE => is(Ordering::is_le),
        CmpOp::Gt => is(Ordering::is_gt),
        CmpOp::GtE => is(Ordering::is_ge),
        CmpOp::Is | CmpOp::IsNot | CmpOp::In | CmpOp::NotIn => None,
    }
}
