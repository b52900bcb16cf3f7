//! Sees where `break` and `continue` lead: out of which loop, past which lines.
//!
//! Not here: the loops themselves (`loops`, `repeats`).

use std::collections::BTreeSet;

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::body::{self, Facts};
use super::expressions::yes_if;
use super::sighting::{Construct, Sighting, Slot};
use super::statements::Reader;

/// A statement that changes a name of its loop's test.
#[derive(Debug, Clone, Copy)]
pub(super) struct Update<'a> {
    pub(super) name: &'a str,
    pub(super) range: TextRange,
    /// By how much it moves the name, where that is a whole number.
    pub(super) step: Option<i64>,
}

/// A loop around the statement that is read.
#[derive(Debug)]
pub(super) struct Around<'a> {
    /// Its first line, without the colon.
    pub(super) head: TextRange,
    pub(super) is_while: bool,
    /// The name of a `for`.
    pub(super) name: Option<&'a str>,
    /// How often it runs; 0 where that is not known.
    pub(super) rounds: u32,
    /// What changes the test of a `while`.
    pub(super) update: Option<Update<'a>>,
    /// The names that its body gives values, or may change.
    pub(super) changed: BTreeSet<&'a str>,
    /// How many blocks are around its body.
    pub(super) base: usize,
}

/// What must hold for a block to run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Condition<'a> {
    /// The test of an `if` or `elif`; none where it is something else.
    pub(super) test: Option<&'a Expr>,
    /// Whether the test is all there is to it.
    pub(super) is_alone: bool,
}

/// Where the reader is: the loops and blocks around, outermost first, in the function that is read.
#[derive(Debug, Default)]
pub(super) struct Flow<'a> {
    pub(super) loops: Vec<Around<'a>>,
    /// For each block around, the statement behind the one that is read.
    following: Vec<Option<&'a Stmt>>,
    /// What must hold for the statement to run, inside of the nearest loop, outermost first.
    pub(super) conditions: Vec<Condition<'a>>,
    /// How many `try` are around.
    pub(super) tries: u32,
}

impl<'a> Flow<'a> {
    /// The statement behind the one that is read, in the same block.
    pub(super) fn next_statement(&self) -> Option<&'a Stmt> {
        self.following.last().copied().flatten()
    }

    /// Whether the statement that is read runs in the next round too, if the test of its `while` still holds and the name
    /// in it has not moved: what leads here asks for nothing else that could change.
    fn is_repeated(&self) -> bool {
        let Some(around) = self.loops.last() else { return false };
        let moves = around.update.map(|update| update.name);
        let is_steady = |condition: &Condition<'a>| {
            let facts = condition.test.map(Facts::of_expression);
            let asked = facts.filter(|facts| condition.is_alone && !facts.has_call);
            asked.is_some_and(|asked| {
                asked.read.iter().all(|name| moves == Some(*name) || !around.changed.contains(name))
            })
        };
        self.conditions.iter().all(is_steady)
    }
}

impl<'a> Reader<'a> {
    /// Reads a block's statements in order, and what they are to each other.
    pub(super) fn sequence(&mut self, body: &'a [Stmt]) {
        self.flow.following.push(None);
        for (place, statement) in body.iter().enumerate() {
            let next = body.get(place + 1);
            if let Some(last) = self.flow.following.last_mut() {
                *last = next;
            }
            if let Some(next) = next {
                self.separate_ifs(statement, next);
                self.dead_code(statement, next);
            }
            self.statement(statement);
        }
        self.flow.following.pop();
    }

    /// A loop's body and its `else`.
    pub(super) fn repeated(
        &mut self,
        around: Around<'a>,
        body: &'a [Stmt],
        orelse: &'a [Stmt],
        facts: &Facts<'a>,
    ) {
        let head = around.head;
        self.nested_loop(&around);
        self.leaves_at_once(head, body, facts.has_continue);
        let base = self.flow.following.len();
        self.flow.loops.push(Around { base, ..around });
        let conditions = std::mem::take(&mut self.flow.conditions);
        self.block(body);
        self.flow.conditions = conditions;
        self.flow.loops.pop();
        if let (Some(last), Some(first)) = (body.last(), orelse.first()) {
            self.loop_else(head, TextRange::new(last.end(), first.start()), facts.is_left());
        }
        self.block(orelse);
    }

    fn nested_loop(&mut self, inner: &Around<'a>) {
        let Some(outer) = self.flow.loops.last() else { return };
        let slots = vec![
            ("outer_line", Slot::Number(self.line_at(outer.head))),
            ("outer", Slot::Code(self.text(outer.head))),
            ("outer_count", Slot::Number(outer.rounds)),
            ("inner_count", Slot::Number(inner.rounds)),
            ("product", Slot::Number(outer.rounds.saturating_mul(inner.rounds))),
        ];
        self.see_head(Construct::NestedLoop, inner.head.start(), inner.head.end(), slots);
    }

