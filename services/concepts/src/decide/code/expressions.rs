//! Sees what stands inside an expression: literals, calls, operators, and the slips that hide in them.
//!
//! Not here: statements and names (`statements`), comprehensions (`comprehensions`).

use ruff_python_ast::visitor::source_order::walk_expr;
use ruff_python_ast::{
    BoolOp, CmpOp, Expr, ExprBinOp, ExprBoolOp, ExprCall, ExprCompare, ExprStringLiteral, Operator, UnaryOp,
};
use ruff_text_size::Ranged;

use super::sighting::{Construct, Sighting, Slot};
use super::statements::Reader;
use super::values;

impl<'a> Reader<'a> {
    /// Looks at one expression and at what it is made of.
    pub(super) fn expression(&mut self, expression: &'a Expr) {
        if values::literal_kind(expression).is_some() {
            self.literal(expression);
        }
        match expression {
            Expr::Name(name) if self.own_names == 0 => {
                let line = self.line(name);
                self.names.used(name.id.as_str(), line);
            }
            Expr::Call(call) => return self.call(expression, call),
            Expr::BinOp(binary) => return self.arithmetic(expression, binary),
            Expr::Compare(compare) => self.comparison(expression, compare),
            Expr::BoolOp(logic) => self.logic(expression, logic),
            Expr::UnaryOp(unary) if unary.op == UnaryOp::Not => {
                let slots = vec![
                    ("sign", Slot::Words("not")),
                    ("meaning", Slot::Words("turns true into false and back")),
                ];
                self.see(Construct::Logic, expression, slots);
            }
            Expr::FString(_) => self.see(Construct::Fstring, expression, Vec::new()),
            Expr::StringLiteral(text) => self.missing_f(text),
            Expr::ListComp(_)
            | Expr::SetComp(_)
            | Expr::DictComp(_)
            | Expr::Generator(_)
            | Expr::Lambda(_) => {
                self.comprehension(expression);
                self.own_names += 1;
                self.inside(expression);
                self.own_names -= 1;
                return;
            }
            _ => {}
        }
        self.inside(expression);
    }

    /// The parts of an expression: they are no longer what a name receives or a conversion takes.
    fn inside(&mut self, expression: &'a Expr) {
        let receiver = self.receiver.take();
        let converted_to = self.converted_to.take();
        let in_arithmetic = std::mem::replace(&mut self.in_arithmetic, false);
        walk_expr(self, expression);
        self.receiver = receiver;
        self.converted_to = converted_to;
        self.in_arithmetic = in_arithmetic;
    }

    /// The first literal of each type; one that a name receives says more than one that none does.
    fn literal(&mut self, expression: &'a Expr) {
        let Some(kind) = values::literal_kind(expression) else { return };
        let name = self.receiver.clone();
        let slots = vec![
            ("type", Slot::Type(Some(kind))),
            ("value", Slot::Code(self.text(expression.range()))),
            ("name", name.map_or(Slot::Words(""), Slot::Code)),
        ];
        let sighting = Sighting { line: self.line(expression), text: self.text(expression.range()), slots };
        let seen = self.seen.of_mut(Construct::Value);
        let same = seen.iter_mut().find(|other| other.slots.first() == sighting.slots.first());
        match same {
            Some(other) if is_named(&sighting) && !is_named(other) => *other = sighting,
            Some(_) => {}
            None => seen.push(sighting),
        }
    }

