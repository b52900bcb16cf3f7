//! The same lines in two places.
//!
//! Compared is the syntax tree, so layout and comments make no difference; names do.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use ruff_python_ast::Stmt;
use ruff_python_ast::comparable::ComparableStmt;
use ruff_python_ast::visitor::{Visitor, walk_body};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::{Hits, Program};

/// Statements in a row that count as repeated.
const WINDOW: usize = 4;
/// Lines that one repeated loop has to have; an `if` of six says no more than a loop of four.
const LOOP_LINES: u32 = 4;
const IF_LINES: u32 = 6;
/// Statements of a program that are compared; each costs its own size.
const STATEMENTS_MAX: usize = 4_000;
/// How often a program is told.
const TOLD_MAX: usize = 3;

/// Finds repeated rows of statements and repeated blocks.
pub(super) fn check<'a>(program: &Program<'a>, hits: &mut Hits) {
    let mut search = Search { program, seen: HashMap::new(), told: Vec::new(), budget: STATEMENTS_MAX };
    search.visit_body(program.body);
    for (place, first) in search.told {
        hits.add("repeated-code", place, first.to_string());
    }
}

struct Search<'a, 'p> {
    program: &'p Program<'a>,
    /// Fingerprint of a row or block to where it first stood.
    seen: HashMap<u64, TextRange>,
    /// Where something stood again, and the line on which it stood first.
    told: Vec<(TextRange, u32)>,
    budget: usize,
}

impl<'a> Visitor<'a> for Search<'a, '_> {
    fn visit_body(&mut self, body: &'a [Stmt]) {
        if self.budget < body.len() {
            return;
        }
        self.budget -= body.len();
        let prints: Vec<u64> = body.iter().map(fingerprint).collect();
        for (at, stmt) in body.iter().enumerate() {
            let line = |offset: TextSize| self.program.source.line(offset);
            let lines = line(stmt.end()) - line(stmt.start()) + 1;
            let is_block = match stmt {
                Stmt::For(_) | Stmt::While(_) => lines >= LOOP_LINES,
                Stmt::If(_) | Stmt::Try(_) | Stmt::With(_) => lines >= IF_LINES,
                _ => false,
            };
            if is_block {
                self.meet(prints[at], stmt.range());
            }
            if let (Some(row), Some(stmts)) = (prints.get(at..at + WINDOW), body.get(at..at + WINDOW)) {
                let mut hasher = DefaultHasher::new();
                row.hash(&mut hasher);
                self.meet(hasher.finish(), TextRange::new(stmts[0].start(), stmts[WINDOW - 1].end()));
            }
        }
        walk_body(self, body);
    }
}

impl Search<'_, '_> {
    fn meet(&mut self, print: u64, place: TextRange) {
        let first = *self.seen.entry(print).or_insert(place);
        let overlaps = first.intersect(place).is_some_and(|common| !common.is_empty());
        let told = self.told.iter().any(|(known, _)| known.intersect(place).is_some());
        if first != place && !overlaps && !told && self.told.len() < TOLD_MAX {
            self.told.push((place, self.program.source.line(first.start())));
        }
    }
}

fn fingerprint(stmt: &Stmt) -> u64 {
    let mut hasher = DefaultHasher::new();
    ComparableStmt::from(stmt).hash(&mut hasher);
    hasher.finish()
}
