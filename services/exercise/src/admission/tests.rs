//! Admission over the real sandbox: what is good is admitted, what is not is refused with its reason.
//!
//! Not here: many seeds (`audit`).

use std::sync::Arc;

use agent_core::curriculum::Topic;

use super::*;
use crate::decide::exercise::{Seed, Task};
use crate::decide::template::Generator;

/// A pool of real children.
pub(crate) fn pool() -> Arc<dyn Sandbox> {
    Arc::new(testkit::sandbox_pool())
}

fn name(topic: Topic, template: &str, kind: Kind, seed: u32) -> Name {
    Name { topic, template: template.to_owned(), kind, seed: Seed(seed) }
}

async fn admit(sandbox: &dyn Sandbox, templates: &Templates, name: &Name) -> Result<Admitted, NotAdmitted> {
    Trial::new(sandbox).admit(templates, name, None).await
}

/// A template that is fine but for what a case changes.
const FINE: &str = r#"
title = "Above the limit"
difficulty = "easy"
minutes = 5
kinds = ["write", "fix-bug", "order", "predict-output", "fill-gap"]
statement = "Read two numbers. Print the difference if the first is greater than {{ limit }}, otherwise the sum."
starter = '''
first = int(input())
second = int(input())
'''
reference = '''
first = int(input())
second = int(input())
if first > {{ limit }}:
    print(first - second)
else:
    print(first + second)
'''
hints = ["Compare.", "Use else.", "Print in both branches."]

[[draw]]
name = "limit"
int = { from = 3, to = 30 }

[[test]]
about = "above"
open = true
stdin = "{{ limit + 4 }}\n2\n"

[[test]]
about = "below"
stdin = "{{ limit - 2 }}\n9\n"

[generate]
tests = 4
stdin = "{{ first }}\n{{ second }}\n"

[[generate.input]]
name = "first"
int = { from = -10, to = 60 }
edges = ["limit", "limit + 1"]

[[generate.input]]
name = "second"
int = { from = -5, to = 20 }

[[gap]]
line = "if first > {{ limit }}:"
text = "first > {{ limit }}"

[[gap]]
line = "print(first - second)"
text = "first - second"

[order]
distractors = ["if first < {{ limit }}:"]
"#;

async fn tried(sheet: &str, kind: Kind) -> Result<Admitted, NotAdmitted> {
    let templates =
        Templates::of(&[("if-elif-else/fine.toml", sheet)]).unwrap_or_else(|error| panic!("{error}"));
    let sandbox = pool();
    admit(sandbox.as_ref(), &templates, &name(Topic::IfElifElse, "fine", kind, 5)).await
}

#[tokio::test]
async fn a_good_template_is_admitted_as_every_kind_and_catches_all_its_bugs() {
    for kind in Kind::ALL {
        let Admitted { exercise, caught, tally } =
            tried(FINE, kind).await.unwrap_or_else(|error| panic!("{kind:?}: {error}"));
        assert_eq!(tally.survived, 0, "{kind:?}");
        assert_eq!(tally.killed + tally.equal, tally.mutants, "{kind:?}");
        assert!(tally.killed >= 5 && !caught.is_empty(), "{kind:?}: {tally:?}");
        assert_eq!(tally.tests as usize, exercise.tests.len());
        assert!(
            exercise.tests.iter().all(|test| test
                .expected
                .stdout
                .as_ref()
                .is_some_and(|text| !text.is_empty()))
        );
        if let Task::FixBug { bug } = &exercise.task {
            assert_ne!(exercise.starter, exercise.reference);
            assert!(exercise.starter.contains(&bug.becomes), "{bug:?}");
        }
    }
}

#[tokio::test]
async fn a_bug_of_the_wished_misconception_is_chosen_where_the_tests_catch_one() {
    let templates = Templates::of(&[("if-elif-else/fine.toml", FINE)]).unwrap();
    let sandbox = pool();
    for wish in ["boundary-value", "input-is-number", "wrong-operator"] {
        let name = name(Topic::IfElifElse, "fine", Kind::FixBug, 9);
        let admitted = Trial::new(sandbox.as_ref()).admit(&templates, &name, Some(wish)).await.unwrap();
        let Task::FixBug { bug } = admitted.exercise.task else { panic!("no bug") };
        assert_eq!(bug.misconception, wish);
    }
}

