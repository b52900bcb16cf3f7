//! Names and where they belong, as CPython's symbol table sees them: `global`, `nonlocal`, parameters,
//! comprehension variables, and what type parameters may not hold.
//!
//! Statements in the wrong place belong in `bodies`.

use std::collections::HashMap;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{
    Alias, Comprehension, ExceptHandler, Expr, ExprContext, Identifier, Parameters, Pattern, Stmt, TypeParam,
    TypeParams,
};
use ruff_text_size::{Ranged, TextRange};

use super::{Refusal, written_range};

mod flag {
    pub(super) const PARAMETER: u16 = 1;
    pub(super) const LOCAL: u16 = 2;
    pub(super) const USED: u16 = 4;
    pub(super) const ANNOTATED: u16 = 8;
    pub(super) const GLOBAL: u16 = 16;
    pub(super) const NONLOCAL: u16 = 32;
    pub(super) const ITERATED: u16 = 64;
    pub(super) const IMPORTED: u16 = 128;
    pub(super) const TYPE_PARAMETER: u16 = 256;
    /// What makes a name belong to a scope.
    pub(super) const BOUND: u16 = PARAMETER | LOCAL | IMPORTED | TYPE_PARAMETER;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Module,
    Class,
    Function,
    /// The word for it in messages.
    Comprehension(&'static str),
    /// A place where `yield`, `await` and `:=` are refused, by its name in messages.
    Typing(&'static str),
}

#[derive(Debug)]
struct Scope {
    sort: Sort,
    parent: Option<usize>,
    names: HashMap<String, u16>,
    /// Names of `global` and `nonlocal` statements, with the statement.
    directives: Vec<(String, TextRange)>,
    /// Reading the iterable of a comprehension, that many deep.
    iterables: usize,
    /// Reading the target of a comprehension.
    reads_target: bool,
}

/// The first refusal of the symbol table.
pub(super) fn first_refusal(body: &[Stmt], future_annotations: bool) -> Option<Refusal> {
    let mut table = Table { scopes: Vec::new(), current: 0, class: None, future_annotations, refusal: None };
    table.enter(Sort::Module);
    table.visit_body(body);
    if table.refusal.is_none() {
        table.resolve();
    }
    table.refusal
}

struct Table {
    scopes: Vec<Scope>,
    current: usize,
    /// The class whose private names are mangled.
    class: Option<String>,
    future_annotations: bool,
    refusal: Option<Refusal>,
}

impl Table {
    fn scope(&mut self) -> &mut Scope {
        &mut self.scopes[self.current]
    }

    fn refuse(&mut self, range: TextRange, message: impl Into<String>) {
        self.refusal.get_or_insert_with(|| Refusal::new(range, message));
    }

    fn enter(&mut self, sort: Sort) {
        let parent = (!self.scopes.is_empty()).then_some(self.current);
        let iterables = parent.map_or(0, |parent| self.scopes[parent].iterables);
        self.scopes.push(Scope {
            sort,
            parent,
            names: HashMap::new(),
            directives: Vec::new(),
            iterables,
            reads_target: false,
        });
        self.current = self.scopes.len() - 1;
    }

    fn leave(&mut self) {
        self.current = self.scope().parent.unwrap_or(0);
    }

    fn within(&mut self, sort: Sort, visit: impl FnOnce(&mut Self)) {
        self.enter(sort);
        visit(self);
        self.leave();
    }

    /// `__x` inside class `A` is `_A__x`.
    fn mangled(&self, name: &str) -> String {
        match &self.class {
            Some(class) if name.starts_with("__") && !name.ends_with("__") && !name.contains('.') => {
                let class = class.trim_start_matches('_');
                if class.is_empty() { name.to_owned() } else { format!("_{class}{name}") }
            }
            _ => name.to_owned(),
        }
    }

    fn flags(&self, name: &str) -> u16 {
        self.scopes[self.current].names.get(name).copied().unwrap_or(0)
    }

    fn define(&mut self, name: &str, flag: u16, range: TextRange) {
        let mangled = self.mangled(name);
        let known = self.flags(&mangled);
        if flag & flag::PARAMETER != 0 && known & flag::PARAMETER != 0 {
            self.refuse(range, format!("duplicate argument '{name}' in function definition"));
        }
        if flag & flag::TYPE_PARAMETER != 0 && known & flag::TYPE_PARAMETER != 0 {
            self.refuse(range, format!("duplicate type parameter '{name}'"));
        }
        let mut flag = flag;
        if self.scope().reads_target {
            if known & (flag::GLOBAL | flag::NONLOCAL) != 0 {
                self.refuse(
                    range,
                    format!("comprehension inner loop cannot rebind assignment expression target '{name}'"),
                );
            }
            flag |= flag::ITERATED;
        }
        self.scope().names.insert(mangled, known | flag);
    }

    fn define_identifier(&mut self, name: &Identifier, flag: u16) {
        self.define(name.as_str(), flag, name.range);
    }

    fn declare(&mut self, names: &[Identifier], flag: u16, word: &str, range: TextRange) {
        for name in names {
            let mangled = self.mangled(name.as_str());
            let known = self.flags(&mangled);
            let plain = name.as_str();
            if known & flag::PARAMETER != 0 {
                self.refuse(range, format!("name '{plain}' is parameter and {word}"));
            } else if known & flag::USED != 0 {
                self.refuse(range, format!("name '{plain}' is used prior to {word} declaration"));
            } else if known & flag::ANNOTATED != 0 {
                self.refuse(range, format!("annotated name '{plain}' can't be {word}"));
            } else if known & flag::LOCAL != 0 {
                self.refuse(range, format!("name '{plain}' is assigned to before {word} declaration"));
            }
            let scope = self.scope();
            scope.names.insert(mangled.clone(), known | flag);
            scope.directives.push((mangled, range));
        }
    }

    /// `nonlocal` needs a function around it that has the name.
    fn resolve(&mut self) {
        for index in 0..self.scopes.len() {
            let directives = std::mem::take(&mut self.scopes[index].directives);
            for (name, range) in &directives {
                let flags = self.scopes[index].names.get(name).copied().unwrap_or(0);
                if flags & flag::NONLOCAL == 0 {
                    continue;
                }
                if flags & flag::GLOBAL != 0 {
                    self.refuse(*range, format!("name '{name}' is nonlocal and global"));
                } else if self.scopes[index].parent.is_none() {
                    self.refuse(*range, "nonlocal declaration not allowed at module level");
                } else if !self.bound_around(index, name) {
                    self.refuse(*range, format!("no binding for nonlocal '{name}' found"));
                }
            }
        }
    }

    fn bound_around(&self, index: usize, name: &str) -> bool {
        let mut around = self.scopes[index].parent;
        while let Some(scope) = around.map(|index| &self.scopes[index]) {
            let flags = scope.names.get(name).copied().unwrap_or(0);
            match scope.sort {
                Sort::Class if matches!(name, "__class__" | "__classdict__") => return true,
                Sort::Class | Sort::Module => {}
                _ if flags & flag::GLOBAL != 0 => return false,
                _ if flags & flag::BOUND != 0 && flags & flag::NONLOCAL == 0 => return true,
                _ => {}
            }
            around = scope.parent;
        }
        false
    }

    fn parameters(&mut self, parameters: &Parameters) {
        for parameter in parameters.iter_non_variadic_params() {
            self.define(parameter.parameter.name.as_str(), flag::PARAMETER, parameter.parameter.range);
        }
        for parameter in [&parameters.vararg, &parameters.kwarg].into_iter().flatten() {
            self.define(parameter.name.as_str(), flag::PARAMETER, written_range(parameter));
        }
    }

    fn defaults(&mut self, parameters: &Parameters) {
        for default in
            parameters.iter_non_variadic_params().filter_map(|parameter| parameter.default.as_ref())
        {
            self.visit_expr(default);
        }
    }

    fn annotations(&mut self, parameters: &Parameters, returns: Option<&Expr>) {
        let written = parameters.iter().filter_map(|parameter| parameter.annotation()).chain(returns);
        for annotation in written {
            self.annotation(annotation);
        }
    }

    fn annotation(&mut self, annotation: &Expr) {
        if self.future_annotations {
            self.within(Sort::Typing("an annotation"), |table| table.visit_expr(annotation));
        } else {
            self.visit_expr(annotation);
        }
    }

    /// Runs `visit` inside the scope of type parameters, where there are any.
    fn generic(&mut self, type_params: Option<&TypeParams>, visit: impl FnOnce(&mut Self)) {
        let Some(type_params) = type_params else { return visit(self) };
        self.within(Sort::Typing("the definition of a generic"), |table| {
            let mut has_default = false;
            for param in &type_params.type_params {
                table.type_param(param, &mut has_default);
            }
            visit(table);
        });
    }

    fn type_param(&mut self, param: &TypeParam, has_default: &mut bool) {
        let name = param.name();
        self.define(name.as_str(), flag::TYPE_PARAMETER, param.range());
        let (bound, default, place) = match param {
            TypeParam::TypeVar(param) => {
                (param.bound.as_deref(), param.default.as_deref(), "a TypeVar default")
            }
            TypeParam::TypeVarTuple(param) => (None, param.default.as_deref(), "a TypeVarTuple default"),
            TypeParam::ParamSpec(param) => (None, param.default.as_deref(), "a ParamSpec default"),
        };
        if let Some(bound) = bound {
            let place = if bound.is_tuple_expr() { "a TypeVar constraint" } else { "a TypeVar bound" };
            self.within(Sort::Typing(place), |table| table.visit_expr(bound));
        }
        match default {
            Some(default) => {
                *has_default = true;
                self.within(Sort::Typing(place), |table| table.visit_expr(default));
            }
            None if *has_default => {
                let message = format!("non-default type parameter '{name}' follows default type parameter");
                self.refuse(param.range(), message);
            }
            None => {}
        }
    }

    fn refuse_in_typing(&mut self, what: &str, range: TextRange) {
        if let Sort::Typing(place) = self.scope().sort {
            self.refuse(range, format!("{what} cannot be used within {place}"));
        }
    }

    /// `:=`: inside a comprehension its name belongs to the function around.
    fn named(&mut self, target: &Expr, range: TextRange) {
        self.refuse_in_typing("named expression", range);
        if self.scope().iterables > 0 {
            let message = "assignment expression cannot be used in a comprehension iterable expression";
            self.refuse(range, message);
        }
        let (Expr::Name(name), Sort::Comprehension(_)) = (target, self.scope().sort) else { return };
        let mangled = self.mangled(name.id.as_str());
        let mut around = Some(self.current);
        while let Some(index) = around {
            let scope = &mut self.scopes[index];
            let flags = scope.names.get(&mangled).copied().unwrap_or(0);
            match scope.sort {
                Sort::Comprehension(_) if flags & flag::ITERATED != 0 && flags & flag::LOCAL != 0 => {
                    let message = "assignment expression cannot rebind comprehension iteration variable";
                    return self.refuse(name.range, format!("{message} '{}'", name.id));
                }
                Sort::Comprehension(_) | Sort::Typing(_) => around = scope.parent,
                Sort::Class => {
                    let message =
                        "assignment expression within a comprehension cannot be used in a class body";
                    return self.refuse(name.range, message);
                }
                Sort::Function | Sort::Module => {
                    let outside = if scope.sort == Sort::Module { flag::GLOBAL } else { flag::NONLOCAL };
                    scope.names.insert(mangled.clone(), flags | flag::LOCAL);
                    *self.scope().names.entry(mangled).or_insert(0) |= outside;
                    return;
                }
            }
        }
    }

    fn comprehension(&mut self, word: &'static str, generators: &[Comprehension], elements: &[&Expr]) {
        let Some((first, rest)) = generators.split_first() else { return };
        self.iterable(&first.iter);
        self.within(Sort::Comprehension(word), |table| {
            table.comprehension_target(first);
            for generator in rest {
                table.iterable(&generator.iter);
                table.comprehension_target(generator);
            }
            elements.iter().for_each(|element| table.visit_expr(element));
        });
    }

    fn iterable(&mut self, iter: &Expr) {
        self.scope().iterables += 1;
        self.visit_expr(iter);
        self.scope().iterables -= 1;
    }

    fn comprehension_target(&mut self, generator: &Comprehension) {
        self.scope().reads_target = true;
        self.visit_expr(&generator.target);
        self.scope().reads_target = false;
        generator.ifs.iter().for_each(|test| self.visit_expr(test));
    }

    fn import(&mut self, names: &[Alias]) {
        for alias in names {
            let name = alias.asname.as_ref().unwrap_or(&alias.name);
            if name.as_str() == "*" {
                if self.scope().sort != Sort::Module {
                    self.refuse(alias.range, "import * only allowed at module level");
                }
                continue;
            }
            let first = name.as_str().split('.').next().unwrap_or_default();
            self.define(first, flag::IMPORTED, name.range);
        }
    }

    fn annotated(&mut self, target: &Expr, simple: bool, has_value: bool, range: TextRange) {
        let Expr::Name(name) = target else { return self.visit_expr(target) };
        let known = self.flags(&self.mangled(name.id.as_str()));
        if simple && known & (flag::GLOBAL | flag::NONLOCAL) != 0 && self.scope().sort != Sort::Module {
            let word = if known & flag::GLOBAL != 0 { "global" } else { "nonlocal" };
            self.refuse(range, format!("annotated name '{}' can't be {word}", name.id));
        }
        if simple {
            self.define(name.id.as_str(), flag::ANNOTATED | flag::LOCAL, name.range);
        } else if has_value {
            self.define(name.id.as_str(), flag::LOCAL, name.range);
        }
    }
}

impl<'a> Visitor<'a> for Table {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if self.refusal.is_some() {
            return;
        }
        match stmt {
            Stmt::FunctionDef(def) => {
                self.define_identifier(&def.name, flag::LOCAL);
                self.defaults(&def.parameters);
                def.decorator_list.iter().for_each(|decorator| self.visit_expr(&decorator.expression));
                self.generic(def.type_params.as_deref(), |table| {
                    table.annotations(&def.parameters, def.returns.as_deref());
                    table.within(Sort::Function, |table| {
                        table.parameters(&def.parameters);
                        table.visit_body(&def.body);
                    });
                });
            }
            Stmt::ClassDef(class) => {
                self.define_identifier(&class.name, flag::LOCAL);
                class.decorator_list.iter().for_each(|decorator| self.visit_expr(&decorator.expression));
                self.generic(class.type_params.as_deref(), |table| {
                    if let Some(arguments) = &class.arguments {
                        table.visit_arguments(arguments);
                    }
                    let outer = table.class.replace(class.name.to_string());
                    table.within(Sort::Class, |table| table.visit_body(&class.body));
                    table.class = outer;
                });
            }
            Stmt::TypeAlias(alias) => {
                self.visit_expr(&alias.name);
                self.generic(alias.type_params.as_deref(), |table| {
                    table.within(Sort::Typing("a type alias"), |table| table.visit_expr(&alias.value));
                });
            }
            Stmt::Global(node) => self.declare(&node.names, flag::GLOBAL, "global", node.range),
            Stmt::Nonlocal(node) => self.declare(&node.names, flag::NONLOCAL, "nonlocal", node.range),
            Stmt::Import(node) => self.import(&node.names),
            Stmt::ImportFrom(node) => self.import(&node.names),
            Stmt::AnnAssign(node) => {
                self.annotated(&node.target, node.simple, node.value.is_some(), node.range);
                self.annotation(&node.annotation);
                if let Some(value) = &node.value {
                    self.visit_expr(value);
                }
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(node) = handler;
        if let Some(caught) = &node.type_ {
            self.visit_expr(caught);
        }
        if let Some(name) = &node.name {
            self.define_identifier(name, flag::LOCAL);
        }
        self.visit_body(&node.body);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(node) => node.name.as_ref(),
            Pattern::MatchStar(node) => node.name.as_ref(),
            Pattern::MatchMapping(node) => node.rest.as_ref(),
            _ => None,
        };
        ruff_python_ast::visitor::walk_pattern(self, pattern);
        if let Some(name) = name {
            self.define_identifier(name, flag::LOCAL);
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if self.refusal.is_some() {
            return;
        }
        match expr {
            Expr::Name(node) => {
                let flag = if node.ctx == ExprContext::Load { flag::USED } else { flag::LOCAL };
                self.define(node.id.as_str(), flag, node.range);
            }
            Expr::Named(node) => {
                self.named(&node.target, node.range);
                self.visit_expr(&node.value);
                if !matches!(self.scope().sort, Sort::Comprehension(_)) {
                    self.visit_expr(&node.target);
                }
            }
            Expr::Lambda(node) => {
                if let Some(parameters) = &node.parameters {
                    self.defaults(parameters);
                }
                self.within(Sort::Function, |table| {
                    if let Some(parameters) = &node.parameters {
                        table.parameters(parameters);
                    }
                    table.visit_expr(&node.body);
                });
            }
            Expr::ListComp(node) => self.comprehension("list comprehension", &node.generators, &[&node.elt]),
            Expr::SetComp(node) => self.comprehension("set comprehension", &node.generators, &[&node.elt]),
            Expr::Generator(node) => {
                self.comprehension("generator expression", &node.generators, &[&node.elt])
            }
            Expr::DictComp(node) => {
                let elements: Vec<&Expr> = node.key.as_deref().into_iter().chain([&*node.value]).collect();
                self.comprehension("dict comprehension", &node.generators, &elements);
            }
            Expr::Yield(_) | Expr::YieldFrom(_) => {
                self.refuse_in_typing("yield expression", expr.range());
                walk_expr(self, expr);
                if let Sort::Comprehension(word) = self.scope().sort {
                    self.refuse(expr.range(), format!("'yield' inside {word}"));
                }
            }
            Expr::Await(_) => {
                self.refuse_in_typing("await expression", expr.range());
                walk_expr(self, expr);
            }
            _ => walk_expr(self, expr),
        }
    }
}
