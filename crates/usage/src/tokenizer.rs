//! Text to tokens, tokens to efficiency.
//!
//! Not here: which text of a call counts (`body`), and how plain text is counted fast (`pieces`).

use tiktoken_rs::cl100k_base_singleton;

use crate::{body, pieces};

/// What a call to a language model is taken to cost where this fleet is not used. An assumption.
pub const BASELINE_TOKENS: u32 = 1500;

/// The longest text that is tokenised, in bytes. What stands behind it counts one token a byte, which is the most it can be:
/// the figure is then too low, never too good.
pub const TEXT_MAX_BYTES: usize = 128 << 10;

/// What a call cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tokens {
    /// The call around the learner's own text.
    pub around: usize,
    /// The answer.
    pub answer: usize,
}

impl Tokens {
    /// Both.
    #[must_use]
    pub fn total(self) -> usize {
        self.around + self.answer
    }
}

/// Counts tokens as cl100k_base does.
///
/// Its tables are loaded at the first count, once for the process: 24 MB, 50 ms in a release build (260 ms in a debug
/// build). Each thread that counts keeps some 0.3 to 3 MB beside them.
#[derive(Debug, Clone, Copy)]
pub struct Tokenizer {
    baseline_tokens: u32,
}

impl Default for Tokenizer {
    fn default() -> Self {
        Self::new(BASELINE_TOKENS)
    }
}

impl Tokenizer {
    /// Says what calls save against this baseline, of at least 1 token. Loads nothing yet.
    #[must_use]
    pub fn new(baseline_tokens: u32) -> Self {
        Self { baseline_tokens: baseline_tokens.max(1) }
    }

    /// How many tokens the text is. Exact up to [`TEXT_MAX_BYTES`], the upper bound from there on.
    #[must_use]
    pub fn count(&self, text: &str) -> usize {
        let head = &text[..text.floor_char_boundary(TEXT_MAX_BYTES)];
        let rest = text.len() - head.len();
        rest + if head.is_ascii() { pieces::count(head, by_library) } else { by_library(head) }
    }

    /// What a call cost: the route and the request without the learner's own text, and the answer without the efficiency that
    /// it may itself carry.
    #[must_use]
    pub fn call(&self, route: &str, request: &[u8], answer: &[u8]) -> Tokens {
        Tokens {
            around: self.count(route) + self.count(&body::around(request)),
            answer: self.count(&body::answer(answer)),
        }
    }

    /// 1 − tokens / baseline: at most 1, negative where the call cost more than the baseline.
    #[must_use]
    pub fn efficiency(&self, tokens: Tokens) -> f64 {
        // Counts are far below 2^52.
        1.0 - tokens.total() as f64 / f64::from(self.baseline_tokens)
    }
}

/// No special tokens: "<|endoftext|>" in a learner's program is text. A failing pattern counts as the bound, too.
fn by_library(text: &str) -> usize {
    let none = std::collections::HashSet::new();
    cl100k_base_singleton().count(text, &none).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_those_of_cl100k_base() {
        // As published for the encoding.
        for (text, tokens) in [
            ("", 0),
            ("hello world", 2),
            ("tiktoken is great!", 6),
            ("お誕生日おめでとう", 9),
            ("2 + 2 = 4", 7),
        ] {
            assert_eq!(Tokenizer::default().count(text), tokens, "{text}");
        }
    }

    #[test]
    fn a_special_token_in_a_text_is_text() {
        assert!(Tokenizer::default().count("<|endoftext|>") > 1);
    }

    #[test]
    fn eighty_tokens_of_fifteen_hundred_are_94_7_percent() {
        let tokens = Tokens { around: 30, answer: 50 };
        let efficiency = Tokenizer::default().efficiency(tokens);
        assert_eq!((efficiency * 1000.0).round(), 947.0);
        assert_eq!(Tokenizer::new(80).efficiency(tokens), 0.0);
        assert_eq!(Tokenizer::new(40).efficiency(tokens), -1.0);
        assert_eq!(Tokenizer::new(0).efficiency(Tokens { around: 0, answer: 1 }), 0.0);
    }

    #[test]
    fn the_longest_text_is_counted_and_what_is_longer_is_bounded() {
        let tokenizer = Tokenizer::default();
        let longest = "x = 1\n".repeat(TEXT_MAX_BYTES / 6);
        let exact = tokenizer.count(&longest);
        assert!(exact < longest.len());
        let padded = format!("{longest}{}", "y".repeat(TEXT_MAX_BYTES));
        assert!(tokenizer.count(&padded) >= exact + TEXT_MAX_BYTES - 6);
        // A character that lies across the limit.
        let across = format!("{}é", "z".repeat(TEXT_MAX_BYTES - 1));
        assert!(tokenizer.count(&across) >= 2);
    }

    #[test]
    fn texts_that_are_hard_on_the_pattern_are_counted() {
        let tokenizer = Tokenizer::default();
        for text in [" ", "\n", "\t", " \n", "a", "(", "1", "é", "🤷", "'", "\u{0}", "\u{200d}"] {
            let many = text.repeat(20_000 / text.len());
            let tokens = tokenizer.count(&many);
            assert!((1..=many.len()).contains(&tokens), "{text:?}: {tokens}");
        }
    }
}
