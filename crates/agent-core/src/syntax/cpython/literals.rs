//! Numbers and strings: f-string fields as grammar, and contents that CPython refuses while it parses.

use super::engine::{Id, Parse, Parser, Rule, Shape, Stop};
use super::tokens::Kind;

/// Decimal digits that CPython turns into a number by default.
const MAX_DIGITS: usize = 4300;

/// CPython's refusal of a number with very many digits.
pub(super) fn number_too_long(text: &str) -> Option<String> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let decimal = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    (decimal && digits > MAX_DIGITS).then(|| {
        format!(
            "Exceeds the limit ({MAX_DIGITS} digits) for integer string conversion: value has {digits} digits; \
             use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer \
             literals to avoid decimal conversion limits."
        )
    })
}

pub(super) fn is_imaginary(number: &str) -> bool {
    number.ends_with(['j', 'J'])
}

/// A quoted literal taken apart.
struct Quoted<'a> {
    bytes: bool,
    raw: bool,
    content: &'a str,
}

impl<'a> Quoted<'a> {
    fn of(text: &'a str) -> Self {
        let prefix = text.find(['"', '\'']).unwrap_or(0);
        let (prefix, rest) = text.split_at(prefix);
        let size =
            if rest.len() >= 6 && (rest.starts_with("\"\"\"") || rest.starts_with("'''")) { 3 } else { 1 };
        let has = |sign: u8| prefix.bytes().any(|byte| byte.eq_ignore_ascii_case(&sign));
        let content = rest.get(size..rest.len().saturating_sub(size)).unwrap_or_default();
        Self { bytes: has(b'b'), raw: has(b'r'), content }
    }

    fn refusal(&self) -> Option<String> {
        if self.bytes && !self.content.is_ascii() {
            return Some("bytes can only contain ASCII literal characters".to_owned());
        }
        match (self.raw, self.bytes) {
            (true, _) => None,
            (false, true) => bad_byte_escape(self.content),
            (false, false) => bad_escape(self.content),
        }
    }
}

fn bad_byte_escape(content: &str) -> Option<String> {
    let bytes = content.as_bytes();
    let mut at = 0;
    while at + 1 < bytes.len() {
        if bytes[at] != b'\\' {
            at += 1;
            continue;
        }
        let digits = bytes[at + 2..].iter().take(2).take_while(|byte| byte.is_ascii_hexdigit()).count();
        if bytes[at + 1] == b'x' && digits < 2 {
            return Some(format!("(value error) invalid \\x escape at position {at}"));
        }
        at += 2;
    }
    None
}

/// The first escape that cannot be read. CPython counts a character beyond ASCII as ten, its own escape.
fn bad_escape(content: &str) -> Option<String> {
    let (mut rest, mut position) = (content, 0);
    while let Some(backslash) = rest.find('\\') {
        position += rest[..backslash].chars().map(|c| if c.is_ascii() { 1 } else { 10 }).sum::<usize>();
        rest = &rest[backslash + 1..];
        let (sign, wanted) = match rest.chars().next() {
            Some('x') => ("truncated \\xXX escape", 2),
            Some('u') => ("truncated \\uXXXX escape", 4),
            Some('U') => ("truncated \\UXXXXXXXX escape", 8),
            Some('N') => ("", 0),
            Some(c) => {
                rest = &rest[c.len_utf8()..];
                position += 1 + if c.is_ascii() { 1 } else { 10 };
                continue;
            }
            None => return None,
        };
        let taken = if wanted == 0 {
            named_escape(rest).map_err(|(length, why)| (length, why.to_owned()))
        } else {
            let digits = rest.bytes().skip(1).take(wanted).take_while(u8::is_ascii_hexdigit).count();
            let value = u32::from_str_radix(&rest[1..=digits], 16).unwrap_or(0);
            match digits {
                digits if digits < wanted => Err((digits + 1, sign.to_owned())),
                _ if value > 0x10_FFFF => Err((digits + 1, "illegal Unicode character".to_owned())),
                _ => Ok(digits + 1),
            }
        };
        match taken {
            Ok(length) => (rest, position) = (&rest[length..], position + length + 1),
            Err((length, why)) => {
                let end = position + length;
                return Some(format!(
                    "(unicode error) 'unicodeescape' codec can't decode bytes in position {position}-{end}: {why}"
                ));
            }
        }
    }
    None
}

/// The length of `N{NAME}`, or the length that is wrong and why.
fn named_escape(rest: &str) -> Result<usize, (usize, &'static str)> {
    let name = rest[1..].strip_prefix('{').and_then(|name| name.find('}').map(|end| &name[..end]));
    let Some(name) = name.filter(|name| !name.is_empty()) else {
        return Err((1, "malformed \\N character escape"));
    };
    let length = name.len() + 3;
    let known = name.is_ascii() && ruff_python_parser::parse_expression(&format!("'\\N{{{name}}}'")).is_ok();
    if known { Ok(length) } else { Err((length, "unknown Unicode character name")) }
}

