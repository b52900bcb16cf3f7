//! The reviewer's mind: a program and a level in, a review out. Pure and synchronous.
//!
//! Reading order: `report` (what is said) → `profile` (the rules and our texts) → `linter` and `own` (what finds them) →
//! `findings` (many places, one finding) → `deep` → `score` → `praise` → `step` → `compare` → `hints`. Who asks, and what is
//! recorded of it, does not belong here.

mod compare;
mod deep;
mod findings;
mod hints;
mod linter;
mod own;
mod praise;
mod profile;
mod report;
mod score;
mod source;
mod step;
#[cfg(test)]
mod texts_tests;

pub use compare::{Comparison, Feedback, Metrics, compare, feedback};
pub use hints::{HINTS_MAX, Hint, hints};
pub use report::{Categories, Category, Finding, Grade, NextStep, Review, Severity};

use agent_core::mastery::Level;
use agent_core::syntax::{self, Analysis, Complexity};
use ruff_python_ast::{ModModule, PythonVersion};
use ruff_python_parser::{Mode, ParseOptions, Parsed, parse_unchecked};

use score::Weigher;
use source::Source;

/// The rule of an empty program.
const NOTHING: &str = "nothing-to-review";
/// The rule of a program whose first statement alone is longer than what is reviewed.
const TOO_LARGE: &str = "too-large-to-review";
/// The rule of a program that is nested or chained more deeply than what is reviewed.
const TOO_DEEP: &str = "too-deep-to-review";

/// Reviews a program for a learner of this level.
///
/// Bounded for any text: what CPython refuses is not linted, what is nested or chained too deeply is not walked, and of a
/// text over 64 KiB the beginning is reviewed.
#[must_use]
pub fn review(code: &str, level: Level) -> Review {
    reviewed(code, level).review
}

/// A review and what it stands on.
struct Reviewed {
    review: Review,
    size: Complexity,
    /// Whether the tree may be walked.
    shallow: bool,
}

fn reviewed(code: &str, level: Level) -> Reviewed {
    syntax::with_stack(&[code], || reviewed_here(code, level))
}

fn reviewed_here(code: &str, level: Level) -> Reviewed {
    let analysis = syntax::analyze(code);
    let source = Source::new(code);
    // What CPython refuses may be nested without bound: it is not even parsed.
    let Some(parsed) = analysis.valid.then(|| parse(code)).flatten() else {
        let review = broken(&source, &analysis, level);
        return Reviewed { review, size: analysis.complexity, shallow: false };
    };
    let shallow = deep::depth(parsed.tokens()) <= deep::DEPTH_MAX;
    let size = analysis.complexity;
    let review = match source.cut(parsed.suite()) {
        _ if !shallow => unseen(&source, level, TOO_DEEP),
        None => judge(code, parsed, &size, level, true),
        Some(0) => unseen(&source, level, TOO_LARGE),
        Some(end) => match parse(&code[..end]) {
            Some(part) => judge(&code[..end], part, &size, level, false),
            None => unseen(&source, level, TOO_LARGE),
        },
    };
    Reviewed { review, size, shallow }
}

/// The tree of a program that the analysis found to be valid, and so not too deep to walk.
fn parse(code: &str) -> Option<Parsed<ModModule>> {
    let options = ParseOptions::from(Mode::Module).with_target_version(PythonVersion::PY313);
    parse_unchecked(code, options).try_into_module()
}

/// The review of a program that Python can read. `whole` is false where `code` is only the beginning of it.
fn judge(code: &str, parsed: Parsed<ModModule>, size: &Complexity, level: Level, whole: bool) -> Review {
    let source = Source::new(code);
    let body = parsed.suite();
    if body.is_empty() {
        return unseen(&source, level, NOTHING);
    }
    let weigher = Weigher::new(source.code_lines());
    let praise = praise::find(&source, body);
    let stretch = step::stretch(body);
    let mut hits = own::find(&source, body, size);
    hits.extend(linter::lint(code, parsed, level));
    let all = findings::merge(&source, hits, level, whole);
    let praise = praise::earned(praise, &all);
    let score = score::from_points(weigher.cost(all.iter()));
    let next_step = step::next(&all, weigher).unwrap_or(stretch);
    let categories = weigher.categories(&all);
    let truncated = !whole || all.len() > findings::LISTED_MAX;
    finish(Draft { score, level, categories, valid: true, concerns: all, praise, next_step, truncated })
}

/// The review of a program that CPython refuses: Debug's first error is the one finding.
fn broken(source: &Source<'_>, analysis: &Analysis, level: Level) -> Review {
    let finding = findings::syntax_error(source, &analysis.errors);
    let score = score::of_broken(analysis.errors.len());
    let further = analysis.errors.len().checked_sub(2).map(|further| score::of_broken(further + 1));
    let next_step = step::mend_first(&finding, further);
    let categories = Categories { correctness: score, clarity: score, structure: score, pythonic: score };
    let truncated = analysis.truncated;
    let concerns = vec![finding];
    finish(Draft {
        score,
        level,
        categories,
        valid: false,
        concerns,
        praise: Vec::new(),
        next_step,
        truncated,
    })
}

/// The review of a text in which there is nothing to judge, for the reason that `rule` tells.
fn unseen(source: &Source<'_>, level: Level, rule: &'static str) -> Review {
    let finding = findings::of_the_whole(source, rule);
    let next_step = step::mend_first(&finding, None);
    let categories = Categories { correctness: 0, clarity: 0, structure: 0, pythonic: 0 };
    let (concerns, praise) = (vec![finding], Vec::new());
    let truncated = rule != NOTHING;
    finish(Draft { score: 0, level, categories, valid: true, concerns, praise, next_step, truncated })
}

/// All that a review is made of, before it is cut to what is listed.
struct Draft {
    score: u32,
    level: Level,
    categories: Categories,
    valid: bool,
    concerns: Vec<Finding>,
    praise: Vec<Finding>,
    next_step: NextStep,
    truncated: bool,
}

fn finish(draft: Draft) -> Review {
    let words = draft.praise.iter().map(|finding| finding.message.clone()).collect();
    let mut findings = draft.concerns;
    findings.truncate(findings::LISTED_MAX);
    findings.extend(draft.praise);
    Review {
        score: draft.score,
        grade: score::grade(draft.score),
        valid: draft.valid,
        level: draft.level,
        categories: draft.categories,
        findings,
        praise: words,
        next_step: draft.next_step,
        truncated: draft.truncated,
    }
}
