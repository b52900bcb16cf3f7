//! Bugs that are known by name: whether a program reads like the reference with one of them.
//!
//! Names that the program gives itself may be others; white space and comments do not count. Not here: the bugs (`mutate`).

use std::collections::{HashMap, HashSet};

use agent_core::syntax::with_stack;
use ruff_python_ast::token::TokenKind;
use ruff_python_parser::parse_module;
use ruff_text_size::Ranged;

use super::constructs;
use super::facts;
use super::predict::Misread;
use crate::decide::mutate::{self, Mutant};

/// Programs with a bug that a prediction is compared with.
const MISREAD_MAX: usize = 16;
/// Operators whose bug can keep a `while` loop from ending.
const MAY_GO_ON: [&str; 10] = [
    "comparison-flip",
    "arithmetic-swap",
    "negated-condition",
    "and-or-swap",
    "dropped-statement",
    "overwritten-sum",
    "augmented-order",
    "wrong-variable",
    "moved-out-of-loop",
    "break-continue",
];
/// Tokens up to which programs are compared.
const TOKENS_MAX: usize = 1_000;

/// The known bug with which the reference reads like the program.
pub(super) fn reads_like(reference: &str, program: &str) -> Option<Mutant> {
    let own = canonical(program)?;
    let right = canonical(reference)?;
    // A known bug changes a line: what is much longer or shorter is another program.
    if own.len().abs_diff(right.len()) > 20 || own == right {
        return None;
    }
    mutate::mutants(reference).into_iter().find(|mutant| canonical(&mutant.code).as_ref() == Some(&own))
}

/// The program as it is read by somebody with a misconception, one for each kind of mistake. Those that look as if they
/// would not end are left out; those that might not come last, for the first that does not is the last that is run.
pub(super) fn misread(program: &str) -> Vec<Misread> {
    let mut operators = HashSet::new();
    let mut misread = Vec::new();
    for mutant in mutate::mutants(program) {
        let Ok(facts) = facts::read(&mutant.code) else { continue };
        if !facts.is_surely_endless()
            && operators.insert((mutant.bug.operator.clone(), mutant.bug.misconception.clone()))
        {
            let may_go_on = !facts.loops.is_empty() && MAY_GO_ON.contains(&mutant.bug.operator.as_str());
            misread.push((may_go_on, Misread { code: mutant.code, bug: mutant.bug }));
        }
    }
    misread.sort_by_key(|(may_go_on, _)| *may_go_on);
    misread.into_iter().map(|(_, one)| one).take(MISREAD_MAX).collect()
}

/// The tokens of a program, its own names numbered by their first place.
fn canonical(program: &str) -> Option<Vec<String>> {
    with_stack(&[program], || {
        let parsed = parse_module(program).ok()?;
        let own = constructs::own_names(parsed.suite());
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        let mut tokens = Vec::new();
        for token in parsed.tokens().iter() {
            let text = program.get(token.start().to_usize()..token.end().to_usize())?;
            match token.kind() {
                TokenKind::Comment | TokenKind::NonLogicalNewline | TokenKind::EndOfFile => continue,
                TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent => {
                    tokens.push(format!("{:?}", token.kind()));
                }
                TokenKind::Name if own.contains(text) => {
                    let next = numbers.len();
                    tokens.push(format!("name {}", numbers.entry(text).or_insert(next)));
                }
                TokenKind::String => tokens.push(text.replace('"', "'")),
                _ => tokens.push(text.to_owned()),
            }
            if tokens.len() > TOKENS_MAX {
                return None;
            }
        }
        Some(tokens)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFERENCE: &str = "def total(n):\n    result = 0\n    for i in range(1, n + 1):\n        result += i\n    return result\n";

    #[test]
    fn a_program_that_is_the_reference_with_a_known_bug_is_recognised() {
        let program = "# my answer\ndef total(n):\n    s = 0\n\n    for k in range(1, n):\n        s += k\n    return s\n";
        let known = reads_like(REFERENCE, program).expect("a known bug");
        assert_eq!((known.bug.operator.as_str(), known.bug.line), ("range-end", 3));
    }

    #[test]
    fn what_is_right_or_written_in_another_way_is_not() {
        let renamed = REFERENCE.replace("result", "s");
        for program in [REFERENCE, &renamed, "def total(n):\n    return sum(range(n))\n", "def total(:\n"] {
            assert_eq!(reads_like(REFERENCE, program), None, "{program}");
        }
    }

    #[test]
    fn a_program_is_misread_in_several_ways_that_all_end() {
        let misread = misread("i = 3\nwhile i > 0:\n    print(i)\n    i -= 1\n");
        assert!((2..=MISREAD_MAX).contains(&misread.len()), "{}", misread.len());
        assert!(misread.iter().all(|one| one.code != "i = 3\nwhile i > 0:\n    print(i)\n"), "{misread:#?}");
        let first_risky = misread.iter().position(|one| MAY_GO_ON.contains(&one.bug.operator.as_str()));
        let last_safe = misread.iter().rposition(|one| !MAY_GO_ON.contains(&one.bug.operator.as_str()));
        assert!(first_risky.is_none_or(|risky| last_safe.is_some_and(|safe| safe < risky)));
    }
}