impl Parser<'_> {
    /// Strings side by side.
    pub(super) fn strings(&mut self) -> Parse<Id> {
        self.remember(Rule::Strings, |p| {
            let first = p.mark;
            let (mut formatted, mut bytes, mut text) = (false, false, false);
            loop {
                match p.peek()?.kind {
                    Kind::Text => {
                        let literal = Quoted::of(p.token(p.mark).text);
                        if let Some(message) = literal.refusal() {
                            return p.refuse_tokens(message, p.mark, p.mark + 1);
                        }
                        bytes |= literal.bytes;
                        text |= !literal.bytes;
                        p.mark += 1;
                    }
                    Kind::FormatStart => {
                        let Some(()) = p.attempt(Self::format_string)? else { break };
                        (formatted, text) = (true, true);
                    }
                    _ => break,
                }
            }
            if p.mark == first {
                return Err(Stop::No);
            }
            if bytes && text {
                return p.refuse_last("cannot mix bytes and nonbytes literals");
            }
            Ok(p.node(if formatted { Shape::FormatString } else { Shape::Literal }, first, Vec::new()))
        })
    }

    fn format_string(&mut self) -> Parse<()> {
        let start = self.take_kind(Kind::FormatStart)?;
        let middles = self.many(Self::format_middle)?;
        self.take_kind(Kind::FormatEnd)?;
        let raw = self.token(start).text.bytes().any(|byte| byte.eq_ignore_ascii_case(&b'r'));
        let refusal = middles.into_iter().flatten().find_map(|middle| bad_escape(self.token(middle).text));
        match refusal {
            Some(message) if !raw => self.refuse_last(message),
            _ => Ok(()),
        }
    }

    /// A field, or text; the token of the text.
    fn format_middle(&mut self) -> Parse<Option<usize>> {
        if self.attempt(Self::field)?.is_some() {
            return Ok(None);
        }
        self.take_kind(Kind::FormatMiddle).map(Some)
    }

    fn field(&mut self) -> Parse<()> {
        let found = self.attempt(|p| {
            p.take("{")?;
            p.annotated_rhs()?;
            p.skip("=")?;
            p.attempt(Self::conversion)?;
            p.attempt(Self::format_spec)?;
            p.take("}")
        })?;
        if found.is_some() {
            return Ok(());
        }
        self.hint(Self::hint_field)?;
        Err(Stop::No)
    }

    fn conversion(&mut self) -> Parse<()> {
        let sign = self.take("!")?;
        let name = self.take_kind(Kind::Name)?;
        if self.token(sign).end != self.token(name).start {
            let message = "f-string: conversion type must come right after the exclamation mark";
            return self.refuse_tokens(message, sign, name + 1);
        }
        let text = self.token(name).text;
        if matches!(text, "s" | "r" | "a") {
            return Ok(());
        }
        let message = format!("f-string: invalid conversion character '{text}': expected 's', 'r', or 'a'");
        self.refuse_tokens(message, name, name + 1)
    }

    fn format_spec(&mut self) -> Parse<()> {
        self.take(":")?;
        self.many(Self::format_middle)?;
        Ok(())
    }

    fn hint_field(&mut self) -> Parse<()> {
        self.take("{")?;
        let here = self.mark;
        if let Some(sign) = self.attempt(|p| p.take_any(&["=", "!", ":", "}"]))? {
            let message = format!("f-string: valid expression required before '{}'", self.token(sign).text);
            return self.refuse_tokens(message, sign, sign + 1);
        }
        if self.attempt(Self::annotated_rhs)?.is_none() {
            return self.refuse_tokens("f-string: expecting a valid expression after '{'", here, here + 1);
        }
        let after_value = self.mark;
        if !self.ahead(|p| p.take_any(&["=", "!", ":", "}"]))? {
            let message = "f-string: expecting '=', or '!', or ':', or '}'";
            return self.refuse_tokens(message, after_value, after_value + 1);
        }
        if self.skip("=")? && !self.ahead(|p| p.take_any(&["!", ":", "}"]))? {
            return self.refuse_tokens("f-string: expecting '!', or ':', or '}'", self.mark, self.mark + 1);
        }
        if let Some(sign) = self.attempt(|p| p.take("!"))? {
            if self.ahead(|p| p.take_any(&[":", "}"]))? {
                return self.refuse_tokens("f-string: missing conversion character", sign + 1, sign + 2);
            }
            if self.attempt(|p| p.take_kind(Kind::Name))?.is_none() {
                return self.refuse_tokens("f-string: invalid conversion character", sign + 1, sign + 2);
            }
        }
        if !self.ahead(|p| p.take_any(&[":", "}"]))? {
            return self.refuse_tokens("f-string: expecting ':' or '}'", self.mark, self.mark + 1);
        }
        if self.skip(":")? {
            self.many(Self::format_middle)?;
            if !self.at("}")? {
                return self.refuse_tokens(
                    "f-string: expecting '}', or format specs",
                    self.mark,
                    self.mark + 1,
                );
            }
        }
        if !self.at("}")? {
            return self.refuse_tokens("f-string: expecting '}'", self.mark, self.mark + 1);
        }
        Err(Stop::No)
    }
}
