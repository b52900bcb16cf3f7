//! Text to tokens as CPython 3.13 reads it, up to the first thing that its tokenizer refuses.
//!
//! Ruff's lexer recovers and goes on; this one stops where CPython stops, with CPython's words and place.
//! Strings are in `string_tokens`, numbers in `number_tokens`. Grammar does not belong here.

use super::verdict::{ErrorClass, Verdict};
use crate::syntax::source::Source;

/// Brackets open at once.
const MAX_BRACKETS: usize = 200;
/// Levels of indentation, the outermost included.
const MAX_INDENTS: usize = 100;
/// What a token takes at least, as a rule, blanks and comments counted in.
const BYTES_A_TOKEN: usize = 3;
/// Columns to which a tab advances.
const TAB_STOP: usize = 8;

/// Whether a word is reserved in Python 3.13.
#[rustfmt::skip]
pub(in crate::syntax) fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "False" | "None" | "True" | "and" | "as" | "assert" | "async" | "await" | "break" | "class" | "continue"
            | "def" | "del" | "elif" | "else" | "except" | "finally" | "for" | "from" | "global" | "if" | "import"
            | "in" | "is" | "lambda" | "nonlocal" | "not" | "or" | "pass" | "raise" | "return" | "try" | "while"
            | "with" | "yield"
    )
}

/// Bytes of the longest operator that a text begins with; one where there is none.
fn operator_size(text: &[u8]) -> usize {
    match text {
        [b'*', b'*', b'=', ..] | [b'/', b'/', b'=', ..] | [b'>', b'>', b'=', ..] | [b'<', b'<', b'=', ..] => {
            3
        }
        [b'.', b'.', b'.', ..] => 3,
        [b'*', b'*', ..]
        | [b'/', b'/', ..]
        | [b'>', b'>', ..]
        | [b'<', b'<' | b'>', ..]
        | [b'-', b'>', ..] => 2,
        [
            b'!' | b':' | b'=' | b'<' | b'>' | b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^' | b'@',
            b'=',
            ..,
        ] => 2,
        _ => 1,
    }
}

/// The sort of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::syntax) enum Kind {
    Name,
    Keyword,
    Number,
    Text,
    FormatStart,
    FormatMiddle,
    FormatEnd,
    Newline,
    Indent,
    Dedent,
    End,
    /// Operators, brackets, and characters that are nothing in Python.
    Op,
    /// The tokenizer refused; the verdict is beside the tokens.
    Refused,
}

/// A token and where it stands.
#[derive(Debug, Clone, Copy)]
pub(in crate::syntax) struct Token<'a> {
    pub(in crate::syntax) kind: Kind,
    pub(in crate::syntax) text: &'a str,
    /// Byte offset of its first character; of the reading position, for tokens without text.
    pub(in crate::syntax) start: usize,
    /// Byte offset after its last character.
    pub(in crate::syntax) end: usize,
    /// Brackets open after it.
    pub(in crate::syntax) level: usize,
}

/// What was read of a text.
#[derive(Debug)]
pub(in crate::syntax) struct Tokens<'a> {
    /// Ends with [`Kind::End`], or with [`Kind::Refused`] where there is a refusal.
    pub(in crate::syntax) list: Vec<Token<'a>>,
    /// Why reading stopped early.
    pub(in crate::syntax) refusal: Option<Verdict>,
    /// CPython named the refusal while it read; the others it names only where the parser comes to them.
    pub(in crate::syntax) loud: bool,
    /// Brackets open where reading stopped, innermost last.
    pub(in crate::syntax) open: Vec<usize>,
}

/// Reads `source` from a byte offset that starts a statement at the outermost level.
pub(in crate::syntax) fn tokenize<'a>(source: &'a Source<'a>, from: usize) -> Tokens<'a> {
    let mut reader = Reader {
        source,
        text: source.text(),
        at: from,
        list: Vec::with_capacity((source.text().len() - from) / BYTES_A_TOKEN + 4),
        brackets: Vec::new(),
        indents: vec![(0, 0)],
        modes: vec![Mode::default()],
        line_begins: true,
    };
    if from == 0 && reader.text.starts_with('\u{feff}') {
        reader.at = '\u{feff}'.len_utf8();
    }
    let refusal = loop {
        match reader.step() {
            Ok(true) => {}
            Ok(false) => break None,
            Err(refusal) => break Some(refusal),
        }
    };
    let loud = refusal.as_ref().is_some_and(Verdict::is_loud);
    if refusal.is_some() {
        reader.push(Kind::Refused, reader.at, reader.at);
    }
    let open = reader.brackets.iter().map(|bracket| bracket.at).collect();
    Tokens { list: reader.list, refusal, loud, open }
}

