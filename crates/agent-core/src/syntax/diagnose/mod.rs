//! From what CPython says to what a learner needs: a kind, plain words, a rule, ways to mend it.
//!
//! One rule recognises one mistake. To add a diagnosis, add a function to the file of its family (or a new file)
//! and name it in that file's `RULES`; texts for what CPython already names stand in `catalogue`.
//! Whether a proposal really mends the text is found out in `repair`, not here.

mod assignments;
mod blocks;
mod brackets;
mod calls;
mod catalogue;
mod compiled;
mod indentation;
mod named;
mod operators;
mod quotes;
mod scene;
mod search;
mod words;

pub(super) use scene::{Change, Proposal, Scene};

use super::code::ErrorCode;
use crate::curriculum::Topic;

/// What one error is, for a learner.
#[derive(Debug, Clone)]
pub(super) struct Diagnosis {
    pub(super) code: ErrorCode,
    pub(super) concept: Topic,
    pub(super) message: String,
    pub(super) explanation: String,
    pub(super) hedged: bool,
    /// Most likely intent first.
    pub(super) proposals: Vec<Proposal>,
}

/// Recognises one mistake.
type Rule = fn(&Scene<'_>) -> Option<Diagnosis>;

/// Names the error of a scene. Rules see it before the catalogue does: they know the learner's line.
pub(super) fn diagnose(scene: &Scene<'_>) -> Diagnosis {
    let families: [&[Rule]; 10] = [
        quotes::RULES,
        brackets::RULES,
        operators::RULES,
        words::RULES,
        indentation::RULES,
        blocks::RULES,
        assignments::RULES,
        calls::RULES,
        compiled::RULES,
        named::RULES,
    ];
    let found = families.into_iter().flatten().find_map(|rule| rule(scene));
    let mut diagnosis = found.unwrap_or_else(|| catalogue::describe(scene));
    diagnosis.message = scene::clipped(diagnosis.message);
    diagnosis.explanation = scene::clipped(diagnosis.explanation);
    diagnosis
}

/// Small edits around the error, for when no proposal of the diagnosis mends it.
pub(super) fn small_edits(scene: &Scene<'_>) -> Vec<Proposal> {
    search::small(scene)
}

/// The line as a comment, for when not even a small edit mends it.
pub(super) fn set_aside(scene: &Scene<'_>) -> Vec<Proposal> {
    search::set_aside(scene)
}
