//! What a program uses, and whether it may, or must.
//!
//! Read from the syntax tree: what stands in a text or a comment is not used. A function counts as used where it is called
//! or handed on to be called (`map(int, …)`), unless the program has a name of its own for it. Not here: what a broken rule
//! costs (`score`).

use std::collections::{BTreeMap, HashSet};

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Stmt, UnaryOp};
use ruff_text_size::Ranged;

use super::facts::Lines;
use super::verdict::BrokenRule;
use crate::decide::exercise::{Construct, Rules};

/// What a program uses: for each construct the first line of it.
#[derive(Debug, Default)]
pub(super) struct Uses(BTreeMap<Construct, u32>);

impl Uses {
    /// What these statements use.
    pub(super) fn of(body: &[Stmt], lines: &Lines) -> Self {
        let mut uses = Walk { lines, own: own_names(body), found: BTreeMap::new() };
        uses.visit_body(body);
        Self(uses.found)
    }

    /// The first line that uses it.
    pub(super) fn line(&self, construct: &Construct) -> Option<u32> {
        self.0.get(construct).copied()
    }
}

/// The rules that a program breaks: what is missing first.
pub(super) fn broken(rules: &Rules, uses: &Uses) -> Vec<BrokenRule> {
    let missing = rules.required.iter().filter(|construct| uses.line(construct).is_none()).map(|construct| {
        let words = words(construct);
        BrokenRule {
            message: format!("Use {words}: that is what this exercise is there to practise."),
            construct: words,
            required: true,
            line: None,
        }
    });
    let present = rules.forbidden.iter().filter_map(|construct| {
        let line = uses.line(construct)?;
        let words = words(construct);
        Some(BrokenRule {
            message: format!("Line {line} uses {words}. This exercise asks you to do without."),
            construct: words,
            required: false,
            line: Some(line),
        })
    });
    missing.chain(present).collect()
}

/// A construct as a sentence names it.
fn words(construct: &Construct) -> String {
    match construct {
        Construct::If => "an `if` statement".to_owned(),
        Construct::ElifOrElse => "`elif` or `else`".to_owned(),
        Construct::For => "a `for` loop".to_owned(),
        Construct::While => "a `while` loop".to_owned(),
        Construct::Break => "`break`".to_owned(),
        Construct::Continue => "`continue`".to_owned(),
        Construct::ListComprehension => "a list comprehension".to_owned(),
        Construct::FString => "an f-string".to_owned(),
        Construct::BooleanOperator => "`and`, `or` or `not`".to_owned(),
        Construct::Import => "`import`".to_owned(),
        Construct::Call(name) => format!("`{name}()`"),
    }
}

struct Walk<'l, 'a> {
    lines: &'l Lines,
    own: HashSet<&'a str>,
    found: BTreeMap<Construct, u32>,
}

impl Walk<'_, '_> {
    fn add(&mut self, construct: Construct, node: &impl Ranged) {
        let line = self.lines.of(node);
        self.found.entry(construct).and_modify(|first| *first = line.min(*first)).or_insert(line);
    }

    fn function(&mut self, expr: &Expr) {
        match expr {
            Expr::Name(name) if !self.own.contains(name.id.as_str()) => {
                self.add(Construct::Call(name.id.to_string()), expr);
            }
            // `str.join(…)` as much as `text.join(…)`.
            Expr::Attribute(method) => self.add(Construct::Call(format!(".{}", method.attr)), &method.attr),
            _ => {}
        }
    }
}