pub(super) struct Bracket {
    pub(super) sign: u8,
    pub(super) at: usize,
}

/// Inside which f-string the reader is; the first mode is plain code.
#[derive(Default, Clone)]
pub(super) struct Mode {
    /// Reading the text of the f-string, not the code of a field.
    pub(super) in_text: bool,
    pub(super) quote: u8,
    pub(super) quote_size: usize,
    pub(super) start: usize,
    pub(super) raw: bool,
    pub(super) curly_depth: i32,
    /// The depth at which the innermost field began; -1 outside fields.
    pub(super) field_depth: i32,
    pub(super) in_format: bool,
    pub(super) is_format: bool,
}

pub(super) struct Reader<'a> {
    pub(super) source: &'a Source<'a>,
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) list: Vec<Token<'a>>,
    pub(super) brackets: Vec<Bracket>,
    /// Column, and column with tabs of one, of each open level.
    pub(super) indents: Vec<(usize, usize)>,
    pub(super) modes: Vec<Mode>,
    pub(super) line_begins: bool,
}

pub(super) type Step<T> = Result<T, Verdict>;

impl<'a> Reader<'a> {
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    pub(super) fn push(&mut self, kind: Kind, start: usize, end: usize) {
        let text = &self.text[start..end];
        self.list.push(Token { kind, text, start, end, level: self.brackets.len() });
    }

    pub(super) fn mode(&mut self) -> &mut Mode {
        let last = self.modes.len() - 1;
        &mut self.modes[last]
    }

    /// Refuses with the place CPython gives by default: the last character read.
    pub(super) fn refuse<T>(&self, message: impl Into<String>, read_to: usize) -> Step<T> {
        Err(Verdict::at_end_of(self.source, message, read_to))
    }

    pub(super) fn skip_line_break(&mut self) {
        if self.peek() == Some(b'\r') && self.peek_at(1) == Some(b'\n') {
            self.at += 1;
        }
        self.at += 1;
    }

    fn step(&mut self) -> Step<bool> {
        if self.mode().in_text {
            self.format_text()?;
            return Ok(true);
        }
        if std::mem::take(&mut self.line_begins) && self.begin_line()? {
            return Ok(true);
        }
        let comment = self.skip_blanks()?;
        let start = self.at;
        let Some(byte) = self.peek() else { return self.end() };
        match byte {
            b'\r' | b'\n' => self.line_break(comment),
            b'0'..=b'9' => self.number()?,
            b'.' if self.peek_at(1).is_some_and(|next| next.is_ascii_digit()) => self.number()?,
            b'"' | b'\'' => self.string(start)?,
            _ if is_word_byte(byte) => self.word()?,
            _ => self.operator(byte)?,
        }
        Ok(true)
    }

