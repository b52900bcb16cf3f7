//! Nudges that lead to a finding without giving the answer away: first the subject, then the place, then the reason.
//!
//! What to write instead does not belong here; the review says it.

use agent_core::curriculum::Topic;
use agent_core::mastery::Level;
use ruff_python_ast::Stmt;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::report::{Category, Finding, Review};
use super::{Reviewed, parse, reviewed};
use agent_core::syntax::with_stack;

/// The most that can be asked for at once.
pub const HINTS_MAX: usize = 5;

/// One nudge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Hint {
    /// From 1, in the order in which they help.
    pub order: usize,
    /// Where to look, from 1; absent from the first, which only names the subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The nudge.
    pub message: String,
    /// Where to read on.
    pub concept: Topic,
}

/// So many nudges towards a better program, at most [`HINTS_MAX`]. There is always one.
#[must_use]
pub fn hints(code: &str, count: usize, level: Level) -> Vec<Hint> {
    let Reviewed { review, shallow, .. } = reviewed(code, level);
    let mut hints = towards(&review);
    if shallow && review.is_of_a_program() {
        hints.extend(with_stack(&[code], || questions(code)));
    }
    hints.truncate(count.clamp(1, HINTS_MAX));
    for (at, hint) in hints.iter_mut().enumerate() {
        hint.order = at + 1;
    }
    hints
}

/// Nudges for each finding, the most important one first.
fn towards(review: &Review) -> Vec<Hint> {
    let mut hints = Vec::new();
    for (at, finding) in review.concerns().enumerate() {
        if at == 0 {
            hints.push(hint(None, subject(finding), finding.concept));
        }
        hints.push(hint(Some(finding.line), place(finding, review.valid), finding.concept));
        // What Debug says about a syntax error names the missing piece.
        if review.valid {
            hints.push(hint(Some(finding.line), finding.why.clone(), finding.concept));
        }
        if hints.len() >= HINTS_MAX {
            break;
        }
    }
    hints
}

fn hint(line: Option<u32>, message: String, concept: Topic) -> Hint {
    Hint { order: 0, line, message, concept }
}

fn subject(finding: &Finding) -> String {
    format!(
        "Think about {} in this program: is there something that you would check again?",
        finding.concept.title()
    )
}

fn place(finding: &Finding, valid: bool) -> String {
    let line = finding.line;
    if !valid {
        return format!(
            "Python stops reading at line {line}. Read it aloud, word by word, and the line before it too."
        );
    }
    match finding.category {
        Category::Correctness => {
            format!("Go through line {line} by hand: what do you expect there, and what happens?")
        }
        Category::Clarity => {
            format!("Would somebody who has never seen line {line} know at once what it is for?")
        }
        Category::Structure => format!("Look at the lines around {line}: which of them belong together?"),
        Category::Pythonic => format!("Python has a shorter way to say what line {line} says. Which?"),
    }
}

/// Questions about the program itself, for when there is nothing left to find.
fn questions(code: &str) -> Vec<Hint> {
    let parsed = parse(code);
    let functions = parsed.iter().flat_map(|parsed| parsed.suite()).filter_map(Stmt::as_function_def_stmt);
    let mut asked: Vec<Hint> = functions
        .filter(|def| !def.parameters.is_empty())
        .take(2)
        .map(|def| {
            let message = format!(
                "What does `{}` give for the smallest thing it can be called with? Try it.",
                def.name
            );
            hint(None, message, Topic::Functions)
        })
        .collect();
    let general = [
        (
            "Say for each name in the program what it holds at the end. Then print it: were you right?",
            Topic::Variables,
        ),
        ("Which line would you change first if the task grew a little? Is that easy?", Topic::Functions),
        ("What could somebody type in, or pass in, that you did not think of?", Topic::Debugging),
    ];
    asked.extend(general.map(|(message, concept)| hint(None, message.to_owned(), concept)));
    asked
}
