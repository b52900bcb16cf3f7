//! Sees `for` loops: what they go through, what they build up, and the slips in them.
//!
//! Not here: `while` (`repeats`), `break` and `continue` (`jumps`), the arithmetic (`counter`).

use ruff_python_ast::visitor::source_order::SourceOrderVisitor;
use ruff_python_ast::{Expr, ExprCall, Operator, Stmt, StmtFor};
use ruff_text_size::{Ranged, TextRange};

use super::body::Facts;
use super::counter::{Span, moved};
use super::expressions::yes_if;
use super::jumps::Around;
use super::sighting::{Construct, Slot};
use super::statements::Reader;
use super::values;

/// So many statements of a loop's body are looked at for what they build up.
const UPDATES_MAX: usize = 200;

/// The methods that change a list's length.
const RESIZING: [&str; 6] = ["remove", "append", "insert", "pop", "clear", "extend"];

impl<'a> Reader<'a> {
    /// Looks at a `for`, and at what it repeats.
    pub(super) fn for_loop(&mut self, statement: &'a StmtFor) {
        self.visit_expr(&statement.iter);
        let head = TextRange::new(statement.start(), statement.iter.end());
        let span = range_call(&statement.iter).and_then(|call| Span::of(&call.arguments.args));
        self.for_head(statement, head, span);
        self.for_slips(statement, head, span);
        let facts = Facts::of(&statement.body);
        let own: Vec<&str> = Facts::of_expression(&statement.target).bound.into_iter().collect();
        self.built_up(&statement.body, head, &facts, &own);
        self.append_loop(statement);
        self.bind_target(&statement.target);
        let around = Around {
            head,
            is_while: false,
            name: plain(&statement.target),
            rounds: span.and_then(Span::count).unwrap_or(0),
            update: None,
            changed: facts.bound.union(&facts.touched).copied().collect(),
            base: 0,
        };
        self.repeated(around, &statement.body, &statement.orelse, &facts);
    }

    fn for_head(&mut self, statement: &'a StmtFor, head: TextRange, span: Option<Span>) {
        let target = plain(&statement.target).unwrap_or_default();
        let known = span.filter(|span| span.count().is_some_and(|count| count > 0));
        let number =
            |number: Option<i64>| number.map_or(Slot::Words(""), |number| Slot::Code(number.to_string()));
        let slots = vec![
            ("name", Slot::Code(self.text(statement.target.range()))),
            ("bare_name", Slot::Identifier(target.to_owned())),
            ("over", Slot::Code(self.text(statement.iter.range()))),
            ("kind", Slot::Words(self.kind_of_iterable(&statement.iter))),
            ("known", yes_if(known.is_some())),
            ("first", number(known.map(|span| span.first))),
            ("last", number(known.and_then(Span::last))),
            ("stop", number(known.map(|span| span.stop))),
            ("step", number(known.map(|span| span.step))),
            ("count", Slot::Number(known.and_then(Span::count).unwrap_or(0))),
            ("inside", Slot::Code(self.first_of(&statement.body))),
            ("inside_line", Slot::Number(statement.body.first().map_or(0, |first| self.line(first)))),
        ];
        self.see_head(Construct::ForLoop, head.start(), head.end(), slots);
    }

