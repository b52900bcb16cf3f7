//! Sees `while` loops: the test, what changes it, how often they run, and those that never end.
//!
//! Not here: `for` (`loops`), `break` and `continue` (`jumps`), the arithmetic (`counter`).

use ruff_python_ast::visitor::source_order::SourceOrderVisitor;
use ruff_python_ast::{CmpOp, Expr, Stmt, StmtWhile};
use ruff_text_size::{Ranged, TextRange};

use super::body::Facts;
use super::counter::{Bound, Rounds, moved};
use super::expressions::yes_if;
use super::jumps::{Around, Update};
use super::loops::{Uses, length_of, plain};
use super::sighting::{Construct, Slot};
use super::statements::Reader;
use super::values;

/// A `while` whose counter is known: it starts, it moves, it is compared.
struct Counted {
    start: i64,
    step: i64,
    bound: i64,
    rounds: Rounds,
}

impl<'a> Reader<'a> {
    /// Looks at a `while`, and at what it repeats.
    pub(super) fn while_loop(&mut self, statement: &'a StmtWhile) {
        self.visit_expr(&statement.test);
        let head = TextRange::new(statement.start(), statement.test.end());
        let facts = Facts::of(&statement.body);
        let asked = Facts::of_expression(&statement.test);
        let update = self.update_of(statement, &asked, &facts);
        let counted = update.as_ref().and_then(|update| self.counted(statement, update, &facts));
        self.while_head(statement, head, &asked, &facts, update.as_ref(), counted.as_ref());
        match &counted {
            Some(counted) => self.count_slips(counted, statement, head, &facts),
            None => self.endless(statement, head, &asked, &facts),
        }
        self.while_past_the_end(statement, head, &facts);
        let names: Vec<&str> = asked.read.iter().copied().collect();
        self.built_up(&statement.body, head, &facts, &names);
        let around = Around {
            head,
            is_while: true,
            name: None,
            rounds: match counted {
                Some(Counted { rounds: Rounds::Times(rounds), .. }) if !facts.is_left() => rounds,
                _ => 0,
            },
            update,
            changed: facts.bound.union(&facts.touched).copied().collect(),
            base: 0,
        };
        self.repeated(around, &statement.body, &statement.orelse, &facts);
    }

