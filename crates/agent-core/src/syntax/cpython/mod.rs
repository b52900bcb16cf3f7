//! The reference: what CPython 3.13's tokenizer and parser say first about a text they refuse.
//!
//! Written by hand after the language reference and CPython's behaviour, and held against CPython itself by the
//! test cases. It runs only on text that Ruff's parser refuses, and only from the statement where the trouble
//! begins. What CPython's compiler refuses in text that parses belongs in `compile_checks`.

mod arguments;
mod compound;
mod displays;
mod engine;
mod expressions;
mod literals;
mod number_tokens;
mod parameters;
mod patterns;
mod statements;
mod string_tokens;
mod targets;
mod tokens;
mod verdict;

pub(super) use tokens::{Kind, Token, Tokens, is_keyword, tokenize};
pub(super) use verdict::{ErrorClass, Verdict};

use super::source::Source;
use engine::{Parser, Stop};

/// What CPython reports about the text from a statement at the outermost level on; nothing where it parses.
pub(super) fn judge(source: &Source<'_>, tokens: &Tokens<'_>) -> Judgement {
    let mut parser = Parser::new(source, tokens);
    match parser.file() {
        Ok(()) => return Judgement::Fine,
        Err(Stop::Refuse(verdict)) => return Judgement::Refused(later_refusal(tokens, &parser, *verdict)),
        Err(Stop::Spent) => return Judgement::Unknown,
        Err(Stop::No) => {}
    }
    let last = parser.last_read();
    parser.restart_with_hints();
    let named = match parser.file() {
        Err(Stop::Refuse(verdict)) => Some(*verdict),
        Err(Stop::Spent) => return Judgement::Unknown,
        Ok(()) | Err(Stop::No) => None,
    };
    let verdict = match (named, last.kind) {
        (Some(verdict), _) => verdict,
        (None, Kind::Indent) => {
            Verdict::before(source, ErrorClass::Indentation, "unexpected indent", last.start)
        }
        (None, Kind::Dedent) => {
            return Judgement::Refused(Verdict::before(
                source,
                ErrorClass::Indentation,
                "unexpected unindent",
                last.start,
            ));
        }
        (None, Kind::End) => Verdict::at_text_end(source, "invalid syntax"),
        (None, _) => Verdict::range(source, "invalid syntax", last.start, last.end),
    };
    if verdict.message == "unexpected indent" && verdict.class == ErrorClass::Indentation {
        return Judgement::Refused(verdict);
    }
    Judgement::Refused(later_refusal(tokens, &parser, verdict))
}

/// The outcome of the reference parse.
#[derive(Debug)]
pub(super) enum Judgement {
    /// It parses.
    Fine,
    /// CPython stops with this.
    Refused(Verdict),
    /// It takes too long to tell.
    Unknown,
}

/// CPython reads the rest of the text before it reports a mistake of grammar, and a mistake of reading wins.
fn later_refusal(tokens: &Tokens<'_>, parser: &Parser<'_>, verdict: Verdict) -> Verdict {
    let Some(refusal) = &tokens.refusal else { return verdict };
    let here = parser.last_read();
    if here.kind == Kind::Refused {
        return verdict;
    }
    if tokens.loud {
        return refusal.clone();
    }
    let Some(opened) = tokens.open.last().copied() else { return verdict };
    let source = parser.source;
    if source.line_index(here.start) <= source.line_index(opened) {
        return verdict;
    }
    let sign = &source.text()[opened..=opened];
    Verdict::range(source, format!("'{sign}' was never closed"), opened, opened + 1)
}