    /// What is gone through, in a word of ours.
    fn kind_of_iterable(&self, iter: &Expr) -> &'static str {
        if let Expr::Call(call) = iter
            && let Expr::Attribute(attribute) = call.func.as_ref()
        {
            return match attribute.attr.id.as_str() {
                "items" => "pairs",
                "split" | "readlines" | "keys" | "values" => "list",
                _ => "other",
            };
        }
        match values::called(iter) {
            Some("range") => "range",
            Some("enumerate") => "enumerate",
            Some("zip") => "zip",
            Some("input") => "text",
            _ => match values::kind_of(iter, &self.names) {
                Some("str") => "text",
                Some("list" | "tuple") => "list",
                Some("dict") => "dict",
                _ => "other",
            },
        }
    }

    fn for_slips(&mut self, statement: &'a StmtFor, head: TextRange, span: Option<Span>) {
        if values::is_number(values::kind_of(&statement.iter, &self.names)) {
            let mended = format!("range({})", self.text(statement.iter.range()));
            let slots = vec![
                ("number", Slot::Code(self.text(statement.iter.range()))),
                ("mended", Slot::Code(mended)),
            ];
            self.see_head(Construct::ForOverNumber, head.start(), head.end(), slots);
        }
        if let Some(span) = span.filter(|span| span.count() == Some(0)) {
            let is_backwards = span.first > span.stop;
            let mended = if is_backwards {
                format!("range({}, {}, -1)", span.first, span.stop)
            } else {
                String::new()
            };
            let slots = vec![
                ("over", Slot::Code(self.text(statement.iter.range()))),
                ("mended", if is_backwards { Slot::Code(mended) } else { Slot::Words("") }),
            ];
            self.see_head(Construct::EmptyRange, head.start(), head.end(), slots);
        }
        self.index_loop(statement, head);
        self.changed_while_looping(statement, head);
        let Some(name) = plain(&statement.target) else { return };
        if self.flow.loops.iter().any(|outer| outer.name == Some(name)) {
            let slots = vec![("name", Slot::Code(name.to_owned()))];
            self.see_head(Construct::LoopNameReused, head.start(), head.end(), slots);
        }
        let advanced =
            statement.body.iter().find(|inner| moved(inner).is_some_and(|(moved, _)| moved == name));
        if let Some(inner) = advanced.filter(|_| range_call(&statement.iter).is_some()) {
            let slots = vec![
                ("name", Slot::Code(name.to_owned())),
                ("loop_line", Slot::Number(self.line(statement))),
            ];
            self.see(Construct::LoopNameMoved, inner, slots);
        }
    }

    /// `for i in range(len(items))`, and whether it goes past the end.
    fn index_loop(&mut self, statement: &'a StmtFor, head: TextRange) {
        let (Some(call), Some(index)) = (range_call(&statement.iter), plain(&statement.target)) else {
            return;
        };
        let Some(last) = call.arguments.args.get(usize::from(call.arguments.args.len() > 1)) else { return };
        let uses = Uses::of(&statement.body, index);
        if let Some(list) = length_of(last) {
            let only_items =
                !uses.elsewhere && uses.lists.iter().all(|used| *used == list) && !uses.lists.is_empty();
            let better = if only_items {
                format!("for item in {list}:")
            } else {
                format!("for {index}, item in enumerate({list}):")
            };
            if call.arguments.args.len() == 1 {
                let slots = vec![
                    ("list", Slot::Code(list.to_owned())),
                    ("name", Slot::Code(index.to_owned())),
                    ("better", Slot::Code(better)),
                ];
                self.see_head(Construct::IndexLoop, head.start(), head.end(), slots);
            }
        }
        let Expr::BinOp(binary) = last else { return };
        let is_more =
            binary.op == Operator::Add && super::counter::whole(&binary.right).is_some_and(|more| more > 0);
        let Some(list) = length_of(&binary.left).filter(|_| is_more) else { return };
        self.past_the_end(list, &uses, &Facts::of(&statement.body), head);
    }

    /// `items[i]` with an `i` that reaches the length.
    pub(super) fn past_the_end(&mut self, list: &str, uses: &Uses<'a>, facts: &Facts<'a>, head: TextRange) {
        if uses.lists.contains(&list) && !facts.has_branch && !facts.is_left() {
            let slots = vec![("list", Slot::Code(list.to_owned()))];
            self.see_head(Construct::PastTheEnd, head.start(), head.end(), slots);
        }
    }

    fn changed_while_looping(&mut self, statement: &'a StmtFor, head: TextRange) {
        let Expr::Name(list) = statement.iter.as_ref() else { return };
        let list = list.id.as_str();
        let facts = Facts::of(&statement.body);
        if facts.is_left() || list == "self" || !facts.touched.contains(list) {
            return;
        }
        let Some(change) = first_change(&statement.body, list) else { return };
        let slots = vec![
            ("list", Slot::Code(list.to_owned())),
            ("bare_list", Slot::Identifier(list.to_owned())),
            ("loop", Slot::Code(self.text(head))),
            ("loop_line", Slot::Number(self.line(statement))),
        ];
        self.see(Construct::ChangedWhileLooping, &change, slots);
    }

    /// Names that the loop builds up: each from a value before it, from one inside it, or from nothing.
    pub(super) fn built_up(&mut self, body: &'a [Stmt], head: TextRange, facts: &Facts<'a>, but: &[&str]) {
        let mut told: Vec<&str> = but.to_vec();
        for (statement, is_plain) in updates(body).into_iter().take(UPDATES_MAX) {
            let Some((name, sign)) = update(statement) else { continue };
            if told.contains(&name) {
                continue;
            }
            told.push(name);
            let reset = body
                .iter()
                .take_while(|other| other.start() < statement.start())
                .find(|other| sets(other, name));
            let loop_line = super::line_of(self.lines, head.start());
            let named = ("name", Slot::Code(name.to_owned()));
            if let Some(reset) = reset.filter(|_| is_plain && facts.times_bound(name) == 2) {
                let slots = vec![
                    named,
                    ("loop_line", Slot::Number(loop_line)),
                    ("update_line", Slot::Number(self.line(statement))),
                ];
                self.see(Construct::ResetInLoop, reset, slots);
            } else if let Some(start) =
                self.names.get(name).filter(|start| !start.value.is_empty() && facts.times_bound(name) == 1)
            {
                let slots = vec![
                    named,
                    ("start", Slot::Code(start.value.clone())),
                    ("start_line", Slot::Number(start.line)),
                    ("loop_line", Slot::Number(loop_line)),
                    ("sign", Slot::Words(sign)),
                ];
                self.see(Construct::Accumulator, statement, slots);
            } else if facts.times_bound(name) == 1 && self.names.is_unknown_at_top(name) {
                self.see(Construct::NoStart, statement, vec![named, ("loop_line", Slot::Number(loop_line))]);
            }
        }
    }

    /// A loop that does nothing but append: the comprehension that says the same.
    fn append_loop(&mut self, statement: &'a StmtFor) {
        let (inner, filter) = match statement.body.as_slice() {
            [Stmt::If(only)] if only.elif_else_clauses.is_empty() => {
                (only.body.as_slice(), Some(only.test.as_ref()))
            }
            body => (body, None),
        };
        let [Stmt::Expr(inner)] = inner else { return };
        let Expr::Call(call) = inner.value.as_ref() else { return };
        let Expr::Attribute(method) = call.func.as_ref() else { return };
        let (Expr::Name(list), [element]) = (method.value.as_ref(), &*call.arguments.args) else { return };
        let list = list.id.as_str();
        let starts_empty =
            self.names.get(list).filter(|start| matches!(start.value.as_str(), "[]" | "list()"));
        let Some(start) =
            starts_empty.filter(|_| method.attr.id.as_str() == "append" && statement.orelse.is_empty())
        else {
            return;
        };
        let start_line = start.line;
        let filter = filter.map_or(String::new(), |test| format!(" if {}", self.text(test.range())));
        let comprehension = format!(
            "{list} = [{} for {} in {}{filter}]",
            self.text(element.range()),
            self.text(statement.target.range()),
            self.text(statement.iter.range())
        );
        let slots = vec![
            ("list", Slot::Code(list.to_owned())),
            ("start_line", Slot::Number(start_line)),
            ("append_line", Slot::Number(self.line(inner))),
            ("comprehension", Slot::Code(comprehension)),
        ];
        self.see_head(Construct::AppendLoop, statement.start(), statement.iter.end(), slots);
    }
}