    fn call(&mut self, expression: &'a Expr, call: &'a ExprCall) {
        let count = u32::try_from(call.arguments.args.len()).unwrap_or(u32::MAX);
        let receiver = self.receiver.clone().map_or(Slot::Words(""), Slot::Code);
        match values::called(expression) {
            Some("print") => {
                let slots = vec![("count", Slot::Number(count)), ("adapted", yes_if(is_adapted(call)))];
                self.see(Construct::PrintCall, expression, slots);
            }
            Some("type") if count == 1 => self.see(Construct::TypeCall, expression, Vec::new()),
            Some("input") => {
                let slots = vec![
                    ("name", receiver),
                    ("converted_to", Slot::Type(self.converted_to)),
                    ("asks", yes_if(count > 0)),
                ];
                self.see(Construct::InputCall, expression, slots);
            }
            Some(function) if count > 0 && conversion(function).is_some() => {
                let to = conversion(function);
                let slots = vec![("to", Slot::Words(to.unwrap_or_default())), ("name", receiver)];
                self.see(Construct::Conversion, expression, slots);
                return self.converted(call, to);
            }
            _ => {}
        }
        if is_format_of_text(call) {
            // Its braces are filled by the method: no `f` is missing. The text itself is still a value.
            if let Expr::Attribute(attribute) = call.func.as_ref() {
                self.literal(&attribute.value);
            }
            for argument in &call.arguments.args {
                self.inside_argument(argument);
            }
            return;
        }
        self.inside(expression);
    }

    fn inside_argument(&mut self, argument: &'a Expr) {
        let receiver = self.receiver.take();
        self.expression(argument);
        self.receiver = receiver;
    }

    /// The argument of a conversion still goes to the name that receives the result.
    fn converted(&mut self, call: &'a ExprCall, to: Option<&'static str>) {
        let before = std::mem::replace(&mut self.converted_to, to);
        for argument in &call.arguments.args {
            let is_input = values::called(argument) == Some("input");
            let receiver = if is_input { self.receiver.clone() } else { None };
            let kept = std::mem::replace(&mut self.receiver, receiver);
            self.expression(argument);
            self.receiver = kept;
        }
        self.converted_to = before;
    }

    fn arithmetic(&mut self, expression: &'a Expr, binary: &'a ExprBinOp) {
        self.text_with_number(expression, &binary.left, binary.op.as_str(), &binary.right);
        if !self.in_arithmetic {
            let left = values::kind_of(&binary.left, &self.names);
            let right = values::kind_of(&binary.right, &self.names);
            let meaning = meaning(left, binary.op, right);
            let slots = vec![("sign", Slot::Words(binary.op.as_str())), ("meaning", Slot::Words(meaning))];
            self.see(Construct::Arithmetic, expression, slots);
            self.ranks(expression, binary);
        }
        let both_numbers = [&binary.left, &binary.right]
            .into_iter()
            .all(|side| values::is_number(values::kind_of(side, &self.names)));
        if binary.op == Operator::BitXor && both_numbers {
            self.see(Construct::Caret, expression, Vec::new());
        }
        let (receiver, converted_to) = (self.receiver.take(), self.converted_to.take());
        let in_arithmetic = std::mem::replace(&mut self.in_arithmetic, true);
        self.expression(&binary.left);
        self.in_arithmetic = true;
        self.expression(&binary.right);
        (self.receiver, self.converted_to, self.in_arithmetic) = (receiver, converted_to, in_arithmetic);
    }

    /// Two ranks of operators side by side, and no bracket that says which goes first.
    fn ranks(&mut self, expression: &'a Expr, binary: &'a ExprBinOp) {
        let tighter = |side: &Expr| matches!(side, Expr::BinOp(inner) if rank(inner.op) > rank(binary.op));
        // A bracketed operand starts after, or ends before, the whole.
        let left = tighter(&binary.left) && binary.left.start() == binary.start();
        let right = tighter(&binary.right) && binary.right.end() == binary.end();
        let text = self.text(expression.range());
        if (!left && !right) || text.contains('\n') || text.contains('#') {
            return;
        }
        let side = |bracket: bool, side: &Expr| {
            let text = self.text(side.range());
            if bracket { format!("({text})") } else { text }
        };
        let (first, second) = (side(left, &binary.left), side(right, &binary.right));
        let between = self.text(ruff_text_size::TextRange::new(binary.left.end(), binary.right.start()));
        let bracketed = format!("{first}{between}{second}");
        // An operand in brackets leaves half of its bracket in `between`.
        if between.contains(['(', ')']) {
            return;
        }
        self.see(Construct::Mixed, expression, vec![("bracketed", Slot::Code(bracketed))]);
    }

