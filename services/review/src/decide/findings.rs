//! From places to findings: one finding for each habit, with our own texts filled in.
//!
//! Which places there are does not belong here (`linter`, `own`), nor what they cost (`score`).

use agent_core::curriculum::Topic;
use agent_core::mastery::Level;
use agent_core::syntax::SyntaxError;
use ruff_text_size::TextSize;

use super::linter::Hit;
use super::profile::{self, Rule};
use super::report::{Category, Finding, Severity};
use super::source::Source;

/// Findings that a review lists, praise not counted.
pub(crate) const LISTED_MAX: usize = 50;
/// Further lines that a finding lists.
const ALSO_MAX: usize = 20;
/// Findings that are looked for at all: what is beyond cannot move the score any more.
const FOUND_MAX: usize = 1_000;

/// Merges the places of a habit, and puts the most important finding first.
pub(crate) fn merge(source: &Source<'_>, mut hits: Vec<Hit>, level: Level, whole: bool) -> Vec<Finding> {
    hits.sort_by_key(|hit| hit.range.start());
    drop_consequences(&mut hits);
    let mut findings: Vec<Finding> = Vec::new();
    let mut slots = std::collections::HashMap::new();
    for hit in hits {
        let Some(rule) = profile::rule(hit.rule) else { continue };
        if rule.from > level || (rule.whole && !whole) || findings.len() == FOUND_MAX {
            continue;
        }
        let line = source.line(hit.range.start());
        // Each bug is a bug of its own; advice is the same advice wherever it applies.
        let own = (rule.severity == Severity::Essential)
            .then(|| hit.name.clone().unwrap_or_else(|| line.to_string()));
        let slot = *slots.entry((hit.rule, own)).or_insert(findings.len());
        match findings.get_mut(slot) {
            Some(known) => {
                if known.line != line
                    && !known.also_lines.contains(&line)
                    && known.also_lines.len() < ALSO_MAX
                {
                    known.also_lines.push(line);
                }
            }
            None => findings.push(filled(source, rule, &hit, line)),
        }
    }
    findings.sort_by_key(|finding| (finding.severity, finding.line));
    findings
}

/// Drops what only follows from another finding: mending that one mends it too.
fn drop_consequences(hits: &mut Vec<Hit>) {
    let without_self = hits.iter().any(|hit| hit.rule == "method-without-self");
    let bare: Vec<TextSize> =
        hits.iter().filter(|hit| hit.rule == "bare-except").map(|hit| hit.range.start()).collect();
    hits.retain(|hit| match hit.rule {
        "undefined-name" => !(without_self && hit.name.as_deref() == Some("self")),
        "error-swallowed" => !bare.contains(&hit.range.start()),
        _ => true,
    });
}

fn filled(source: &Source<'_>, rule: &Rule, hit: &Hit, line: u32) -> Finding {
    let code = source.quote(hit.range);
    let name = hit.name.as_deref().unwrap_or(&code);
    let fill = |text: &str| text.replace("{name}", name).replace("{code}", &code);
    Finding {
        message: fill(&rule.what),
        why: fill(&rule.why),
        instead: fill(&rule.instead),
        ..bare(rule, line)
    }
}

fn bare(rule: &Rule, line: u32) -> Finding {
    Finding {
        rule: rule.id.clone(),
        severity: rule.severity,
        category: rule.category,
        line,
        also_lines: Vec::new(),
        message: rule.what.clone(),
        why: rule.why.clone(),
        instead: rule.instead.clone(),
        concept: rule.concept,
    }
}

/// A finding about the text as a whole.
pub(crate) fn of_the_whole(source: &Source<'_>, id: &'static str) -> Finding {
    let hit = Hit { rule: id, range: ruff_text_size::TextRange::default(), name: None };
    match profile::rule(id) {
        Some(rule) => filled(source, rule, &hit, 1),
        None => unnamed(id),
    }
}

/// The first of Debug's errors, with its fix; the lines of the others beside it.
pub(crate) fn syntax_error(source: &Source<'_>, errors: &[SyntaxError]) -> Finding {
    const ID: &str = "syntax-error";
    let last = source.line(TextSize::new(u32::MAX));
    let Some(first) = errors.first() else {
        let instead = "Shorten the longest or deepest expression of the program.".to_owned();
        let message = "Python cannot read the program: it is nested too deeply.".to_owned();
        return Finding {
            message,
            instead,
            ..profile::rule(ID).map_or_else(|| unnamed(ID), |rule| bare(rule, 1))
        };
    };
    let line = first.line.clamp(1, last);
    let mut also_lines: Vec<u32> = errors[1..].iter().map(|error| error.line.clamp(1, last)).collect();
    also_lines.retain(|other| *other != line);
    also_lines.dedup();
    also_lines.truncate(ALSO_MAX);
    let instead = match first.fixes.first() {
        Some(fix) => fix.title.clone(),
        None => "Read this line again, and the end of the line before it.".to_owned(),
    };
    let found = profile::rule(ID).map_or_else(|| unnamed(ID), |rule| bare(rule, line));
    let message = found.message.replace("{name}", &first.message);
    Finding {
        line,
        also_lines,
        message,
        instead,
        why: first.explanation.clone(),
        concept: first.concept,
        ..found
    }
}

/// For a rule that the files do not have: a test sees to it that there is none.
fn unnamed(id: &str) -> Finding {
    Finding {
        rule: id.to_owned(),
        severity: Severity::Actionable,
        category: Category::Correctness,
        line: 1,
        also_lines: Vec::new(),
        message: String::new(),
        why: String::new(),
        instead: String::new(),
        concept: Topic::Debugging,
    }
}
