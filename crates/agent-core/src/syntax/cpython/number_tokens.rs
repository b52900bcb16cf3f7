//! Numbers as CPython 3.13 reads them, and what may not touch one.

use super::tokens::{Kind, Reader, Step};
use super::verdict::Verdict;

impl Reader<'_> {
    pub(super) fn number(&mut self) -> Step<()> {
        let start = self.at;
        match (self.peek(), self.peek_at(1).map(|byte| byte.to_ascii_lowercase())) {
            (Some(b'0'), Some(b'x')) => self.based(16, "hexadecimal")?,
            (Some(b'0'), Some(b'o')) => self.based(8, "octal")?,
            (Some(b'0'), Some(b'b')) => self.based(2, "binary")?,
            _ => self.decimal(start)?,
        }
        self.push(Kind::Number, start, self.at);
        Ok(())
    }

    fn based(&mut self, base: u32, kind: &str) -> Step<()> {
        self.at += 2;
        let digit = |byte: Option<u8>| byte.is_some_and(|byte| char::from(byte).is_digit(base));
        loop {
            if self.peek() == Some(b'_') {
                self.at += 1;
            }
            if !digit(self.peek()) {
                return self.bad_digit(kind, base);
            }
            while digit(self.peek()) {
                self.at += 1;
            }
            if self.peek() != Some(b'_') {
                break;
            }
        }
        if self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return self.bad_digit(kind, base);
        }
        self.number_ends(kind)
    }

    fn bad_digit(&self, kind: &str, base: u32) -> Step<()> {
        match self.peek() {
            Some(byte) if base < 10 && byte.is_ascii_digit() => {
                self.refuse(format!("invalid digit '{}' in {kind} literal", char::from(byte)), self.at + 1)
            }
            _ => self.refuse(format!("invalid {kind} literal"), self.at),
        }
    }

    fn decimal(&mut self, start: usize) -> Step<()> {
        let mut integer = self.peek() != Some(b'.');
        if integer {
            self.digits()?;
        }
        let digits = &self.text[start..self.at];
        if self.peek() == Some(b'.') {
            integer = false;
            self.at += 1;
            if self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                self.digits()?;
            }
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            let signed = matches!(self.peek_at(1), Some(b'+' | b'-'));
            let digit = self.peek_at(1 + usize::from(signed)).is_some_and(|byte| byte.is_ascii_digit());
            if digit {
                integer = false;
                self.at += 1 + usize::from(signed);
                self.digits()?;
            } else if signed {
                return self.refuse("invalid decimal literal", self.at + 2);
            }
        }
        if matches!(self.peek(), Some(b'j' | b'J')) {
            self.at += 1;
            return self.number_ends("imaginary");
        }
        if integer && digits.starts_with('0') && digits.bytes().any(|byte| matches!(byte, b'1'..=b'9')) {
            let zeros = digits.bytes().take_while(|byte| matches!(byte, b'0' | b'_')).count();
            let message = "leading zeros in decimal integer literals are not permitted; \
                           use an 0o prefix for octal integers";
            return Err(Verdict::range(self.source, message, start, start + zeros));
        }
        self.number_ends("decimal")
    }

    fn digits(&mut self) -> Step<()> {
        loop {
            while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                self.at += 1;
            }
            if self.peek() != Some(b'_') {
                return Ok(());
            }
            self.at += 1;
            if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                return self.refuse("invalid decimal literal", self.at);
            }
        }
    }

    /// A number may touch only the keywords that can follow one.
    fn number_ends(&self, kind: &str) -> Step<()> {
        let rest = &self.text[self.at..];
        let word =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).map_or(rest, |end| &rest[..end]);
        let prefix_only = ["if", "in", "is"].iter().any(|keyword| word.starts_with(keyword));
        if word.is_empty() || prefix_only || matches!(word, "and" | "else" | "for" | "or" | "not") {
            return Ok(());
        }
        self.refuse(format!("invalid {kind} literal"), self.at)
    }
}