    /// The one statement straight in the body that changes a name of the test.
    fn update_of(
        &self,
        statement: &'a StmtWhile,
        asked: &Facts<'a>,
        facts: &Facts<'a>,
    ) -> Option<Update<'a>> {
        let bound: Vec<&str> = asked.read.iter().copied().filter(|name| facts.bound.contains(name)).collect();
        let [name] = bound.as_slice() else { return None };
        if facts.times_bound(name) != 1 {
            return None;
        }
        let change = statement.body.iter().find(|inner| match inner {
            Stmt::Assign(assign) => assign.targets.iter().any(|target| plain(target) == Some(name)),
            Stmt::AugAssign(augmented) => plain(&augmented.target) == Some(name),
            _ => false,
        })?;
        Some(Update { name, range: change.range(), step: moved(change).map(|(_, step)| step) })
    }

    fn counted(&self, statement: &'a StmtWhile, update: &Update<'a>, facts: &Facts<'a>) -> Option<Counted> {
        let bound = Bound::of(&statement.test).filter(|bound| bound.name == update.name)?;
        let start: i64 = self.names.earlier(update.name)?.value.trim().parse().ok()?;
        if facts.has_continue {
            return None;
        }
        let rounds = bound.rounds(start, update.step?)?;
        Some(Counted { start, step: update.step?, bound: bound.bound, rounds })
    }

    fn while_head(
        &mut self,
        statement: &'a StmtWhile,
        head: TextRange,
        asked: &Facts<'a>,
        facts: &Facts<'a>,
        update: Option<&Update<'a>>,
        counted: Option<&Counted>,
    ) {
        let name = update.map(|update| update.name).or_else(|| asked.read.iter().next().copied());
        let start = name.and_then(|name| self.names.earlier(name)).filter(|start| !start.value.is_empty());
        let (start_line, start) =
            start.map_or((0, Slot::Words("")), |start| (start.line, Slot::Code(start.value.clone())));
        let rounds = counted.and_then(|counted| match counted.rounds {
            Rounds::Times(rounds) if !facts.is_left() && rounds > 0 => Some((counted, rounds)),
            _ => None,
        });
        let number =
            |number: Option<i64>| number.map_or(Slot::Words(""), |number| Slot::Code(number.to_string()));
        let after = |rounds: u32| rounds.checked_sub(1).map(i64::from);
        let last = rounds.and_then(|(counted, rounds)| {
            counted.step.checked_mul(after(rounds)?)?.checked_add(counted.start)
        });
        let update_line = update.map_or(0, |update| super::line_of(self.lines, update.range.start()));
        let asks = update.is_some_and(|update| self.text(update.range).contains("input("));
        let slots = vec![
            ("test", Slot::Code(self.text(statement.test.range()))),
            ("name", name.map_or(Slot::Words(""), |name| Slot::Code(name.to_owned()))),
            ("start", start),
            ("start_line", Slot::Number(start_line)),
            ("update", update.map_or(Slot::Words(""), |update| Slot::Code(self.text(update.range)))),
            ("update_line", Slot::Number(update_line)),
            ("rounds", Slot::Number(rounds.map_or(0, |(_, rounds)| rounds))),
            ("last", number(last)),
            (
                "after",
                number(last.zip(rounds).and_then(|(last, (counted, _))| last.checked_add(counted.step))),
            ),
            ("asks", yes_if(asks)),
            ("forever", yes_if(is_always_true(&statement.test))),
            ("left", yes_if(facts.has_break)),
        ];
        self.see_head(Construct::WhileLoop, head.start(), head.end(), slots);
    }

    fn count_slips(
        &mut self,
        counted: &Counted,
        statement: &'a StmtWhile,
        head: TextRange,
        facts: &Facts<'a>,
    ) {
        let slots = vec![
            ("start", Slot::Code(counted.start.to_string())),
            ("bound", Slot::Code(counted.bound.to_string())),
            (
                "rounds",
                Slot::Number(match counted.rounds {
                    Rounds::Times(rounds) => rounds,
                    Rounds::Endless => 0,
                }),
            ),
        ];
        let is_at_most =
            matches!(statement.test.as_ref(), Expr::Compare(compare) if compare.ops.as_ref() == [CmpOp::LtE]);
        let construct = match counted.rounds {
            Rounds::Endless if !facts.is_left() => Construct::NeverMet,
            Rounds::Times(0) => Construct::NeverEntered,
            Rounds::Times(2..)
                if is_at_most && counted.start == 0 && counted.step == 1 && !facts.is_left() =>
            {
                Construct::OneMore
            }
            _ => return,
        };
        self.see_head(construct, head.start(), head.end(), slots);
    }

    /// A test that is true for ever, by what it says or because nothing changes it.
    fn endless(&mut self, statement: &'a StmtWhile, head: TextRange, asked: &Facts<'a>, facts: &Facts<'a>) {
        // An error may end it, if somebody catches that.
        if facts.is_left() || self.flow.tries > 0 {
            return;
        }
        if is_always_true(&statement.test) {
            return self.see_head(Construct::EndlessTrue, head.start(), head.end(), Vec::new());
        }
        let is_plain = !asked.has_call && asked.bound.is_empty() && is_of_names(&statement.test);
        let is_changed = |name: &&str| {
            let kind = self.names.get(name).and_then(|binding| binding.kind);
            let is_fixed = matches!(kind, Some("int" | "float" | "str" | "bool"));
            facts.bound.contains(name) || (facts.touched.contains(name) && !is_fixed)
        };
        let Some(name) = asked.read.iter().next().copied().filter(|_| is_plain) else { return };
        if asked.read.iter().any(is_changed) || self.shares_names {
            return;
        }
        let after = self
            .flow
            .next_statement()
            .filter(|next| Facts::of(std::slice::from_ref(*next)).bound.contains(name));
        let after_line = after.map_or(0, |next| self.line(next));
        let slots = vec![("name", Slot::Code(name.to_owned())), ("after_line", Slot::Number(after_line))];
        self.see_head(Construct::StuckLoop, head.start(), head.end(), slots);
    }

    /// `while i <= len(items)` with `items[i]` above the line that moves `i`.
    fn while_past_the_end(&mut self, statement: &'a StmtWhile, head: TextRange, facts: &Facts<'a>) {
        let Expr::Compare(compare) = statement.test.as_ref() else { return };
        let ([CmpOp::LtE], [right]) = (&*compare.ops, &*compare.comparators) else { return };
        let (Some(index), Some(list)) = (plain(&compare.left), length_of(right)) else { return };
        let before = statement
            .body
            .iter()
            .position(|inner| Facts::of(std::slice::from_ref(inner)).bound.contains(index));
        let uses = Uses::of(&statement.body[..before.unwrap_or(0)], index);
        self.past_the_end(list, &uses, facts, head);
    }
}

fn is_always_true(test: &Expr) -> bool {
    match test {
        Expr::BooleanLiteral(literal) => literal.value,
        other => super::counter::whole(other).is_some_and(|number| number != 0),
    }
}

/// Whether a test is made of names, literals and signs alone.
fn is_of_names(test: &Expr) -> bool {
    match test {
        Expr::Name(_) => true,
        Expr::Compare(compare) => is_of_names(&compare.left) && compare.comparators.iter().all(is_of_names),
        Expr::BoolOp(logic) => logic.values.iter().all(is_of_names),
        Expr::UnaryOp(unary) => is_of_names(&unary.operand),
        Expr::BinOp(binary) => is_of_names(&binary.left) && is_of_names(&binary.right),
        other => values::literal_kind(other).is_some_and(|_| !other.is_f_string_expr()),
    }
}
