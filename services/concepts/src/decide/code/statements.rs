//! Walks the statements of a program in the order of the text and keeps account of its names.
//!
//! Not here: what stands inside an expression (`expressions`); `if` chains (`branches`), loops (`loops`, `repeats`) and
//! jumps (`jumps`).

use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, walk_stmt};
use ruff_python_ast::{
    ExceptHandler, Expr, Parameters, Stmt, StmtAssign, StmtAugAssign, StmtClassDef, StmtFunctionDef, StmtTry,
    UnaryOp,
};
use ruff_source_file::LineIndex;
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::bindings::Bindings;
use super::jumps::{Condition, Flow};
use super::sighting::{Construct, Sighting, Sightings, Slot};
use super::{line_of, values};

/// The longest piece of code that a sighting keeps, in characters.
const TEXT_MAX_CHARS: usize = 200;

/// Reads a tree once, from top to bottom.
pub(super) struct Reader<'a> {
    pub(super) source: &'a str,
    pub(super) lines: &'a LineIndex,
    pub(super) names: Bindings,
    pub(super) seen: Sightings,
    /// There was more than the sightings hold.
    pub(super) cut: bool,
    /// The name that the expression being read is given to.
    pub(super) receiver: Option<String>,
    /// The conversion that the expression being read is handed to.
    pub(super) converted_to: Option<&'static str>,
    /// Inside an operator's operand: the whole was seen already.
    pub(super) in_arithmetic: bool,
    /// Inside a comprehension or a lambda, which have names of their own.
    pub(super) own_names: u32,
    /// The loops and blocks around.
    pub(super) flow: Flow<'a>,
    /// A function may change names that are not its own.
    pub(super) shares_names: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(source: &'a str, lines: &'a LineIndex) -> Self {
        Self {
            source,
            lines,
            names: Bindings::new(),
            seen: Sightings::default(),
            cut: false,
            receiver: None,
            converted_to: None,
            in_arithmetic: false,
            own_names: 0,
            flow: Flow::default(),
            shares_names: source.contains("global ") || source.contains("nonlocal "),
        }
    }

    pub(super) fn module(&mut self, body: &'a [Stmt]) {
        self.visit_body(body);
    }

    /// What was seen, and whether there was more.
    pub(super) fn finish(self) -> (Sightings, bool) {
        (self.seen, self.cut)
    }

    pub(super) fn line(&self, node: &impl Ranged) -> u32 {
        line_of(self.lines, node.start())
    }

    /// The text of a range; of one over several lines the first, and at most [`TEXT_MAX_CHARS`] characters.
    pub(super) fn text(&self, range: TextRange) -> String {
        let text = self.source.get(range.start().to_usize()..range.end().to_usize()).unwrap_or_default();
        match text.split_once(['\n', '\r']) {
            Some((first, _)) => first.chars().take(TEXT_MAX_CHARS).chain(['…']).collect(),
            None => text.chars().take(TEXT_MAX_CHARS).collect(),
        }
    }

    pub(super) fn see(&mut self, construct: Construct, node: &impl Ranged, slots: Vec<(&'static str, Slot)>) {
        let sighting = Sighting { line: self.line(node), text: self.text(node.range()), slots };
        if !self.seen.add(construct, sighting) {
            self.cut = true;
        }
    }

    /// Sees a block by its first line, without the colon.
    pub(super) fn see_head(
        &mut self,
        construct: Construct,
        start: TextSize,
        end: TextSize,
        slots: Vec<(&'static str, Slot)>,
    ) {
        self.see(construct, &TextRange::new(start, end.max(start)), slots);
    }

    /// The first line of a block's first statement.
    pub(super) fn first_of(&self, body: &[Stmt]) -> String {
        body.first().map_or(String::new(), |first| self.text(first.range()))
    }

    /// The name is bound here to something that is not looked into.
    fn bind_unseen(&mut self, name: &str, node: &impl Ranged) {
        let line = self.line(node);
        self.bind(name, line, String::new(), None, false);
    }

    fn bind(&mut self, name: &str, line: u32, value: String, kind: Option<&'static str>, from_input: bool) {
        if name.is_empty() {
            return;
        }
        if let Some(used_line) = self.names.bind(name, line, value, kind, from_input) {
            let slots = vec![("name", Slot::Code(name.to_owned())), ("bound_line", Slot::Number(line))];
            let sighting = Sighting { line: used_line, text: name.to_owned(), slots };
            self.cut |= !self.seen.add(Construct::EarlyUse, sighting);
        }
    }

    /// Binds every name in a target that is no plain name: a tuple, a list, a star.
    pub(super) fn bind_target(&mut self, target: &'a Expr) {
        match target {
            Expr::Name(name) => self.bind_unseen(name.id.as_str(), name),
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|part| self.bind_target(part)),
            Expr::List(list) => list.elts.iter().for_each(|part| self.bind_target(part)),
            Expr::Starred(starred) => self.bind_target(&starred.value),
            other => self.visit_expr(other),
        }
    }

    fn assign(&mut self, assign: &'a StmtAssign) {
        let single = match assign.targets.as_slice() {
            [Expr::Name(name)] => Some(name),
            _ => None,
        };
        self.suspicious_assign(assign);
        self.receiver = single.map(|name| name.id.to_string());
        self.visit_expr(&assign.value);
        self.receiver = None;
        match single {
            Some(name) => self.assign_name(name.id.as_str(), assign, &assign.value),
            None => assign.targets.iter().for_each(|target| self.bind_target(target)),
        }
    }

    /// One plain name gets one value.
    fn assign_name(&mut self, name: &str, statement: &impl Ranged, value: &Expr) {
        let line = self.line(statement);
        let text = self.text(value.range());
        let kind = values::kind_of(value, &self.names);
        let from_input = values::called(value) == Some("input");
        let mut slots = vec![
            ("name", Slot::Code(name.to_owned())),
            ("bare_name", Slot::Identifier(name.to_owned())),
            ("value", Slot::Code(text.clone())),
            ("type", Slot::Type(kind)),
        ];
        let earlier =
            self.names.earlier(name).filter(|earlier| earlier.line < line && !earlier.value.is_empty());
        if let Some(earlier) = earlier {
            slots.push(("first_line", Slot::Number(earlier.line)));
            slots.push(("first_value", Slot::Code(earlier.value.clone())));
            slots.push(("first_type", Slot::Type(earlier.kind)));
            self.see(Construct::Reassignment, statement, slots);
        } else if self.names.get(name).is_none() {
            self.see(Construct::Assignment, statement, slots);
            if name.len() == 1 && !matches!(name, "_" | "i" | "j" | "k" | "n" | "x" | "y") {
                self.see(Construct::ShortName, statement, vec![("name", Slot::Code(name.to_owned()))]);
            }
        }
        self.bind(name, line, text, kind, from_input);
    }

    fn suspicious_assign(&mut self, assign: &'a StmtAssign) {
        if let [target] = assign.targets.as_slice() {
            if values::literal_kind(target).is_some() {
                self.see(Construct::LiteralTarget, assign, Vec::new());
            }
            let between = self.source.get(target.end().to_usize()..assign.value.start().to_usize() + 2);
            let signed = matches!(assign.value.as_ref(), Expr::UnaryOp(unary) if matches!(unary.op, UnaryOp::UAdd | UnaryOp::USub));
            if signed
                && between.is_some_and(|text| {
                    text.trim_start().starts_with("=+ ") || text.trim_start().starts_with("=- ")
                })
            {
                self.see(Construct::ReversedAugmented, assign, Vec::new());
            }
        }
        if values::called(&assign.value) == Some("print") {
            self.see(Construct::PrintKept, assign, Vec::new());
        }
    }

    fn augmented(&mut self, statement: &'a StmtAugAssign) {
        self.visit_expr(&statement.value);
        let Expr::Name(name) = statement.target.as_ref() else {
            return self.visit_expr(&statement.target);
        };
        let name = name.id.as_str();
        self.names.used(name, self.line(statement));
        let value = self.text(statement.value.range());
        let result = if matches!(statement.value.as_ref(), Expr::BinOp(_)) {
            format!("{name} {} ({value})", statement.op)
        } else {
            format!("{name} {} {value}", statement.op)
        };
        let slots = vec![
            ("name", Slot::Code(name.to_owned())),
            ("value", Slot::Code(value)),
            ("spelled", Slot::Code(format!("{name} = {result}"))),
        ];
        self.see(Construct::Augmented, statement, slots);
        let sides = (statement.target.as_ref(), statement.value.as_ref());
        self.text_with_number(statement, sides.0, statement.op.as_str(), sides.1);
        let line = self.line(statement);
        let kind = values::kind_of(&statement.target, &self.names);
        self.bind(name, line, result, kind, false);
    }

    pub(super) fn block(&mut self, body: &'a [Stmt]) {
        self.names.enter_block();
        self.visit_body(body);
        self.names.leave_block();
    }

    fn attempts(&mut self, statement: &'a StmtTry) {
        // What happens in here depends on errors, of which nothing is known.
        self.flow.tries += 1;
        self.flow.conditions.push(Condition { test: None, is_alone: false });
        self.block(&statement.body);
        self.flow.tries -= 1;
        for ExceptHandler::ExceptHandler(handler) in &statement.handlers {
            if let Some(caught) = &handler.type_ {
                self.visit_expr(caught);
            }
            if let Some(name) = &handler.name {
                self.bind_unseen(name.id.as_str(), name);
            }
            self.block(&handler.body);
        }
        self.block(&statement.orelse);
        self.block(&statement.finalbody);
        self.flow.conditions.pop();
    }

    fn function(&mut self, function: &'a StmtFunctionDef) {
        self.bind_unseen(function.name.id.as_str(), function);
        self.names.enter_scope();
        self.parameters(&function.parameters);
        self.apart(&function.body);
        self.names.leave_scope();
    }

    fn parameters(&mut self, parameters: &'a Parameters) {
        let plain = parameters.posonlyargs.iter().chain(&parameters.args).chain(&parameters.kwonlyargs);
        let starred = parameters.vararg.iter().chain(&parameters.kwarg).map(AsRef::as_ref);
        for parameter in plain.map(|with_default| &with_default.parameter).chain(starred) {
            self.bind_unseen(parameter.name.id.as_str(), parameter);
        }
    }

    fn class(&mut self, class: &'a StmtClassDef) {
        self.bind_unseen(class.name.id.as_str(), class);
        self.names.enter_scope();
        self.apart(&class.body);
        self.names.leave_scope();
    }

    /// A body to which the loops around it mean nothing.
    fn apart(&mut self, body: &'a [Stmt]) {
        let around = std::mem::take(&mut self.flow);
        self.visit_body(body);
        self.flow = around;
    }

    /// An expression alone on its line: its result is thrown away.
    fn thrown_away(&mut self, value: &'a Expr) {
        match value {
            Expr::Compare(compare)
                if compare.left.is_name_expr() && compare.ops.as_ref() == [ruff_python_ast::CmpOp::Eq] =>
            {
                self.see(Construct::LostComparison, value, Vec::new());
            }
            Expr::Call(call) => match values::called(value) {
                Some("input") => self.see(Construct::InputLost, value, Vec::new()),
                Some("int" | "float" | "str" | "bool")
                    if matches!(&*call.arguments.args, [Expr::Name(_)]) =>
                {
                    self.see(Construct::LostConversion, value, Vec::new());
                }
                _ => {}
            },
            _ => self.thrown_away_list(value),
        }
        self.visit_expr(value);
    }

    /// Looks at one statement and at what it is made of.
    pub(super) fn statement(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assign(assign) => self.assign(assign),
            Stmt::AugAssign(augmented) => self.augmented(augmented),
            Stmt::AnnAssign(annotated) => {
                let Some(value) = &annotated.value else { return };
                self.visit_expr(value);
                match annotated.target.as_ref() {
                    Expr::Name(name) => self.assign_name(name.id.as_str(), annotated, value),
                    target => self.bind_target(target),
                }
            }
            Stmt::Expr(expression) => self.thrown_away(&expression.value),
            Stmt::If(branches) => self.branches(branches),
            Stmt::For(repeated) => self.for_loop(repeated),
            Stmt::While(repeated) => self.while_loop(repeated),
            Stmt::Break(_) | Stmt::Continue(_) => self.jump(statement),
            Stmt::Try(attempts) => self.attempts(attempts),
            Stmt::With(with) => {
                for item in &with.items {
                    self.visit_expr(&item.context_expr);
                    item.optional_vars.iter().for_each(|target| self.bind_target(target));
                }
                self.visit_body(&with.body);
            }
            Stmt::Match(matched) => {
                self.names.make_opaque();
                self.visit_expr(&matched.subject);
                matched.cases.iter().for_each(|case| self.block(&case.body));
            }
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::Import(import) => {
                for alias in &import.names {
                    let bound = alias.asname.as_ref().map_or(alias.name.id.as_str(), |name| name.id.as_str());
                    self.bind_unseen(bound.split('.').next().unwrap_or_default(), alias);
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    if alias.name.id.as_str() == "*" {
                        self.names.make_opaque();
                    } else {
                        self.bind_unseen(alias.asname.as_ref().unwrap_or(&alias.name).id.as_str(), alias);
                    }
                }
            }
            other => walk_stmt(self, other),
        }
    }
}

impl<'a> SourceOrderVisitor<'a> for Reader<'a> {
    fn visit_body(&mut self, body: &'a [Stmt]) {
        self.sequence(body);
    }

    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.statement(statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        self.expression(expression);
    }
}
