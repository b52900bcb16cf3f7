//! Each rule's own examples: the bad ones trigger it, the good one does not, and every text is there.

use std::collections::HashSet;

use agent_core::mastery::Level;

use super::profile::{self, Rule};
use super::{TOO_DEEP, TOO_LARGE, review};

fn rules_of(code: &str) -> Vec<String> {
    let review = review(code, Level::Mastered);
    review.findings.into_iter().map(|finding| finding.rule).collect()
}

/// Examples that are too long to be written down.
fn bad(rule: &Rule) -> Vec<String> {
    match rule.id.as_str() {
        "long-function" => vec![format!("def show(n):\n{}", "    print(n)\n".repeat(60))],
        "complex-function" => {
            let ways: String = (0..13).map(|n| format!("    if n == {n}:\n        print('{n}')\n")).collect();
            vec![format!("def show(n):\n{ways}")]
        }
        TOO_DEEP => vec![format!("x = 0{}\n", " + 1".repeat(500))],
        TOO_LARGE => vec![format!("x = [{}]\n", "1, ".repeat(60_000))],
        _ => rule.bad.clone(),
    }
}

#[test]
fn bad_examples_trigger_their_rule_and_good_ones_do_not() {
    let mut wrong = Vec::new();
    for rule in profile::rules() {
        let examples = bad(rule);
        if examples.is_empty() {
            wrong.push(format!("{}: no bad example", rule.id));
        }
        for example in &examples {
            let found = rules_of(example);
            if !found.contains(&rule.id) {
                wrong.push(format!("{}: not found in {example:?}, but {found:?}", rule.id));
            }
        }
        let found = rules_of(&rule.good);
        if found.contains(&rule.id) {
            wrong.push(format!("{}: found in its good example", rule.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_good_example_is_never_a_bug_by_another_rule() {
    let mut wrong = Vec::new();
    for rule in profile::rules() {
        let review = review(&rule.good, Level::Mastered);
        let bugs = review.concerns().filter(|finding| finding.severity == super::Severity::Essential);
        wrong.extend(bugs.map(|bug| format!("{}: {}", rule.id, bug.message)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_code_of_ruff_belongs_to_one_rule_and_has_an_example() {
    let mut codes = HashSet::new();
    for rule in profile::rules() {
        for code in &rule.ruff {
            assert!(codes.insert(code), "{code} twice");
        }
        let one_each = rule.ruff.len() <= rule.bad.len();
        assert!(one_each, "{}: fewer examples than codes", rule.id);
    }
}

#[test]
fn rules_have_names_and_texts_of_their_own() {
    let mut seen = HashSet::new();
    for rule in profile::rules() {
        assert!(seen.insert(rule.id.as_str()), "{} twice", rule.id);
        assert!(!rule.instead.trim().is_empty(), "{}: no advice", rule.id);
        for text in [&rule.what, &rule.why] {
            assert!(
                !text.trim().is_empty() && seen.insert(text),
                "{}: {text:?} is empty or used twice",
                rule.id
            );
        }
    }
}

#[test]
fn no_placeholder_is_left_in_what_a_learner_reads() {
    for rule in profile::rules() {
        for finding in bad(rule).iter().flat_map(|code| review(code, Level::Mastered).findings) {
            for text in [&finding.message, &finding.why, &finding.instead] {
                assert!(!text.contains("{code}") && !text.contains("{name}"), "{}: {text}", finding.rule);
            }
        }
    }
}