/// The plain name that an expression is.
pub(super) fn plain(expression: &Expr) -> Option<&str> {
    expression.as_name_expr().map(|name| name.id.as_str())
}

fn range_call(iter: &Expr) -> Option<&ExprCall> {
    let call = iter.as_call_expr()?;
    (values::called(iter) == Some("range") && call.arguments.keywords.is_empty()).then_some(call)
}

/// The name in `len(name)`.
pub(super) fn length_of(expression: &Expr) -> Option<&str> {
    let call = expression.as_call_expr().filter(|_| values::called(expression) == Some("len"))?;
    match &*call.arguments.args {
        [list] => plain(list),
        _ => None,
    }
}

/// How a body uses its index.
#[derive(Debug, Default)]
pub(super) struct Uses<'a> {
    index: &'a str,
    /// The names that are asked for their part at the index.
    lists: Vec<&'a str>,
    /// The index is used otherwise too, or a part is set.
    elsewhere: bool,
}

impl<'a> Uses<'a> {
    pub(super) fn of(body: &'a [Stmt], index: &'a str) -> Self {
        let mut uses = Self { index, ..Self::default() };
        uses.visit_body(body);
        uses
    }
}

impl<'a> SourceOrderVisitor<'a> for Uses<'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Subscript(part) if part.ctx.is_load() && plain(&part.slice) == Some(self.index) => {
                match plain(&part.value) {
                    Some(list) => self.lists.push(list),
                    None => self.elsewhere = true,
                }
            }
            Expr::Name(name) => self.elsewhere |= name.id.as_str() == self.index,
            other => ruff_python_ast::visitor::source_order::walk_expr(self, other),
        }
    }
}

