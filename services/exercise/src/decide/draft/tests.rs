//! Every template as every kind, drawn many times: the same seed the same, and what must hold of each.
//!
//! Not here: running them (`admission`).

use std::collections::BTreeSet;

use super::*;
use crate::decide::exercise::Seed;
use crate::decide::inputs::same_input;

fn all_drafts(seeds: u32, mut look: impl FnMut(&Generator<'_>, &Draft)) {
    let templates = Templates::load().unwrap_or_else(|error| panic!("{error}"));
    let mut failed = Vec::new();
    for generator in templates.generators() {
        for name in (0..seeds).map(|seed| generator.name(Seed(seed))) {
            match templates.draft(&name) {
                Ok(draft) => look(&generator, &draft),
                Err(error) => failed.push(format!("{name}: {error}")),
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn the_same_seed_draws_the_same_exercise() {
    let (one, other) = (Templates::load().unwrap(), Templates::load().unwrap());
    for generator in one.generators() {
        let name = generator.name(Seed(4711));
        assert_eq!(one.draft(&name), other.draft(&name), "{name}");
    }
}

#[test]
fn what_a_seed_draws_is_the_same_in_every_release() {
    let templates = Templates::load().unwrap();
    let name = |kind| Name { topic: Topic::Operators, template: "boxes".to_owned(), kind, seed: Seed(7) };
    let shown: Vec<String> = Kind::ALL
        .into_iter()
        .map(|kind| {
            let Exercise { statement, starter, task, hints, tests, .. } =
                templates.draft(&name(kind)).unwrap().exercise;
            let inputs: Vec<_> = tests.iter().map(|test| (&test.about, test.open, &test.stdin)).collect();
            format!("{statement}\n---\n{starter}---\n{task:?}\n---\n{}\n---\n{inputs:?}", hints.join("\n"))
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n\n=====\n\n"));
}

#[test]
fn different_seeds_draw_different_exercises() {
    let templates = Templates::load().unwrap();
    for template in templates.all() {
        let kind = template.sheet.kinds[0];
        let variants: BTreeSet<_> = (0..20)
            .map(|seed| {
                let drawn = templates.draft(&Generator { template, kind }.name(Seed(seed))).unwrap();
                (drawn.exercise.statement, drawn.exercise.reference)
            })
            .collect();
        assert!(
            variants.len() >= 9,
            "{}/{}: {} variants of 20 seeds",
            template.topic,
            template.slug,
            variants.len()
        );
    }
}

#[test]
fn every_reference_and_mutant_is_python_and_no_test_is_there_twice() {
    all_drafts(2, |_, draft| {
        let Draft { exercise, mutants, probes, .. } = draft;
        let name = &exercise.name;
        assert!(agent_core::syntax::analyze(&exercise.reference).valid, "{name}: {}", exercise.reference);
        assert!(mutants.len() >= 5, "{name}: {} mutants", mutants.len());
        for mutant in mutants {
            assert!(agent_core::syntax::analyze(&mutant.code).valid, "{name}: {}", mutant.code);
            assert_ne!(mutant.code, exercise.reference, "{name}");
        }
        let inputs: Vec<&Test> = exercise.tests.iter().chain(probes).collect();
        for (place, test) in inputs.iter().enumerate() {
            assert!(!inputs[..place].iter().any(|other| same_input(test, other)), "{name}: {test:?}");
        }
        assert!(exercise.tests.iter().any(|test| test.open) == (name.kind != Kind::PredictOutput), "{name}");
    });
}

#[test]
fn pieces_are_the_reference_in_another_order() {
    all_drafts(2, |_, draft| {
        let Task::Order { pieces } = &draft.exercise.task else { return };
        let reference = &draft.exercise.reference;
        let belonging: Vec<&str> = pieces
            .iter()
            .map(|piece| piece.text.as_str())
            .filter(|text| reference.contains(&format!("{text}\n")))
            .collect();
        let shown: String = belonging.iter().map(|text| format!("{text}\n")).collect();
        let without_blank: String = reference
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| format!("{line}\n"))
            .collect();
        assert_eq!(shown.len(), without_blank.len(), "{}", draft.exercise.name);
        assert_ne!(shown, without_blank, "{}", draft.exercise.name);
    });
}

#[test]
fn gaps_filled_with_what_was_cut_out_make_the_reference() {
    all_drafts(1, |_, draft| {
        let Task::FillGap { gaps } = &draft.exercise.task else { return };
        let mut filled = draft.exercise.starter.clone();
        for (place, gap) in gaps.iter().enumerate() {
            filled = filled.replace(&format!("____{}____", place + 1), &gap.text);
        }
        assert_eq!(filled, draft.exercise.reference, "{}", draft.exercise.name);
    });
}

#[test]
fn a_name_that_nothing_has_is_unknown() {
    let templates = Templates::load().unwrap();
    let name = Name { topic: Topic::Lists, template: "nothing".to_owned(), kind: Kind::Write, seed: Seed(1) };
    let error = templates.draft(&name).unwrap_err();
    assert_eq!(error.to_string(), "there is no write of lists/nothing");
}