    fn comparison(&mut self, expression: &'a Expr, compare: &'a ExprCompare) {
        let (Some(operator), Some(right)) = (compare.ops.first(), compare.comparators.first()) else {
            return;
        };
        let slots =
            vec![("sign", Slot::Words(operator.as_str())), ("meaning", Slot::Words(question(*operator)))];
        self.see(Construct::Comparison, expression, slots);
        self.compare_true(expression, compare);
        if matches!(operator, CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE) {
            self.text_with_number(expression, &compare.left, operator.as_str(), right);
        } else if matches!(operator, CmpOp::Eq | CmpOp::NotEq) {
            self.bare_input(expression, &compare.left, right);
        }
    }

    /// `x == True`: the answer is asked for its answer.
    fn compare_true(&mut self, expression: &'a Expr, compare: &'a ExprCompare) {
        let ([operator], [Expr::BooleanLiteral(truth)]) = (&*compare.ops, &*compare.comparators) else {
            return;
        };
        let wants = match operator {
            CmpOp::Eq => truth.value,
            CmpOp::NotEq => !truth.value,
            _ => return,
        };
        let asked = self.text(compare.left.range());
        let plain = if wants { asked } else { format!("not {asked}") };
        self.see(Construct::CompareTrue, expression, vec![("plain", Slot::Code(plain))]);
    }

    fn logic(&mut self, expression: &'a Expr, logic: &'a ExprBoolOp) {
        let (sign, meaning) = match logic.op {
            BoolOp::And => ("and", "is true if both sides are"),
            BoolOp::Or => ("or", "is true if at least one side is"),
        };
        self.see(
            Construct::Logic,
            expression,
            vec![("sign", Slot::Words(sign)), ("meaning", Slot::Words(meaning))],
        );
        let asks = logic.values.first().is_some_and(Expr::is_compare_expr);
        let bare = logic
            .values
            .iter()
            .skip(1)
            .any(|value| matches!(value, Expr::NumberLiteral(_) | Expr::StringLiteral(_)));
        if asks && bare && logic.op == BoolOp::Or {
            self.see(Construct::OrOfValues, expression, Vec::new());
        }
    }

    /// Text on one side of an operator, a number on the other, where Python refuses that.
    pub(super) fn text_with_number(
        &mut self,
        whole: &impl Ranged,
        left: &Expr,
        sign: &'static str,
        right: &Expr,
    ) {
        self.bare_input(whole, left, right);
        let (left_kind, right_kind) =
            (values::kind_of(left, &self.names), values::kind_of(right, &self.names));
        let mixed = (left_kind == Some("str") && values::is_number(right_kind))
            || (values::is_number(left_kind) && right_kind == Some("str"));
        let formats = sign == "%" && left_kind == Some("str");
        if mixed && sign != "*" && !formats {
            let slots = vec![
                ("left_type", Slot::Type(left_kind)),
                ("right_type", Slot::Type(right_kind)),
                ("sign", Slot::Words(sign)),
            ];
            self.see(Construct::Mismatch, whole, slots);
        }
    }

    /// A name that still stands for what `input()` gave, used with a number.
    fn bare_input(&mut self, whole: &impl Ranged, left: &Expr, right: &Expr) {
        let typed = |side: &Expr, other: &Expr, names: &super::bindings::Bindings| {
            let name = side.as_name_expr()?.id.as_str().to_owned();
            let binding = names.get(&name)?;
            (binding.from_input && values::is_number(values::kind_of(other, names)))
                .then_some((name, binding.line))
        };
        let found = typed(left, right, &self.names).or_else(|| typed(right, left, &self.names));
        let Some((name, asked_line)) = found else { return };
        let slots = vec![
            ("name", Slot::Code(name.clone())),
            ("bare_name", Slot::Identifier(name)),
            ("asked_line", Slot::Number(asked_line)),
        ];
        self.see(Construct::BareInput, whole, slots);
    }

