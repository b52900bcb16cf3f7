//! Judging what was seen, without running anything.
//!
//! Not here: whole exercises over the real sandbox (`admission`).

use agent_core::curriculum::Topic;
use sandbox::CaseReport;

use super::*;
use crate::decide::exercise::{Name, Seed};
use crate::decide::template::Templates;

fn printed(text: &str) -> CaseReport {
    CaseReport {
        outcome: Outcome::Finished,
        stdout: text.to_owned(),
        calls: Vec::new(),
        globals: Default::default(),
        steps: Vec::new(),
        steps_cut: false,
    }
}

fn ran(texts: &[String]) -> Run {
    Run { cases: texts.iter().map(|text| printed(text)).collect(), stopped: None }
}

fn draft(kind: Kind) -> Draft {
    let name = Name { topic: Topic::Operators, template: "boxes".to_owned(), kind, seed: Seed(3) };
    Templates::load().unwrap().draft(&name).unwrap()
}

/// A reference that prints the number of its test.
fn steady(draft: &Draft) -> References {
    let texts: Vec<String> = (0..draft.exercise.tests.len()).map(|place| format!("{place}\n")).collect();
    let mut backwards = texts.clone();
    backwards.reverse();
    References { first: ran(&texts), again: ran(&texts), backwards: ran(&backwards) }
}

/// All bugs print nothing, and so are caught; all else too.
fn all_caught(expecting: &Expecting) -> Seen {
    let nothing = || ran(&vec![String::new(); expecting.tests().len()]);
    Seen {
        starter: Some(nothing()),
        mutants: expecting.draft.mutants.iter().map(|_| nothing()).collect(),
        wrong: expecting.draft.wrong.iter().map(|_| nothing()).collect(),
        ..Seen::default()
    }
}

fn expecting(kind: Kind) -> Expecting {
    let draft = draft(kind);
    let references = steady(&draft);
    Expecting::new(draft, references).unwrap()
}

#[test]
fn what_is_expected_is_what_the_reference_did() {
    let expecting = expecting(Kind::FixBug);
    for (place, test) in expecting.tests().iter().enumerate() {
        assert_eq!(test.expected.stdout.as_deref(), Some(format!("{place}\n").as_str()));
    }
}

#[test]
fn a_reference_that_changes_its_mind_or_minds_the_order_is_refused() {
    let draft = draft(Kind::FixBug);
    let mut again = steady(&draft);
    again.again.cases[1] = printed("other\n");
    let mut order = steady(&draft);
    order.backwards.cases.reverse();
    for references in [again, order] {
        let refused = Expecting::new(draft.clone(), references).unwrap_err();
        assert_eq!(refused.reasons, [Refusal::Unsteady]);
    }
}

#[test]
fn a_reference_that_is_stopped_is_refused_with_the_input() {
    let draft = draft(Kind::FixBug);
    let mut references = steady(&draft);
    references.first.cases.truncate(1);
    references.first.stopped = Some(Ended::TimedOut);
    let refused = Expecting::new(draft.clone(), references).unwrap_err().to_string();
    assert!(refused.contains("does not end well") && refused.contains("TimedOut"), "{refused}");
}

#[test]
fn bugs_that_all_are_caught_make_an_exercise_with_one_of_them_in_it() {
    let expecting = expecting(Kind::FixBug);
    let seen = all_caught(&expecting);
    let admitted = verdict(expecting.clone(), &seen, None).unwrap();
    assert_eq!(admitted.tally.killed as usize, expecting.draft.mutants.len());
    let Task::FixBug { bug } = &admitted.exercise.task else { panic!("no bug") };
    assert!(
        expecting
            .draft
            .mutants
            .iter()
            .any(|mutant| mutant.bug == *bug && mutant.code == admitted.exercise.starter)
    );
    assert_eq!(verdict(expecting, &seen, None), Ok(admitted), "the same seed chooses the same bug");
}

#[test]
fn a_bug_that_only_a_probe_tells_apart_brings_the_probe_in_and_one_that_nothing_does_is_equal() {
    let expecting = expecting(Kind::FixBug);
    let tests = expecting.tests().len();
    let probes = expecting.draft.probes.len();
    assert!(probes >= 4);
    let mut seen = all_caught(&expecting);
    seen.mutants[0] = expecting.reference.clone();
    seen.mutants[1] = expecting.reference.clone();
    assert_eq!(uncaught(expecting.tests(), &seen.mutants), [0, 1]);
    let same: Vec<String> = (0..probes).map(|place| format!("probe {place}\n")).collect();
    let mut told = same.clone();
    told[3] = "something else\n".to_owned();
    seen.probed_reference = ran(&same);
    seen.probed = vec![(0, ran(&told)), (1, ran(&same))];
    let admitted = verdict(expecting.clone(), &seen, None).unwrap();
    assert_eq!(admitted.exercise.tests.len(), tests + 1);
    let added = admitted.exercise.tests.last().unwrap();
    assert_eq!((added.open, added.expected.stdout.as_deref()), (false, Some("probe 3\n")));
    assert!(same_input(added, &expecting.draft.probes[3]));
    assert_eq!((admitted.tally.equal, admitted.tally.survived), (1, 0));
    assert_eq!(admitted.tally.killed + 1, admitted.tally.mutants);
}

#[test]
fn a_program_that_stops_is_caught_and_so_is_one_that_fails_a_later_test() {
    let expecting = expecting(Kind::FixBug);
    let mut late = expecting.reference.clone();
    assert!(!late.is_caught(expecting.tests()));
    late.cases.last_mut().unwrap().stdout.push('!');
    assert!(late.is_caught(expecting.tests()));
    let stopped = Run { cases: Vec::new(), stopped: Some(Ended::TimedOut) };
    assert!(stopped.is_caught(expecting.tests()));
    assert!(Run::default().followed_by(stopped).is_caught(expecting.tests()));
}

#[test]
fn a_starter_or_wrong_answer_that_passes_is_named() {
    let expecting = expecting(Kind::FillGap);
    let mut seen = all_caught(&expecting);
    seen.starter = Some(expecting.reference.clone());
    seen.wrong[1] = expecting.reference.clone();
    let refused = verdict(expecting.clone(), &seen, None).unwrap_err();
    let what = expecting.draft.wrong[1].what.clone();
    assert_eq!(refused.reasons, [Refusal::StarterPasses, Refusal::WrongPasses { what }]);
}

#[test]
fn too_few_bugs_that_show_are_refused() {
    let expecting = expecting(Kind::FillGap);
    let mut seen = all_caught(&expecting);
    for run in &mut seen.mutants[4..] {
        *run = expecting.reference.clone();
    }
    let refused = verdict(expecting, &seen, None).unwrap_err();
    assert_eq!(refused.reasons, [Refusal::FewBugs { found: 4 }]);
    assert_eq!(refused.tally.killed, 4);
}
