//! The loop that keeps a program from ending, as far as its text shows it.
//!
//! Asked only once a program did not end: a guess is worth more here than silence. Not here: programs that were not run.

use std::collections::HashSet;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Stmt, StmtFor, StmtWhile};

use super::facts::Lines;

/// A loop that looks as if it never ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Endless {
    /// The loop's first line, from 1.
    pub(super) line: u32,
    /// Its last line.
    pub(super) end_line: u32,
    /// Why it goes on.
    pub(super) why: Why,
}

/// Why a loop goes on, the most certain first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Why {
    /// Its condition is always true, and nothing leaves it.
    NothingLeaves,
    /// Nothing in it changes what its condition looks at.
    Unchanged {
        /// The name that the condition looks at.
        name: String,
    },
    /// A `for` loop over a list that grows in it.
    Grows {
        /// The list's name.
        name: String,
    },
    /// It is a `while` loop: it may never come to its end.
    Perhaps,
}

/// The loops that may go on for ever.
pub(super) fn find(body: &[Stmt], lines: &Lines) -> Vec<Endless> {
    let mut loops = Loops { lines, found: Vec::new() };
    loops.visit_body(body);
    loops.found
}

/// The most suspicious loop: of those around the line where the program was stopped, if that is known and in one.
pub(super) fn blamed(loops: &[Endless], stopped: Option<u32>) -> Option<&Endless> {
    let around = |one: &&Endless| stopped.is_some_and(|line| (one.line..=one.end_line).contains(&line));
    let by_suspicion = |a: &&Endless, b: &&Endless| a.why.cmp(&b.why).then(a.line.cmp(&b.line));
    loops.iter().filter(around).min_by(by_suspicion).or_else(|| loops.iter().min_by(by_suspicion))
}

struct Loops<'l> {
    lines: &'l Lines,
    found: Vec<Endless>,
}

impl<'a> Visitor<'a> for Loops<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        let why = match stmt {
            Stmt::While(node) => Some(why_while(node)),
            Stmt::For(node) => why_for(node),
            _ => None,
        };
        if let Some(why) = why {
            let (line, end_line) = (self.lines.of(stmt), self.lines.of_end(stmt));
            self.found.push(Endless { line, end_line, why });
        }
        walk_stmt(self, stmt);
    }
}

fn why_while(node: &StmtWhile) -> Why {
    let mut body = Inside::default();
    body.visit_body(&node.body);
    let mut test = Inside::default();
    test.visit_expr(&node.test);
    if body.leaves || test.changes_anything {
        return Why::Perhaps;
    }
    if always_true(&node.test) {
        return Why::NothingLeaves;
    }
    let mut read = test.read;
    read.retain(|name| *name != "len");
    let touched = |name: &&str| body.set.contains(name) || body.used.contains(name);
    match read.first() {
        Some(name) if !read.iter().any(touched) => Why::Unchanged { name: (*name).to_owned() },
        _ => Why::Perhaps,
    }
}

fn why_for(node: &StmtFor) -> Option<Why> {
    let list = node.iter.as_name_expr()?.id.as_str();
    let mut body = Inside::default();
    body.visit_body(&node.body);
    let grows = body.grown.contains(list) && !body.leaves;
    grows.then(|| Why::Grows { name: list.to_owned() })
}

fn always_true(test: &Expr) -> bool {
    match test {
        Expr::BooleanLiteral(node) => node.value,
        Expr::NumberLiteral(node) => {
            matches!(&node.value, ruff_python_ast::Number::Int(value) if value.as_i64() != Some(0))
        }
        Expr::StringLiteral(node) => !node.value.is_empty(),
        _ => false,
    }
}

/// What happens in a loop.
#[derive(Default)]
struct Inside<'a> {
    /// Names that get a value.
    set: HashSet<&'a str>,
    /// Names whose object is used: a method of it is called, a part of it is set, or it is handed to a function.
    used: HashSet<&'a str>,
    /// Names of lists that something is added to.
    grown: HashSet<&'a str>,
    /// Names that are read, in order.
    read: Vec<&'a str>,
    /// Whether a word leaves the loop: `break`, `return`, `raise`.
    leaves: bool,
    /// Whether something is called that may change whatever it likes.
    changes_anything: bool,
    /// How many loops of its own are around: their `break` leaves them alone.
    depth: usize,
}

