//! The rules that a review knows, read from `rules/*.toml`: from which level on, how much they matter, and our own texts.
//!
//! How a rule is found in a program does not belong here (`linter` for ruff's rules, `own` for ours).

use std::collections::HashMap;
use std::sync::LazyLock;

use agent_core::curriculum::Topic;
use agent_core::mastery::Level;
use serde::Deserialize;

use super::report::{Category, Severity};

const FILES: [&str; 4] = [
    include_str!("../../rules/bugs.toml"),
    include_str!("../../rules/correctness.toml"),
    include_str!("../../rules/clarity.toml"),
    include_str!("../../rules/own.toml"),
];

/// A rule and its texts. `{name}` and `{code}` in a text stand for what was found.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// Its name in findings.
    pub(crate) id: String,
    /// The codes of ruff's rules that it stands for; none for our own.
    #[serde(default)]
    pub(crate) ruff: Vec<String>,
    /// The level from which on it is looked for.
    #[serde(default = "beginner")]
    pub(crate) from: Level,
    pub(crate) severity: Severity,
    pub(crate) category: Category,
    pub(crate) concept: Topic,
    /// Only sound when the whole program is in view.
    #[serde(default)]
    pub(crate) whole: bool,
    pub(crate) what: String,
    pub(crate) why: String,
    pub(crate) instead: String,
    /// Programs that trigger it.
    #[cfg_attr(not(test), expect(dead_code, reason = "what the tests run"))]
    pub(crate) bad: Vec<String>,
    /// A program that does not.
    #[cfg_attr(not(test), expect(dead_code, reason = "what the tests run"))]
    pub(crate) good: String,
}

#[derive(Deserialize)]
struct File {
    rule: Vec<Rule>,
}

fn beginner() -> Level {
    Level::Beginner
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| FILES.iter().flat_map(|text| read(text)).collect());

static BY_ID: LazyLock<HashMap<&'static str, &'static Rule>> =
    LazyLock::new(|| RULES.iter().map(|rule| (rule.id.as_str(), rule)).collect());

#[expect(clippy::expect_used, reason = "the files are part of the binary, and a test reads every one")]
fn read(text: &str) -> Vec<Rule> {
    toml::from_str::<File>(text).expect("the rules can be read").rule
}

/// All rules, in the order of the files.
pub(crate) fn rules() -> &'static [Rule] {
    &RULES
}

/// A rule by its name.
pub(crate) fn rule(id: &str) -> Option<&'static Rule> {
    BY_ID.get(id).copied()
}
