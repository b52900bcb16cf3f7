//! When an output is what it should be, and how it differs where it is not.
//!
//! White space at the ends of lines and line breaks at the end of the output do not count; all else does. What is nearly
//! right is told apart from what is wrong, and is worth part of the test: only white space differs 0.7, a question that
//! `input` printed 0.7; capitals, punctuation, the form of a number (`3.0` for `3`), or a list printed instead of its items 0.5.
//!
//! Not here: values (`equal`), and the words for a difference (`reasons`).

/// What kind of difference there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Near {
    /// Nothing was printed.
    Silent,
    /// Only white space within lines.
    Spaces,
    /// Only where lines end.
    LineBreaks,
    /// Only capitals.
    Case,
    /// Only signs that are no letters, digits or spaces.
    Punctuation,
    /// Only quotes around texts.
    Quotes,
    /// Only how numbers are written: `3.0` for `3`.
    NumberForm,
    /// A list or tuple where its items were expected.
    ListPrinted,
    /// Only the questions that `input` printed.
    Prompt,
    /// The right lines in another order.
    Order,
    /// The right lines, and then fewer.
    Missing(usize),
    /// The right lines, and more.
    Extra(usize),
    /// One whole number that is one too large or too small.
    OffByOne,
    /// Braces that nothing was filled into.
    Unfilled,
    /// Something else.
    Other,
}

impl Near {
    /// What it is worth all the same.
    pub(super) const fn credit(self) -> f64 {
        match self {
            Self::Spaces | Self::LineBreaks | Self::Prompt => 0.7,
            Self::Case | Self::Punctuation | Self::Quotes | Self::NumberForm | Self::ListPrinted => 0.5,
            _ => 0.0,
        }
    }
}

/// The first difference of two outputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OutputDifference {
    /// What kind of difference there is.
    pub(super) near: Near,
    /// The first line that differs, from 1.
    pub(super) line: usize,
    /// The first character of it that differs, from 1.
    pub(super) column: usize,
    /// That line as expected; none where there should be none.
    pub(super) expected: Option<String>,
    /// That line as it came; none where there is none.
    pub(super) got: Option<String>,
}

/// An output's lines as they count.
pub(super) fn lines(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines
}

/// How an output differs, or none where it will do. `prompts` are the texts that the program gives to `input`.
pub(super) fn difference(expected: &str, got: &str, prompts: &[String]) -> Option<OutputDifference> {
    let (right, came) = (lines(expected), lines(got));
    if right == came {
        return None;
    }
    let place = right.iter().zip(&came).take_while(|(a, b)| a == b).count();
    let line = |of: &[&str]| of.get(place).map(|text| (*text).to_owned());
    let (a, b) = (right.get(place).copied().unwrap_or(""), came.get(place).copied().unwrap_or(""));
    let column = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count() + 1;
    let near = near(&right, &came, got, prompts, (a, b));
    Some(OutputDifference { near, line: place + 1, column, expected: line(&right), got: line(&came) })
}

fn near(right: &[&str], came: &[&str], got: &str, prompts: &[String], first: (&str, &str)) -> Near {
    if came.is_empty() {
        return Near::Silent;
    }
    if let Some(near) = nearly_written(&right.join("\n"), &came.join("\n")) {
        return near;
    }
    if without(got, prompts).is_some_and(|text| lines(&text) == right) {
        return Near::Prompt;
    }
    let sorted = |lines: &[&str]| {
        let mut sorted: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        sorted.sort();
        sorted
    };
    if sorted(right) == sorted(came) {
        return Near::Order;
    }
    if is_part(came, right) {
        return Near::Missing(right.len() - came.len());
    }
    if !right.is_empty() && is_part(right, came) {
        return Near::Extra(came.len() - right.len());
    }
    if first.1.contains('{') && first.1.contains('}') && !first.0.contains('{') {
        Near::Unfilled
    } else if one_apart(first.0, first.1) {
        Near::OffByOne
    } else {
        Near::Other
    }
}

/// What of the writing alone differs, if nothing else does.
fn nearly_written(right: &str, came: &str) -> Option<Near> {
    let letters = |text: &str| text.chars().filter(|sign| !sign.is_whitespace()).collect::<String>();
    let (a, b) = (letters(right), letters(came));
    if a == b {
        let in_lines = right.lines().count() == came.lines().count();
        return Some(if in_lines { Near::Spaces } else { Near::LineBreaks });
    }
    if a.to_lowercase() == b.to_lowercase() {
        return Some(Near::Case);
    }
    let unquoted = |text: &str| text.replace(['\'', '"'], "");
    if unquoted(&a) == unquoted(&b) {
        return Some(Near::Quotes);
    }
    if same_numbers(right, came) {
        return Some(Near::NumberForm);
    }
    if came.contains(['[', '(']) && !right.contains(['[', '(']) && items(right) == items(came) {
        return Some(Near::ListPrinted);
    }
    let words = |text: &str| text.chars().filter(|sign| sign.is_alphanumeric()).collect::<String>();
    // Signs are all there is to a picture or a calculation: there they are no punctuation.
    let sentence = |text: &str| text.chars().filter(|sign| sign.is_alphabetic()).count() * 2 > text.len();
    let same = words(&a) == words(&b) && !words(&a).is_empty();
    (same && sentence(&a)).then_some(Near::Punctuation)
}

/// Whether both are the same words, but for numbers that are equal and written in another way.
fn same_numbers(right: &str, came: &str) -> bool {
    let (mut a, mut b) = (right.split_whitespace(), came.split_whitespace());
    loop {
        match (a.next(), b.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if a == b || number(a).is_some_and(|a| Some(a) == number(b)) => {}
            _ => return false,
        }
    }
}

