//! What CPython says about a text it refuses: class, words and place.
//!
//! Explaining it to a learner does not belong here.

use crate::syntax::report::Position;
use crate::syntax::source::{Source, to_u32};

/// The exception that CPython raises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::syntax) enum ErrorClass {
    Syntax,
    Indentation,
    Tab,
}

/// A refusal. `start..end` is the text it is about; `place` is where CPython points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::syntax) struct Verdict {
    pub(in crate::syntax) class: ErrorClass,
    pub(in crate::syntax) message: String,
    pub(in crate::syntax) place: Position,
    pub(in crate::syntax) start: usize,
    pub(in crate::syntax) end: usize,
}

impl Verdict {
    /// Whether CPython's tokenizer says it at once, even where the parser does not get so far.
    pub(super) fn is_loud(&self) -> bool {
        let quiet = ["was never closed", "unexpected EOF while parsing", "line continuation character"];
        let in_format = self.message.starts_with("f-string") || self.message.contains("f-string literal");
        self.class == ErrorClass::Syntax && !in_format && !quiet.iter().any(|end| self.message.ends_with(end))
    }

    /// About `start..end`, pointing at its start.
    pub(in crate::syntax) fn range(
        source: &Source<'_>,
        message: impl Into<String>,
        start: usize,
        end: usize,
    ) -> Self {
        let place = source.position(start);
        Self { class: ErrorClass::Syntax, message: message.into(), place, start, end }
    }

    /// Pointing at the last character before `read_to`.
    pub(super) fn at_end_of(source: &Source<'_>, message: impl Into<String>, read_to: usize) -> Self {
        let last = source.text()[..read_to].chars().next_back().map_or(0, char::len_utf8);
        let start = read_to - last;
        let mut verdict = Self::range(source, message, start, read_to);
        let line = source.line_index(read_to);
        if source.line_start(line) == read_to {
            verdict.place = Position { line: to_u32(line + 1), column: 1 };
        }
        verdict
    }

    /// Where CPython counts columns up to `at` without adding one, as it does for indentation.
    pub(super) fn before(
        source: &Source<'_>,
        class: ErrorClass,
        message: impl Into<String>,
        at: usize,
    ) -> Self {
        let mut verdict = Self::range(source, message, at, at);
        verdict.class = class;
        verdict.place.column = (verdict.place.column - 1).max(1);
        verdict
    }

    /// About the line that holds `at`, pointing at its first column.
    pub(super) fn whole_line(source: &Source<'_>, class: ErrorClass, message: &str, at: usize) -> Self {
        let line = source.line_index(at);
        let mut verdict = Self::range(source, message, source.line_start(line), source.line_end(line));
        verdict.class = class;
        verdict
    }

    /// About the line that holds `at`, pointing at its end.
    pub(super) fn end_of_line(source: &Source<'_>, class: ErrorClass, message: &str, at: usize) -> Self {
        let line = source.line_index(at);
        let mut verdict = Self::whole_line(source, class, message, at);
        verdict.place = source.position(source.line_end(line));
        verdict
    }

    /// At the end of the text, on its last line, as CPython counts it: one line break at the end is no line.
    pub(super) fn at_text_end(source: &Source<'_>, message: impl Into<String>) -> Self {
        let text = source.text();
        let end = text
            .strip_suffix("\r\n")
            .or_else(|| text.strip_suffix(['\n', '\r']))
            .map_or(text.len(), str::len);
        Self::range(source, message, end, end)
    }

    /// The text ended: an open bracket is named, or `otherwise` is said.
    pub(super) fn end_of_text(source: &Source<'_>, open: Option<(char, usize)>, otherwise: &str) -> Self {
        match open {
            Some((sign, at)) => Self::range(source, format!("'{sign}' was never closed"), at, at + 1),
            None => Self::at_text_end(source, otherwise),
        }
    }
}
