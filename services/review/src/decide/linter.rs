//! Ruff's linter on a text in memory, with the rules of one level.
//!
//! No file, no configuration, no `noqa` comment is read: what a learner sees depends on the program and the level alone.
//! The texts do not belong here (`profile`).

use std::collections::HashMap;
use std::path::Path;
use std::sync::LazyLock;

use agent_core::mastery::Level;
use ruff_linter::linter::{ParseSource, lint_only};
use ruff_linter::registry::Rule as RuffRule;
use ruff_linter::settings::LinterSettings;
use ruff_linter::settings::flags::Noqa;
use ruff_linter::settings::rule_table::RuleTable;
use ruff_linter::source_kind::SourceKind;
use ruff_python_ast::{ModModule, PySourceType, PythonVersion};
use ruff_python_parser::Parsed;
use ruff_text_size::{Ranged, TextRange};

use super::profile::{self, Rule};

/// A rule seen at a place. `name` is what it is about, where there is one.
#[derive(Debug, Clone)]
pub(crate) struct Hit {
    pub(crate) rule: &'static str,
    pub(crate) range: TextRange,
    pub(crate) name: Option<String>,
}

/// Never opened: a name that ruff wants beside the text.
const PATH: &str = "program.py";

/// Ruff's name of a rule to ours.
static OURS: LazyLock<HashMap<&'static str, &'static Rule>> = LazyLock::new(|| {
    let named = |rule: &'static Rule| ruff_rules(rule).map(move |ruff| (ruff.into(), rule));
    profile::rules().iter().flat_map(named).collect()
});

static SETTINGS: LazyLock<[LinterSettings; 4]> = LazyLock::new(|| Level::ALL.map(settings));

fn ruff_rules(rule: &'static Rule) -> impl Iterator<Item = RuffRule> {
    rule.ruff.iter().filter_map(|code| RuffRule::from_code(code).ok())
}

fn settings(level: Level) -> LinterSettings {
    let mut table = RuleTable::empty();
    for ruff in profile::rules().iter().filter(|rule| rule.from <= level).flat_map(ruff_rules) {
        table.enable(ruff, false);
    }
    LinterSettings { rules: table, ..LinterSettings::new(Path::new("/")) }
        .with_target_version(PythonVersion::PY313)
}

/// What ruff finds in a program that parses, in the order of the text.
pub(crate) fn lint(source: &str, parsed: Parsed<ModModule>, level: Level) -> Vec<Hit> {
    let settings = &SETTINGS[level as usize];
    let kind = SourceKind::Python { code: source.to_owned(), is_stub: false };
    let result = lint_only(
        Path::new(PATH),
        None,
        settings,
        Noqa::Disabled,
        &kind,
        PySourceType::Python,
        ParseSource::Precomputed(parsed),
    );
    let mut hits: Vec<Hit> = result
        .diagnostics
        .iter()
        .filter_map(|diagnostic| {
            let rule = OURS.get(diagnostic.name())?;
            let name = quoted(diagnostic.headline_message());
            Some(Hit { rule: &rule.id, range: diagnostic.range()?, name })
        })
        .collect();
    hits.sort_by_key(|hit| (hit.range.start(), hit.range.end(), hit.rule));
    hits
}

/// The first thing that a message has between backticks.
fn quoted(message: &str) -> Option<String> {
    let (_, rest) = message.split_once('`')?;
    let (name, _) = rest.split_once('`')?;
    (!name.is_empty()).then(|| name.to_owned())
}

impl Ranged for Hit {
    fn range(&self) -> TextRange {
        self.range
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_in_the_rules_is_one_that_ruff_knows_and_that_needs_no_preview() {
        for rule in profile::rules() {
            for code in &rule.ruff {
                let ruff = RuffRule::from_code(code);
                assert!(ruff.is_ok_and(|ruff| !ruff.is_preview()), "{} names {code}", rule.id);
            }
        }
    }

    #[test]
    fn each_level_looks_for_all_that_the_one_below_does() {
        for pair in SETTINGS.windows(2) {
            let (below, above) = (&pair[0].rules, &pair[1].rules);
            assert!(below.iter_enabled().all(|rule| above.enabled(rule)));
            assert!(below.iter_enabled().count() < above.iter_enabled().count());
        }
    }
}
