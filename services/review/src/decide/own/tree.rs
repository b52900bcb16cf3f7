//! Small questions to the syntax tree that several rules ask.
//!
//! What the answers mean for a learner belongs in the rules.

use std::collections::HashSet;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, ExprContext, Number, Stmt, StmtFunctionDef};

/// The name that an expression is, if it is one.
pub(super) fn name(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(node) => Some(node.id.as_str()),
        _ => None,
    }
}

/// The call of a function by its name: `range(…)`, not `np.range(…)`.
pub(super) fn call<'a>(expr: &'a Expr, function: &str) -> Option<&'a ExprCall> {
    let call = expr.as_call_expr()?;
    (name(&call.func)? == function).then_some(call)
}

/// The only argument of a call that has no other.
pub(super) fn only_argument(call: &ExprCall) -> Option<&Expr> {
    match (&*call.arguments.args, &*call.arguments.keywords) {
        ([argument], []) => Some(argument),
        _ => None,
    }
}

/// The name in `len(name)`.
pub(super) fn len_of(expr: &Expr) -> Option<&str> {
    name(only_argument(call(expr, "len")?)?)
}

/// The method and its object in `object.method(…)`.
pub(super) fn method(expr: &Expr) -> Option<(&Expr, &str, &ExprCall)> {
    let call = expr.as_call_expr()?;
    let attribute = call.func.as_attribute_expr()?;
    Some((&attribute.value, attribute.attr.as_str(), call))
}

/// A whole number written out.
pub(super) fn int(expr: &Expr) -> Option<i64> {
    match &expr.as_number_literal_expr()?.value {
        Number::Int(value) => value.as_i64(),
        Number::Float(_) | Number::Complex { .. } => None,
    }
}

/// Whether it is a number written out, with or without a sign.
pub(super) fn is_number(expr: &Expr) -> bool {
    match expr {
        Expr::NumberLiteral(_) => true,
        Expr::UnaryOp(node) => node.operand.is_number_literal_expr(),
        _ => false,
    }
}

/// Whether any expression of these statements fits; functions and classes made inside are passed over.
pub(super) fn any_expr(body: &[Stmt], fits: impl FnMut(&Expr) -> bool) -> bool {
    let mut search = Search { fits_expr: fits, fits_stmt: |_: &Stmt| false, found: false };
    search.visit_body(body);
    search.found
}

/// Whether any statement fits; functions and classes made inside are passed over.
pub(super) fn any_stmt(body: &[Stmt], fits: impl FnMut(&Stmt) -> bool) -> bool {
    let mut search = Search { fits_expr: |_: &Expr| false, fits_stmt: fits, found: false };
    search.visit_body(body);
    search.found
}

/// Whether any part of an expression, itself included, fits.
pub(super) fn any_part(expr: &Expr, fits: impl FnMut(&Expr) -> bool) -> bool {
    let mut search = Search { fits_expr: fits, fits_stmt: |_: &Stmt| false, found: false };
    search.visit_expr(expr);
    search.found
}

/// Whether a name is read or set in an expression.
pub(super) fn mentions(expr: &Expr, wanted: &str) -> bool {
    any_part(expr, |part| name(part) == Some(wanted))
}

struct Search<E, S> {
    fits_expr: E,
    fits_stmt: S,
    found: bool,
}

impl<'a, E: FnMut(&Expr) -> bool, S: FnMut(&Stmt) -> bool> Visitor<'a> for Search<E, S> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        self.found = self.found || (self.fits_stmt)(stmt);
        if !self.found && !matches!(stmt, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
            walk_stmt(self, stmt);
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.found = self.found || (self.fits_expr)(expr);
        if !self.found && !matches!(expr, Expr::Lambda(_)) {
            walk_expr(self, expr);
        }
    }
}

/// Names that get a value in these statements (loops, `with`, deletions and imports included).
pub(super) fn set_names(body: &[Stmt]) -> HashSet<&str> {
    let mut setters = Setters::default();
    setters.visit_body(body);
    setters.0
}

#[derive(Default)]
struct Setters<'a>(HashSet<&'a str>);

impl<'a> Visitor<'a> for Setters<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => {
                self.0.insert(def.name.as_str());
            }
            Stmt::ClassDef(def) => {
                self.0.insert(def.name.as_str());
            }
            Stmt::Import(import) => self.0.extend(import.names.iter().map(imported)),
            Stmt::ImportFrom(import) => self.0.extend(import.names.iter().map(imported)),
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ruff_python_ast::ExceptHandler) {
        let ruff_python_ast::ExceptHandler::ExceptHandler(inner) = handler;
        self.0.extend(inner.name.as_ref().map(ruff_python_ast::Identifier::as_str));
        ruff_python_ast::visitor::walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a ruff_python_ast::Pattern) {
        if let ruff_python_ast::Pattern::MatchAs(bound) = pattern {
            self.0.extend(bound.name.as_ref().map(ruff_python_ast::Identifier::as_str));
        }
        ruff_python_ast::visitor::walk_pattern(self, pattern);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(node) = expr
            && !matches!(node.ctx, ExprContext::Load)
        {
            self.0.insert(node.id.as_str());
        }
        walk_expr(self, expr);
    }
}

/// The name that an import gives a value to.
fn imported(alias: &ruff_python_ast::Alias) -> &str {
    let whole = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
    whole.split('.').next().unwrap_or(whole)
}

/// Whether a call of the function makes a generator.
pub(super) fn is_generator(def: &StmtFunctionDef) -> bool {
    any_expr(&def.body, |expr| matches!(expr, Expr::Yield(_) | Expr::YieldFrom(_)))
}

/// Whether the function hands a value back somewhere.
pub(super) fn returns_value(def: &StmtFunctionDef) -> bool {
    any_stmt(&def.body, |stmt| match stmt {
        Stmt::Return(node) => node.value.as_ref().is_some_and(|value| !value.is_none_literal_expr()),
        _ => false,
    })
}

/// The word with which a statement leaves its block for good, if it always does.
pub(super) fn leaves(stmt: &Stmt) -> Option<&'static str> {
    match stmt {
        Stmt::Return(_) => Some("return"),
        Stmt::Raise(_) => Some("raise"),
        Stmt::Break(_) => Some("break"),
        Stmt::Continue(_) => Some("continue"),
        Stmt::If(node) => {
            let has_else = node.elif_else_clauses.last().is_some_and(|clause| clause.test.is_none());
            let mut word = block_leaves(&node.body).filter(|_| has_else)?;
            for clause in &node.elif_else_clauses {
                word = block_leaves(&clause.body)?;
            }
            Some(word)
        }
        _ => None,
    }
}

/// The word with which a block always ends, if it does.
pub(super) fn block_leaves(body: &[Stmt]) -> Option<&'static str> {
    body.iter().find_map(leaves)
}