#[tokio::test]
async fn what_is_remembered_of_one_kind_changes_nothing_for_the_next() {
    let templates = Templates::of(&[("if-elif-else/fine.toml", FINE)]).unwrap();
    let sandbox = pool();
    let trial = Trial::new(sandbox.as_ref());
    for kind in Kind::ALL {
        let name = name(Topic::IfElifElse, "fine", kind, 2);
        let fresh = admit(sandbox.as_ref(), &templates, &name).await;
        assert_eq!(trial.admit(&templates, &name, None).await, fresh, "{kind:?}");
    }
}

#[tokio::test]
async fn a_probe_that_catches_what_the_tests_do_not_becomes_a_test() {
    // No test on the border, but probes reach it.
    let blunt = FINE
        .replace("edges = [\"limit\", \"limit + 1\"]", "")
        .replace("tests = 4", "tests = 1")
        .replace("int = { from = -10, to = 60 }", "int = { from = \"limit - 1\", to = \"limit + 2\" }");
    let admitted = tried(&blunt, Kind::Write).await.unwrap_or_else(|error| panic!("{error}"));
    assert!(admitted.exercise.tests.len() > 3, "{:?}", admitted.exercise.tests);
    assert!(admitted.caught.contains(&"boundary-value".to_owned()), "{:?}", admitted.caught);
}

#[tokio::test]
async fn what_is_not_fit_is_refused_with_its_reason() {
    let minus = "print(first - second)\n";
    let cases = [
        (minus, "print(first / (second - second))\n", Kind::Write, "ZeroDivisionError"),
        ("minutes = 5", "minutes = 5\nrequired = [\"while\"]", Kind::Write, "not marked right"),
        (
            "\"if first < {{ limit }}:\"",
            "\"if {{ limit }} < first:\"",
            Kind::Order,
            "right as well: with `if",
        ),
        (minus, "print(first - second * {{ 'x' }})\n", Kind::Write, "does not end well"),
        (minus, "print('-' * 400)\n", Kind::PredictOutput, "the output to predict has 1 lines"),
        (
            "Read two numbers.",
            "{% for i in range(300) %}Read two.{% endfor %}",
            Kind::Write,
            "the statement has",
        ),
        (
            "stdin = \"{{ limit - 2 }}\\n9",
            "stdin = \"{{ limit + 4 }}\\n2",
            Kind::Write,
            "two tests have the same input",
        ),
    ];
    for (from, to, kind, reason) in cases {
        assert!(FINE.contains(from), "{from}");
        match tried(&FINE.replacen(from, to, 1), kind).await {
            Err(NotAdmitted::Refused(refused)) => {
                assert!(refused.to_string().contains(reason), "{reason}: {refused}");
            }
            other => panic!("{reason}: {other:?}"),
        }
    }
}

/// A template too small to get wrong in five ways, whose starter is right already.
const SMALL: &str = r#"
title = "Small"
difficulty = "beginner"
minutes = 2
kinds = ["write", "fill-gap"]
statement = "Print {{ number }}."
starter = "print({{ number }})"
reference = "print({{ number }})\n"
hints = ["Print.", "Use print.", "Print the number."]

[[draw]]
name = "number"
int = { from = 1, to = 9 }

[[test]]
about = "the number"
open = true

[[gap]]
line = "print({{ number }})"
text = "{{ number }}"
"#;

#[tokio::test]
async fn what_is_too_small_or_done_already_is_refused() {
    let Err(NotAdmitted::Refused(refused)) = tried(SMALL, Kind::Write).await else { panic!("admitted") };
    let kinds: Vec<&str> = refused.reasons.iter().map(Refusal::kind).collect();
    assert!(kinds.contains(&"few bugs") && kinds.contains(&"starter passes"), "{refused}");
}

/// The whole is the audit's; here each template as one of its kinds, all kinds in turn.
#[tokio::test]
async fn each_template_is_admitted() {
    let templates = Templates::load().unwrap();
    let sandbox = pool();
    let mut refused = Vec::new();
    for (place, template) in templates.all().enumerate() {
        let kind = template.sheet.kinds[place % template.sheet.kinds.len()];
        let name = Generator { template, kind }.name(Seed(1));
        if let Err(error) = admit(sandbox.as_ref(), &templates, &name).await {
            refused.push(format!("{name}: {error}"));
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[tokio::test]
async fn a_gap_that_may_stay_empty_is_refused() {
    let idle = FINE.replace("print(first - second)\n", "print(first - second + 0)\n").replace(
        "line = \"print(first - second)\"\ntext = \"first - second\"",
        "line = \"print(first - second + 0)\"\ntext = \" + 0\"",
    );
    let Err(NotAdmitted::Refused(refused)) = tried(&idle, Kind::FillGap).await else { panic!("admitted") };
    assert!(refused.to_string().contains("right as well: gap 2 filled with ``"), "{refused}");
}
