//! What is well done: things that are really in the program, each named where it stands.
//!
//! What is to be mended does not belong here.

use agent_core::curriculum::Topic;
use ruff_python_ast::helpers::is_docstring_stmt;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{CmpOp, ExceptHandler, Expr, Stmt, StmtFunctionDef};
use ruff_text_size::{Ranged, TextSize};

use super::report::{Category, Finding, Severity};
use super::source::Source;

/// How much praise a review carries.
const PRAISE_MAX: usize = 4;
/// Lines up to which a function counts as small.
const SMALL_LINES: u32 = 15;

/// What may be praised, most worth saying first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Merit {
    Guard,
    SmallFunctions,
    SpecificExcept,
    With,
    Comprehension,
    Docstring,
    AnyAll,
    Enumerate,
    Unpacking,
    FString,
    InputConverted,
    Constant,
    Annotations,
    MainGuard,
    ReturnedCondition,
    Membership,
    ElifChain,
    DirectLoop,
}

impl Merit {
    fn rule(self) -> (&'static str, Category, Topic) {
        match self {
            Self::Guard => ("guard-clause", Category::Structure, Topic::IfElifElse),
            Self::SmallFunctions => ("small-functions", Category::Structure, Topic::Functions),
            Self::SpecificExcept => ("specific-except", Category::Correctness, Topic::ExceptionTypes),
            Self::With => ("with-statement", Category::Pythonic, Topic::Files),
            Self::Comprehension => ("comprehension", Category::Pythonic, Topic::ListComprehensions),
            Self::Docstring => ("docstring", Category::Clarity, Topic::Functions),
            Self::AnyAll => ("any-all", Category::Pythonic, Topic::Functions),
            Self::Enumerate => ("loop-tools", Category::Pythonic, Topic::For),
            Self::Unpacking => ("unpacking", Category::Pythonic, Topic::Tuples),
            Self::FString => ("f-string", Category::Pythonic, Topic::InputOutput),
            Self::InputConverted => ("input-converted", Category::Correctness, Topic::TypeConversion),
            Self::Constant => ("named-constant", Category::Clarity, Topic::Variables),
            Self::Annotations => ("annotations", Category::Clarity, Topic::Parameters),
            Self::MainGuard => ("main-guard", Category::Structure, Topic::Packages),
            Self::ReturnedCondition => ("condition-returned", Category::Clarity, Topic::ReturnValues),
            Self::Membership => ("membership-test", Category::Pythonic, Topic::Operators),
            Self::ElifChain => ("elif-chain", Category::Clarity, Topic::IfElifElse),
            Self::DirectLoop => ("loop-over-items", Category::Pythonic, Topic::For),
        }
    }

    fn words(self, name: &str) -> String {
        match self {
            Self::Guard => {
                format!("`{name}` deals with the special case first and leaves early: the rest stays flat.")
            }
            Self::SmallFunctions => {
                format!("{name} small functions with names: each part can be read and tested alone.")
            }
            Self::SpecificExcept => format!("`except {name}` catches just the error that you expect."),
            Self::With => "`with` closes what it opened, whatever happens.".to_owned(),
            Self::Comprehension => format!("`{name}` says in one line what is collected."),
            Self::Docstring => format!("`{name}` says in its docstring what it is for."),
            Self::AnyAll => format!("`{name}(…)` says at first sight what the loop is looking for."),
            Self::Enumerate => {
                format!("`{name}` lets the loop hand over what it needs: nothing to count by hand.")
            }
            Self::Unpacking => format!("`{name}` sets several names in one step."),
            Self::FString => "The f-string puts each value where it is read.".to_owned(),
            Self::InputConverted => {
                format!("What is typed in is turned into a number at once, with `{name}`.")
            }
            Self::Constant => format!("`{name}` gives a fixed value a name."),
            Self::Annotations => format!("`{name}` says which types it takes and gives."),
            Self::MainGuard => "The program can be imported without running.".to_owned(),
            Self::ReturnedCondition => {
                format!("`return {name}` hands the condition back as it is: no detour over an `if`.")
            }
            Self::Membership => format!("`{name}` asks in plain words whether something is in there."),
            Self::ElifChain => {
                "`elif` keeps the cases side by side, and the last `else` leaves none out.".to_owned()
            }
            Self::DirectLoop => {
                format!("The loop goes over `{name}` itself: no index that could be off by one.")
            }
        }
    }
}

