//! Right answers, wrong ones and some in between, for an exercise of any kind.

use exercise::decide::exercise::{Exercise, Piece, Task, Test};
use serde_json::{Value, json};

/// What is right.
pub(crate) fn right(exercise: &Exercise) -> Value {
    match &exercise.task {
        Task::Write | Task::FixBug { .. } => json!(exercise.reference),
        Task::Order { pieces } => json!(in_order(&exercise.reference, pieces)),
        Task::PredictOutput => json!(printed(exercise)),
        Task::FillGap { gaps } => json!(gaps.iter().map(|gap| &gap.text).collect::<Vec<_>>()),
    }
}

/// What is not.
pub(crate) fn wrong(exercise: &Exercise) -> Value {
    match &exercise.task {
        Task::Write => json!("print('no idea')\n"),
        Task::FixBug { .. } => json!(exercise.starter),
        Task::Order { pieces } => {
            json!(in_order(&exercise.reference, pieces).into_iter().rev().collect::<Vec<_>>())
        }
        Task::PredictOutput => json!("no idea"),
        Task::FillGap { gaps } => json!(vec!["idea"; gaps.len()]),
    }
}

/// What is partly right: better than nothing, and not solved. None where a kind has no such answer to give.
pub(crate) fn partly(exercise: &Exercise) -> Option<Value> {
    match &exercise.task {
        Task::Write | Task::FixBug { .. } => Some(json!(right_on_open_tests(exercise))),
        Task::Order { pieces } => {
            // All but the last two, which change places.
            let mut order = in_order(&exercise.reference, pieces);
            let last = order.len() - 1;
            order.swap(last, last - 1);
            Some(json!(order))
        }
        Task::PredictOutput => {
            let mut lines: Vec<&str> = printed(exercise).lines().collect();
            (lines.len() > 1).then(|| {
                lines.pop();
                json!(lines.join("\n"))
            })
        }
        Task::FillGap { .. } => None,
    }
}

/// What a predicted program prints.
pub(crate) fn printed(exercise: &Exercise) -> &str {
    exercise.tests[0].expected.stdout.as_deref().unwrap()
}

/// A script that knows what the open tests expect, and nothing else.
fn right_on_open_tests(exercise: &Exercise) -> String {
    let known = |test: &Test| format!("{:?}: {:?}", test.stdin, test.expected.stdout.as_deref().unwrap());
    let known: Vec<String> = exercise.tests.iter().filter(|test| test.open).map(known).collect();
    format!(
        "known = {{{}}}\nread = ''\ntry:\n    while True:\n        read += input() + '\\n'\nexcept EOFError:\n    pass\nprint(known.get(read, 'no idea'))\n",
        known.join(", ")
    )
}

/// The ids of the pieces that make the reference, in its order.
fn in_order(reference: &str, pieces: &[Piece]) -> Vec<String> {
    let lines: Vec<&str> = reference.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    let mut left: Vec<(&Piece, Vec<&str>)> = pieces
        .iter()
        .map(|piece| (piece, piece.text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect()))
        .collect();
    // The longest that fits: a piece of several lines begins as a distractor of one may.
    left.sort_by_key(|(_, text)| std::cmp::Reverse(text.len()));
    let (mut order, mut at) = (Vec::new(), 0);
    while at < lines.len() {
        let next = left.iter().position(|(_, text)| lines[at..].starts_with(text)).unwrap();
        let (piece, text) = left.remove(next);
        order.push(piece.id.clone());
        at += text.len();
    }
    order
}
