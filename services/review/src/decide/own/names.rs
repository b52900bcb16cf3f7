//! Names that tell a reader nothing.

use ruff_python_ast::Stmt;
use ruff_text_size::{Ranged, TextRange};

use super::{Hits, tree};

/// Letters that have a meaning of their own in loops and formulas.
const USUAL: [&str; 8] = ["i", "j", "k", "n", "x", "y", "z", "_"];
/// So many single letters are a habit; fewer are a matter of taste.
const HABIT: usize = 3;

/// Values of the module and of functions that are named by a letter.
pub(super) fn check(body: &[Stmt], hits: &mut Hits) {
    let mut letters: Vec<(&str, TextRange)> = Vec::new();
    collect(body, &mut letters);
    if letters.len() >= HABIT {
        let (name, place) = letters[0];
        hits.add("names-that-say-nothing", place, name.to_owned());
    }
}

fn collect<'a>(body: &'a [Stmt], letters: &mut Vec<(&'a str, TextRange)>) {
    for stmt in body {
        match stmt {
            Stmt::Assign(node) => {
                for target in &node.targets {
                    if let Some(name) = tree::name(target)
                        && name.chars().count() == 1
                        && !USUAL.contains(&name)
                        && letters.iter().all(|(known, _)| *known != name)
                    {
                        letters.push((name, target.range()));
                    }
                }
            }
            Stmt::FunctionDef(def) => collect(&def.body, letters),
            Stmt::ClassDef(class) => collect(&class.body, letters),
            Stmt::If(node) => {
                collect(&node.body, letters);
                node.elif_else_clauses.iter().for_each(|clause| collect(&clause.body, letters));
            }
            Stmt::For(node) => collect(&node.body, letters),
            Stmt::While(node) => collect(&node.body, letters),
            Stmt::With(node) => collect(&node.body, letters),
            Stmt::Try(node) => collect(&node.body, letters),
            _ => {}
        }
    }
}