impl<'a> Visitor<'a> for Inside<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Break(_) => self.leaves |= self.depth == 0,
            Stmt::Return(_) | Stmt::Raise(_) => self.leaves = true,
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => return,
            Stmt::For(_) | Stmt::While(_) => {
                self.depth += 1;
                walk_stmt(self, stmt);
                self.depth -= 1;
                return;
            }
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(node) if node.ctx.is_load() => self.read.push(node.id.as_str()),
            Expr::Name(node) => {
                self.set.insert(node.id.as_str());
            }
            Expr::Subscript(node) if !node.ctx.is_load() => self.used.extend(owner(&node.value)),
            Expr::Attribute(node) if !node.ctx.is_load() => self.used.extend(owner(&node.value)),
            Expr::Named(_) | Expr::Yield(_) | Expr::Await(_) => self.changes_anything = true,
            Expr::Call(call) => match &*call.func {
                Expr::Attribute(method) => {
                    self.used.extend(owner(&method.value));
                    if matches!(method.attr.as_str(), "append" | "insert" | "extend") {
                        self.grown.extend(owner(&method.value));
                    }
                }
                Expr::Name(function) if matches!(function.id.as_str(), "print" | "len" | "str" | "int") => {}
                Expr::Name(function) if function.id == "input" => self.changes_anything = true,
                _ => self.used.extend(call.arguments.args.iter().filter_map(owner)),
            },
            _ => {}
        }
        walk_expr(self, expr);
    }
}

/// The name at the front of `name[0].part`.
fn owner(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(node) => Some(node.id.as_str()),
        Expr::Subscript(node) => owner(&node.value),
        Expr::Attribute(node) => owner(&node.value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::grade::facts;

    #[test]
    fn names_the_loop_and_why_it_goes_on() {
        let unchanged = |name: &str| Why::Unchanged { name: name.to_owned() };
        for (program, line, why) in [
            ("i = 0\nwhile i < 3:\n    print(i)\n", 2, unchanged("i")),
            ("i = 0\nwhile i < 3:\n    j = i + 1\n", 2, unchanged("i")),
            ("while True:\n    print(1)\n", 1, Why::NothingLeaves),
            ("while 1:\n    for x in []:\n        break\n", 1, Why::NothingLeaves),
            ("i = 3\nwhile i > 0:\n    i += 1\n", 2, Why::Perhaps),
            ("i = 3\nwhile i > 0:\n    break\n", 2, Why::Perhaps),
            ("xs = [1]\nfor x in xs:\n    xs.append(x)\n", 2, Why::Grows { name: "xs".to_owned() }),
            ("xs = [1]\nwhile xs:\n    xs.pop()\n", 2, Why::Perhaps),
            ("while input():\n    pass\n", 1, Why::Perhaps),
            ("a = b = 1\nwhile a:\n    a -= 1\nwhile b:\n    a += 1\n", 4, unchanged("b")),
        ] {
            let found = facts::read(program).expect("valid").loops;
            let found = blamed(&found, None).map(|one| (one.line, one.why.clone()));
            assert_eq!(found, Some((line, why)), "{program}");
        }
        assert_eq!(facts::read("for i in range(3):\n    print(i)\n").expect("valid").loops, []);
    }

    #[test]
    fn the_loop_in_which_the_program_was_stopped_is_blamed() {
        let program = "while True:\n    print(1)\ni = 3\nwhile i > 0:\n    i += 1\nprint(i)\n";
        let loops = facts::read(program).expect("valid").loops;
        let blamed = |stopped| blamed(&loops, stopped).map(|one| one.line);
        assert_eq!([None, Some(2), Some(5), Some(6)].map(blamed), [Some(1), Some(1), Some(4), Some(1)]);
    }
}
