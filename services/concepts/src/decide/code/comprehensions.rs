//! Sees comprehensions: what they collect, from where, which part; and those that are no list.
//!
//! Not here: loops that could be one (`loops`), and those that Python cannot read (`broken`).

use ruff_python_ast::{Comprehension, Expr};
use ruff_text_size::Ranged;

use super::body::Facts;
use super::loops::plain;
use super::sighting::{Construct, Slot};
use super::statements::Reader;
use super::values;

/// The methods that learners call for what they do: they give back `None`.
const DOING: [&str; 9] =
    ["append", "remove", "extend", "insert", "clear", "sort", "reverse", "add", "update"];

/// A comprehension of any kind.
struct Shape<'a> {
    element: &'a Expr,
    generators: &'a [Comprehension],
    kind: &'static str,
}

fn shape(expression: &Expr) -> Option<Shape<'_>> {
    Some(match expression {
        Expr::ListComp(list) => Shape { element: &list.elt, generators: &list.generators, kind: "list" },
        Expr::SetComp(set) => Shape { element: &set.elt, generators: &set.generators, kind: "set" },
        Expr::DictComp(dict) => Shape { element: &dict.value, generators: &dict.generators, kind: "dict" },
        Expr::Generator(lazy) => {
            Shape { element: &lazy.elt, generators: &lazy.generators, kind: "generator" }
        }
        _ => return None,
    })
}

impl<'a> Reader<'a> {
    /// Looks at a comprehension.
    pub(super) fn comprehension(&mut self, expression: &'a Expr) {
        let Some(Shape { element, generators, kind }) = shape(expression) else { return };
        let Some(first) = generators.first() else { return };
        let tests: Vec<String> =
            generators.iter().flat_map(|part| &part.ifs).map(|test| self.text(test.range())).collect();
        let receiver = self.receiver.clone();
        let slots = vec![
            ("element", Slot::Code(self.text(element.range()))),
            ("name", Slot::Code(self.text(first.target.range()))),
            ("over", Slot::Code(self.text(first.iter.range()))),
            ("test", if tests.is_empty() { Slot::Words("") } else { Slot::Code(tests.join(" and ")) }),
            ("kind", Slot::Words(kind)),
            ("receiver", receiver.clone().map_or(Slot::Words(""), Slot::Code)),
            (
                "unchanged",
                super::expressions::yes_if(
                    plain(element).is_some() && plain(element) == plain(&first.target),
                ),
            ),
        ];
        self.see(Construct::Comprehension, expression, slots);
        self.nested(expression, element, generators);
        if let Expr::If(choice) = element {
            let slots = vec![
                ("test", Slot::Code(self.text(choice.test.range()))),
                ("then", Slot::Code(self.text(choice.body.range()))),
                ("otherwise", Slot::Code(self.text(choice.orelse.range()))),
            ];
            self.see(Construct::ChoiceInside, expression, slots);
        }
        if does_something(element) {
            self.see(
                Construct::SideEffect,
                expression,
                vec![("element", Slot::Code(self.text(element.range())))],
            );
        }
        if let Some(receiver) = receiver.filter(|_| kind == "generator" && expression.is_generator_expr()) {
            self.see(Construct::GeneratorKept, expression, vec![("name", Slot::Code(receiver))]);
        }
        self.copied(expression, element, generators);
        self.other_name(expression, element, generators);
    }

    /// Two `for`, or a list in a list.
    fn nested(&mut self, expression: &'a Expr, element: &Expr, generators: &[Comprehension]) {
        let clause = |reader: &Self, part: &Comprehension| {
            Slot::Code(format!(
                "for {} in {}",
                reader.text(part.target.range()),
                reader.text(part.iter.range())
            ))
        };
        let (inner, flat) = match (generators.get(1), element) {
            (Some(second), _) => (clause(self, second), "yes"),
            (None, Expr::ListComp(inner)) => (Slot::Code(self.text(inner.range())), ""),
            _ => return,
        };
        let Some(outer) = generators.first().map(|first| clause(self, first)) else { return };
        let slots = vec![("outer", outer), ("inner", inner), ("flat", Slot::Words(flat))];
        self.see(Construct::NestedComprehension, expression, slots);
    }

    fn copied(&mut self, expression: &'a Expr, element: &Expr, generators: &[Comprehension]) {
        let [only] = generators else { return };
        let is_same = plain(element).is_some_and(|name| plain(&only.target) == Some(name));
        if is_same && only.ifs.is_empty() && expression.is_list_comp_expr() {
            let better = format!("list({})", self.text(only.iter.range()));
            self.see(Construct::CopyComprehension, expression, vec![("better", Slot::Code(better))]);
        }
    }

    /// A name is collected that is neither the comprehension's nor known from before.
    fn other_name(&mut self, expression: &'a Expr, element: &'a Expr, generators: &'a [Comprehension]) {
        let own: Vec<Facts<'a>> = generators.iter().map(|part| Facts::of_expression(&part.target)).collect();
        let is_own = |name: &str| own.iter().any(|part| part.bound.contains(name));
        let element = Facts::of_expression(element);
        if element.read.iter().any(|name| is_own(name)) || self.own_names > 0 {
            return;
        }
        let Some(name) = element.read.iter().copied().find(|name| self.names.is_unknown_at_top(name)) else {
            return;
        };
        let target = generators.first().map_or(String::new(), |first| self.text(first.target.range()));
        let slots = vec![("used", Slot::Code(name.to_owned())), ("name", Slot::Code(target))];
        self.see(Construct::OtherName, expression, slots);
    }

    /// A comprehension alone on its line.
    pub(super) fn thrown_away_list(&mut self, value: &'a Expr) {
        let Some(shape) = shape(value) else { return };
        if !does_something(shape.element) && value.is_list_comp_expr() {
            let slots = vec![("element", Slot::Code(self.text(shape.element.range())))];
            self.see(Construct::SideEffect, value, slots);
        }
    }
}

/// Whether an element is a call that learners make for what it does.
fn does_something(element: &Expr) -> bool {
    match element.as_call_expr().map(|call| call.func.as_ref()) {
        Some(Expr::Attribute(method)) => DOING.contains(&method.attr.id.as_str()),
        _ => values::called(element) == Some("print"),
    }
}
