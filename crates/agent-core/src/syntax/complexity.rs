//! Size and branching of a parsed program, in one walk over its tree.
//!
//! Judging whether that is too much belongs in the review.

use ruff_python_ast::visitor::{Visitor, walk_comprehension, walk_expr, walk_stmt};
use ruff_python_ast::{BoolOp, Comprehension, ExceptHandler, Expr, MatchCase, Stmt};

use super::report::{Complexity, FunctionComplexity};
use super::source::Source;

/// Functions listed by name.
const LISTED_FUNCTIONS: usize = 10;
/// Characters of a function's name that are kept.
const NAME_CHARS: usize = 100;

/// Measures a program from its tree.
pub(super) fn measure(source: &Source<'_>, body: &[Stmt]) -> Complexity {
    let mut meter =
        Meter { source, totals: Complexity::default(), functions: Vec::new(), open: 1, nesting: 0 };
    meter.visit_body(body);
    let module = meter.open;
    let Meter { mut totals, mut functions, .. } = meter;
    totals.lines = source.line_count();
    totals.max_cyclomatic = functions.iter().map(|each| each.cyclomatic).max().unwrap_or(0).max(module);
    totals.mean_cyclomatic = if functions.is_empty() {
        f64::from(module)
    } else {
        functions.iter().map(|each| f64::from(each.cyclomatic)).sum::<f64>() / f64::from(totals.functions)
    };
    functions.sort_by_key(|each| (std::cmp::Reverse(each.cyclomatic), each.line));
    functions.truncate(LISTED_FUNCTIONS);
    totals.per_function = functions;
    totals
}

struct Meter<'a> {
    source: &'a Source<'a>,
    totals: Complexity,
    functions: Vec<FunctionComplexity>,
    /// Cyclomatic complexity so far of the function (or module) being walked.
    open: u32,
    nesting: u32,
}

impl Meter<'_> {
    fn branch(&mut self, ways: usize) {
        let ways = u32::try_from(ways).unwrap_or(u32::MAX);
        self.open = self.open.saturating_add(ways);
        self.totals.branches = self.totals.branches.saturating_add(ways);
    }

    /// Walks a statement that holds blocks, one level deeper.
    fn deeper(&mut self, stmt: &Stmt) {
        self.nesting += 1;
        self.totals.max_nesting = self.totals.max_nesting.max(self.nesting);
        walk_stmt(self, stmt);
        self.nesting -= 1;
    }

    fn function(&mut self, stmt: &Stmt, name: &str, line: u32) {
        self.totals.functions += 1;
        let outer = std::mem::replace(&mut self.open, 1);
        self.deeper(stmt);
        let cyclomatic = std::mem::replace(&mut self.open, outer);
        let name = name.chars().take(NAME_CHARS).collect();
        self.functions.push(FunctionComplexity { name, line, cyclomatic });
    }
}

impl<'a> Visitor<'a> for Meter<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => {
                let line = self.source.position(def.name.range.start().to_usize()).line;
                self.function(stmt, def.name.as_str(), line);
            }
            Stmt::ClassDef(_) => {
                self.totals.classes += 1;
                self.deeper(stmt);
            }
            Stmt::If(node) => {
                self.branch(1 + node.elif_else_clauses.iter().filter(|clause| clause.test.is_some()).count());
                self.deeper(stmt);
            }
            Stmt::For(_) | Stmt::While(_) => {
                self.branch(1);
                self.deeper(stmt);
            }
            Stmt::With(_) | Stmt::Try(_) | Stmt::Match(_) => self.deeper(stmt),
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        self.branch(1);
        ruff_python_ast::visitor::walk_except_handler(self, handler);
    }

    fn visit_match_case(&mut self, case: &'a MatchCase) {
        self.branch(1);
        ruff_python_ast::visitor::walk_match_case(self, case);
    }

    fn visit_comprehension(&mut self, comprehension: &'a Comprehension) {
        self.branch(1 + comprehension.ifs.len());
        walk_comprehension(self, comprehension);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::If(_) => self.branch(1),
            Expr::BoolOp(node) if matches!(node.op, BoolOp::And | BoolOp::Or) => {
                self.branch(node.values.len().saturating_sub(1));
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}
