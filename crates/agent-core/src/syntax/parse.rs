//! One look at a whole text: is it Python, and what does CPython say first if not?
//!
//! Ruff's parser gives the tree and the verdict on ordinary text; `cpython` names the mistake; `compile_checks`
//! finds what parses but does not compile. Mending and explaining do not belong here.

use ruff_python_ast::{ModModule, PythonVersion};
use ruff_python_parser::{Mode, ParseOptions, Parsed, parse_unchecked};
use ruff_text_size::Ranged;

use super::compile_checks;
use super::cpython::{Judgement, Kind, Passed, Tokens, Verdict, judge, tokenize};
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
    /// How far the text parses, statement by statement of the outermost level.
    pub(super) passed: Vec<Passed>,
}

/// What a look is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// The verdict and the tree, even that of a refused text.
    Tree,
    /// The verdict alone: Ruff is not asked where the reference refuses.
    Verdict,
}

/// Looks at a text.
pub(super) fn look(source: &Source<'_>) -> Look {
    look_for(Purpose::Tree, source, Vec::new())
}

/// What CPython says of a text that begins as another one does, which was looked at: `known`, parsed as far as `passed`
/// says. What was read on lines above the first difference is not parsed again; hints have nothing to say of what parses.
pub(super) fn look_again(source: &Source<'_>, known: &str, passed: &[Passed]) -> Look {
    let differs = equal_bytes(known.as_bytes(), source.text().as_bytes());
    let line_start = source.line_start(source.line_index(differs));
    let kept = passed.partition_point(|passed| passed.next <= line_start && passed.read_to < line_start);
    look_for(Purpose::Verdict, source, passed[..kept].to_vec())
}

/// The number of bytes in which two texts agree before they differ.
fn equal_bytes(one: &[u8], other: &[u8]) -> usize {
    const STRIDE: usize = 16;
    let strides =
        one.chunks(STRIDE).zip(other.chunks(STRIDE)).take_while(|(one, other)| one == other).count();
    let from = (strides * STRIDE).min(one.len()).min(other.len());
    from + one[from..].iter().zip(&other[from..]).take_while(|(one, other)| one == other).count()
}

fn look_for(purpose: Purpose, source: &Source<'_>, mut passed: Vec<Passed>) -> Look {
    if let Some(at) = source.text().find('\0') {
        let message = "source code string cannot contain null bytes";
        return Look { verdict: Some(Verdict::range(source, message, at, at + 1)), tree: None, passed };
    }
    let tokens = tokenize(source, passed.last().map_or(0, |passed| passed.next));
    if let Some(verdict) = limits::too_deep(source, &tokens) {
        return Look { verdict: Some(verdict), tree: None, passed };
    }
    if let Some(refusal) = &tokens.refusal {
        let (judgement, further) = judge_from(source, &tokens, refusal.start);
        passed.extend(further);
        let verdict = match judgement {
            Judgement::Refused(verdict) => verdict,
            Judgement::Fine | Judgement::Unknown => refusal.clone(),
        };
        return Look { verdict: Some(verdict), tree: None, passed };
    }
    let judgement = (tokens.list.len() <= CROSS_CHECKED_TOKENS).then(|| {
        let (judgement, further) = judge(source, &tokens);
        passed.extend(further);
        judgement
    });
    match judgement {
        Some(Judgement::Refused(verdict)) if purpose == Purpose::Verdict => {
            Look { verdict: Some(verdict), tree: None, passed }
        }
        judgement => {
            let (verdict, tree) = cross_check(source, &tokens, judgement);
            Look { verdict, tree, passed }
        }
    }
}

/// What is to be said of a text after Ruff had a look at it, too, and where both have it parse, after the compiler's checks.
fn cross_check(
    source: &Source<'_>,
    tokens: &Tokens<'_>,
    judgement: Option<Judgement>,
) -> (Option<Verdict>, Option<Parsed<ModModule>>) {
    let options = ParseOptions::from(Mode::Module).with_target_version(PythonVersion::PY313);
    let tree = parse_unchecked(source.text(), options).try_into_module();
    let Some(tree) = tree else { return (None, None) };
    let first_error = tree
        .errors()
        .iter()
        .map(|error| error.range().start().to_usize())
        .chain(tree.unsupported_syntax_errors().iter().map(|error| error.range.start().to_usize()))
        .min();
    let judgement = judgement.unwrap_or_else(|| match first_error {
        Some(at) => judge_from(source, tokens, at).0,
        None => Judgement::Fine,
    });
    let verdict = match (judgement, first_error) {
        (Judgement::Refused(verdict), _) => Some(verdict),
        (Judgement::Unknown, Some(at)) => Some(Verdict::range(source, "invalid syntax", at, at)),
        (Judgement::Fine | Judgement::Unknown, _) => compile_checks::first_refusal(source, tree.suite()),
    };
    (verdict, Some(tree))
}

/// Judges from the start of the statement, at the outermost level, in which something is wrong.
fn judge_from(source: &Source<'_>, tokens: &Tokens<'_>, wrong: usize) -> (Judgement, Vec<Passed>) {
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

#[cfg(test)]
mod tests {
    use super::*;

    const PROGRAMS: [&str; 6] = [
        "import math\n\n# Areas.\ndef area(r):\n    return math.pi * r ** 2\n\nprint(area(2))\nx = [1,\n     2]\n",
        "try:\n    n = int('3')\nexcept ValueError as e:\n    n = 0\nelse:\n    n += 1\nprint(f\"{n:>3}\")\n",
        "for i in range(3):\n    if i:\n        break\nelse:\n    pass\nprint('done')\nx = 1; y = \\\n  2\n",
        "s = '''a\nb'''\r\nclass A:\r\n\tpass\r\n\r\n@A\r\ndef f(): pass\r\nglobal g\r\n",
        "a = 1\npass\n\\\nx",
        "match x:\n    case 1:\n        pass\n\n\u{c}\nwith open('f') as f:\n    pass\n    # the end\nreturn\n",
    ];

    #[test]
    fn a_second_look_at_a_changed_text_says_what_a_first_one_would() {
        for program in PROGRAMS {
            let passed = look(&Source::new(program)).passed;
            assert!(!passed.is_empty(), "{program}");
            let places = program.char_indices().map(|(at, _)| at).chain([program.len()]);
            for (at, sign) in
                places.flat_map(|at| ["", "(", "'", ":", "\n", "\r", " ", "else", "#"].map(|sign| (at, sign)))
            {
                let rest = &program[at..];
                let kept = if sign.is_empty() { rest.chars().next().map_or(0, char::len_utf8) } else { 0 };
                let changed = format!("{}{sign}{}", &program[..at], &rest[kept..]);
                let source = Source::new(&changed);
                let first = look(&source).verdict;
                assert_eq!(look_again(&source, program, &passed).verdict, first, "{changed}");
                // And from there back to the program.
                let passed = look_again(&source, program, &passed).passed;
                let again = look_again(&Source::new(program), &changed, &passed).verdict;
                assert_eq!(again, look(&Source::new(program)).verdict, "{changed}");
            }
        }
    }
}