/// What is well done in a program, at most [`PRAISE_MAX`], most worth saying first.
pub(crate) fn find(source: &Source<'_>, body: &[Stmt]) -> Vec<Finding> {
    let mut eye = Eye { source, seen: Vec::new(), small: Vec::new(), large: 0 };
    eye.visit_body(body);
    if let (Some(first), true) = (eye.small.first(), eye.small.len() >= 2 && eye.large == 0) {
        eye.seen.push((Merit::SmallFunctions, *first, eye.small.len().to_string()));
    }
    eye.seen.sort_by_key(|(merit, at, _)| (*merit, *at));
    eye.seen.dedup_by_key(|(merit, _, _)| *merit);
    eye.seen.truncate(PRAISE_MAX);
    eye.seen.iter().map(|(merit, at, name)| finding(*merit, source.line(*at), name)).collect()
}

/// Praise that no concern contradicts.
pub(crate) fn earned(mut praise: Vec<Finding>, concerns: &[Finding]) -> Vec<Finding> {
    let spoils = |praised: &Finding, concern: &Finding| {
        let pair = (praised.rule.as_str(), concern.rule.as_str());
        let at_odds = matches!(
            pair,
            ("loop-over-items", "changed-while-looping" | "loop-runs-once")
                | ("elif-chain", "condition-repeated")
        );
        at_odds || (praised.line == concern.line && concern.severity <= Severity::Actionable)
    };
    praise.retain(|praised| !concerns.iter().any(|concern| spoils(praised, concern)));
    praise
}

fn finding(merit: Merit, line: u32, name: &str) -> Finding {
    let (rule, category, concept) = merit.rule();
    Finding {
        rule: rule.to_owned(),
        severity: Severity::Celebratory,
        category,
        line,
        also_lines: Vec::new(),
        message: merit.words(name),
        why: String::new(),
        instead: String::new(),
        concept,
    }
}

struct Eye<'s, 't> {
    source: &'s Source<'t>,
    seen: Vec<(Merit, TextSize, String)>,
    /// Where small functions start.
    small: Vec<TextSize>,
    large: usize,
}

impl Eye<'_, '_> {
    fn see(&mut self, merit: Merit, at: TextSize, name: impl Into<String>) {
        // The first of a kind is enough, and bounds what a long program costs.
        if self.seen.iter().all(|(known, _, _)| *known != merit) {
            self.seen.push((merit, at, name.into()));
        }
    }

    fn function(&mut self, def: &StmtFunctionDef) {
        let name = def.name.as_str();
        let (start, has_docstring) = (def.name.start(), def.body.first().is_some_and(is_docstring_stmt));
        if self.source.line(def.end()) - self.source.line(start) <= SMALL_LINES {
            self.small.push(start);
        } else {
            self.large += 1;
        }
        if has_docstring {
            self.see(Merit::Docstring, start, name);
        }
        let work = &def.body[usize::from(has_docstring)..];
        if let [Stmt::If(first), rest @ ..] = work
            && first.elif_else_clauses.is_empty()
            && matches!(&*first.body, [.., Stmt::Return(_) | Stmt::Raise(_)])
            && rest.len() >= 2
        {
            self.see(Merit::Guard, first.start(), name);
        }
        let annotated = def.parameters.iter().all(|parameter| parameter.annotation().is_some());
        if annotated && !def.parameters.is_empty() && def.returns.is_some() {
            self.see(Merit::Annotations, start, name);
        }
    }

