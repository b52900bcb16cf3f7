//! The bugs a test must catch: right programs made wrong, each as a learner would who misunderstands one thing.
//!
//! Reading order: `program` (what operators look at) → one file a family of operators → `OPERATORS` below, the table of them
//! all. An operator finds its places in the tree and changes the text there; what does not parse afterwards is dropped. To
//! add one: a function `fn(&Program) -> Vec<Change>`, a line in the table, a row in the tests. Not here: which mutants are
//! caught (`admit`).

mod arithmetic;
mod blocks;
mod comparison;
mod comprehension;
mod conversion;
mod counting;
mod logic;
mod output;
mod program;
mod statements;

use std::collections::BTreeSet;

use program::{Change, Program};
use ruff_python_parser::parse_module;
use serde::{Deserialize, Serialize};

use super::chance::Chance;
use super::exercise::Bug;

/// The most that are looked at in one program.
const FOUND_MAX: usize = 400;

/// A program with a bug.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mutant {
    /// The program.
    pub code: String,
    /// What was changed.
    pub bug: Bug,
}

/// A way to go wrong.
#[derive(Debug, Clone, Copy)]
pub struct Operator {
    /// Its name, stable over releases.
    pub name: &'static str,
    /// What is wrong with the program then, said to the learner without a line or the cure.
    pub sentence: &'static str,
    find: fn(&Program<'_>) -> Vec<Change>,
}

const fn operator(
    name: &'static str,
    find: fn(&Program<'_>) -> Vec<Change>,
    sentence: &'static str,
) -> Operator {
    Operator { name, sentence, find }
}

/// All of them.
pub const OPERATORS: [Operator; 34] = [
    operator(
        "comparison-boundary",
        comparison::boundary,
        "A comparison treats the border itself the wrong way: look at what happens when both sides are equal.",
    ),
    operator("comparison-flip", comparison::flip, "A comparison asks for the opposite of what it should."),
    operator(
        "or-of-values",
        comparison::or_of_values,
        "A condition with `or` compares only its first value: a value alone behind `or` is no comparison.",
    ),
    operator("arithmetic-swap", arithmetic::swap, "A calculation uses the wrong operator."),
    operator(
        "division-kind",
        arithmetic::division,
        "A division is of the wrong kind: `/` keeps what is behind the point, `//` leaves it out.",
    ),
    operator(
        "remainder-quotient",
        arithmetic::remainder,
        "Quotient and remainder are mixed up: `//` gives how often it fits, `%` what is left.",
    ),
    operator("caret-power", arithmetic::caret, "`^` is not a power in Python; `**` is."),
    operator(
        "dropped-parentheses",
        arithmetic::parentheses,
        "A calculation is done in the wrong order: multiplication and division come before addition and subtraction.",
    ),
    operator(
        "range-end",
        counting::range_end,
        "A loop over numbers ends one too early or one too late: `range` stops before its end.",
    ),
    operator("range-start", counting::range_start, "A loop over numbers begins at the wrong number."),
    operator(
        "index-shift",
        counting::index,
        "A position in a text or list is off by one: the first place is number 0.",
    ),
    operator("constant-shift", counting::constant, "A number in the program is off by one."),
    operator("initial-value", counting::initial, "A variable begins with the wrong value."),
    operator(
        "extreme-start",
        counting::extreme,
        "The search for the largest or smallest begins with a value that need not be among those searched.",
    ),
    operator(
        "and-or-swap",
        logic::and_or,
        "`and` and `or` are mixed up: with `and` all parts must hold, with `or` one is enough.",
    ),
    operator("negated-condition", logic::negate, "A condition says the opposite of what it should."),
    operator(
        "dropped-else",
        logic::dropped_else,
        "A case is missing: when no condition holds, nothing is done.",
    ),
    operator(
        "elif-as-if",
        logic::elif_as_if,
        "An `if` of its own is asked even when the condition before it held; `elif` would not be.",
    ),
    operator("dropped-statement", statements::dropped, "A step is missing."),
    operator("swapped-lines", statements::swapped, "Two steps are in the wrong order."),
    operator(
        "overwritten-sum",
        statements::overwritten,
        "A variable that should grow is given a new value instead: what it had before is lost.",
    ),
    operator(
        "augmented-order",
        statements::augmented,
        "`=+` gives a new value with a sign in front; `+=` adds to the old one.",
    ),
    operator("wrong-variable", statements::wrong_variable, "A variable is used where another one should be."),
    operator(
        "moved-into-loop",
        blocks::moved_in,
        "A step happens in every round of the loop instead of once behind it: indentation decides.",
    ),
    operator(
        "moved-out-of-loop",
        blocks::moved_out,
        "A step happens once behind the loop instead of in every round: indentation decides.",
    ),
    operator(
        "break-continue",
        blocks::break_continue,
        "`break` and `continue` are mixed up: one leaves the loop, the other goes on with the next round.",
    ),
    operator(
        "missing-conversion",
        conversion::missing,
        "A value has the wrong type: what is read or joined must be converted first.",
    ),
    operator(
        "other-conversion",
        conversion::other,
        "A value is converted the wrong way: `int` cuts decimals off and does not read them, `round` rounds, `float` keeps them.",
    ),
    operator("min-max-swap", conversion::min_max, "The smallest and the largest are mixed up."),
    operator(
        "filter-changed",
        comprehension::filter,
        "A list comprehension does not choose what it should: look at its `if`.",
    ),
    operator(
        "element-changed",
        comprehension::element,
        "A list comprehension takes the values as they are: look at what stands before its `for`.",
    ),
    operator(
        "quoted-name",
        output::quoted_name,
        "A name stands between quotes: then it is text, and not the variable's value.",
    ),
    operator(
        "text-changed",
        output::text,
        "A text is not exactly what is asked for, or lacks the `f` that fills in its braces.",
    ),
    operator(
        "call-changed",
        output::call,
        "A call gives its values in the wrong order or way, or a result is printed instead of returned.",
    ),
];

/// The operator of this name.
#[must_use]
pub fn operator_named(name: &str) -> Option<&'static Operator> {
    OPERATORS.iter().find(|operator| operator.name == name)
}

/// All bugs that the operators make of a program, each program once. None of a text that is no Python.
#[must_use]
pub fn mutants(code: &str) -> Vec<Mutant> {
    let Ok(parsed) = parse_module(code) else { return Vec::new() };
    let program = Program::new(code, parsed.suite());
    let mut seen = BTreeSet::from([code.to_owned()]);
    let mut mutants = Vec::new();
    for operator in &OPERATORS {
        for change in (operator.find)(&program) {
            let (text, line, becomes) = program.with(&change);
            if mutants.len() < FOUND_MAX && seen.insert(text.clone()) && parses(&text) {
                let bug = Bug {
                    operator: operator.name.to_owned(),
                    misconception: change.misconception.to_owned(),
                    line,
                    becomes,
                };
                mutants.push(Mutant { code: text, bug });
            }
        }
    }
    mutants
}

/// Whether Python compiles it: Ruff alone would let a `break` outside of a loop pass.
fn parses(text: &str) -> bool {
    agent_core::syntax::analyze(text).valid
}

/// At most `limit` of them: one of each operator, in an order that chance chooses, then a second of each, and so on.
#[must_use]
pub fn choose(mutants: Vec<Mutant>, limit: usize, chance: &mut Chance) -> Vec<Mutant> {
    let mut rows: Vec<Vec<Mutant>> = Vec::new();
    for mutant in mutants {
        match rows.iter_mut().find(|row| row[0].bug.operator == mutant.bug.operator) {
            Some(row) => row.push(mutant),
            None => rows.push(vec![mutant]),
        }
    }
    chance.shuffle(&mut rows);
    for row in &mut rows {
        chance.shuffle(row);
    }
    let mut chosen = Vec::new();
    while chosen.len() < limit && rows.iter().any(|row| !row.is_empty()) {
        chosen.extend(rows.iter_mut().filter_map(Vec::pop));
    }
    chosen.truncate(limit);
    chosen
}

#[cfg(test)]
mod tests;
