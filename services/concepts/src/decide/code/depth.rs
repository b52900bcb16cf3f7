//! Keeps hostile programs from making a tree that no ordinary stack bears.
//!
//! Counts tokens that could each make the tree one deeper: a bound far above what people write and far below what a stack
//! bears. It is asked twice: of the lexer's tokens, so that hostile text is not parsed at all, and of the parser's, which
//! reads broken f-strings otherwise. Not here: the tree itself.

use ruff_python_ast::ModModule;
use ruff_python_ast::token::TokenKind;
use ruff_python_parser::lexer::lex;
use ruff_python_parser::{Mode, ParseOptions, Parsed, parse_unchecked};

/// The deepest tree that is read, in nodes. A chain of 70 additions is within it.
const DEPTH_MAX: usize = 150;

/// The stack on which a tree goes that turned out too deep. It is only reserved; what is used of it depends on the tree.
const BURIAL_STACK_BYTES: usize = 512 << 20;

/// The program's tree; none where it may be too deep to be walked.
pub(super) fn parse(source: &str) -> Option<Parsed<ModModule>> {
    if !is_bounded(lexed(source)) {
        return None;
    }
    let parsed = parse_unchecked(source, ParseOptions::from(Mode::Module)).try_into_module()?;
    if is_bounded(parsed.tokens().iter().map(|token| token.kind())) {
        return Some(parsed);
    }
    bury(parsed);
    None
}

/// The kinds of a text's tokens, the end of the file being the last.
fn lexed(source: &str) -> impl Iterator<Item = TokenKind> {
    let mut lexer = lex(source, Mode::Module);
    let mut ended = false;
    std::iter::from_fn(move || {
        if ended {
            return None;
        }
        let kind = lexer.next_token();
        ended = kind == TokenKind::EndOfFile;
        Some(kind)
    })
}

/// Whether no path through the tree of these tokens can be longer than [`DEPTH_MAX`], give or take a few nodes a token.
fn is_bounded(mut kinds: impl Iterator<Item = TokenKind>) -> bool {
    let mut chains = Chains::default();
    kinds.all(|kind| chains.take(kind))
}

/// Drops a deep tree, which takes a frame a node, where there is room for it.
fn bury(parsed: Parsed<ModModule>) {
    let place = std::thread::Builder::new().stack_size(BURIAL_STACK_BYTES);
    // Without such a thread the tree was dropped with the closure; there is no third place.
    if let Ok(thread) = place.spawn(move || drop(parsed)) {
        let _ = thread.join();
    }
}

/// How long the chain of operands and operators is now, in each open bracket.
struct Chains {
    /// Open brackets, outermost first; the first entry is the statement itself.
    open: Vec<usize>,
    /// The sum of `open`.
    total: usize,
    indents: usize,
    fstrings: usize,
    /// The last token ended an operand, and a line break followed it.
    line_ended: bool,
    operand_ended: bool,
}

impl Default for Chains {
    fn default() -> Self {
        Self { open: vec![0], total: 0, indents: 0, fstrings: 0, line_ended: false, operand_ended: false }
    }
}

impl Chains {
    /// Counts one token; false where the tree may be too deep.
    fn take(&mut self, kind: TokenKind) -> bool {
        // An f-string that does not end in its line: the parser may end it elsewhere, and read on from there.
        if self.fstrings > 0 && ends_line(kind) {
            return false;
        }
        // Two operands on two lines without an operator between them do not belong to one expression, whatever bracket
        // was left open above them.
        if self.line_ended && starts_operand(kind) {
            self.end_chain();
        }
        match kind {
            TokenKind::Newline | TokenKind::Semi | TokenKind::Comma => self.end_chain(),
            TokenKind::Indent => self.indents += 1,
            TokenKind::Dedent => self.indents = self.indents.saturating_sub(1),
            TokenKind::Comment | TokenKind::NonLogicalNewline => {}
            _ => {
                self.extend();
                self.brackets(kind);
            }
        }
        if kind == TokenKind::NonLogicalNewline {
            self.line_ended = self.operand_ended;
        } else if kind != TokenKind::Comment {
            self.line_ended = false;
            self.operand_ended = ends_operand(kind);
        }
        self.total + self.open.len() + self.indents <= DEPTH_MAX
    }

    fn brackets(&mut self, kind: TokenKind) {
        match kind {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => self.open.push(0),
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => self.close(),
            TokenKind::FStringStart | TokenKind::TStringStart => {
                self.fstrings += 1;
                self.open.push(0);
            }
            TokenKind::FStringEnd | TokenKind::TStringEnd => {
                self.fstrings = self.fstrings.saturating_sub(1);
                self.close();
            }
            // What stands in braces of an f-string is a tree of its own beside the texts around it.
            TokenKind::FStringMiddle | TokenKind::TStringMiddle => self.end_chain(),
            _ => {}
        }
    }

    fn extend(&mut self) {
        if let Some(chain) = self.open.last_mut() {
            *chain += 1;
            self.total += 1;
        }
    }

