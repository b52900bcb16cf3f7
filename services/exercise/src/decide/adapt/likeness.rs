//! How alike two solutions are: the share of runs of three tokens that they have in common.
//!
//! Not here: what is too alike to be shown (`choice`).

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};

/// Tokens in a run.
const RUN: usize = 3;
/// Runs that are kept of a solution: enough to tell alike from different, little enough to keep many.
const KEPT: usize = 24;
/// From this share on two solutions are the same again: a few lines in which one number is another.
pub const NEAR_DUPLICATE: f64 = 0.75;

/// What is kept of a solution: the smallest of the numbers that its runs of tokens are scattered to, each once, ascending.
/// Written as base64: a student's document holds forty of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Sketch(Vec<u32>);

impl From<Sketch> for String {
    fn from(sketch: Sketch) -> Self {
        let bytes: Vec<u8> = sketch.0.into_iter().flat_map(u32::to_be_bytes).collect();
        STANDARD_NO_PAD.encode(bytes)
    }
}

impl TryFrom<String> for Sketch {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bytes = STANDARD_NO_PAD.decode(text).map_err(|_| "a sketch is base64")?;
        let (numbers, rest) = bytes.as_chunks();
        let runs: Vec<u32> = numbers.iter().map(|number| u32::from_be_bytes(*number)).collect();
        if rest.is_empty() && runs.len() <= KEPT && runs.is_sorted_by(|one, next| one < next) {
            Ok(Self(runs))
        } else {
            Err("a sketch is at most 24 ascending numbers")
        }
    }
}

impl Sketch {
    /// The sketch of a program. Comments, white space and quotes do not count.
    #[must_use]
    pub fn of(program: &str) -> Self {
        let tokens = tokens(program);
        let runs: BTreeSet<u32> = match tokens.len() {
            0 => BTreeSet::new(),
            1..=RUN => BTreeSet::from([scatter(&tokens)]),
            _ => tokens.windows(RUN).map(scatter).collect(),
        };
        Self(runs.into_iter().take(KEPT).collect())
    }

    /// How alike two programs are, from 0 to 1. Of what they have in all, the smallest 24 stand for the rest.
    #[must_use]
    pub fn likeness(&self, other: &Self) -> f64 {
        let (mut own, mut others) = (self.0.as_slice(), other.0.as_slice());
        let (mut of, mut both) = (0_u32, 0_u32);
        // Both ascend: a choice compares some ten thousand pairs.
        while of < KEPT as u32 {
            match (own.first(), others.first()) {
                (Some(one), Some(another)) => {
                    both += u32::from(one == another);
                    own = &own[usize::from(one <= another)..];
                    others = &others[usize::from(another <= one)..];
                }
                (Some(_), None) => own = &own[1..],
                (None, Some(_)) => others = &others[1..],
                (None, None) => break,
            }
            of += 1;
        }
        if of == 0 { 1.0 } else { f64::from(both) / f64::from(of) }
    }
}

/// Names, numbers, and single signs.
fn tokens(program: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    for line in program.lines() {
        let code = line.split('#').next().unwrap_or_default();
        let mut rest = code.trim();
        while let Some(first) = rest.chars().next() {
            let is_word = |sign: char| sign.is_alphanumeric() || sign == '_';
            let end = if is_word(first) {
                rest.find(|sign| !is_word(sign)).unwrap_or(rest.len())
            } else {
                first.len_utf8()
            };
            if !first.is_whitespace() && !matches!(first, '"' | '\'') {
                tokens.push(&rest[..end]);
            }
            rest = &rest[end..];
        }
    }
    tokens
}

/// FNV-1a: the same number in every release and on every machine, as it is kept.
fn scatter(run: &[&str]) -> u32 {
    let mut hash = 0x811c_9dc5_u32;
    for byte in run.iter().flat_map(|token| token.bytes().chain([0])) {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    hash
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SUM: &str = "def total(prices):\n    result = 0\n    for price in prices:\n        if price > 10:\n            result += price\n    return result\n";

    #[test]
    fn the_same_again_is_told_from_a_variant_and_from_something_else() {
        let sum = Sketch::of(SUM);
        let like = |program: &str| sum.likeness(&Sketch::of(program));
        assert!((like(&SUM.replace("    result = 0", "    result = 0  # start")) - 1.0).abs() < f64::EPSILON);
        assert!(like(&SUM.replace("10", "12")) >= NEAR_DUPLICATE, "{}", like(&SUM.replace("10", "12")));
        let other_names = SUM.replace("price", "weight").replace("total", "load").replace("10", "25");
        assert!(like(&other_names) < NEAR_DUPLICATE, "{}", like(&other_names));
        assert!(like("word = input()\nprint(word[::-1])\n") < 0.2);
        assert!((Sketch::of("").likeness(&Sketch::of("# note")) - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_sketch_is_read_as_it_was_written_and_nothing_else_is_one() {
        for program in ["", "x = 1\n", SUM] {
            let sketch = Sketch::of(program);
            let text = serde_json::to_string(&sketch).unwrap();
            assert_eq!(serde_json::from_str::<Sketch>(&text).unwrap(), sketch, "{text}");
        }
        let long = format!("\"{}\"", "AAAA".repeat(40));
        for text in ["[1,2]", "\"AAA\"", "\"?\"", "\"AAAAAgAAAAE\"", &long] {
            assert!(serde_json::from_str::<Sketch>(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn likeness_is_a_mutual_share(a in "[abc=+ 1\n]{0,60}", b in "[abc=+ 1\n]{0,60}") {
            let (a, b) = (Sketch::of(&a), Sketch::of(&b));
            prop_assert!((0.0..=1.0).contains(&a.likeness(&b)));
            prop_assert!((a.likeness(&b) - b.likeness(&a)).abs() < f64::EPSILON);
            prop_assert!((a.likeness(&a) - 1.0).abs() < f64::EPSILON);
        }
    }
}
