//! How deep a program is, measured before anything walks its tree recursively.
//!
//! Not here: room for the recursion, and what CPython itself refuses (`agent_core::syntax`).

use ruff_python_ast::token::{TokenKind, Tokens};

/// The deepest tree that is walked: some of Ruff's rules take time that grows with the square of the depth. Nobody reads
/// an expression of a fifth of this.
pub(crate) const DEPTH_MAX: usize = 200;
/// How deep the tree of these tokens is at most: blocks, brackets and chains of operators together.
pub(crate) fn depth(tokens: &Tokens) -> usize {
    let mut meter = Meter { levels: vec![Level::default()], blocks: 0, deepest: 0 };
    for token in tokens {
        meter.take(token.kind());
    }
    meter.deepest
}

/// An open bracket, or the line itself: its chain of operators so far, and the deepest bracket closed in that chain.
#[derive(Default)]
struct Level {
    chain: usize,
    inner: usize,
    /// The deepest chain that a comma ended.
    ended: usize,
}

impl Level {
    fn depth(&self) -> usize {
        self.ended.max(self.chain + self.inner)
    }
}

struct Meter {
    levels: Vec<Level>,
    blocks: usize,
    deepest: usize,
}

impl Meter {
    fn take(&mut self, kind: TokenKind) {
        match kind {
            TokenKind::Indent => self.blocks += 1,
            TokenKind::Dedent => self.blocks = self.blocks.saturating_sub(1),
            TokenKind::Newline => {
                self.levels.clear();
                self.levels.push(Level::default());
            }
            TokenKind::Lpar
            | TokenKind::Lsqb
            | TokenKind::Lbrace
            | TokenKind::FStringStart
            | TokenKind::TStringStart => {
                self.top().chain += 1;
                self.levels.push(Level::default());
            }
            TokenKind::Rpar
            | TokenKind::Rsqb
            | TokenKind::Rbrace
            | TokenKind::FStringEnd
            | TokenKind::TStringEnd => {
                self.close();
            }
            TokenKind::Comma | TokenKind::Semi => {
                let level = self.top();
                *level = Level { ended: level.depth(), ..Level::default() };
            }
            TokenKind::Name
            | TokenKind::Int
            | TokenKind::Float
            | TokenKind::Complex
            | TokenKind::String
            | TokenKind::FStringMiddle
            | TokenKind::TStringMiddle
            | TokenKind::Comment
            | TokenKind::NonLogicalNewline => {}
            _ => self.top().chain += 1,
        }
        let open: usize = self.levels.iter().map(|level| level.chain).sum();
        self.deepest = self
            .deepest
            .max(self.blocks + open)
            .max(self.blocks + self.levels.last().map_or(0, Level::depth));
    }

    fn top(&mut self) -> &mut Level {
        if self.levels.is_empty() {
            self.levels.push(Level::default());
        }
        let last = self.levels.len() - 1;
        &mut self.levels[last]
    }

    fn close(&mut self) {
        let depth = self.levels.pop().map_or(0, |level| level.depth());
        let outer = self.top();
        outer.inner = outer.inner.max(depth);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::parse;

    fn depth_of(code: &str) -> usize {
        depth(parse(code).expect("a module").tokens())
    }

    #[test]
    fn depth_grows_with_what_is_nested_and_not_with_what_stands_side_by_side() {
        assert!(depth_of("x = 1\n".repeat(1_000).as_str()) < 5);
        assert!(depth_of(&format!("x = [{}]\n", "(1, 2), ".repeat(1_000))) < 10);
        assert!(depth_of(&format!("x = 0{}\n", " + 1".repeat(1_000))) > 1_000);
        assert!(depth_of(&format!("x = {}1{}\n", "(".repeat(150), ")".repeat(150))) > 150);
        assert!(depth_of(&format!("x = f{}\n", "()".repeat(1_000))) > 1_000);
        assert!(depth_of(&format!("x = a{}\n", ".b".repeat(1_000))) > 1_000);
    }

    #[test]
    fn chains_in_brackets_that_chain_on_add_up() {
        let mut code = "1".to_owned();
        for _ in 0..50 {
            code = format!("({code}{})", " + 1".repeat(20));
        }
        assert!(depth_of(&format!("x = {code}\n")) > 50 * 20);
    }
}
