//! The submitted text: its lines, pieces of it to quote, and where a long one is cut.
//!
//! What the text means does not belong here.

use ruff_python_ast::Stmt;
use ruff_source_file::LineIndex;
use ruff_text_size::{Ranged, TextRange, TextSize};

/// The longest text that is reviewed whole; of a longer one the beginning is, up to the last statement that fits.
pub(crate) const REVIEWED_MAX_BYTES: usize = 64 * 1024;
/// Characters of a quoted piece of code.
const QUOTED_CHARS: usize = 60;

/// A text and its lines.
pub(crate) struct Source<'a> {
    text: &'a str,
    lines: LineIndex,
}

impl<'a> Source<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, lines: LineIndex::from_source_text(text) }
    }

    /// The line of an offset, from 1.
    pub(crate) fn line(&self, offset: TextSize) -> u32 {
        let end = TextSize::of(self.text);
        u32::try_from(self.lines.line_index(offset.min(end)).get()).unwrap_or(u32::MAX)
    }

    /// A piece of the text on one line, shortened where it is long.
    pub(crate) fn quote(&self, range: TextRange) -> String {
        let piece = self.text.get(range.start().to_usize()..range.end().to_usize()).unwrap_or_default();
        let mut words = String::new();
        for word in piece.split_whitespace() {
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(word);
            if words.len() > QUOTED_CHARS * 4 {
                break;
            }
        }
        match words.char_indices().nth(QUOTED_CHARS) {
            Some((end, _)) => format!("{}…", &words[..end]),
            None => words,
        }
    }

    /// Lines that hold more than white space and a comment.
    pub(crate) fn code_lines(&self) -> u32 {
        let code = |line: &&str| !line.trim_start().is_empty() && !line.trim_start().starts_with('#');
        u32::try_from(self.text.split(['\n', '\r']).filter(code).count()).unwrap_or(u32::MAX)
    }

    /// Where the text is cut so that at most [`REVIEWED_MAX_BYTES`] are left: behind a statement. `None` where nothing
    /// has to be cut, 0 where not even the first statement fits.
    pub(crate) fn cut(&self, body: &[Stmt]) -> Option<usize> {
        if self.text.len() <= REVIEWED_MAX_BYTES {
            return None;
        }
        let fits = body.iter().map(|stmt| stmt.end().to_usize()).take_while(|end| *end <= REVIEWED_MAX_BYTES);
        Some(fits.last().unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_is_one_short_line() {
        let text = format!("x = [\n    1,\n    {}\n]", "é, ".repeat(100));
        let quote = Source::new(&text).quote(TextRange::up_to(TextSize::of(text.as_str())));
        assert!(quote.starts_with("x = [ 1, é,"), "{quote}");
        assert_eq!(quote.chars().count(), QUOTED_CHARS + 1);
    }

    #[test]
    fn code_lines_are_those_that_do_something() {
        assert_eq!(Source::new("x = 1\r\n\r\n  # note\ny = 2  # two\n").code_lines(), 2);
        assert_eq!(Source::new("").code_lines(), 0);
    }
}