impl<'a> Visitor<'a> for Walk<'_, 'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::If(node) => {
                self.add(Construct::If, stmt);
                if let Some(clause) = node.elif_else_clauses.first() {
                    self.add(Construct::ElifOrElse, clause);
                }
            }
            Stmt::For(_) => self.add(Construct::For, stmt),
            Stmt::While(_) => self.add(Construct::While, stmt),
            Stmt::Break(_) => self.add(Construct::Break, stmt),
            Stmt::Continue(_) => self.add(Construct::Continue, stmt),
            Stmt::Import(_) | Stmt::ImportFrom(_) => self.add(Construct::Import, stmt),
            // `add_up = sum`: another name for it.
            Stmt::Assign(node) if node.value.is_name_expr() => self.function(&node.value),
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::ListComp(_) => self.add(Construct::ListComprehension, expr),
            Expr::FString(_) => self.add(Construct::FString, expr),
            Expr::BoolOp(_) => self.add(Construct::BooleanOperator, expr),
            Expr::UnaryOp(node) if node.op == UnaryOp::Not => self.add(Construct::BooleanOperator, expr),
            Expr::Call(call) => {
                self.function(&call.func);
                if call.func.as_name_expr().is_some_and(|name| name.id == "__import__") {
                    self.add(Construct::Import, expr);
                }
                let handed_on =
                    call.arguments.args.iter().chain(call.arguments.keywords.iter().map(|k| &k.value));
                for argument in handed_on.filter(|argument| argument.is_name_expr()) {
                    self.function(argument);
                }
            }
            Expr::Named(node) if node.value.is_name_expr() => self.function(&node.value),
            _ => {}
        }
        walk_expr(self, expr);
    }
}

/// The names that the program itself gives a meaning: functions, parameters, variables.
pub(super) fn own_names(body: &[Stmt]) -> HashSet<&str> {
    let mut own = Own::default();
    own.visit_body(body);
    own.0
}

#[derive(Default)]
struct Own<'a>(HashSet<&'a str>);

impl<'a> Visitor<'a> for Own<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if let Stmt::FunctionDef(def) = stmt {
            self.0.insert(def.name.as_str());
        }
        walk_stmt(self, stmt);
    }

    fn visit_parameter(&mut self, parameter: &'a ruff_python_ast::Parameter) {
        self.0.insert(parameter.name.as_str());
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(node) = expr
            && !node.ctx.is_load()
        {
            self.0.insert(node.id.as_str());
        }
        walk_expr(self, expr);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::grade::facts;

    fn call(name: &str) -> Construct {
        Construct::Call(name.to_owned())
    }

    #[test]
    fn what_is_used_is_found_on_its_line() {
        let program = "\
import math
for i in range(3):
    while True:
        if not i:
            continue
        elif i and i > 1:
            break
        else:
            print(f'{sum([i])}')
words = [w.strip() for w in 'a b'.split()]
print(list(map(int, words)))
";
        let uses = facts::read(program).expect("valid").uses;
        for (construct, line) in [
            (Construct::Import, 1),
            (Construct::For, 2),
            (Construct::While, 3),
            (Construct::If, 4),
            (Construct::BooleanOperator, 4),
            (Construct::Continue, 5),
            (Construct::ElifOrElse, 6),
            (Construct::Break, 7),
            (Construct::FString, 9),
            (call("sum"), 9),
            (call("print"), 9),
            (Construct::ListComprehension, 10),
            (call(".strip"), 10),
            (call(".split"), 10),
            (call("int"), 11),
        ] {
            assert_eq!(uses.line(&construct), Some(line), "{construct:?}");
        }
    }

    #[test]
    fn what_only_looks_like_it_is_not_used() {
        let program = "\
# for x in y: while sum(x) import
note = 'for x in y: if sum(x): break'
sum = 0
sum = sum + 1
sorted_ones = {x for x in (1, 2) if x}
def max(a, b):
    return a if a > b else b
print(max(sum, 2), note.title)
";
        let uses = facts::read(program).expect("valid").uses;
        for construct in [
            Construct::For,
            Construct::While,
            Construct::If,
            Construct::Break,
            Construct::Import,
            Construct::ListComprehension,
            Construct::FString,
            Construct::BooleanOperator,
            call("sum"),
            call("max"),
            call("sorted"),
            call(".title"),
        ] {
            assert_eq!(uses.line(&construct), None, "{construct:?}");
        }
    }

    #[test]
    fn broken_rules_are_told_with_their_line() {
        let rules = Rules {
            required: vec![Construct::For, call("print")],
            forbidden: vec![call("sum"), Construct::While],
        };
        let uses = facts::read("x = 1\nprint(sum([x]))\n").expect("valid").uses;
        let broken = broken(&rules, &uses);
        let told: Vec<_> =
            broken.iter().map(|rule| (rule.required, rule.line, rule.message.as_str())).collect();
        assert_eq!(
            told,
            [
                (true, None, "Use a `for` loop: that is what this exercise is there to practise."),
                (false, Some(2), "Line 2 uses `sum()`. This exercise asks you to do without."),
            ]
        );
    }
}
