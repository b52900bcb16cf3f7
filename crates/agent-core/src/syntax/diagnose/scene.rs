//! The place of an error: its line, its tokens, and the edits one can make there.
//!
//! What the error is does not belong here.

use crate::syntax::cpython::{Kind, Token, Tokens, Verdict};
use crate::syntax::source::Source;

/// Characters of the learner's text that a message quotes.
const QUOTED_CHARS: usize = 40;
/// Characters of one word that a message or title holds: a name may be as long as the program.
const WORD_CHARS: usize = 60;
/// Characters of a whole message, explanation or title.
const TOLD_CHARS: usize = 800;

/// A replacement of bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::syntax) struct Change {
    pub(in crate::syntax) start: usize,
    pub(in crate::syntax) end: usize,
    pub(in crate::syntax) text: String,
}

/// A way to mend an error, not yet tried.
#[derive(Debug, Clone)]
pub(in crate::syntax) struct Proposal {
    pub(in crate::syntax) title: String,
    /// In the order of the text, never overlapping.
    pub(in crate::syntax) changes: Vec<Change>,
}

impl Proposal {
    pub(super) fn new(title: impl Into<String>, changes: Vec<Change>) -> Self {
        Self { title: clipped(title.into()), changes }
    }

    pub(super) fn insert(title: impl Into<String>, at: usize, text: impl Into<String>) -> Self {
        Self::replace(title, at, at, text)
    }

    pub(super) fn delete(title: impl Into<String>, start: usize, end: usize) -> Self {
        Self::replace(title, start, end, "")
    }

    pub(super) fn replace(
        title: impl Into<String>,
        start: usize,
        end: usize,
        text: impl Into<String>,
    ) -> Self {
        Self::new(title, vec![Change { start, end, text: text.into() }])
    }
}

/// An error in its text.
pub(in crate::syntax) struct Scene<'a> {
    pub(in crate::syntax) source: &'a Source<'a>,
    pub(in crate::syntax) tokens: &'a Tokens<'a>,
    pub(in crate::syntax) verdict: &'a Verdict,
    /// Index of the first token that does not end before the error.
    pub(in crate::syntax) at: usize,
}

impl<'a> Scene<'a> {
    pub(in crate::syntax) fn new(
        source: &'a Source<'a>,
        tokens: &'a Tokens<'a>,
        verdict: &'a Verdict,
    ) -> Self {
        let place = verdict.start;
        let at = tokens.list.partition_point(|token| token.start < place);
        Self { source, tokens, verdict, at: at.min(tokens.list.len().saturating_sub(1)) }
    }

    /// CPython's words.
    pub(super) fn said(&self) -> &'a str {
        &self.verdict.message
    }

    pub(super) fn says(&self, words: &str) -> bool {
        self.said().contains(words)
    }

    /// CPython has no name for the mistake.
    pub(super) fn is_unnamed(&self) -> bool {
        self.said() == "invalid syntax"
    }

    pub(super) fn text(&self) -> &'a str {
        self.source.text()
    }

    pub(super) fn token(&self, index: usize) -> Option<Token<'a>> {
        self.tokens.list.get(index).copied()
    }

    /// The token at which CPython points.
    pub(super) fn here(&self) -> Option<Token<'a>> {
        self.token(self.at)
    }

    /// The token before it.
    pub(super) fn before(&self) -> Option<Token<'a>> {
        self.at.checked_sub(1).and_then(|index| self.token(index))
    }

    pub(super) fn after(&self) -> Option<Token<'a>> {
        self.token(self.at + 1)
    }

    /// The line of the error, from 0.
    pub(super) fn line(&self) -> usize {
        self.source.line_index(self.verdict.start)
    }

    /// The line number a learner reads.
    pub(super) fn line_number(&self, offset: usize) -> usize {
        self.source.line_index(offset) + 1
    }

    /// The indentation of a line, counted from 0.
    pub(super) fn indent_of(&self, line: usize) -> &'a str {
        let text = self.source.line(line);
        &text[..text.len() - text.trim_start_matches([' ', '\t', '\x0c']).len()]
    }

    /// Tokens that start on a line, counted from 0, without line ends and levels.
    pub(super) fn tokens_on(&self, line: usize) -> Vec<(usize, Token<'a>)> {
        let (start, end) = (self.source.line_start(line), self.source.line_end(line));
        let first = self.tokens.list.partition_point(|token| token.start < start);
        let list = self.tokens.list[first..].iter().enumerate();
        list.take_while(|(_, token)| token.start <= end)
            .filter(|(_, token)| {
                !matches!(token.kind, Kind::Newline | Kind::Indent | Kind::Dedent | Kind::End | Kind::Refused)
            })
            .map(|(index, token)| (first + index, *token))
            .collect()
    }

    /// Where the code of a line ends: before its comment and trailing blanks, as far as tokens were read.
    pub(super) fn code_end(&self, line: usize) -> usize {
        let end = self.source.line_end(line);
        let read = self.tokens_on(line).last().map(|(_, token)| token.end);
        let rest = read.map_or("", |read| self.text().get(read..end).unwrap_or_default());
        let trimmed = self.source.line_start(line) + self.source.line(line).trim_end().len();
        match read {
            Some(read) if rest.trim_start().is_empty() || rest.trim_start().starts_with('#') => read,
            _ => trimmed,
        }
    }

    /// The learner's text from one byte to another, or to the end of the text, shortened for a message.
    pub(super) fn quote(&self, start: usize, end: usize) -> String {
        let text = self.text();
        let end = text.floor_char_boundary(end.min(text.len()));
        shortened(text.get(start..end).unwrap_or_default())
    }

    /// A token, shortened for a message.
    pub(super) fn shown(&self, token: Token<'_>) -> String {
        self.quote(token.start, token.end)
    }

    /// The line of the error, shortened for a message.
    pub(super) fn quoted_line(&self) -> String {
        let line = self.line();
        self.quote(self.source.line_start(line), self.source.line_end(line))
    }

    /// What CPython points at, shortened for a message; a name for the end of a line.
    pub(super) fn quoted_here(&self) -> String {
        let quoted = self.quote(self.verdict.start, self.verdict.end);
        if quoted.is_empty() { "the end of the line".to_owned() } else { format!("`{quoted}`") }
    }

    /// The first word of the line that holds a byte.
    pub(super) fn first_word(&self, line: usize) -> &'a str {
        let text = self.source.line(line).trim_start();
        let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
        &text[..end]
    }
}

