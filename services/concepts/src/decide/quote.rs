//! A learner's text inside ours: a Markdown code span from which nothing can break out.
//!
//! Not here: which text is quoted (`explain`).

/// The longest quotation, in characters.
pub const QUOTE_MAX_CHARS: usize = 60;

/// The text as a code span: one line, at most [`QUOTE_MAX_CHARS`] characters, fenced with more backticks than it holds, so
/// that a Markdown reader shows every character of it as it stands. Invisible and direction-changing characters are
/// replaced by U+FFFD.
#[must_use]
pub fn quote(text: &str) -> String {
    let shown = shorten(text);
    let fence = "`".repeat(longest_run(&shown) + 1);
    let padding = if shown.is_empty() || shown.starts_with('`') || shown.ends_with('`') { " " } else { "" };
    format!("{fence}{padding}{shown}{padding}{fence}")
}

/// A plain identifier for use inside a code span of our own; other characters are left out.
#[must_use]
pub fn identifier(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric() || *c == '_').take(QUOTE_MAX_CHARS).collect()
}

/// One line, bounded, nothing invisible.
fn shorten(text: &str) -> String {
    let mut shown = String::new();
    let mut space = false;
    for (count, c) in text.trim().chars().enumerate() {
        if count == QUOTE_MAX_CHARS {
            shown.push('…');
            break;
        }
        if c.is_whitespace() {
            space = true;
            continue;
        }
        if std::mem::take(&mut space) {
            shown.push(' ');
        }
        shown.push(if is_invisible(c) { '\u{FFFD}' } else { c });
    }
    shown
}

/// Control characters, and those that hide or turn round what stands beside them.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_keep_to_themselves() {
        let cases = [
            ("total", "`total`"),
            ("a\n   b", "`a b`"),
            ("`x`", "`` `x` ``"),
            ("x``y", "```x``y```"),
            ("<script>", "`<script>`"),
            ("", "`  `"),
            ("a\u{202E}b", "`a\u{FFFD}b`"),
        ];
        for (text, quoted) in cases {
            assert_eq!(quote(text), quoted);
        }
        assert_eq!(quote(&"x".repeat(1000)).chars().count(), QUOTE_MAX_CHARS + 3);
        assert_eq!(identifier("na`me<"), "name");
    }
}
