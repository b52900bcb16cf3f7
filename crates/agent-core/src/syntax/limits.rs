//! What is too deep for CPython, found before anything recurses into it.
//!
//! Brackets and indentation have their limits in the tokenizer.

use super::cpython::{Kind, Tokens, Verdict};
use super::source::Source;

/// Prefix operators, or lambdas, in a row.
const MAX_PREFIXES: usize = 2_500;
/// Operators, calls and the like that stand one in the other in one logical line, over all its brackets.
const MAX_CHAIN: usize = 9_000;
/// `elif` in one chain.
const MAX_ELIFS: usize = 5_000;
/// `a if b else c if d else e`, `2 ** 2 ** 2`: nested to the right.
const MAX_NESTED: usize = 2_500;

const TOO_COMPLEX: &str = "Parser stack overflowed - Python source too complex to parse";
const TOO_RECURSIVE: &str = "maximum recursion depth exceeded during compilation";

/// The refusal of a text that nests or chains more deeply than CPython can take.
pub(super) fn too_deep(source: &Source<'_>, tokens: &Tokens<'_>) -> Option<Verdict> {
    if tokens.list.len() <= MAX_PREFIXES.min(MAX_NESTED) {
        return None;
    }
    let (mut prefixes, mut elifs) = (0, 0);
    let mut line = Line::default();
    for token in &tokens.list {
        let refuse = |message: &str| Some(Verdict::range(source, message, token.start, token.end));
        line.go_to(token.level);
        let level = line.top();
        match (token.kind, token.text) {
            (Kind::Newline, _) => {
                line = Line::default();
                prefixes = 0;
                continue;
            }
            (Kind::Keyword, "elif") => elifs += 1,
            (Kind::Keyword, "not" | "lambda" | "await") | (Kind::Op, "-" | "+" | "~" | ":") => prefixes += 1,
            (Kind::Keyword, "else") | (Kind::Op, "**") => (level.nested, prefixes) = (level.nested + 1, 0),
            _ => prefixes = 0,
        }
        if matches!(token.kind, Kind::Op) && !matches!(token.text, "," | "=" | ";" | ":") {
            level.chain += 1;
        }
        if matches!(token.text, "," | ";") {
            *level = Level { ended: level.depth(), ..Level::default() };
        }
        if prefixes > MAX_PREFIXES || elifs > MAX_ELIFS || level.nested > MAX_NESTED {
            return refuse(TOO_COMPLEX);
        }
        if line.depth() > MAX_CHAIN {
            return refuse(TOO_RECURSIVE);
        }
    }
    None
}

/// An open bracket, or the line itself.
#[derive(Debug, Clone, Copy, Default)]
struct Level {
    /// Operators, calls and the like since the last comma.
    chain: usize,
    /// What nests to the right since the last comma.
    nested: usize,
    /// The deepest bracket that was closed since the last comma: what follows stands around it.
    inner: usize,
    /// The deepest that stands before a comma.
    ended: usize,
}

impl Level {
    fn depth(&self) -> usize {
        self.ended.max(self.chain + self.inner)
    }
}

/// A logical line up to some token: its open brackets, outermost first.
struct Line {
    levels: Vec<Level>,
    /// The chains of all levels but the innermost.
    below: usize,
}

impl Default for Line {
    fn default() -> Self {
        Self { levels: vec![Level::default()], below: 0 }
    }
}

impl Line {
    /// Opens and closes brackets until so many are open.
    fn go_to(&mut self, open: usize) {
        while self.levels.len() > open + 1 {
            let closed = self.levels.pop().unwrap_or_default();
            let around = self.top();
            around.inner = around.inner.max(closed.depth());
            let chain = around.chain;
            self.below -= chain;
        }
        while self.levels.len() < open + 1 {
            self.below += self.top().chain;
            self.levels.push(Level::default());
        }
    }

    fn top(&mut self) -> &mut Level {
        if self.levels.is_empty() {
            self.levels.push(Level::default());
        }
        let last = self.levels.len() - 1;
        &mut self.levels[last]
    }

    /// How deep the tree of the line is at most, so far.
    fn depth(&self) -> usize {
        self.below + self.levels.last().map_or(0, Level::depth)
    }
}

#[cfg(test)]
mod tests {
    use super::super::analyze;

    fn chained_over(levels: usize, chain: usize) -> String {
        let mut code = "1".to_owned();
        for _ in 0..levels {
            code = format!("({code}{})", "+1".repeat(chain));
        }
        code
    }

    #[test]
    fn chains_add_up_over_brackets_and_not_over_commas() {
        assert!(!analyze(&format!("x = {}\n", chained_over(100, 200))).valid);
        assert!(analyze(&format!("x = {}\n", chained_over(10, 200))).valid);
        let side_by_side = vec![chained_over(10, 200); 20].join(", ");
        assert!(analyze(&format!("x = [{side_by_side}]\n")).valid);
    }
}
