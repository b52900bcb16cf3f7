//! Statements and expressions in places where CPython makes no code for them: `return` outside a function,
//! `break` outside a loop, a star that unpacks nothing, `await` where nothing waits.
//!
//! Names and scopes belong in `scopes`, patterns in `matches`.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{
    Alias, Arguments, Comprehension, ExceptHandler, Expr, ExprContext, Identifier, MatchCase, Parameters,
    Stmt,
};
use ruff_text_size::{Ranged, TextRange};

use super::{MAX_BLOCKS, Refusal, future_import, matches};

/// Targets before a star, as CPython packs them.
const MAX_BEFORE_STAR: usize = 255;

/// What kind of body code is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Body {
    Module,
    Class,
    Function { is_async: bool, is_generator: bool },
    Comprehension,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    body: Body,
    in_loop: bool,
    in_except_star: bool,
    blocks: usize,
}

/// The first refusal of the compiler; `opening` statements may import from `__future__`.
pub(super) fn first_refusal(body: &[Stmt], opening: usize) -> Option<Refusal> {
    let place = Place { body: Body::Module, in_loop: false, in_except_star: false, blocks: 0 };
    let mut checker = Checker { place, refusal: None, opening: true };
    checker.visit_body(&body[..opening]);
    checker.opening = false;
    checker.visit_body(&body[opening..]);
    checker.refusal
}

struct Checker {
    place: Place,
    refusal: Option<Refusal>,
    opening: bool,
}

impl Checker {
    fn refuse(&mut self, range: TextRange, message: impl Into<String>) {
        self.refusal.get_or_insert_with(|| Refusal::new(range, message));
    }