    /// A body that never comes to a second round.
    fn leaves_at_once(&mut self, head: TextRange, body: &'a [Stmt], has_continue: bool) {
        let loop_line = Slot::Number(self.line_at(head));
        let mut stops = body.iter().filter(|_| !has_continue);
        let stop = stops.find(|statement| body::always_leaves(std::slice::from_ref(*statement)));
        match stop {
            Some(Stmt::Break(stop)) => self.see(Construct::BreakAtOnce, stop, vec![("loop_line", loop_line)]),
            Some(Stmt::Return(stop)) => {
                self.see(Construct::EarlyReturn, stop, vec![("loop_line", loop_line)])
            }
            Some(Stmt::If(branches)) if returns_in_all(branches) => {
                let slots = vec![("loop_line", loop_line)];
                self.see_head(Construct::EarlyReturn, branches.start(), branches.test.end(), slots);
            }
            _ => {}
        }
        if let Some(Stmt::Continue(last)) = body.last() {
            let slots = vec![("loop_line", Slot::Number(self.line_at(head)))];
            self.see(Construct::NeedlessContinue, last, slots);
        }
    }

    /// Where the word `else` stands is only known to be between the body and what it leads to.
    fn loop_else(&mut self, head: TextRange, between: TextRange, has_break: bool) {
        let text = self.source.get(between.start().to_usize()..between.end().to_usize()).unwrap_or_default();
        let Some(line) = text.lines().position(|line| line.trim_start().starts_with("else")) else { return };
        let line = super::line_of(self.lines, between.start()) + u32::try_from(line).unwrap_or(0);
        let slots = || {
            vec![
                ("loop_line", Slot::Number(self.line_at(head))),
                ("loop", Slot::Code(self.text(head))),
                ("has_break", yes_if(has_break)),
            ]
        };
        let sighting = |slots| Sighting { line, text: "else:".to_owned(), slots };
        let (one, other) = (sighting(slots()), sighting(slots()));
        self.cut |= !self.seen.add(Construct::LoopElse, one);
        if !has_break {
            self.cut |= !self.seen.add(Construct::ElseWithoutBreak, other);
        }
    }

    /// A statement behind one that never lets it happen.
    fn dead_code(&mut self, jump: &'a Stmt, next: &'a Stmt) {
        let word = match jump {
            Stmt::Break(_) => "break",
            Stmt::Continue(_) => "continue",
            Stmt::Return(_) => "return",
            Stmt::Raise(_) => "raise",
            _ => return,
        };
        let slots = vec![("jump", Slot::Words(word)), ("jump_line", Slot::Number(self.line(jump)))];
        self.see(Construct::DeadCode, next, slots);
    }

    /// `break` or `continue`.
    pub(super) fn jump(&mut self, statement: &'a Stmt) {
        let is_break = statement.is_break_stmt();
        let Some(around) = self.flow.loops.last() else {
            let jump = if is_break { "break" } else { "continue" };
            return self.see(Construct::JumpOutside, statement, vec![("jump", Slot::Words(jump))]);
        };
        let (base, is_while, update, head) = (around.base, around.is_while, around.update, around.head);
        let outer = self.flow.loops.len().checked_sub(2).and_then(|outer| self.flow.loops.get(outer));
        let outer_line = outer.map_or(0, |outer| self.line_at(outer.head));
        let test = self.flow.conditions.last().and_then(|condition| condition.test);
        let test = test.map_or(Slot::Words(""), |test| Slot::Code(self.text(test.range())));
        let is_stuck = self.flow.is_repeated();
        let mut slots = vec![
            ("loop_line", Slot::Number(self.line_at(head))),
            ("loop", Slot::Code(self.text(head))),
            ("test", test),
        ];
        // The blocks inside of the loop's body, but for the jump's own: what is behind a jump there is never reached.
        let blocks =
            self.flow.following.get(base..self.flow.following.len().saturating_sub(1)).unwrap_or_default();
        let skipped = blocks.iter().rev().copied().flatten().next();
        let after = base.checked_sub(1).and_then(|place| self.flow.following.get(place).copied().flatten());
        let place = |next: Option<&'a Stmt>| {
            let line = next.map_or(0, |next| self.line(next));
            (Slot::Number(line), next.map_or(Slot::Words(""), |next| Slot::Code(self.text(next.range()))))
        };
        let (line, text) = place(if is_break { after } else { skipped });
        slots.extend([("next_line", line), ("next", text)]);
        slots.extend([
            ("outer_line", Slot::Number(outer_line)),
            ("kind", Slot::Words(if is_while { "while" } else { "for" })),
        ]);
        if is_break && outer_line > 0 {
            let slots = vec![
                ("outer_line", Slot::Number(outer_line)),
                ("loop_line", Slot::Number(self.line_at(head))),
            ];
            self.see(Construct::InnerBreak, statement, slots);
        }
        self.see(if is_break { Construct::Break } else { Construct::Continue }, statement, slots);
        if let Some(update) =
            update.filter(|update| is_stuck && !is_break && update.range.start() > statement.start())
        {
            let slots = vec![
                ("name", Slot::Code(update.name.to_owned())),
                ("update", Slot::Code(self.text(update.range))),
                ("update_line", Slot::Number(self.line_at(update.range))),
                ("loop_line", Slot::Number(self.line_at(head))),
            ];
            self.see(Construct::SkippedUpdate, statement, slots);
        }
    }

    fn line_at(&self, range: TextRange) -> u32 {
        super::line_of(self.lines, range.start())
    }
}

/// Whether each branch of a chain that leaves nothing out returns.
fn returns_in_all(branches: &ruff_python_ast::StmtIf) -> bool {
    let returns = |body: &[Stmt]| body.iter().any(Stmt::is_return_stmt);
    returns(&branches.body) && branches.elif_else_clauses.iter().all(|clause| returns(&clause.body))
}