    /// A text with a known name in braces.
    fn missing_f(&mut self, literal: &'a ExprStringLiteral) {
        let text = self.text(literal.range);
        let braced =
            text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name.trim());
        if braced.into_iter().any(|name| self.names.get(name).is_some()) {
            self.see(Construct::MissingF, literal, Vec::new());
        }
    }
}

fn is_named(sighting: &Sighting) -> bool {
    sighting.slots.iter().any(|(slot, value)| *slot == "name" && matches!(value, Slot::Code(_)))
}

/// `"…".format(…)`.
fn is_format_of_text(call: &ExprCall) -> bool {
    call.func.as_attribute_expr().is_some_and(|attribute| {
        attribute.value.is_string_literal_expr()
            && matches!(attribute.attr.id.as_str(), "format" | "format_map")
    })
}

/// A slot that templates ask with `if`.
pub(super) fn yes_if(yes: bool) -> Slot {
    Slot::Words(if yes { "yes" } else { "" })
}

/// Whether a call of `print` says more than its values: `sep`, `end`, or values that are unpacked. Then how they come
/// out cannot be told from how many they are.
fn is_adapted(call: &ExprCall) -> bool {
    !call.arguments.keywords.is_empty() || call.arguments.args.iter().any(Expr::is_starred_expr)
}

fn conversion(function: &str) -> Option<&'static str> {
    ["int", "float", "str", "bool"].into_iter().find(|name| *name == function)
}

/// A higher rank is worked out first.
fn rank(operator: Operator) -> u8 {
    match operator {
        Operator::Pow => 6,
        Operator::Mult | Operator::MatMult | Operator::Div | Operator::Mod | Operator::FloorDiv => 5,
        Operator::Add | Operator::Sub => 4,
        Operator::LShift | Operator::RShift => 3,
        Operator::BitAnd => 2,
        Operator::BitXor => 1,
        Operator::BitOr => 0,
    }
}

fn meaning(left: Option<&'static str>, operator: Operator, right: Option<&'static str>) -> &'static str {
    let (text, list, number) =
        (Some("str"), Some("list"), values::is_number(left) || values::is_number(right));
    match operator {
        Operator::Add if (left == text || right == text) && number => {
            "joins texts or adds numbers, never one of each"
        }
        Operator::Add if left == text || right == text => "joins two texts",
        Operator::Add if left == list => "joins two lists",
        Operator::Add => "adds",
        Operator::Sub => "subtracts",
        Operator::Mult if left == text || right == text => "repeats the text",
        Operator::Mult => "multiplies",
        Operator::Div => "divides, and always gives a `float`",
        Operator::FloorDiv => "divides and rounds down",
        Operator::Mod if left == text => "fills values into the text",
        Operator::Mod => "gives the remainder of a division",
        Operator::Pow => "raises to a power",
        Operator::MatMult => "multiplies matrices",
        Operator::LShift | Operator::RShift => "shifts bits",
        Operator::BitAnd | Operator::BitXor | Operator::BitOr => "combines bits",
    }
}

fn question(operator: CmpOp) -> &'static str {
    match operator {
        CmpOp::Eq => "asks whether both sides are equal",
        CmpOp::NotEq => "asks whether the sides differ",
        CmpOp::Lt => "asks whether the left side is smaller",
        CmpOp::LtE => "asks whether the left side is smaller or equal",
        CmpOp::Gt => "asks whether the left side is greater",
        CmpOp::GtE => "asks whether the left side is greater or equal",
        CmpOp::In => "asks whether the left side is contained in the right",
        CmpOp::NotIn => "asks whether the left side is missing from the right",
        CmpOp::Is => "asks whether both sides are the very same object",
        CmpOp::IsNot => "asks whether the sides are two objects",
    }
}
