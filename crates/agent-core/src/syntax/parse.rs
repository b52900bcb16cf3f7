//! One look at a whole text: is it Python, and what does CPython say first if not?
//!
//! Ruff's parser gives the tree and the verdict on ordinary text; `cpython` names the mistake; `compile_checks`
//! finds what parses but does not compile. Mending and explaining do not belong here.

use ruff_python_ast::{ModModule, PythonVersion};
use ruff_python_parser::{Mode, ParseOptions, Parsed, parse_unchecked};
use ruff_text_size::Ranged;

use super::compile_checks;
use super::cpython::{Judgement, Kind, Tokens, Verdict, judge, tokenize};
use super::limits;
use super::source::Source;

/// Tokens up to which the reference parser also looks at text that Ruff accepts.
const CROSS_CHECKED_TOKENS: usize = 60_000;

/// What one look found.
pub(super) struct Look {
    /// What CPython says first; nothing where it compiles the text.
    pub(super) verdict: Option<Verdict>,
    /// Ruff's tree: whole where there is no verdict, with holes where there is; none where the text cannot be read.
    pub(super) tree: Option<Parsed<ModModule>>,
}

impl Look {
    fn refused(verdict: Verdict) -> Self {
        Self { verdict: Some(verdict), tree: None }
    }
}

/// Looks at a text.
pub(super) fn look(source: &Source<'_>) -> Look {
    if let Some(at) = source.text().find('\0') {
        let message = "source code string cannot contain null bytes";
        return Look::refused(Verdict::range(source, message, at, at + 1));
    }
    let tokens = tokenize(source, 0);
    if let Some(verdict) = limits::too_deep(source, &tokens) {
        return Look::refused(verdict);
    }
    if let Some(refusal) = &tokens.refusal {
        return Look::refused(match judge_from(source, &tokens, refusal.start) {
            Judgement::Refused(verdict) => verdict,
            Judgement::Fine | Judgement::Unknown => refusal.clone(),
        });
    }
    let options = ParseOptions::from(Mode::Module).with_target_version(PythonVersion::PY313);
    let tree = parse_unchecked(source.text(), options).try_into_module();
    let Some(tree) = tree else { return Look { verdict: None, tree: None } };
    let first_error = tree
        .errors()
        .iter()
        .map(|error| error.range().start().to_usize())
        .chain(tree.unsupported_syntax_errors().iter().map(|error| error.range.start().to_usize()))
        .min();
    let judgement = match first_error {
        Some(at) => judge_from(source, &tokens, at),
        None if tokens.list.len() <= CROSS_CHECKED_TOKENS => judge(source, &tokens),
        None => Judgement::Fine,
    };
    let verdict = match (judgement, first_error) {
        (Judgement::Refused(verdict), _) => Some(verdict),
        (Judgement::Unknown, Some(at)) => Some(Verdict::range(source, "invalid syntax", at, at)),
        (Judgement::Fine | Judgement::Unknown, _) => compile_checks::first_refusal(source, tree.suite()),
    };
    Look { verdict, tree: Some(tree) }
}

/// Judges from the start of the statement, at the outermost level, in which something is wrong.
fn judge_from(source: &Source<'_>, tokens: &Tokens<'_>, wrong: usize) -> Judgement {
    if tokens.list.len() <= CROSS_CHECKED_TOKENS {
        return judge(source, tokens);
    }
    let (mut depth, mut fresh, mut starts) = (0usize, true, [0, 0]);
    for token in tokens.list.iter().take_while(|token| token.start <= wrong) {
        match token.kind {
            Kind::Indent => depth += 1,
            Kind::Dedent => depth = depth.saturating_sub(1),
            Kind::Newline => fresh = true,
            _ if fresh => {
                let goes_on = matches!(token.text, "else" | "elif" | "except" | "finally");
                if depth == 0 && !goes_on {
                    starts = [starts[1], token.start];
                }
                fresh = false;
            }
            _ => {}
        }
    }
    let from = starts[0];
    if from == 0 {
        return judge(source, tokens);
    }
    judge(source, &tokenize(source, from))
}
