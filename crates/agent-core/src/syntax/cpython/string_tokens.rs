//! Strings and f-strings as CPython 3.13 reads them, up to where one does not end.
//!
//! What a string may contain is in `literals`.

use super::tokens::{Kind, Mode, Reader, Step};

/// f-strings inside each other.
const MAX_STRING_MODES: usize = 150;

/// Replacement fields inside the format of each other.
const MAX_FIELD_NESTING: i32 = 3;

impl Reader<'_> {
    pub(super) fn string(&mut self, start: usize) -> Step<()> {
        let prefix = &self.text[start..self.at];
        let Some(quote) = self.peek() else { return Ok(()) };
        let triple = self.peek_at(1) == Some(quote) && self.peek_at(2) == Some(quote);
        let size = if triple { 3 } else { 1 };
        if prefix.bytes().any(|byte| byte.eq_ignore_ascii_case(&b'f')) {
            if self.modes.len() >= MAX_STRING_MODES {
                return self.refuse("too many nested f-strings", self.at + 1);
            }
            let raw = prefix.bytes().any(|byte| byte.eq_ignore_ascii_case(&b'r'));
            self.at += size;
            self.push(Kind::FormatStart, start, self.at);
            self.modes.push(Mode {
                in_text: true,
                quote,
                quote_size: size,
                start,
                raw,
                field_depth: -1,
                is_format: true,
                ..Mode::default()
            });
            return Ok(());
        }
        self.at += size;
        self.plain_string(start, quote, size)
    }

    fn plain_string(&mut self, start: usize, quote: u8, size: usize) -> Step<()> {
        let (mut closing, mut escaped_quote) = (0, false);
        while closing != size {
            match self.peek() {
                None => return self.unterminated(start, quote, size, escaped_quote),
                Some(b'\n' | b'\r') if size == 1 => {
                    return self.unterminated(start, quote, size, escaped_quote);
                }
                Some(b'\\') => {
                    closing = 0;
                    self.at += 1;
                    escaped_quote |= self.peek() == Some(quote);
                    match self.peek() {
                        Some(b'\r' | b'\n') => self.skip_line_break(),
                        Some(_) => self.at += 1,
                        None => {}
                    }
                    continue;
                }
                Some(byte) if byte == quote => closing += 1,
                Some(_) => closing = 0,
            }
            self.at += 1;
        }
        self.push(Kind::Text, start, self.at);
        Ok(())
    }

    fn unterminated(&mut self, start: usize, quote: u8, size: usize, escaped_quote: bool) -> Step<()> {
        let detected = self.detected_line();
        let mode = self.mode();
        if mode.is_format && mode.quote == quote && mode.quote_size == size {
            return self.refuse("f-string: expecting '}'", start + 1);
        }
        let hint = if size == 1 && escaped_quote { "; perhaps you escaped the end quote?" } else { "" };
        let triple = if size == 3 { "triple-quoted " } else { "" };
        self.refuse(
            format!("unterminated {triple}string literal (detected at line {detected}){hint}"),
            start + 1,
        )
    }

    /// The line on which reading stopped; a line break at the very end starts none.
    fn detected_line(&self) -> usize {
        let line = self.source.line_index(self.at) + 1;
        if self.peek().is_none() && self.text.ends_with(['\n', '\r']) { (line - 1).max(1) } else { line }
    }

    /// The text of an f-string up to a field or its end.
    pub(super) fn format_text(&mut self) -> Step<()> {
        let Mode { quote, quote_size, start: opened, raw, .. } = *self.mode();
        let start = self.at;
        if self.peek() == Some(b'{') && self.peek_at(1) != Some(b'{') {
            return self.open_field();
        }
        if self.closing_quotes(quote, quote_size) {
            self.at += quote_size;
            self.push(Kind::FormatEnd, start, self.at);
            self.modes.pop();
            return Ok(());
        }
        loop {
            let in_format = self.mode().in_format && self.mode().field_depth >= 0;
            match self.peek() {
                Some(b'\n' | b'\r') if quote_size == 1 && in_format => {
                    self.mode().in_text = false;
                    self.mode().in_format = false;
                    break;
                }
                None if quote_size == 1 && in_format => {
                    self.mode().in_text = false;
                    break;
                }
                None => return self.unterminated_format(opened, quote_size),
                Some(b'\n' | b'\r') if quote_size == 1 => {
                    return self.unterminated_format(opened, quote_size);
                }
                Some(b'{') if self.peek_at(1) != Some(b'{') || in_format => break,
                Some(b'}') => {
                    if self.peek_at(1) == Some(b'}') && !in_format && self.mode().curly_depth == 0 {
                        self.at += 2;
                        continue;
                    }
                    self.mode().in_text = false;
                    break;
                }
                Some(b'{') => self.at += 2,
                Some(b'\\') => self.format_escape(raw),
                Some(_) if self.closing_quotes(quote, quote_size) => break,
                Some(_) => self.at += 1,
            }
        }
        if self.at > start {
            self.push(Kind::FormatMiddle, start, self.at);
        }
        if self.peek() == Some(b'{') && self.mode().in_text {
            return self.open_field();
        }
        Ok(())
    }

    fn closing_quotes(&self, quote: u8, size: usize) -> bool {
        (0..size).all(|ahead| self.peek_at(ahead) == Some(quote))
    }

    fn format_escape(&mut self, raw: bool) {
        self.at += 1;
        match self.peek() {
            Some(b'{' | b'}') | None => {}
            Some(b'\r' | b'\n') => self.skip_line_break(),
            Some(b'N') if !raw && self.peek_at(1) == Some(b'{') => {
                let rest = &self.text[self.at..];
                let name = rest.find(['}', '\n', '\'', '"']).filter(|end| rest.as_bytes()[*end] == b'}');
                self.at += name.map_or(2, |end| end + 1);
            }
            Some(_) => self.at += 1,
        }
    }

    fn unterminated_format(&mut self, opened: usize, size: usize) -> Step<()> {
        let triple = if size == 3 { "triple-quoted " } else { "" };
        let detected = self.detected_line();
        self.refuse(
            format!("unterminated {triple}f-string literal (detected at line {detected})"),
            opened + 1,
        )
    }

    fn open_field(&mut self) -> Step<()> {
        self.mode().field_depth += 1;
        if self.mode().field_depth >= MAX_FIELD_NESTING {
            return self.refuse("f-string: expressions nested too deeply", self.at);
        }
        self.mode().in_text = false;
        self.operator(b'{')
    }
}
