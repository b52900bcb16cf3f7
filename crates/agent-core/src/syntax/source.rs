//! The submitted text with its lines: byte offsets to positions and back.
//!
//! What the text means does not belong here.

use super::report::Position;

/// A text and where its lines start. A line ends with `\n`, `\r\n` or `\r`, as in CPython; a form feed ends none.
#[derive(Debug)]
pub(super) struct Source<'a> {
    text: &'a str,
    /// Byte offsets at which lines start; the first is 0.
    starts: Vec<usize>,
}

impl<'a> Source<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        let mut at = 0;
        while at < bytes.len() {
            match bytes[at] {
                b'\r' if bytes.get(at + 1) == Some(&b'\n') => at += 1,
                b'\r' | b'\n' => {}
                _ => {
                    at += 1;
                    continue;
                }
            }
            at += 1;
            starts.push(at);
        }
        Self { text, starts }
    }

    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// Lines that hold text: a line break at the very end starts none.
    pub(super) fn line_count(&self) -> u32 {
        let empty_last = self.starts.last() == Some(&self.text.len());
        to_u32(self.starts.len() - usize::from(empty_last))
    }

    /// The index, from 0, of the line that holds a byte offset.
    pub(super) fn line_index(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// Where a line, counted from 0, starts; the end of the text beyond the last one.
    pub(super) fn line_start(&self, index: usize) -> usize {
        self.starts.get(index).copied().unwrap_or(self.text.len())
    }

    /// Where a line, counted from 0, ends, its line break left out.
    pub(super) fn line_end(&self, index: usize) -> usize {
        let start = self.line_start(index);
        let end = self.line_start(index + 1);
        start + self.text[start..end].trim_end_matches(['\r', '\n']).len()
    }

    /// A line, counted from 0, without its line break; empty beyond the last one.
    pub(super) fn line(&self, index: usize) -> &'a str {
        &self.text[self.line_start(index)..self.line_end(index)]
    }

    /// Number of line starts, one more than line breaks.
    pub(super) fn lines(&self) -> usize {
        self.starts.len()
    }

    /// The position of a byte offset; one inside a line break counts as the end of its line.
    pub(super) fn position(&self, offset: usize) -> Position {
        let index = self.line_index(offset.min(self.text.len()));
        let start = self.line_start(index);
        let end = offset.min(self.line_end(index));
        Position {
            line: to_u32(index + 1),
            column: to_u32(self.text[start..end.max(start)].chars().count() + 1),
        }
    }
}

/// Positions in a text of at most 4 GiB.
pub(super) fn to_u32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_in_cpython() {
        let source = Source::new("a\r\nb\rc\u{c}d\u{2028}e\n");
        assert_eq!(source.line_count(), 3);
        assert_eq!(source.line(0), "a");
        assert_eq!(source.line(2), "c\u{c}d\u{2028}e");
        assert_eq!(Source::new("").line_count(), 0);
        assert_eq!(Source::new("\n\n").line_count(), 2);
    }

    #[test]
    fn columns_are_code_points() {
        let text = "é = '𝒳'\r\nzz";
        let source = Source::new(text);
        assert_eq!(source.position(text.len()), Position { line: 2, column: 3 });
        assert_eq!(source.position(3), Position { line: 1, column: 3 });
    }
}
