//! Arithmetic of loops that count: how many rounds a range or a counter makes, and whether a bound is ever met.
//!
//! Whole numbers that stand in the program only; what is not certain is `None`. Not here: finding the loops (`loops`).

use ruff_python_ast::{CmpOp, Expr, Number, Operator, Stmt, UnaryOp};

/// A whole number that stands there as it is.
pub(super) fn whole(expression: &Expr) -> Option<i64> {
    match expression {
        Expr::NumberLiteral(literal) => match &literal.value {
            Number::Int(int) => int.as_i64(),
            _ => None,
        },
        Expr::UnaryOp(unary) if unary.op == UnaryOp::USub => whole(&unary.operand)?.checked_neg(),
        _ => None,
    }
}

/// The numbers of `range(…)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) first: i64,
    pub(super) stop: i64,
    pub(super) step: i64,
}

impl Span {
    /// Of the arguments, if they are whole numbers.
    pub(super) fn of(arguments: &[Expr]) -> Option<Self> {
        let numbers: Option<Vec<i64>> = arguments.iter().map(whole).collect();
        let (first, stop, step) = match numbers?.as_slice() {
            [stop] => (0, *stop, 1),
            [first, stop] => (*first, *stop, 1),
            [first, stop, step] => (*first, *stop, *step),
            _ => return None,
        };
        (step != 0).then_some(Self { first, stop, step })
    }

    /// How many numbers there are.
    pub(super) fn count(self) -> Option<u32> {
        let way = self.stop.checked_sub(self.first)?;
        if way == 0 || (way > 0) != (self.step > 0) {
            return Some(0);
        }
        u32::try_from(way.unsigned_abs().div_ceil(self.step.unsigned_abs())).ok()
    }

    /// The last number, if there is one.
    pub(super) fn last(self) -> Option<i64> {
        let steps = i64::from(self.count()?.checked_sub(1)?);
        self.first.checked_add(self.step.checked_mul(steps)?)
    }
}

/// `name < 10`: a counter against a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bound<'a> {
    pub(super) name: &'a str,
    pub(super) op: CmpOp,
    pub(super) bound: i64,
}

impl<'a> Bound<'a> {
    /// Of a test, if it is one comparison of a name with a whole number.
    pub(super) fn of(test: &'a Expr) -> Option<Self> {
        let Expr::Compare(compare) = test else { return None };
        let ([op], [right]) = (&*compare.ops, &*compare.comparators) else { return None };
        if let (Expr::Name(name), Some(bound)) = (compare.left.as_ref(), whole(right)) {
            return Some(Self { name: name.id.as_str(), op: *op, bound });
        }
        let (Some(bound), Expr::Name(name)) = (whole(&compare.left), right) else { return None };
        let mirrored = match op {
            CmpOp::Lt => CmpOp::Gt,
            CmpOp::LtE => CmpOp::GtE,
            CmpOp::Gt => CmpOp::Lt,
            CmpOp::GtE => CmpOp::LtE,
            other => *other,
        };
        Some(Self { name: name.id.as_str(), op: mirrored, bound })
    }

    /// How often the loop runs.
    pub(super) fn rounds(self, start: i64, step: i64) -> Option<Rounds> {
        let span = |stop: i64| Span { first: start, stop, step };
        let ordered = |runs: bool, rises: bool, stop: Option<i64>| {
            if !runs {
                return Some(Rounds::Times(0));
            }
            if step == 0 || (step > 0) != rises {
                Some(Rounds::Endless)
            } else {
                span(stop?).count().map(Rounds::Times)
            }
        };
        match self.op {
            CmpOp::Lt => ordered(start < self.bound, true, Some(self.bound)),
            CmpOp::LtE => ordered(start <= self.bound, true, self.bound.checked_add(1)),
            CmpOp::Gt => ordered(start > self.bound, false, Some(self.bound)),
            CmpOp::GtE => ordered(start >= self.bound, false, self.bound.checked_sub(1)),
            CmpOp::NotEq if start == self.bound => Some(Rounds::Times(0)),
            CmpOp::NotEq => {
                let way = self.bound.checked_sub(start)?;
                let meets = step != 0 && way.checked_rem(step)? == 0 && (way > 0) == (step > 0);
                if meets { span(self.bound).count().map(Rounds::Times) } else { Some(Rounds::Endless) }
            }
            CmpOp::Eq if start != self.bound => Some(Rounds::Times(0)),
            CmpOp::Eq => Some(if step == 0 { Rounds::Endless } else { Rounds::Times(1) }),
            CmpOp::Is | CmpOp::IsNot | CmpOp::In | CmpOp::NotIn => None,
        }
    }
}