/// The statements of a body that are not inside another loop, and whether each stands straight in it.
fn updates(body: &[Stmt]) -> Vec<(&Stmt, bool)> {
    let mut found = Vec::new();
    for statement in body.iter().take(UPDATES_MAX) {
        if let Stmt::If(branches) = statement {
            let clauses = branches.elif_else_clauses.iter().flat_map(|clause| &clause.body);
            found.extend(branches.body.iter().chain(clauses).map(|inner| (inner, false)));
        } else {
            found.push((statement, true));
        }
    }
    found
}

/// The name that a statement makes from its old value, and the operator.
fn update(statement: &Stmt) -> Option<(&str, &'static str)> {
    match statement {
        Stmt::AugAssign(augmented) => Some((plain(&augmented.target)?, augmented.op.as_str())),
        Stmt::Assign(assign) => {
            let [target] = assign.targets.as_slice() else { return None };
            let (name, Expr::BinOp(binary)) = (plain(target)?, assign.value.as_ref()) else { return None };
            let is_itself = plain(&binary.left) == Some(name) || plain(&binary.right) == Some(name);
            is_itself.then_some((name, binary.op.as_str()))
        }
        _ => None,
    }
}

/// Whether a statement gives the name a value that stands there as it is.
fn sets(statement: &Stmt, name: &str) -> bool {
    let Stmt::Assign(assign) = statement else { return false };
    let is_empty = matches!(assign.value.as_ref(), Expr::List(list) if list.elts.is_empty());
    matches!(assign.targets.as_slice(), [target] if plain(target) == Some(name))
        && (is_empty || values::literal_kind(&assign.value).is_some())
}

/// Where a block changes the length of a list.
fn first_change(body: &[Stmt], list: &str) -> Option<TextRange> {
    body.iter().find_map(|statement| match statement {
        Stmt::Expr(inner) => {
            let method = inner.value.as_call_expr()?.func.as_attribute_expr()?;
            let changes = plain(&method.value) == Some(list) && RESIZING.contains(&method.attr.id.as_str());
            changes.then(|| inner.range())
        }
        Stmt::Delete(deleted) => {
            let is_part = |target: &Expr| {
                target.as_subscript_expr().is_some_and(|part| plain(&part.value) == Some(list))
            };
            deleted.targets.iter().any(is_part).then(|| deleted.range())
        }
        Stmt::If(branches) => first_change(&branches.body, list).or_else(|| {
            branches.elif_else_clauses.iter().find_map(|clause| first_change(&clause.body, list))
        }),
        _ => None,
    })
}
