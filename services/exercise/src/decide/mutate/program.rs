//! What operators look at: the statements and expressions of a program with what is around them, and changing its text.
//!
//! Not here: any particular bug.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprContext, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

/// A statement and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) stmt: &'a Stmt,
    /// The block that it is part of.
    pub(super) block: &'a [Stmt],
    /// Its place in the block.
    pub(super) index: usize,
    /// The compound statement whose block that is.
    pub(super) owner: Option<&'a Stmt>,
}

/// An expression and the statement that it is part of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Site<'a> {
    pub(super) expr: &'a Expr,
    pub(super) stmt: &'a Stmt,
}

/// A program and its parts.
#[derive(Debug)]
pub(super) struct Program<'a> {
    text: &'a str,
    pub(super) places: Vec<Place<'a>>,
    pub(super) sites: Vec<Site<'a>>,
}

/// A change of the text.
#[derive(Debug)]
pub(super) struct Change {
    /// What somebody who writes this misunderstands.
    pub(super) misconception: &'static str,
    /// Not overlapping.
    pub(super) edits: Vec<(TextRange, String)>,
}

impl Change {
    pub(super) fn new(misconception: &'static str, range: TextRange, text: impl Into<String>) -> Self {
        Self { misconception, edits: vec![(range, text.into())] }
    }
}

struct Walk<'a> {
    places: Vec<Place<'a>>,
    sites: Vec<Site<'a>>,
    around: Vec<&'a Stmt>,
}

impl<'a> Visitor<'a> for Walk<'a> {
    fn visit_body(&mut self, block: &'a [Stmt]) {
        let owner = self.around.last().copied();
        for (index, stmt) in block.iter().enumerate() {
            self.places.push(Place { stmt, block, index, owner });
            self.around.push(stmt);
            walk_stmt(self, stmt);
            self.around.pop();
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Some(stmt) = self.around.last() {
            self.sites.push(Site { expr, stmt });
        }
        walk_expr(self, expr);
    }
}

impl<'a> Program<'a> {
    pub(super) fn new(text: &'a str, suite: &'a [Stmt]) -> Self {
        let mut walk = Walk { places: Vec::new(), sites: Vec::new(), around: Vec::new() };
        walk.visit_body(suite);
        Self { text, places: walk.places, sites: walk.sites }
    }

    pub(super) fn expressions(&self) -> impl Iterator<Item = &'a Expr> {
        self.sites.iter().map(|site| site.expr)
    }

    /// What stands there.
    pub(super) fn source(&self, range: TextRange) -> &'a str {
        &self.text[range]
    }

    /// Where the program ends.
    pub(super) fn end(&self) -> TextSize {
        size(self.text.len())
    }

    /// Where a symbol stands between two parts of the program.
    pub(super) fn symbol(&self, left: TextRange, symbol: &str, right: TextRange) -> Option<TextRange> {
        let between = TextRange::new(left.end(), right.start());
        let at = self.source(between).find(symbol)?;
        Some(TextRange::at(between.start() + size(at), size(symbol.len())))
    }

    /// The lines of a statement, line break included.
    pub(super) fn lines(&self, range: TextRange) -> TextRange {
        let (start, end) = (range.start().to_usize(), range.end().to_usize());
        let start = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let end = self.text[end..].find('\n').map_or(self.text.len(), |at| end + at + 1);
        TextRange::new(size(start), size(end))
    }

    /// How far a statement is indented.
    pub(super) fn indentation(&self, stmt: &Stmt) -> &'a str {
        let line = self.source(self.lines(stmt.range()));
        &line[..line.len() - line.trim_start_matches(' ').len()]
    }

    /// The names that are given values anywhere, in the order of the text, each once.
    pub(super) fn variables(&self) -> Vec<&'a str> {
        let mut names: Vec<&str> = Vec::new();
        for place in &self.places {
            if let Stmt::FunctionDef(function) = place.stmt {
                names.extend(function.parameters.iter().map(|parameter| parameter.name().as_str()));
            }
        }
        for expr in self.expressions() {
            if let Expr::Name(name) = expr
                && name.ctx == ExprContext::Store
            {
                names.push(name.id.as_str());
            }
        }
        let mut seen = Vec::new();
        names.retain(|name| {
            !seen.contains(name) && {
                seen.push(*name);
                true
            }
        });
        names
    }

    /// The program with a change; the line that was changed, from 1, and what it says then.
    pub(super) fn with(&self, change: &Change) -> (String, u32, String) {
        let mut edits: Vec<_> = change.edits.iter().collect();
        edits.sort_by_key(|(range, _)| range.start());
        let mut text = self.text.to_owned();
        for (range, new) in edits.iter().rev() {
            text.replace_range(range.start().to_usize()..range.end().to_usize(), new);
        }
        let first = edits.first().map_or(0, |(range, _)| range.start().to_usize());
        let line = self.text[..first].matches('\n').count();
        let gone = edits.iter().all(|(range, new)| new.is_empty() && self.source(*range).ends_with('\n'));
        let becomes = if gone { "" } else { text.lines().nth(line).unwrap_or_default().trim() };
        (text.clone(), u32::try_from(line + 1).unwrap_or(u32::MAX), becomes.to_owned())
    }
}

/// Whether a statement is a loop.
pub(super) const fn is_loop(stmt: &Stmt) -> bool {
    matches!(stmt, Stmt::For(_) | Stmt::While(_))
}

/// A call of a plain name: the name.
pub(super) fn called(expr: &Expr) -> Option<(&str, &ruff_python_ast::ExprCall)> {
    let Expr::Call(call) = expr else { return None };
    let Expr::Name(name) = &*call.func else { return None };
    Some((name.id.as_str(), call))
}

/// Whether something is text for certain.
pub(super) fn is_text(expr: &Expr) -> bool {
    match expr {
        Expr::StringLiteral(_) | Expr::FString(_) => true,
        Expr::BinOp(binary) => is_text(&binary.left) || is_text(&binary.right),
        _ => called(expr).is_some_and(|(name, _)| ["str", "input"].contains(&name)),
    }
}

/// A whole number as it is written.
pub(super) fn int(expr: &Expr) -> Option<i64> {
    let Expr::NumberLiteral(literal) = expr else { return None };
    match &literal.value {
        ruff_python_ast::Number::Int(int) => int.as_i64(),
        _ => None,
    }
}

fn size(bytes: usize) -> TextSize {
    TextSize::try_from(bytes).unwrap_or_default()
}