    fn assignment(&mut self, target: &Expr, value: &Expr, at: TextSize) {
        if target.is_tuple_expr() && value.is_tuple_expr() {
            self.see(Merit::Unpacking, at, self.source.quote(target.range()));
        }
        if let Expr::Name(name) = target
            && name.id.len() > 2
            && name.id.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
            && value.is_literal_expr()
        {
            self.see(Merit::Constant, at, name.id.as_str());
        }
    }

    fn call(&mut self, function: &str, arguments: &[Expr], at: TextSize) {
        let inner = arguments.first();
        match function {
            "any" | "all" if inner.is_some_and(Expr::is_generator_expr) => {
                self.see(Merit::AnyAll, at, function)
            }
            "int" | "float" => {
                let read = inner.and_then(Expr::as_call_expr).and_then(|call| call.func.as_name_expr());
                if read.is_some_and(|name| name.id.as_str() == "input") {
                    self.see(Merit::InputConverted, at, format!("{function}(input(…))"));
                }
            }
            _ => {}
        }
    }
}

impl<'a> Visitor<'a> for Eye<'_, '_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => self.function(def),
            Stmt::With(node) => self.see(Merit::With, node.start(), ""),
            Stmt::Assign(node) => {
                if let [target] = &*node.targets {
                    self.assignment(target, &node.value, node.start());
                }
            }
            Stmt::For(node) => {
                let tool = node.iter.as_call_expr().and_then(|call| match &*call.func {
                    Expr::Name(name) => {
                        Some(name.id.as_str()).filter(|name| matches!(*name, "enumerate" | "zip"))
                    }
                    Expr::Attribute(attribute) => {
                        Some(attribute.attr.as_str()).filter(|name| *name == "items")
                    }
                    _ => None,
                });
                if let (Some(tool), true) = (tool, node.target.is_tuple_expr()) {
                    self.see(Merit::Enumerate, node.start(), tool);
                } else if let Expr::Name(items) = &*node.iter {
                    self.see(Merit::DirectLoop, node.start(), items.id.as_str());
                }
            }
            Stmt::If(node) => {
                let test = self.source.quote(node.test.range());
                if matches!(test.as_str(), "__name__ == \"__main__\"" | "__name__ == '__main__'") {
                    self.see(Merit::MainGuard, node.start(), "");
                }
                if let [_, .., last] = &*node.elif_else_clauses
                    && last.test.is_none()
                {
                    self.see(Merit::ElifChain, node.start(), "");
                }
            }
            Stmt::Return(node) => {
                if let Some(value) = node.value.as_deref().filter(|value| value.is_compare_expr()) {
                    self.see(Merit::ReturnedCondition, node.start(), self.source.quote(value.range()));
                }
            }
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(inner) = handler;
        if let Some(Expr::Name(class)) = inner.type_.as_deref()
            && !matches!(class.id.as_str(), "Exception" | "BaseException")
            && !matches!(&*inner.body, [Stmt::Pass(_)])
        {
            self.see(Merit::SpecificExcept, handler.start(), class.id.as_str());
        }
        ruff_python_ast::visitor::walk_except_handler(self, handler);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::ListComp(_) | Expr::DictComp(_) | Expr::SetComp(_) => {
                self.see(Merit::Comprehension, expr.start(), self.source.quote(expr.range()));
            }
            Expr::FString(node)
                if node
                    .value
                    .elements()
                    .any(ruff_python_ast::InterpolatedStringElement::is_interpolation) =>
            {
                self.see(Merit::FString, expr.start(), "");
            }
            Expr::Compare(node) if matches!(&*node.ops, [CmpOp::In | CmpOp::NotIn]) => {
                self.see(Merit::Membership, expr.start(), self.source.quote(expr.range()));
            }
            Expr::Call(node) => {
                if let Expr::Name(function) = &*node.func {
                    self.call(&function.id, &node.arguments.args, expr.start());
                }
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}
