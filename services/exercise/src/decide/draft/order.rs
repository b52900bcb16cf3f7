//! Putting lines in order: the reference in pieces, shuffled, with lines among them that do not belong.
//!
//! Not here: judging an order (`grade`).

use ruff_python_ast::Stmt;
use ruff_python_ast::visitor::{Visitor, walk_elif_else_clause, walk_stmt};
use ruff_python_parser::parse_module;
use ruff_text_size::Ranged;

use super::{Drawn, Part, Wrong};
use crate::decide::exercise::{Kind, Piece, Task};

/// Fewer pieces are no puzzle.
const PIECES_MIN: usize = 3;
/// More are a chore.
const PIECES_MAX: usize = 14;

pub(super) fn part(drawn: &mut Drawn<'_>) -> Result<Part, String> {
    let right = pieces(drawn)?;
    if !(PIECES_MIN..=PIECES_MAX).contains(&right.len()) {
        return Err(format!("order: {} pieces; {PIECES_MIN} to {PIECES_MAX} make an exercise", right.len()));
    }
    let mut distractors = Vec::new();
    for source in &drawn.sheet.order.distractors {
        let line = drawn.text(source)?.trim_end().to_owned();
        if right.contains(&line) || distractors.contains(&line) {
            return Err(format!("order.distractors: `{}` is a line of the reference", line.trim()));
        }
        distractors.push(line);
    }
    let wrong = wrong(&right, &distractors);
    let mut shown: Vec<String> = right.iter().chain(&distractors).cloned().collect();
    // What is shown must not be the answer. Few tries are needed: there are at least three pieces.
    for _ in 0..100 {
        drawn.shuffle.shuffle(&mut shown);
        if !shown.starts_with(&right) {
            break;
        }
    }
    let hints = hints(drawn, &right, &distractors)?;
    let numbered = shown.into_iter().enumerate();
    let pieces = numbered.map(|(place, text)| Piece { id: format!("p{}", place + 1), text }).collect();
    Ok(Part {
        starter: String::new(),
        task: Task::Order { pieces },
        wrong,
        hints,
        distractors: distractors.len(),
    })
}

/// The template's own, or: its nudge, what comes first, and what does not belong.
fn hints(drawn: &Drawn<'_>, right: &[String], distractors: &[String]) -> Result<[String; 3], String> {
    if drawn.sheet.hints_for.contains_key(&Kind::Order) {
        return drawn.hints_as(Kind::Order);
    }
    let [nudge, ..] = drawn.hints_as(Kind::Order)?;
    let first = right.first().and_then(|piece| piece.lines().next()).unwrap_or_default();
    let last = right.last().and_then(|piece| piece.lines().last()).unwrap_or_default().trim();
    let ends = format!("It begins with `{first}` and ends with `{last}`.");
    let strangers: Vec<String> = distractors.iter().map(|line| format!("`{}`", line.trim())).collect();
    let second = right.get(1).map_or("", |piece| piece.trim());
    let nearly = if strangers.is_empty() {
        format!(
            "The second line is `{second}`. A line can only use names that a line above it has given a value."
        )
    } else {
        format!("These do not belong: {}. The second line is `{second}`.", strangers.join(", "))
    };
    Ok([nudge, ends, nearly])
}

/// The lines at which statements and clauses begin.
#[derive(Default)]
struct Starts {
    offsets: Vec<usize>,
}

impl<'a> Visitor<'a> for Starts {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        self.offsets.push(stmt.start().to_usize());
        walk_stmt(self, stmt);
    }

    fn visit_elif_else_clause(&mut self, clause: &'a ruff_python_ast::ElifElseClause) {
        self.offsets.push(clause.start().to_usize());
        walk_elif_else_clause(self, clause);
    }
}

/// The reference in pieces: a statement's lines are together, and those that the template keeps together.
fn pieces(drawn: &Drawn<'_>) -> Result<Vec<String>, String> {
    let reference = &drawn.reference;
    let parsed = parse_module(reference).map_err(|error| format!("reference: {error}"))?;
    let mut starts = Starts::default();
    starts.visit_body(parsed.suite());
    let mut lines: Vec<usize> =
        starts.offsets.iter().map(|offset| reference[..*offset].matches('\n').count()).collect();
    lines.sort_unstable();
    lines.dedup();
    let all: Vec<&str> = reference.lines().collect();
    let mut pieces: Vec<String> = Vec::new();
    for (place, line) in all.iter().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        match pieces.last_mut() {
            Some(piece) if !lines.contains(&place) => {
                piece.push('\n');
                piece.push_str(line);
            }
            _ => pieces.push((*line).to_owned()),
        }
    }
    for source in &drawn.sheet.order.together {
        let kept = drawn.text(source)?.trim_matches('\n').trim_end().to_owned();
        join(&mut pieces, &kept)?;
    }
    Ok(pieces)
}

/// Makes one piece of those that are `kept` together.
fn join(pieces: &mut Vec<String>, kept: &str) -> Result<(), String> {
    for start in 0..pieces.len() {
        for end in start + 2..=pieces.len() {
            if pieces[start..end].join("\n") == kept {
                pieces.splice(start..end, [kept.to_owned()]);
                return Ok(());
            }
        }
    }
    Err(format!("order.together: the reference has no two or more lines `{kept}`"))
}

/// Orders that must not be right: each line left out, and each that does not belong in the place of each that does.
fn wrong(right: &[String], distractors: &[String]) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    for (place, piece) in right.iter().enumerate() {
        let mut left_out = right.to_vec();
        left_out.remove(place);
        wrong
            .push(Wrong { what: format!("without the line `{}`", piece.trim()), code: assembled(&left_out) });
        for distractor in distractors {
            let mut replaced = right.to_vec();
            replaced[place].clone_from(distractor);
            let what = format!("with `{}` for `{}`", distractor.trim(), piece.trim());
            wrong.push(Wrong { what, code: assembled(&replaced) });
        }
    }
    wrong
}

fn assembled(pieces: &[String]) -> String {
    pieces.join("\n") + "\n"
}