/// How often a loop runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rounds {
    /// So many times.
    Times(u32),
    /// Without an end.
    Endless,
}

/// By how much a statement moves a name: `i += 2`, `i = i - 1`.
pub(super) fn moved(statement: &Stmt) -> Option<(&str, i64)> {
    match statement {
        Stmt::AugAssign(augmented) => {
            let step = whole(&augmented.value)?;
            Some((augmented.target.as_name_expr()?.id.as_str(), signed(augmented.op, step)?))
        }
        Stmt::Assign(assign) => {
            let [Expr::Name(target)] = assign.targets.as_slice() else { return None };
            let Expr::BinOp(binary) = assign.value.as_ref() else { return None };
            let is_itself = |side: &Expr| side.as_name_expr().is_some_and(|name| name.id == target.id);
            let step = if is_itself(&binary.left) {
                signed(binary.op, whole(&binary.right)?)?
            } else if is_itself(&binary.right) && binary.op == Operator::Add {
                whole(&binary.left)?
            } else {
                return None;
            };
            Some((target.id.as_str(), step))
        }
        _ => None,
    }
}

fn signed(op: Operator, step: i64) -> Option<i64> {
    match op {
        Operator::Add => Some(step),
        Operator::Sub => step.checked_neg(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn holds(op: CmpOp, value: i64, bound: i64) -> bool {
        match op {
            CmpOp::Lt => value < bound,
            CmpOp::LtE => value <= bound,
            CmpOp::Gt => value > bound,
            CmpOp::GtE => value >= bound,
            CmpOp::NotEq => value != bound,
            _ => value == bound,
        }
    }

    proptest! {
        #[test]
        fn the_rounds_are_those_of_the_loop_itself(
            op in prop::sample::select(vec![CmpOp::Lt, CmpOp::LtE, CmpOp::Gt, CmpOp::GtE, CmpOp::NotEq, CmpOp::Eq]),
            start in -20_i64..20, bound in -20_i64..20, step in -5_i64..=5,
        ) {
            let (mut value, mut rounds) = (start, 0);
            while rounds < 100 && holds(op, value, bound) {
                value += step;
                rounds += 1;
            }
            let expected = if rounds < 100 { Rounds::Times(rounds) } else { Rounds::Endless };
            prop_assert_eq!(Bound { name: "i", op, bound }.rounds(start, step), Some(expected));
        }

        #[test]
        fn a_span_counts_as_a_range_does(first in -20_i64..20, stop in -20_i64..20, step in prop::sample::select(vec![-3_i64, -1, 1, 2, 7])) {
            let mut numbers = Vec::new();
            let mut value = first;
            while (step > 0 && value < stop) || (step < 0 && value > stop) {
                numbers.push(value);
                value += step;
            }
            let span = Span { first, stop, step };
            prop_assert_eq!(span.count().map(|count| count as usize), Some(numbers.len()));
            prop_assert_eq!(span.last(), numbers.last().copied());
        }
    }

    #[test]
    fn the_largest_numbers_are_no_trouble() {
        let span = Span { first: i64::MIN, stop: i64::MAX, step: 1 };
        assert_eq!((span.count(), span.last()), (None, None));
        let bound = Bound { name: "i", op: CmpOp::NotEq, bound: i64::MAX };
        assert_eq!(bound.rounds(i64::MIN, -1), None);
    }
}