/// The bits of a number as Python writes one; `inf`, `nan` and the like are words here.
fn number(word: &str) -> Option<u64> {
    let plain = word.chars().all(|sign| sign.is_ascii_digit() || matches!(sign, '.' | '-'));
    plain.then(|| word.parse::<f64>().ok()).flatten().map(f64::to_bits)
}

/// The items in the writing of a list, or in lines.
fn items(text: &str) -> Vec<String> {
    text.split(|sign: char| sign.is_whitespace() || sign == ',')
        .map(|word| {
            word.trim_matches(|sign: char| matches!(sign, '[' | ']' | '(' | ')' | '\'' | '"')).to_owned()
        })
        .filter(|word| !word.is_empty())
        .collect()
}

/// The output without the questions of `input`, if there was one.
fn without(got: &str, prompts: &[String]) -> Option<String> {
    let mut text = got.to_owned();
    for prompt in prompts.iter().filter(|prompt| !prompt.is_empty()) {
        text = text.replace(prompt.as_str(), "");
    }
    (text != got).then_some(text)
}

/// Whether the lines of `part` are in `whole`, in their order.
fn is_part(part: &[&str], whole: &[&str]) -> bool {
    let mut rest = whole.iter();
    part.len() < whole.len() && part.iter().all(|line| rest.any(|other| other == line))
}

/// Whether two lines differ in one whole number alone, by one.
fn one_apart(a: &str, b: &str) -> bool {
    let (a, b) = (pieces(a), pieces(b));
    let mut apart = a.iter().zip(&b).filter(|(a, b)| a != b);
    let Some((first, second)) = apart.next() else { return false };
    let by_one = match (first.parse::<i64>(), second.parse::<i64>()) {
        (Ok(first), Ok(second)) => first.abs_diff(second) == 1,
        _ => false,
    };
    a.len() == b.len() && apart.next().is_none() && by_one
}

/// The runs of digits of a line, and what stands between them.
fn pieces(line: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut in_digits = false;
    for (at, sign) in line.char_indices() {
        if sign.is_ascii_digit() != in_digits && at > start {
            pieces.push(&line[start..at]);
            start = at;
        }
        in_digits = sign.is_ascii_digit();
    }
    pieces.push(&line[start..]);
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn white_space_at_the_ends_is_forgiven() {
        for got in ["1\n2\n", "1\n2", "1 \n2\t\n\n\n", "1\r\n2\r\n"] {
            assert_eq!(difference("1\n2\n", got, &[]), None, "{got:?}");
        }
        assert_eq!(difference("", "\n", &[]), None);
    }

    #[test]
    fn differences_are_told_apart() {
        for (expected, got, near) in [
            ("1\n", "", Near::Silent),
            ("a b", "a  b", Near::Spaces),
            (" *\n***", "*\n***", Near::Spaces),
            ("a\nb", "a b", Near::LineBreaks),
            ("a\n\nb", "a\nb", Near::LineBreaks),
            ("Hello Ada", "hello Ada", Near::Case),
            ("True", "true", Near::Case),
            ("Hello, Ada!", "Hello Ada", Near::Punctuation),
            ("***", "**", Near::Other),
            ("2 + 3", "2 - 3", Near::Other),
            ("it", "'it'", Near::Quotes),
            ("3", "3.0", Near::NumberForm),
            ("2.50 EUR", "2.5 EUR", Near::NumberForm),
            ("-3", "3", Near::Other),
            ("1\n2\n3", "[1, 2, 3]", Near::ListPrinted),
            ("a b", "['a', 'b']", Near::ListPrinted),
            ("1\n2\n3", "3\n2\n1", Near::Order),
            ("1\n2\n3", "1\n2", Near::Missing(1)),
            ("1\n2\n3", "2\n3", Near::Missing(1)),
            ("1\n2", "0\n1\n2", Near::Extra(1)),
            ("Sum: 10 of 4", "Sum: 11 of 4", Near::OffByOne),
            ("Sum: 10", "Sum: 12", Near::Other),
            ("Name: Ada", "Name: {name}", Near::Unfilled),
            ("x", "y", Near::Other),
        ] {
            assert_eq!(
                difference(expected, got, &[]).map(|found| found.near),
                Some(near),
                "{expected:?} {got:?}"
            );
        }
    }

    #[test]
    fn a_question_that_input_printed_is_known_as_one() {
        let prompts = ["How many? ".to_owned()];
        let found = difference("6\n", "How many? 6\n", &prompts).expect("differs");
        assert_eq!(found.near, Near::Prompt);
        assert_eq!(difference("6\n", "How many? 7\n", &prompts).map(|found| found.near), Some(Near::Other));
    }

    #[test]
    fn the_first_difference_has_its_line_and_column() {
        let found = difference("one\ntwo é3\n", "one\ntwo é4\nmore\n", &[]).expect("differs");
        assert_eq!((found.line, found.column), (2, 6));
        assert_eq!((found.expected.as_deref(), found.got.as_deref()), (Some("two é3"), Some("two é4")));
        let short = difference("a\nb\n", "a\n", &[]).expect("differs");
        assert_eq!((short.line, short.expected.as_deref(), short.got), (2, Some("b"), None));
    }

    proptest! {
        #[test]
        fn an_output_equals_itself_and_differing_is_mutual(a in "[ab1 \n]{0,12}", b in "[ab1 \n]{0,12}") {
            prop_assert_eq!(difference(&a, &a, &[]), None);
            prop_assert_eq!(difference(&a, &b, &[]).is_some(), difference(&b, &a, &[]).is_some());
        }
    }
}