/// The first line of a text, cut where it is long.
fn shortened(text: &str) -> String {
    let text = text.trim().split(['\r', '\n']).next().unwrap_or_default();
    let cut = text.char_indices().nth(QUOTED_CHARS);
    cut.map_or_else(|| text.to_owned(), |(at, _)| format!("{}…", &text[..at]))
}

/// What is said to a learner, with long words and an endless rest cut, so that no text makes an answer large.
pub(super) fn clipped(told: String) -> String {
    let long = |text: &str, chars: usize| text.len() > chars && text.chars().nth(chars).is_some();
    let words_fit = !told.split_whitespace().any(|word| long(word, WORD_CHARS));
    if words_fit && !long(&told, TOLD_CHARS) {
        return told;
    }
    let mut out = String::new();
    for word in told.split_inclusive(char::is_whitespace).take(TOLD_CHARS) {
        let bare = word.trim_end();
        match bare.char_indices().nth(WORD_CHARS) {
            Some((at, _)) => {
                out.push_str(&bare[..at]);
                out.push('…');
                // The sign after the word shows where the quoted code ends.
                let after = bare.rfind('`').filter(|tick| *tick >= at).map_or("", |tick| &bare[tick..]);
                out.push_str(if after.len() <= WORD_CHARS { after } else { "`" });
                out.push_str(&word[bare.len()..]);
            }
            None => out.push_str(word),
        }
    }
    match out.char_indices().nth(TOLD_CHARS) {
        Some((at, _)) => format!("{}…", &out[..at]),
        None => out,
    }
}

/// Whether a value can end with this token.
pub(super) fn ends_value(token: Token<'_>) -> bool {
    match token.kind {
        Kind::Name | Kind::Number | Kind::Text | Kind::FormatEnd => true,
        Kind::Keyword => matches!(token.text, "True" | "False" | "None"),
        Kind::Op => matches!(token.text, ")" | "]" | "}" | "..."),
        _ => false,
    }
}

/// Whether a value can start with this token.
pub(super) fn starts_value(token: Token<'_>) -> bool {
    match token.kind {
        Kind::Name | Kind::Number | Kind::Text | Kind::FormatStart => true,
        Kind::Keyword => matches!(token.text, "True" | "False" | "None" | "not" | "lambda" | "await"),
        Kind::Op => matches!(token.text, "(" | "[" | "{" | "..."),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_and_endless_texts_are_cut() {
        let name = "a".repeat(500_000);
        let told = clipped(format!("`{name}` is neither `b` nor {name}."));
        assert!(told.starts_with("`aaa") && told.contains("…` is neither `b` nor aaa"), "{told}");
        assert!(told.chars().count() < 200);
        assert!(clipped("b ".repeat(100_000)).chars().count() <= TOLD_CHARS + 1);
        let short = "Python writes `elif` where you wrote `else if`.";
        assert_eq!(clipped(short.to_owned()), short);
    }
}