    fn within(&mut self, place: Place, visit: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.place, place);
        visit(self);
        self.place = outer;
    }

    fn in_body(&mut self, body: Body, visit: impl FnOnce(&mut Self)) {
        self.within(Place { body, in_loop: false, in_except_star: false, blocks: 0 }, visit);
    }

    /// One block of a loop, `with` or `try` deeper.
    fn block(&mut self, range: TextRange, in_loop: bool, visit: impl FnOnce(&mut Self)) {
        let mut place = self.place;
        place.blocks += 1;
        place.in_loop |= in_loop;
        place.in_except_star &= !in_loop;
        if place.blocks > MAX_BLOCKS {
            self.refuse(range, "too many statically nested blocks");
        }
        self.within(place, visit);
    }

    fn forbid_debug(&mut self, name: &str, range: TextRange, verb: &str) {
        if name == "__debug__" {
            self.refuse(range, format!("cannot {verb} __debug__"));
        }
    }

    fn forbid_debug_in(&mut self, name: &Identifier) {
        self.forbid_debug(name.as_str(), name.range, "assign to");
    }

    /// A star where one value is wanted.
    fn forbid_star(&mut self, value: Option<&Expr>) {
        if let Some(Expr::Starred(starred)) = value {
            self.refuse(starred.range, "can't use starred expression here");
        }
    }

    fn target(&mut self, target: &Expr) {
        if let Expr::Starred(starred) = target {
            self.refuse(starred.range, "starred assignment target must be in a list or tuple");
        }
    }

    fn unpacking(&mut self, elements: &[Expr], range: TextRange) {
        let mut starred = elements.iter().enumerate().filter(|(_, element)| element.is_starred_expr());
        if starred.next().is_some_and(|(before, _)| before > MAX_BEFORE_STAR) {
            self.refuse(range, "too many expressions in star-unpacking assignment");
        }
        if starred.next().is_some() {
            self.refuse(range, "multiple starred expressions in assignment");
        }
    }

    fn leaves_loop(&mut self, range: TextRange, outside: &str) {
        if self.place.in_except_star {
            let message = "'break', 'continue' and 'return' cannot appear in an except* block";
            self.refuse(range, message);
        } else if !self.place.in_loop {
            self.refuse(range, outside);
        }
    }

    fn returns(&mut self, value: Option<&Expr>, range: TextRange) {
        match self.place.body {
            Body::Function { .. } if self.place.in_except_star => self.leaves_loop(range, ""),
            Body::Function { is_async: true, is_generator: true } if value.is_some() => {
                self.refuse(range, "'return' with value in async generator");
            }
            Body::Function { .. } => {}
            _ => self.refuse(range, "'return' outside function"),
        }
        self.forbid_star(value);
    }

    fn needs_async(&mut self, is_async: bool, word: &str, range: TextRange) {
        if is_async && !matches!(self.place.body, Body::Function { is_async: true, .. }) {
            self.refuse(range, format!("'async {word}' outside async function"));
        }
    }

    fn parameters(&mut self, parameters: &Parameters) {
        for parameter in parameters.iter() {
            self.forbid_debug(
                parameter.name().as_str(),
                super::written_range(parameter.as_parameter()),
                "assign to",
            );
        }
    }

    fn defaults(&mut self, parameters: &Parameters) {
        for default in
            parameters.iter_non_variadic_params().filter_map(|parameter| parameter.default.as_ref())
        {
            self.visit_expr(default);
        }
    }

    fn function(&mut self, def: &ruff_python_ast::StmtFunctionDef) {
        def.decorator_list.iter().for_each(|decorator| self.visit_expr(&decorator.expression));
        self.parameters(&def.parameters);
        self.defaults(&def.parameters);
        if let Some(type_params) = &def.type_params {
            type_params
                .iter()
                .for_each(|param| self.forbid_debug(param.name().as_str(), param.range(), "assign to"));
        }
        let written = def
            .parameters
            .iter()
            .filter_map(|parameter| parameter.annotation())
            .chain(def.returns.as_deref());
        written.for_each(|annotation| self.visit_expr(annotation));
        self.forbid_debug(def.name.as_str(), def.range, "assign to");
        let is_generator = yields(&def.body);
        self.in_body(Body::Function { is_async: def.is_async, is_generator }, |checker| {
            checker.visit_body(&def.body)
        });
    }

    fn try_statement(&mut self, node: &ruff_python_ast::StmtTry) {
        for (index, handler) in node.handlers.iter().enumerate() {
            let ExceptHandler::ExceptHandler(handler) = handler;
            if handler.type_.is_none() && index + 1 < node.handlers.len() {
                self.refuse(handler.range, "default 'except:' must be last");
            }
        }
        self.block(node.range, false, |checker| checker.visit_body(&node.body));
        for handler in &node.handlers {
            let ExceptHandler::ExceptHandler(handler) = handler;
            if let Some(caught) = &handler.type_ {
                self.visit_expr(caught);
            }
            if let Some(name) = &handler.name {
                self.forbid_debug(name.as_str(), handler.range, "assign to");
            }
            self.block(handler.range, false, |checker| {
                checker.place.in_except_star |= node.is_star;
                checker.visit_body(&handler.body);
            });
        }
        self.visit_body(&node.orelse);
        self.visit_body(&node.finalbody);
    }

    fn import(&mut self, names: &[Alias], range: TextRange) {
        for alias in names {
            let name = alias.asname.as_ref().unwrap_or(&alias.name);
            self.forbid_debug(name.as_str(), range, "assign to");
        }
    }

    fn comprehension(
        &mut self,
        generators: &[Comprehension],
        elements: &[&Expr],
        range: TextRange,
        lazy: bool,
    ) {
        let Some((first, rest)) = generators.split_first() else { return };
        let awaits = first.is_async
            || rest.iter().any(|generator| generator.is_async || contains_await(&generator.iter))
            || generators.iter().flat_map(|generator| &generator.ifs).any(contains_await)
            || elements.iter().any(|element| contains_await(element));
        let allowed = matches!(self.place.body, Body::Function { is_async: true, .. } | Body::Comprehension);
        if awaits && !lazy && !allowed {
            self.refuse(range, "asynchronous comprehension outside of an asynchronous function");
        }
        self.visit_expr(&first.iter);
        self.in_body(Body::Comprehension, |checker| {
            for (index, generator) in generators.iter().enumerate() {
                if index > 0 {
                    checker.visit_expr(&generator.iter);
                }
                checker.target(&generator.target);
                checker.visit_expr(&generator.target);
                generator.ifs.iter().for_each(|test| checker.visit_expr(test));
            }
            elements.iter().for_each(|element| checker.visit_expr(element));
        });
    }

    fn yields(&mut self, expr: &Expr) {
        match self.place.body {
            Body::Module | Body::Class => {
                let word = if expr.is_yield_from_expr() { "yield from" } else { "yield" };
                self.refuse(expr.range(), format!("'{word}' outside function"));
            }
            Body::Function { is_async: true, .. } if expr.is_yield_from_expr() => {
                self.refuse(expr.range(), "'yield from' inside async function");
            }
            _ => {}
        }
    }

    fn awaits(&mut self, range: TextRange) {
        match self.place.body {
            Body::Module | Body::Class => self.refuse(range, "'await' outside function"),
            Body::Function { is_async: false, .. } => self.refuse(range, "'await' outside async function"),
            Body::Function { .. } | Body::Comprehension => {}
        }
    }

    fn simple(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Return(node) => self.returns(node.value.as_deref(), node.range),
            Stmt::Break(node) => self.leaves_loop(node.range, "'break' outside loop"),
            Stmt::Continue(node) => self.leaves_loop(node.range, "'continue' not properly in loop"),
            Stmt::Import(node) => self.import(&node.names, node.range),
            Stmt::ImportFrom(node) => {
                if !self.opening && future_import(stmt).is_some() {
                    let message = "from __future__ imports must occur at the beginning of the file";
                    self.refuse(node.range, message);
                }
                self.import(&node.names, node.range);
            }
            Stmt::Assign(node) => {
                self.forbid_star(Some(&node.value));
                node.targets.iter().for_each(|target| self.target(target));
            }
            Stmt::AugAssign(node) => {
                self.forbid_star(Some(&node.value));
                if let Expr::Attribute(target) = &*node.target {
                    // CPython lets `a.__debug__ += 1` pass.
                    self.visit_expr(&node.value);
                    return self.visit_expr(&target.value);
                }
            }
            Stmt::AnnAssign(node) => {
                self.forbid_star(node.value.as_deref());
                match &*node.target {
                    Expr::Name(name) => self.forbid_debug(name.id.as_str(), node.range, "assign to"),
                    Expr::Attribute(target) => {
                        self.forbid_debug(target.attr.as_str(), node.range, "assign to")
                    }
                    _ => {}
                }
            }
            Stmt::TypeAlias(node) => {
                if let Expr::Name(name) = &*node.name {
                    self.forbid_debug(name.id.as_str(), node.range, "assign to");
                }
            }
            Stmt::Expr(node) => self.forbid_star(Some(&node.value)),
            _ => {}
        }
        walk_stmt(self, stmt);
    }
}

