//! Refuses programs nested deeper than anybody writes them, before the parser goes down with them: it calls itself for
//! each level.
//!
//! Counts, and understands little: what it lets pass may still be wrong, what it refuses is too deep or close to it. Not
//! here: calls that go too deep (the interpreter's own limit).

/// What CPython allows of brackets within brackets.
const BRACKETS_MAX: usize = 200;
/// Operators in a row, with no comma between: each may be a level of the tree.
const OPERATORS_MAX: usize = 2_000;
/// Words that nest what follows them.
const NESTING: [&[u8]; 5] = [b"not", b"lambda", b"if", b"else", b"await"];
/// Of these in one logical line, commas between or not.
const NESTING_MAX: usize = 400;

/// What is too deep in a program, and on which line; none if nothing is.
pub(crate) fn too_deep(code: &str) -> Option<(&'static str, u32)> {
    let mut scan = Scan::default();
    let mut rest = code.as_bytes();
    while !rest.is_empty() {
        let length = scan.token(rest).clamp(1, rest.len());
        if scan.brackets > BRACKETS_MAX {
            return Some(("too many nested parentheses", scan.line + 1));
        }
        if scan.is_full() {
            return Some(("this line is nested too deep: split it", scan.line + 1));
        }
        let (token, after) = rest.split_at(length);
        let lines = token.iter().filter(|byte| **byte == b'\n').count();
        scan.line = scan.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        rest = after;
    }
    None
}

#[derive(Default, Clone, Copy)]
struct Scan {
    /// Line ends so far.
    line: u32,
    brackets: usize,
    operators: usize,
    nesting: usize,
}

impl Scan {
    fn is_full(&self) -> bool {
        self.brackets > BRACKETS_MAX || self.operators > OPERATORS_MAX || self.nesting > NESTING_MAX
    }

    /// Counts what the text begins with, and says how long it is, in bytes.
    fn token(&mut self, text: &[u8]) -> usize {
        match text[0] {
            b'#' => return text.iter().position(|byte| *byte == b'\n').unwrap_or(text.len()),
            b'\'' | b'"' => return string(text),
            b'(' | b'[' | b'{' => {
                self.brackets += 1;
                self.operators += 1;
            }
            b')' | b']' | b'}' => self.brackets = self.brackets.saturating_sub(1),
            b',' | b';' => self.operators = 0,
            b'\n' if self.brackets == 0 => {
                self.operators = 0;
                self.nesting = 0;
            }
            b'+' | b'-' | b'~' | b'*' | b'/' | b'%' | b'@' | b'&' | b'|' | b'^' | b'.' | b'<' | b'>' => {
                self.operators += 1;
            }
            byte if in_word(byte) => return self.word(text),
            _ => {}
        }
        1
    }

    fn word(&mut self, text: &[u8]) -> usize {
        let end = text.iter().position(|byte| !in_word(*byte)).unwrap_or(text.len());
        let (word, after) = text.split_at(end);
        if NESTING.contains(&word) {
            self.nesting += 1;
        }
        let quoted = matches!(after.first(), Some(b'\'' | b'"'));
        let formatted = word.len() <= 2 && word.iter().any(|byte| matches!(byte, b'f' | b'F' | b't' | b'T'));
        if quoted && formatted { end + self.formatted(after) } else { end }
    }

    /// A formatted string: what is in its braces is code, and all of it is counted as if it were.
    fn formatted(&mut self, text: &[u8]) -> usize {
        let length = string(text);
        let mut inner = text.get(1..length).unwrap_or_default();
        let before = *self;
        while !inner.is_empty() && !self.is_full() {
            // An apostrophe in a text opens nothing.
            let length = if matches!(inner[0], b'\'' | b'"' | b'#') { 1 } else { self.token(inner) };
            inner = inner.get(length.max(1)..).unwrap_or_default();
        }
        if !self.is_full() {
            *self = before;
        }
        length
    }
}

fn in_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

/// The length of a string from its first quote to its last, or to where it must end.
fn string(text: &[u8]) -> usize {
    let quote = text[0];
    let three = |at: usize| text.get(at..at + 3).is_some_and(|some| some.iter().all(|byte| *byte == quote));
    let long = three(0);
    let mut at = if long { 3 } else { 1 };
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' => at += 1,
            b'\n' if !long => return at,
            byte if *byte == quote && !long => return at + 1,
            byte if *byte == quote && three(at) => return at + 3,
            _ => {}
        }
        at += 1;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::too_deep;

    const PARENTHESES: &str = "too many nested parentheses";

    #[test]
    fn ordinary_programs_pass() {
        let table = format!("table = [\n{}]\n", "    (1, -2, 'a(b'),\n".repeat(5_000));
        let sum = format!("x = {}1\n", "1 + ".repeat(1_900));
        let branches = format!("if a:\n    pass\n{}", "elif not b:\n    c = 1 if d else 2\n".repeat(900));
        let texts =
            ["print((1 + 2) * 3)\n", "s = '((('  # ))) ((((\n", "s = '''\n((((\n'''\n", "x = 'it\\'s'\n", ""];
        for code in texts.into_iter().chain([&*table, &*sum, &*branches]) {
            assert_eq!(too_deep(code), None, "{code}");
        }
    }

    #[test]
    fn brackets_are_counted_where_they_are_code() {
        let brackets = "(".repeat(300);
        assert_eq!(too_deep(&format!("x = 1\ny = {brackets}\n")), Some((PARENTHESES, 2)));
        assert_eq!(too_deep(&format!("x = '{brackets}'\n")), None);
        assert_eq!(too_deep(&format!("x = '\\'{brackets}'\n")), None);
        assert_eq!(too_deep(&format!("x = '''\n'{brackets}'''\n")), None);
        assert_eq!(too_deep(&format!("x = f'{{{brackets}}}'\n")), Some((PARENTHESES, 1)));
        assert_eq!(too_deep(&"y = f'({{'\n".repeat(300)), None);
    }

    #[test]
    fn chains_have_an_end() {
        let chains = ["-", "not ", "1 + ", "a.", "lambda x, y: ", "1 if a else ", "f(1)(2)", "a[0][1]"];
        for chain in chains {
            assert!(too_deep(&format!("x = {}1\n", chain.repeat(5_000))).is_some(), "{chain}");
        }
    }
}