    /// Blanks, comments and joined lines; where the last comment starts.
    fn skip_blanks(&mut self) -> Step<Option<usize>> {
        let mut comment = None;
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\x0c') => self.at += 1,
                Some(b'#') => {
                    comment = Some(self.at);
                    self.skip_comment();
                }
                Some(b'\\') => self.joined_line()?,
                _ => return Ok(comment),
            }
        }
    }

    fn skip_comment(&mut self) {
        while self.peek().is_some_and(|byte| byte != b'\n' && byte != b'\r') {
            self.at += 1;
        }
    }

    fn joined_line(&mut self) -> Step<()> {
        let backslash = self.at;
        self.at += 1;
        if !matches!(self.peek(), Some(b'\r' | b'\n')) {
            if self.peek().is_none() {
                return Err(Verdict::end_of_text(
                    self.source,
                    self.brackets_open(),
                    "unexpected EOF while parsing",
                ));
            }
            let message = "unexpected character after line continuation character";
            return Err(Verdict::range(self.source, message, backslash + 1, backslash + 1));
        }
        self.skip_line_break();
        if self.peek().is_none() {
            return Err(Verdict::end_of_text(
                self.source,
                self.brackets_open(),
                "unexpected EOF while parsing",
            ));
        }
        Ok(())
    }

    fn brackets_open(&self) -> Option<(char, usize)> {
        self.brackets.last().map(|bracket| (char::from(bracket.sign), bracket.at))
    }

    /// The end of the text: what is still open is closed, or refused.
    fn end(&mut self) -> Step<bool> {
        if self.brackets_open().is_some() {
            return Err(Verdict::end_of_text(self.source, self.brackets_open(), ""));
        }
        if self.list.last().is_some_and(|token| !matches!(token.kind, Kind::Newline | Kind::Dedent)) {
            self.push(Kind::Newline, self.at, self.at);
        }
        while self.indents.len() > 1 {
            self.indents.pop();
            self.push(Kind::Dedent, self.at, self.at);
        }
        self.push(Kind::End, self.at, self.at);
        Ok(false)
    }

    /// After a comment, CPython has the line end where the comment starts.
    fn line_break(&mut self, comment: Option<usize>) {
        let start = comment.unwrap_or(self.at);
        self.skip_line_break();
        self.line_begins = true;
        if self.brackets.is_empty() {
            self.push(Kind::Newline, start, start);
        }
    }

    /// Measures the indentation; says whether it made tokens.
    fn begin_line(&mut self) -> Step<bool> {
        if !self.brackets.is_empty() {
            return Ok(false);
        }
        let (mut column, mut narrow, mut joined) = (0, 0, None);
        loop {
            match self.peek() {
                Some(b' ') => (column, narrow) = (column + 1, narrow + 1),
                Some(b'\t') => (column, narrow) = ((column / TAB_STOP + 1) * TAB_STOP, narrow + 1),
                Some(b'\x0c') => (column, narrow) = (0, 0),
                Some(b'\\') => {
                    joined = joined.or((column > 0).then_some(column));
                    self.joined_line()?;
                    continue;
                }
                Some(b'#') => {
                    self.skip_comment();
                    continue;
                }
                Some(b'\r' | b'\n') => {
                    self.skip_line_break();
                    (column, narrow, joined) = (0, 0, None);
                    continue;
                }
                _ => break,
            }
            self.at += 1;
        }
        if self.peek().is_none() {
            return Ok(false);
        }
        if let Some(joined) = joined {
            (column, narrow) = (joined, joined);
        }
        self.indent(column, narrow)
    }

    fn indent(&mut self, column: usize, narrow: usize) -> Step<bool> {
        let before = self.list.len();
        let mut top = self.indents[self.indents.len() - 1];
        if column > top.0 {
            if self.indents.len() >= MAX_INDENTS {
                let message = "too many levels of indentation";
                return Err(Verdict::whole_line(self.source, ErrorClass::Indentation, message, self.at));
            }
            if narrow <= top.1 {
                return self.inconsistent();
            }
            self.indents.push((column, narrow));
            self.push(Kind::Indent, self.at, self.at);
            return Ok(true);
        }
        while column < top.0 {
            self.indents.pop();
            top = self.indents[self.indents.len() - 1];
            self.push(Kind::Dedent, self.at, self.at);
        }
        if column != top.0 {
            self.list.truncate(before);
            let message = "unindent does not match any outer indentation level";
            return Err(Verdict::end_of_line(self.source, ErrorClass::Indentation, message, self.at));
        }
        if narrow != top.1 {
            self.list.truncate(before);
            return self.inconsistent();
        }
        Ok(self.list.len() > before)
    }

    fn inconsistent(&self) -> Step<bool> {
        let message = "inconsistent use of tabs and spaces in indentation";
        Err(Verdict::whole_line(self.source, ErrorClass::Tab, message, self.at))
    }

    fn word(&mut self) -> Step<()> {
        let start = self.at;
        let goes_on = |byte: &&u8| is_word_byte(**byte) || byte.is_ascii_digit();
        self.at += self.text.as_bytes()[start..].iter().take_while(goes_on).count();
        if matches!(self.peek(), Some(b'"' | b'\'')) && is_string_prefix(&self.text[start..self.at]) {
            return self.string(start);
        }
        let word = &self.text[start..self.at];
        if !word.is_ascii() {
            self.check_word(start, word)?;
        }
        self.push(if is_keyword(word) { Kind::Keyword } else { Kind::Name }, start, self.at);
        Ok(())
    }

    fn check_word(&self, start: usize, word: &str) -> Step<()> {
        let bad = word.char_indices().find(|(at, c)| {
            let fine = if *at == 0 {
                unicode_ident::is_xid_start(*c) || *c == '_'
            } else {
                unicode_ident::is_xid_continue(*c)
            };
            !fine
        });
        let Some((at, c)) = bad else { return Ok(()) };
        let code = u32::from(c);
        let message = if is_printable(c) {
            format!("invalid character '{c}' (U+{code:04X})")
        } else {
            format!("invalid non-printable character U+{code:04X}")
        };
        self.refuse(message, start + at + c.len_utf8())
    }

    pub(super) fn operator(&mut self, byte: u8) -> Step<()> {
        let start = self.at;
        let mode = self.mode();
        if byte == b':' && mode.is_format && mode.field_depth >= 0 && mode.curly_depth - 1 == mode.field_depth
        {
            mode.in_text = true;
            mode.in_format = true;
            self.at += 1;
            self.push(Kind::Op, start, self.at);
            return Ok(());
        }
        let size = operator_size(&self.text.as_bytes()[start..]);
        if size > 1 {
            self.at += size;
            self.push(Kind::Op, start, self.at);
            return Ok(());
        }
        self.at += 1;
        match byte {
            b'(' | b'[' | b'{' => self.open_bracket(byte, start)?,
            b')' | b']' | b'}' => self.close_bracket(byte)?,
            _ if byte.is_ascii_control() => {
                return self.refuse(format!("invalid non-printable character U+{byte:04X}"), self.at);
            }
            _ => {}
        }
        self.push(Kind::Op, start, self.at);
        Ok(())
    }

    fn open_bracket(&mut self, sign: u8, at: usize) -> Step<()> {
        if self.brackets.len() >= MAX_BRACKETS {
            return self.refuse("too many nested parentheses", self.at);
        }
        self.brackets.push(Bracket { sign, at });
        if self.mode().is_format {
            self.mode().curly_depth += 1;
        }
        Ok(())
    }

    fn close_bracket(&mut self, sign: u8) -> Step<()> {
        let c = char::from(sign);
        let mode = self.mode();
        let (is_format, depth, field) = (mode.is_format, mode.curly_depth, mode.field_depth);
        if is_format && depth == 0 && sign == b'}' {
            return self.refuse("f-string: single '}' is not allowed", self.at);
        }
        let Some(open) = self.brackets.pop() else { return self.refuse(format!("unmatched '{c}'"), self.at) };
        if !matches!((open.sign, sign), (b'(', b')') | (b'[', b']') | (b'{', b'}')) {
            if is_format && open.sign == b'{' && depth - 1 == field {
                return self.refuse(format!("f-string: unmatched '{c}'"), self.at);
            }
            let opening = char::from(open.sign);
            let line = self.source.line_index(open.at);
            let mut message =
                format!("closing parenthesis '{c}' does not match opening parenthesis '{opening}'");
            if line != self.source.line_index(self.at - 1) {
                message = format!("{message} on line {}", line + 1);
            }
            self.brackets.push(open);
            return self.refuse(message, self.at);
        }
        if is_format {
            if depth == 0 {
                return self.refuse(format!("f-string: unmatched '{c}'"), self.at);
            }
            let mode = self.mode();
            mode.curly_depth -= 1;
            if sign == b'}' && mode.curly_depth == mode.field_depth {
                mode.field_depth -= 1;
                mode.in_text = true;
                mode.in_format = mode.field_depth >= 0;
            }
        }
        Ok(())
    }
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 128
}

fn is_string_prefix(word: &str) -> bool {
    matches!(word.to_ascii_lowercase().as_str(), "b" | "r" | "u" | "f" | "br" | "rb" | "fr" | "rf")
}

/// As `str.isprintable`, near enough for the characters that reach a program by mistake.
fn is_printable(c: char) -> bool {
    let format = matches!(u32::from(c),
        0xAD | 0x600..=0x605 | 0x61C | 0x6DD | 0x70F | 0x180E | 0x200B..=0x200F | 0x202A..=0x202E
        | 0x2060..=0x206F | 0xFEFF | 0xFFF9..=0xFFFB | 0xE000..=0xF8FF | 0xE0001..=0xE007F | 0xF0000..);
    !(c.is_control() || c.is_whitespace() || format)
}
