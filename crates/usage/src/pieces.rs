//! Tokens of plain ASCII text, piece by piece.
//!
//! cl100k_base first cuts a text into pieces by a regular expression and then makes tokens of each piece by itself. Nearly
//! all pieces of our bodies come again and again (field names, quotes, short numbers): their counts are remembered, and
//! the cutting is done by hand, ten times as fast as the general expression. The sum is the very count of the whole, which
//! a property test holds against the library.
//!
//! Not here: text beyond ASCII, which goes to the library as it is.

use std::cell::RefCell;
use std::collections::HashMap;

/// The longest piece whose count is remembered, in bytes.
const PIECE_MAX_BYTES: usize = 32;

/// So many counts are remembered in a thread, about half a megabyte; then they are gathered anew.
const REMEMBERED_MAX: usize = 8192;

/// A number of up to three digits is one token, each of them.
const DIGITS_MAX: usize = 3;

thread_local! {
    static REMEMBERED: RefCell<HashMap<Box<str>, usize>> = RefCell::default();
}

/// How many tokens an ASCII text is; `count_piece` counts a piece that is not remembered.
pub(crate) fn count(text: &str, count_piece: impl Fn(&str) -> usize) -> usize {
    REMEMBERED.with_borrow_mut(|remembered| {
        let mut rest = text;
        let mut tokens = 0;
        while !rest.is_empty() {
            let (piece, behind) = rest.split_at(piece_end(rest.as_bytes()));
            rest = behind;
            tokens += tokens_of(piece, remembered, &count_piece);
        }
        tokens
    })
}

fn tokens_of(
    piece: &str,
    remembered: &mut HashMap<Box<str>, usize>,
    count_piece: impl Fn(&str) -> usize,
) -> usize {
    // Every byte and every short number is a token of its own.
    if piece.len() == 1 || piece.as_bytes()[0].is_ascii_digit() {
        return 1;
    }
    if let Some(tokens) = remembered.get(piece) {
        return *tokens;
    }
    let tokens = count_piece(piece);
    if piece.len() <= PIECE_MAX_BYTES {
        if remembered.len() >= REMEMBERED_MAX {
            remembered.clear();
        }
        remembered.insert(piece.into(), tokens);
    }
    tokens
}

/// Where the first piece of a text that is not empty ends. The encoding's alternatives, in their order:
///
/// `'(?i:[sdmt]|ll|ve|re)`, `[^\r\n\p{L}\p{N}]?+\p{L}++`, `\p{N}{1,3}+`, ` ?[^\s\p{L}\p{N}]++[\r\n]*+`, `\s++$`,
/// `\s*[\r\n]`, `\s+(?!\S)`, `\s`
fn piece_end(text: &[u8]) -> usize {
    let first = text[0];
    if let Some(end) = contraction_end(text) {
        return end;
    }
    let is_lead = !first.is_ascii_alphanumeric() && !is_line_end(first);
    let letters_end = end_of(text, usize::from(is_lead), |byte| byte.is_ascii_alphabetic());
    if letters_end > usize::from(is_lead) {
        return letters_end;
    }
    if first.is_ascii_digit() {
        return end_of(text, 0, |byte| byte.is_ascii_digit()).min(DIGITS_MAX);
    }
    let signs = usize::from(first == b' ');
    let signs_end = end_of(text, signs, |byte| !byte.is_ascii_alphanumeric() && !is_space(byte));
    if signs_end > signs {
        return end_of(text, signs_end, is_line_end);
    }
    let spaces_end = end_of(text, 0, is_space);
    if spaces_end == text.len() {
        return spaces_end;
    }
    match text[..spaces_end].iter().rposition(|byte| is_line_end(*byte)) {
        Some(last) => last + 1,
        // The last space goes with the word behind it.
        None => (spaces_end - 1).max(1),
    }
}

fn contraction_end(text: &[u8]) -> Option<usize> {
    let (b'\'', behind) = text.split_first()? else { return None };
    match behind.first()?.to_ascii_lowercase() {
        b's' | b'd' | b'm' | b't' => Some(2),
        one => {
            let pair = [one, behind.get(1)?.to_ascii_lowercase()];
            [*b"ll", *b"ve", *b"re"].contains(&pair).then_some(3)
        }
    }
}

/// Where the bytes from `start` on that are such end.
fn end_of(text: &[u8], start: usize, is_such: impl Fn(u8) -> bool) -> usize {
    let other = text[start..].iter().position(|byte| !is_such(*byte));
    other.map_or(text.len(), |length| start + length)
}

fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0x0B
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tiktoken_rs::cl100k_base_singleton;

    use super::*;

    fn library(text: &str) -> usize {
        cl100k_base_singleton().count_ordinary(text)
    }

    #[test]
    fn every_byte_and_every_short_number_is_one_token() {
        for byte in 0..128_u8 {
            assert_eq!(library(&char::from(byte).to_string()), 1, "{byte}");
        }
        for number in 0..1000 {
            for text in [format!("{number}"), format!("{number:02}"), format!("{number:03}")] {
                assert_eq!(library(&text), 1, "{text}");
            }
        }
    }

    #[test]
    fn texts_count_as_the_library_counts_them() {
        for text in [
            "",
            "{\"component\":\"for\",\"scores\":{\"completion\":0.85,\"quiz\":1}}",
            "it's I'LL we'Ve they're 'tis 'lo 'v '' ' s",
            "a  b   \n\n  c\t\td \r\n",
            " \n x",
            "\u{b}\u{c} \u{1}\u{1f}\u{7f} !\r\n\r\nz",
            "12345 1a2b3c  99 bottles",
            "   ",
            "if x == 10:\n    print('no')\n",
        ] {
            assert_eq!(count(text, library), library(text), "{text:?}");
        }
    }

    #[test]
    fn what_is_remembered_is_bounded_and_the_count_the_same() {
        for number in 0..2 * REMEMBERED_MAX {
            let word: String =
                format!("{number:x}").bytes().map(|byte| char::from(byte % 26 + b'a')).collect();
            let text = format!("q{word}x");
            assert_eq!(count(&text, library), library(&text), "{text}");
        }
        REMEMBERED.with_borrow(|remembered| assert!(remembered.len() <= REMEMBERED_MAX));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn any_ascii_text_counts_as_the_library_counts_it(text in "[\\x00-\\x7f]{0,200}") {
            prop_assert_eq!(count(&text, library), library(&text));
        }

        #[test]
        fn text_of_few_letters_counts_too(text in "[ \t\r\n'sSdlLvVrReEa1!\"{}:,\u{b}]{0,60}") {
            prop_assert_eq!(count(&text, library), library(&text));
        }

        #[test]
        fn json_counts_too(words in proptest::collection::vec("[ -~]{0,20}", 0..8), number: f64) {
            let text = serde_json::json!({ "scores": [number, 0.25], "words": words, "id": 12 }).to_string();
            prop_assert_eq!(count(&text, library), library(&text));
        }
    }
}