    fn end_chain(&mut self) {
        if let Some(chain) = self.open.last_mut() {
            self.total -= std::mem::take(chain);
        }
    }

    fn close(&mut self) {
        if self.open.len() > 1 {
            self.end_chain();
            self.open.pop();
        }
    }
}

fn ends_line(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Newline
            | TokenKind::NonLogicalNewline
            | TokenKind::Comment
            | TokenKind::Dedent
            | TokenKind::Unknown
            | TokenKind::EndOfFile
    )
}

fn ends_operand(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Name
            | TokenKind::Int
            | TokenKind::Float
            | TokenKind::Complex
            | TokenKind::String
            | TokenKind::FStringEnd
            | TokenKind::TStringEnd
            | TokenKind::Rpar
            | TokenKind::Rsqb
            | TokenKind::Rbrace
            | TokenKind::Colon
            | TokenKind::True
            | TokenKind::False
            | TokenKind::None
    )
}

/// A name, a literal or the keyword of a statement: nothing that goes on with what stands before it.
fn starts_operand(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Name
            | TokenKind::Int
            | TokenKind::Float
            | TokenKind::String
            | TokenKind::FStringStart
            | TokenKind::True
            | TokenKind::False
            | TokenKind::None
            | TokenKind::Def
            | TokenKind::Class
            | TokenKind::While
            | TokenKind::Return
            | TokenKind::Import
            | TokenKind::From
            | TokenKind::Try
            | TokenKind::With
            | TokenKind::Break
            | TokenKind::Continue
            | TokenKind::Pass
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ruff_python_ast::AnyNodeRef;
    use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, TraversalSignal};

    use super::*;

    /// The depth that a tree really has.
    #[derive(Default)]
    struct Gauge {
        now: usize,
        deepest: usize,
    }

    impl<'a> SourceOrderVisitor<'a> for Gauge {
        fn enter_node(&mut self, _node: AnyNodeRef<'a>) -> TraversalSignal {
            self.now += 1;
            self.deepest = self.deepest.max(self.now);
            TraversalSignal::Traverse
        }

        fn leave_node(&mut self, _node: AnyNodeRef<'a>) {
            self.now -= 1;
        }
    }

    fn depth(parsed: &Parsed<ModModule>) -> usize {
        let mut gauge = Gauge::default();
        gauge.visit_body(parsed.suite());
        gauge.deepest
    }

    #[test]
    fn what_people_write_is_shallow() {
        let long_list = format!("values = [{}]\n", "1, ".repeat(10_000));
        let long_program = "for i in range(10):\n    print(i * 2 + 1)\n".repeat(5_000);
        let one_bracket_left_open = format!("print('hi'\n{}", "total = total + 1\n".repeat(500));
        for source in [long_list, long_program, one_bracket_left_open] {
            assert!(parse(&source).is_some(), "{}", &source[..60]);
        }
    }

    #[test]
    fn what_would_break_a_stack_is_not() {
        let deep = [
            "(".repeat(1 << 20),
            "[1,".repeat(1 << 18),
            format!("x = {}", "1+".repeat(1 << 19)),
            format!("x = (\n{}1)", "1 +\n".repeat(1 << 18)),
            "-".repeat(1 << 20),
            "not ".repeat(1 << 18),
            "lambda: ".repeat(1 << 17),
            format!("x = {}", "a.".repeat(1 << 19)),
            "{".repeat(1 << 20),
            format!("f'{{{}1}}'", "1+".repeat(1 << 18)),
            format!("f\"\"\"{{\"\"\"\n{}1", "1+".repeat(1 << 18)),
            "f'{".repeat(1 << 18),
            "if a: ".repeat(1 << 17),
            format!("f\"{{\"\n}} {}1", "1+".repeat(1 << 18)),
            format!("f\"{{\"\n}} (\n{}1", "1+\n".repeat(1 << 18)),
        ];
        for source in deep {
            assert!(!is_bounded(lexed(&source)), "{}", &source[..12]);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn no_tree_is_deeper_than_the_bound_says(
            pieces in prop::collection::vec((prop::sample::select(vec![
                "1+", "-", "not ", "(", "[", "{", ")", "]", "}", "a.", "f(", "f\"{", "f'{", "f\"\"\"{", "\"", "'", "\"\"\"",
                "\n", "1+\n", ",", ":", "lambda:", "if a:", "\\\n", "#", " x ", "!r\"", "r\"", "=", "x if y else ", "\n ", "t\"{",
            ]), prop_oneof![4 => Just(1_usize), 1 => Just(200)]), 0..12),
        ) {
            let source: String = pieces.iter().map(|(piece, times)| piece.repeat(*times)).collect();
            if let Some(parsed) = parse(&source) {
                // A token can stand for a statement or a parameter and what is in it: a few nodes.
                prop_assert!(depth(&parsed) <= 3 * DEPTH_MAX, "{}", depth(&parsed));
            }
        }
    }
}
