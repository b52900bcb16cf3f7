//! Sees `if` chains: their branches, the ones that nothing reaches, the values that reach none.
//!
//! Not here: which value passes which test (`chain`).

use ruff_python_ast::visitor::source_order::SourceOrderVisitor;
use ruff_python_ast::{Expr, Stmt, StmtIf};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::body::{self, Facts};
use super::chain::Chain;
use super::jumps::Condition;
use super::sighting::{Construct, Slot};
use super::statements::Reader;

impl<'a> Reader<'a> {
    /// Looks at an `if`, and at what its branches hold.
    pub(super) fn branches(&mut self, statement: &'a StmtIf) {
        self.chain(statement);
        self.nested_if(statement);
        self.visit_expr(&statement.test);
        self.guarded(Some(&statement.test), true, &statement.body);
        for clause in &statement.elif_else_clauses {
            if let Some(test) = &clause.test {
                self.visit_expr(test);
            }
            self.guarded(clause.test.as_ref(), false, &clause.body);
        }
    }

    /// A branch: what runs in it runs if its test is true.
    fn guarded(&mut self, test: Option<&'a Expr>, is_alone: bool, body: &'a [Stmt]) {
        self.flow.conditions.push(Condition { test, is_alone });
        self.block(body);
        self.flow.conditions.pop();
    }

    fn chain(&mut self, statement: &'a StmtIf) {
        let clauses = &statement.elif_else_clauses;
        let else_clause = clauses.last().filter(|clause| clause.test.is_none());
        let elif = clauses.first().filter(|clause| clause.test.is_some());
        let tests = || {
            std::iter::once(statement.test.as_ref())
                .chain(clauses.iter().filter_map(|clause| clause.test.as_ref()))
        };
        let chain = Chain::of(tests(), self.source);
        let count = u32::try_from(clauses.len() + 1).unwrap_or(u32::MAX);
        let line_of = |reader: &Self, node: Option<TextSize>| {
            node.map_or(0, |start| super::line_of(reader.lines, start))
        };
        let slots = vec![
            ("test", Slot::Code(self.text(statement.test.range()))),
            ("branches", Slot::Number(count)),
            ("elif_line", Slot::Number(line_of(self, elif.map(Ranged::start)))),
            ("else_line", Slot::Number(line_of(self, else_clause.map(Ranged::start)))),
            ("inside", Slot::Code(self.first_of(&statement.body))),
            ("inside_line", Slot::Number(line_of(self, statement.body.first().map(Ranged::start)))),
        ];
        self.see_head(Construct::Branching, statement.start(), statement.test.end(), slots);
        let heads: Vec<TextRange> = std::iter::once(TextRange::new(statement.start(), statement.test.end()))
            .chain(clauses.iter().map(|clause| {
                let end = clause.test.as_ref().map_or(clause.start() + TextSize::new(4), Ranged::end);
                TextRange::new(clause.start(), end)
            }))
            .collect();
        if elif.is_some() && else_clause.is_none() {
            // A value that takes no branch can only be named where every test is about it.
            let subject = chain.as_ref().filter(|chain| (0..heads.len()).all(|branch| chain.knows(branch)));
            let slots = vec![
                ("subject", subject.map_or(Slot::Words(""), |chain| Slot::Code(chain.subject.to_owned()))),
                ("gap", subject.and_then(Chain::gap).map_or(Slot::Words(""), Slot::Code)),
                ("last_line", Slot::Number(line_of(self, heads.last().map(|head| head.start())))),
            ];
            self.see_head(Construct::NoElse, heads[0].start(), heads[0].end(), slots);
        }
        if let Some(chain) = chain {
            self.judged(statement, &chain, &heads);
        }
        self.repeated_test(statement, &heads);
    }

