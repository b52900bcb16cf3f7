//! The bug that a learner is to find.
//!
//! Not here: which bugs the tests catch.

use crate::decide::chance::Chance;
use crate::decide::exercise::{Exercise, Task};
use crate::decide::mutate::{Mutant, operator_named};

/// One of those that the tests catch: of the wished misconception if there is one, otherwise each operator as likely as
/// the others, however many places it finds.
pub(super) fn bug<'a>(caught: &[&'a Mutant], wish: Option<&str>, chance: &mut Chance) -> Option<&'a Mutant> {
    let wished: Vec<&Mutant> =
        caught.iter().copied().filter(|mutant| wish == Some(mutant.bug.misconception.as_str())).collect();
    let among = if wished.is_empty() { caught } else { &wished };
    let mut operators: Vec<&str> = among.iter().map(|mutant| mutant.bug.operator.as_str()).collect();
    operators.sort_unstable();
    operators.dedup();
    let operator = *chance.pick(&operators)?;
    let mut of_it: Vec<&Mutant> =
        among.iter().copied().filter(|mutant| mutant.bug.operator == operator).collect();
    of_it.sort_by(|one, other| one.code.cmp(&other.code));
    chance.pick(&of_it).copied()
}

/// Makes it the exercise's.
pub(super) fn set(exercise: &mut Exercise, mutant: &Mutant, own_hints: Option<[String; 3]>) {
    let bug = mutant.bug.clone();
    exercise.hints = own_hints.unwrap_or_else(|| {
        let sentence = operator_named(&bug.operator).map_or("", |operator| operator.sentence);
        let place = if bug.becomes.is_empty() {
            match bug.line.checked_sub(1).filter(|line| *line > 0) {
                Some(line) => format!("Something is missing behind line {line}."),
                None => "Something is missing before the first line.".to_owned(),
            }
        } else {
            format!("Look at line {}: `{}`. What should it say?", bug.line, bug.becomes)
        };
        [
            "Take the input of the first open test and go through the program line by line, as Python does. Where does it do something else than the task says?"
                .to_owned(),
            sentence.to_owned(),
            place,
        ]
    });
    exercise.starter.clone_from(&mutant.code);
    exercise.task = Task::FixBug { bug };
}
