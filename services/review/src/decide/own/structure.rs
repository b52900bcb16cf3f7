//! Functions and blocks that are too large to keep in mind.

use agent_core::syntax::Complexity;
use ruff_python_ast::visitor::{Visitor, walk_stmt};
use ruff_python_ast::{Stmt, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

use super::{Hits, Source, head};

/// Blocks within blocks, up to which nothing is said.
const NESTING_MAX: u32 = 4;
/// Lines of a function, up to which nothing is said: a screen.
const FUNCTION_LINES_MAX: u32 = 50;
/// Ways through a function, up to which nothing is said.
const CYCLOMATIC_MAX: u32 = 12;

/// All rules about size.
pub(super) fn check(body: &[Stmt], complexity: &Complexity, source: &Source<'_>, hits: &mut Hits) {
    let mut sizes = Sizes { source, complexity, hits, nesting: 0, deepest: None };
    sizes.visit_body(body);
    sizes.close();
}

struct Sizes<'h, 's> {
    source: &'h Source<'s>,
    complexity: &'h Complexity,
    hits: &'h mut Hits,
    nesting: u32,
    /// The first place that is too deep in this function, and how deep it gets there.
    deepest: Option<(TextRange, u32)>,
}

impl Sizes<'_, '_> {
    /// Says what was seen of the function, or module, that ends here.
    fn close(&mut self) {
        if let Some((place, depth)) = self.deepest.take() {
            self.hits.add("deep-nesting", place, depth.to_string());
        }
    }

    fn function(&mut self, def: &StmtFunctionDef) {
        let name = def.name.to_string();
        let line = self.source.line(def.name.range.start());
        if self.source.line(def.end()) - line >= FUNCTION_LINES_MAX {
            self.hits.add("long-function", &def.name, name.clone());
        }
        let measured = self.complexity.per_function.iter().find(|each| each.line == line);
        if measured.is_some_and(|each| each.cyclomatic > CYCLOMATIC_MAX) {
            self.hits.add("complex-function", &def.name, name);
        }
    }
}

impl<'a> Visitor<'a> for Sizes<'_, '_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => {
                self.function(def);
                let outer = (std::mem::take(&mut self.nesting), self.deepest.take());
                walk_stmt(self, stmt);
                self.close();
                (self.nesting, self.deepest) = outer;
            }
            Stmt::If(_) | Stmt::For(_) | Stmt::While(_) | Stmt::With(_) | Stmt::Try(_) | Stmt::Match(_) => {
                self.nesting += 1;
                if self.nesting > NESTING_MAX {
                    let depth = self.deepest.map_or(0, |(_, depth)| depth).max(self.nesting);
                    let place = self.deepest.map_or_else(|| head(stmt), |(place, _)| place);
                    self.deepest = Some((place, depth));
                }
                walk_stmt(self, stmt);
                self.nesting -= 1;
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, _: &'a ruff_python_ast::Expr) {}
}