    /// Tests that all values pass or none does, and branches for which nothing is left.
    fn judged(&mut self, statement: &'a StmtIf, chain: &Chain<'a>, heads: &[TextRange]) {
        let is_logic = |test: &Expr| test.is_bool_op_expr();
        let tests = std::iter::once(Some(statement.test.as_ref()))
            .chain(statement.elif_else_clauses.iter().map(|clause| clause.test.as_ref()));
        for (branch, (test, head)) in tests.zip(heads).enumerate() {
            if let Some(test) = test.filter(|test| is_logic(test)) {
                let construct = match chain.verdict(branch) {
                    Some(true) => Some(Construct::AlwaysTrue),
                    Some(false) => Some(Construct::NeverTrue),
                    None => None,
                };
                if let Some(construct) = construct {
                    self.see(construct, test, vec![("subject", Slot::Code(chain.subject.to_owned()))]);
                }
            }
            let Some(taken) = chain.taken_by(branch).filter(|_| branch > 0) else { continue };
            let earlier = heads[taken.earlier];
            let slots = vec![
                ("earlier_line", Slot::Number(super::line_of(self.lines, earlier.start()))),
                ("earlier", Slot::Code(self.text(earlier))),
                ("together", super::expressions::yes_if(!taken.alone)),
                ("subject", Slot::Code(chain.subject.to_owned())),
            ];
            self.see_head(Construct::UnreachableBranch, head.start(), head.end(), slots);
        }
    }

    /// The same test twice in a chain, letter by letter, where asking cannot change the answer.
    fn repeated_test(&mut self, statement: &'a StmtIf, heads: &[TextRange]) {
        let tests: Vec<(&Expr, TextRange)> = std::iter::once(Some(statement.test.as_ref()))
            .chain(statement.elif_else_clauses.iter().map(|clause| clause.test.as_ref()))
            .zip(heads)
            .filter_map(|(test, head)| Some((test?, *head)))
            .take(20)
            .collect();
        for (place, (test, head)) in tests.iter().enumerate() {
            let text = self.text(test.range());
            let is_judged =
                Chain::of(std::iter::once(*test), self.source).is_some_and(|chain| chain.knows(0));
            if is_judged || Facts::of_expression(test).has_call {
                continue;
            }
            let same = tests[..place].iter().find(|(other, _)| self.text(other.range()) == text);
            let Some((_, earlier)) = same else { continue };
            let slots = vec![
                ("earlier_line", Slot::Number(super::line_of(self.lines, earlier.start()))),
                ("earlier", Slot::Code(self.text(*earlier))),
                ("together", Slot::Words("")),
                ("subject", Slot::Code(text)),
            ];
            self.see_head(Construct::UnreachableBranch, head.start(), head.end(), slots);
        }
    }

    /// `if a:` around nothing but `if b:`.
    fn nested_if(&mut self, statement: &'a StmtIf) {
        let [Stmt::If(inner)] = statement.body.as_slice() else { return };
        if !statement.elif_else_clauses.is_empty() || !inner.elif_else_clauses.is_empty() {
            return;
        }
        let side = |test: &Expr| {
            let text = self.text(test.range());
            let is_looser = matches!(test, Expr::BoolOp(logic) if logic.op == ruff_python_ast::BoolOp::Or)
                || test.is_if_expr()
                || test.is_lambda_expr()
                || test.is_named_expr();
            if is_looser { format!("({text})") } else { text }
        };
        let joined = format!("if {} and {}:", side(&statement.test), side(&inner.test));
        let slots = vec![
            ("inner_line", Slot::Number(self.line(inner))),
            ("inner", Slot::Code(self.text(inner.test.range()))),
            ("joined", Slot::Code(joined)),
        ];
        self.see_head(Construct::NestedIf, statement.start(), statement.test.end(), slots);
    }

    /// Two `if` that follow each other and ask about the same thing, of which both can run.
    pub(super) fn separate_ifs(&mut self, first: &'a Stmt, second: &'a Stmt) {
        let (Stmt::If(first), Stmt::If(second)) = (first, second) else { return };
        if !first.elif_else_clauses.is_empty() || body::always_leaves(&first.body) {
            return;
        }
        let tests = [first.test.as_ref(), second.test.as_ref()];
        let Some(chain) = Chain::of(tests.into_iter(), self.source) else { return };
        let Some(both) = chain.passes_both(0, 1) else { return };
        let asked = Facts::of_expression(&first.test).read;
        let body = Facts::of(&first.body);
        if asked.iter().any(|name| body.bound.contains(name)) {
            return;
        }
        let else_clause = second.elif_else_clauses.last().filter(|clause| clause.test.is_none());
        let slots = vec![
            ("first_line", Slot::Number(self.line(first))),
            ("first", Slot::Code(self.text(TextRange::new(first.start(), first.test.end())))),
            ("subject", Slot::Code(chain.subject.to_owned())),
            ("both", Slot::Code(both)),
            ("else_line", Slot::Number(else_clause.map_or(0, |clause| self.line(clause)))),
        ];
        self.see_head(Construct::SeparateIfs, second.start(), second.test.end(), slots);
    }
}