impl<'a> Visitor<'a> for Checker {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if self.refusal.is_some() {
            return;
        }
        match stmt {
            Stmt::FunctionDef(def) => self.function(def),
            Stmt::ClassDef(class) => {
                class.decorator_list.iter().for_each(|decorator| self.visit_expr(&decorator.expression));
                if let Some(arguments) = &class.arguments {
                    self.visit_arguments(arguments);
                }
                self.forbid_debug(class.name.as_str(), class.range, "assign to");
                self.in_body(Body::Class, |checker| checker.visit_body(&class.body));
            }
            Stmt::For(node) => {
                self.needs_async(node.is_async, "for", node.range);
                self.forbid_star(Some(&node.iter));
                self.visit_expr(&node.iter);
                self.block(node.range, true, |checker| {
                    checker.target(&node.target);
                    checker.visit_expr(&node.target);
                    checker.visit_body(&node.body);
                });
                self.visit_body(&node.orelse);
            }
            Stmt::While(node) => {
                self.visit_expr(&node.test);
                self.block(node.range, true, |checker| checker.visit_body(&node.body));
                self.visit_body(&node.orelse);
            }
            Stmt::With(node) => {
                self.needs_async(node.is_async, "with", node.range);
                node.items.iter().for_each(|item| self.visit_with_item(item));
                self.block(node.range, false, |checker| checker.visit_body(&node.body));
            }
            Stmt::Try(node) => self.try_statement(node),
            Stmt::Match(node) => {
                if let Some(refusal) = matches::first_refusal(node) {
                    self.refusal.get_or_insert(refusal);
                }
                walk_stmt(self, stmt);
            }
            _ => self.simple(stmt),
        }
    }

    fn visit_match_case(&mut self, case: &'a MatchCase) {
        if let Some(guard) = &case.guard {
            self.visit_expr(guard);
        }
        self.visit_body(&case.body);
    }

    fn visit_arguments(&mut self, arguments: &'a Arguments) {
        for (index, keyword) in arguments.keywords.iter().enumerate() {
            let Some(name) = &keyword.arg else { continue };
            self.forbid_debug(name.as_str(), keyword.range, "assign to");
            let twin = arguments.keywords[index + 1..]
                .iter()
                .find(|other| other.arg.as_ref().is_some_and(|other| other.id == name.id));
            if let Some(twin) = twin {
                self.refuse(twin.range, format!("keyword argument repeated: {name}"));
                break;
            }
        }
        ruff_python_ast::visitor::walk_arguments(self, arguments);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if self.refusal.is_some() {
            return;
        }
        match expr {
            Expr::Name(node) => match node.ctx {
                ExprContext::Store => self.forbid_debug(node.id.as_str(), node.range, "assign to"),
                ExprContext::Del => self.forbid_debug(node.id.as_str(), node.range, "delete"),
                _ => {}
            },
            Expr::Attribute(node) => {
                match node.ctx {
                    ExprContext::Store => {
                        self.forbid_debug_in(&Identifier::new(node.attr.as_str(), node.range))
                    }
                    ExprContext::Del => self.forbid_debug(node.attr.as_str(), node.range, "delete"),
                    _ => {}
                }
                walk_expr(self, expr);
            }
            Expr::Tuple(node) => {
                if node.ctx == ExprContext::Store {
                    self.unpacking(&node.elts, node.range);
                }
                walk_expr(self, expr);
            }
            Expr::List(node) => {
                if node.ctx == ExprContext::Store {
                    self.unpacking(&node.elts, node.range);
                }
                walk_expr(self, expr);
            }
            Expr::Lambda(node) => {
                if let Some(parameters) = &node.parameters {
                    self.parameters(parameters);
                    self.defaults(parameters);
                }
                let body = Body::Function { is_async: false, is_generator: false };
                self.in_body(body, |checker| checker.visit_expr(&node.body));
            }
            Expr::ListComp(node) => self.comprehension(&node.generators, &[&node.elt], node.range, false),
            Expr::SetComp(node) => self.comprehension(&node.generators, &[&node.elt], node.range, false),
            Expr::Generator(node) => self.comprehension(&node.generators, &[&node.elt], node.range, true),
            Expr::DictComp(node) => {
                let elements: Vec<&Expr> = node.key.as_deref().into_iter().chain([&*node.value]).collect();
                self.comprehension(&node.generators, &elements, node.range, false);
            }
            Expr::Yield(node) => {
                self.yields(expr);
                self.forbid_star(node.value.as_deref());
                walk_expr(self, expr);
            }
            Expr::YieldFrom(_) => {
                self.yields(expr);
                walk_expr(self, expr);
            }
            Expr::Await(node) => {
                self.awaits(node.range);
                walk_expr(self, expr);
            }
            _ => walk_expr(self, expr),
        }
    }
}

