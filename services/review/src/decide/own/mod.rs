//! Our own rules over the syntax tree: mistakes of beginners that a linter for working programmers does not look for.
//!
//! One walk over the program hands each node to the rules; a rule reports a place under its name in `rules/own.toml`.
//! Texts, levels and severities do not belong here.

mod calls;
mod classes;
mod conditions;
mod endless;
mod flow;
mod indexes;
mod input;
mod loops;
mod names;
mod repeats;
mod structure;
mod tree;

use std::collections::{HashMap, HashSet};

use agent_core::syntax::Complexity;
use ruff_python_ast::visitor::{Visitor, walk_body, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Stmt, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

use super::linter::Hit;
use super::source::Source;

/// What the rules know about the whole program.
struct Program<'a> {
    source: &'a Source<'a>,
    body: &'a [Stmt],
    /// Functions of the module whose names have no other meaning anywhere in it.
    functions: HashMap<&'a str, &'a StmtFunctionDef>,
    /// Every name that gets a value at the module's level.
    globals: HashSet<&'a str>,
    /// Names of methods of the program's own classes.
    methods: HashSet<&'a str>,
    /// Names that imports at the module's level give a value.
    imports: HashSet<&'a str>,
}

impl<'a> Program<'a> {
    fn new(source: &'a Source<'a>, body: &'a [Stmt]) -> Self {
        let globals = tree::set_names(body);
        let mut functions: HashMap<&str, Option<&StmtFunctionDef>> = HashMap::new();
        let mut methods = HashSet::new();
        let mut imports = HashSet::new();
        for stmt in body {
            match stmt {
                Stmt::FunctionDef(def) => {
                    functions.entry(def.name.as_str()).and_modify(|known| *known = None).or_insert(Some(def));
                }
                Stmt::ClassDef(class) => methods.extend(classes::methods(class).map(|def| def.name.as_str())),
                _ => {
                    let alone = std::slice::from_ref(stmt);
                    for name in tree::set_names(alone) {
                        functions.insert(name, None);
                        if matches!(stmt, Stmt::Import(_) | Stmt::ImportFrom(_)) {
                            imports.insert(name);
                        }
                    }
                }
            }
        }
        let functions = functions.into_iter().filter_map(|(name, def)| Some((name, def?))).collect();
        Self { source, body, functions, globals, methods, imports }
    }

    /// Whether a name still means what Python itself means by it.
    fn is_builtin(&self, name: &str) -> bool {
        !self.globals.contains(name)
    }
}

/// Collects what the rules see.
#[derive(Default)]
struct Hits(Vec<Hit>);

impl Hits {
    fn add(&mut self, rule: &'static str, place: impl Ranged, name: impl Into<Option<String>>) {
        self.0.push(Hit { rule, range: place.range(), name: name.into() });
    }
}

/// What our own rules find, in the order of the text.
pub(crate) fn find(source: &Source<'_>, body: &[Stmt], complexity: &Complexity) -> Vec<Hit> {
    let program = Program::new(source, body);
    let mut walker =
        Walker { program: &program, hits: Hits::default(), locals: Vec::new(), asked: HashSet::new() };
    walker.visit_body(body);
    let Walker { mut hits, .. } = walker;
    input::check(body, &mut hits);
    names::check(body, &mut hits);
    repeats::check(&program, &mut hits);
    structure::check(body, complexity, source, &mut hits);
    hits.0.sort_by_key(|hit| (hit.range.start(), hit.range.end(), hit.rule));
    hits.0
}

struct Walker<'a, 'p> {
    program: &'p Program<'a>,
    hits: Hits,
    /// Names that the functions around give a value, innermost last.
    locals: Vec<HashSet<&'a str>>,
    /// Lines that a `try` asks whether they work.
    asked: HashSet<TextRange>,
}

impl<'a> Walker<'a, '_> {
    /// The module's function of this name, unless a function around means something else by it.
    fn function(&self, name: &str) -> Option<&'a StmtFunctionDef> {
        let hidden = self.locals.iter().any(|names| names.contains(name));
        if hidden { None } else { self.program.functions.get(name).copied() }
    }

    fn enter(&mut self, def: &'a StmtFunctionDef, stmt: &'a Stmt) {
        let mut names = tree::set_names(&def.body);
        names.extend(def.parameters.iter().map(|parameter| parameter.name().as_str()));
        self.locals.push(names);
        walk_stmt(self, stmt);
        self.locals.pop();
    }
}

impl<'a> Visitor<'a> for Walker<'a, '_> {
    fn visit_body(&mut self, body: &'a [Stmt]) {
        flow::unreachable(body, &mut self.hits);
        walk_body(self, body);
    }

    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        calls::statement(stmt, self);
        match stmt {
            Stmt::FunctionDef(def) => {
                flow::recursion(def, &mut self.hits);
                input::check(&def.body, &mut self.hits);
                self.enter(def, stmt);
                return;
            }
            Stmt::ClassDef(class) => classes::check(class, &mut self.hits),
            Stmt::For(node) => {
                loops::check(node, &mut self.hits);
                indexes::check(node, &mut self.hits);
            }
            Stmt::While(node) => {
                conditions::test(&node.test, self);
                loops::runs_once(stmt, &node.body, &mut self.hits);
                endless::check(node, self.program, &mut self.hits);
            }
            Stmt::If(node) => {
                conditions::test(&node.test, self);
                conditions::chain(node, self);
                conditions::nested(node, &mut self.hits);
            }
            Stmt::Assert(node) => conditions::test(&node.test, self),
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::If(node) => conditions::test(&node.test, self),
            Expr::Compare(node) => conditions::compare(node, self),
            Expr::Subscript(node) => indexes::subscript(node, &mut self.hits),
            _ => {}
        }
        calls::expression(expr, self);
        walk_expr(self, expr);
    }
}

/// The place of a statement's first word or two: a whole block is no place to point at.
fn head(stmt: &Stmt) -> TextRange {
    match stmt {
        Stmt::FunctionDef(def) => def.name.range,
        Stmt::ClassDef(class) => class.name.range,
        Stmt::If(node) => node.test.range(),
        Stmt::While(node) => node.test.range(),
        Stmt::For(node) => node.iter.range(),
        _ => stmt.range(),
    }
}
