//! What a block of statements does to names, and whether it can be left: facts of a loop's body.
//!
//! Functions and classes inside have names and jumps of their own and are passed over. Not here: what is said of a loop
//! (`loops`, `jumps`).

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, TraversalSignal, walk_expr, walk_stmt};
use ruff_python_ast::{AnyNodeRef, Expr, ExprContext, Stmt};

/// Facts of a block or an expression.
#[derive(Debug, Default)]
pub(super) struct Facts<'a> {
    /// How often each name is bound.
    bound_times: BTreeMap<&'a str, usize>,
    /// The names that are bound.
    pub(super) bound: BTreeSet<&'a str>,
    /// The names that are read.
    pub(super) read: BTreeSet<&'a str>,
    /// The names whose value may be changed in place: a method is called on it, a part of it is set, it is handed on.
    pub(super) touched: BTreeSet<&'a str>,
    /// A `break` of the block's own loop.
    pub(super) has_break: bool,
    /// A `continue` of the block's own loop.
    pub(super) has_continue: bool,
    /// A way out of the loop but its test and a `break`: `return`, `raise`, `exit()`, `yield`.
    leaves: bool,
    /// `if`, `try` or the like: what is inside may not happen.
    pub(super) has_branch: bool,
    /// A call, or something else that can do anything.
    pub(super) has_call: bool,
    loops: u32,
}

impl<'a> Facts<'a> {
    /// The facts of a block.
    pub(super) fn of(body: &'a [Stmt]) -> Self {
        let mut facts = Self::default();
        facts.visit_body(body);
        facts
    }

    /// The facts of an expression.
    pub(super) fn of_expression(expression: &'a Expr) -> Self {
        let mut facts = Self::default();
        facts.visit_expr(expression);
        facts
    }

    /// Whether the block's loop can end otherwise than by its test.
    pub(super) fn is_left(&self) -> bool {
        self.has_break || self.leaves
    }

    /// How often a name is bound.
    pub(super) fn times_bound(&self, name: &str) -> usize {
        self.bound_times.get(name).copied().unwrap_or(0)
    }

    fn bind(&mut self, name: &'a str) {
        *self.bound_times.entry(name).or_default() += 1;
        self.bound.insert(name);
    }

    fn call(&mut self, function: &'a Expr, arguments: &'a [Expr]) {
        self.has_call = true;
        self.touched.extend(arguments.iter().filter_map(Expr::as_name_expr).map(|name| name.id.as_str()));
        let name = match function {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => {
                if let Expr::Name(owner) = attribute.value.as_ref() {
                    self.touched.insert(owner.id.as_str());
                }
                attribute.attr.id.as_str()
            }
            _ => "",
        };
        self.leaves |= matches!(name, "exit" | "quit" | "_exit" | "abort");
    }
}

impl<'a> SourceOrderVisitor<'a> for Facts<'a> {
    fn enter_node(&mut self, _node: AnyNodeRef<'a>) -> TraversalSignal {
        TraversalSignal::Traverse
    }

    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => return self.bind(function.name.id.as_str()),
            Stmt::ClassDef(class) => return self.bind(class.name.id.as_str()),
            Stmt::Break(_) => self.has_break |= self.loops == 0,
            Stmt::Continue(_) => self.has_continue |= self.loops == 0,
            Stmt::Return(_) | Stmt::Raise(_) => self.leaves = true,
            Stmt::If(_) | Stmt::Try(_) | Stmt::Match(_) => self.has_branch = true,
            Stmt::For(inner) => {
                self.visit_expr(&inner.target);
                self.visit_expr(&inner.iter);
                return self.inner_loop(&inner.body, &inner.orelse);
            }
            Stmt::While(inner) => {
                self.visit_expr(&inner.test);
                return self.inner_loop(&inner.body, &inner.orelse);
            }
            Stmt::Import(_) | Stmt::ImportFrom(_) | Stmt::Global(_) | Stmt::Nonlocal(_) => {
                self.has_call = true
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) if name.ctx == ExprContext::Load => {
                self.read.insert(name.id.as_str());
            }
            Expr::Name(name) => self.bind(name.id.as_str()),
            Expr::Call(call) => self.call(&call.func, &call.arguments.args),
            Expr::Subscript(part) if part.ctx != ExprContext::Load => {
                if let Expr::Name(owner) = part.value.as_ref() {
                    self.touched.insert(owner.id.as_str());
                }
            }
            Expr::If(_) | Expr::BoolOp(_) => self.has_branch = true,
            Expr::Yield(_) | Expr::YieldFrom(_) | Expr::Await(_) => {
                self.leaves = true;
                self.has_call = true;
            }
            _ => {}
        }
        walk_expr(self, expression);
    }
}

impl<'a> Facts<'a> {
    fn inner_loop(&mut self, body: &'a [Stmt], orelse: &'a [Stmt]) {
        self.loops += 1;
        self.visit_body(body);
        self.loops -= 1;
        self.visit_body(orelse);
    }
}

/// Whether a block cannot be run through to its end: it returns, raises or jumps, in each of its branches.
pub(super) fn always_leaves(body: &[Stmt]) -> bool {
    body.iter().any(|statement| match statement {
        Stmt::Return(_) | Stmt::Raise(_) | Stmt::Break(_) | Stmt::Continue(_) => true,
        Stmt::If(branches) => {
            let clauses = &branches.elif_else_clauses;
            clauses.last().is_some_and(|clause| clause.test.is_none())
                && always_leaves(&branches.body)
                && clauses.iter().all(|clause| always_leaves(&clause.body))
        }
        _ => false,
    })
}