/// Whether a function's own code yields.
fn yields(body: &[Stmt]) -> bool {
    let mut finder =
        Finder { wanted: |expr| matches!(expr, Expr::Yield(_) | Expr::YieldFrom(_)), found: false };
    finder.visit_body(body);
    finder.found
}

/// Whether an expression awaits in its own scope; a list inside it that waits makes it wait too.
fn contains_await(expr: &Expr) -> bool {
    let mut finder = Finder {
        wanted: |expr| match expr {
            Expr::Await(_) => true,
            Expr::ListComp(node) => node.generators.iter().any(|generator| generator.is_async),
            Expr::SetComp(node) => node.generators.iter().any(|generator| generator.is_async),
            Expr::DictComp(node) => node.generators.iter().any(|generator| generator.is_async),
            _ => false,
        },
        found: false,
    };
    finder.visit_expr(expr);
    finder.found
}

struct Finder {
    wanted: fn(&Expr) -> bool,
    found: bool,
}

impl<'a> Visitor<'a> for Finder {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if !self.found && !matches!(stmt, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
            walk_stmt(self, stmt);
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.found |= (self.wanted)(expr);
        if !self.found && !matches!(expr, Expr::Lambda(_) | Expr::Generator(_)) {
            walk_expr(self, expr);
        }
    }
}
