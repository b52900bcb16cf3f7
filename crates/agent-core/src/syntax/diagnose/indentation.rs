//! Indentation that Python refuses: too little, too much, or to no level at all.
//!
//! Colons and clauses are in `blocks`.

use super::blocks::{
    MAX_MOVED_LINES, STEP, clause_owner, head_concept, is_blank, moved, reindent, statement_lines,
};
use super::brackets::opens_block;
use super::scene::{Change, Proposal, Scene};
use super::{Diagnosis, Rule};
use crate::curriculum::Topic;
use crate::syntax::code::ErrorCode;
use crate::syntax::cpython::{ErrorClass, Kind};

pub(super) const RULES: &[Rule] = &[tabs, missing_block, unexpected_indent, unindent];

fn tabs(scene: &Scene<'_>) -> Option<Diagnosis> {
    if scene.verdict.class != ErrorClass::Tab {
        return None;
    }
    let with_tabs = |width: usize| {
        (0..scene.source.lines())
            .filter(|line| scene.indent_of(*line).contains('\t'))
            .take(MAX_MOVED_LINES)
            .map(|line| {
                let indent = scene.indent_of(line).replace('\t', &" ".repeat(width));
                reindent(scene, line, &indent)
            })
            .collect::<Vec<_>>()
    };
    let proposals =
        [4, 8, 2].map(|width| Proposal::new(format!("Replace each tab by {width} spaces"), with_tabs(width)));
    Some(Diagnosis {
        code: ErrorCode::TabsAndSpaces,
        concept: Topic::IfElifElse,
        message: format!("Line {} is indented with tabs where other lines use spaces, or the other way round.", scene.line() + 1),
        explanation: "How deep a line belongs is told by the blanks before it. A tab and some spaces may look alike on the screen, but \
                      Python cannot compare them. Use spaces throughout."
            .to_owned(),
        hedged: false,
        proposals: proposals.into(),
    })
}

/// A line that ends in a colon without a block after it.
fn missing_block(scene: &Scene<'_>) -> Option<Diagnosis> {
    if !scene.said().starts_with("expected an indented block") {
        return None;
    }
    let number: usize = scene.said().rsplit(' ').next()?.parse().ok()?;
    let head = number - 1;
    let outer = scene.indent_of(head).to_owned();
    let deeper = format!("{outer}{}", if outer.contains('\t') { "\t" } else { STEP });
    let word = scene.first_word(head);
    let mut proposals = Vec::new();
    let next = (head + 1..scene.source.lines()).find(|line| !is_blank(scene, *line));
    let follows = next.filter(|line| scene.indent_of(*line).len() >= outer.len() && *line >= scene.line());
    let next_word = follows.map_or("", |line| scene.first_word(line));
    let clause = matches!(next_word, "else" | "elif" | "except" | "finally" | "def" | "class");
    if let Some(first) = follows.filter(|_| !clause) {
        let one: Vec<Change> = moved(scene, &statement_lines(scene, first), &outer, &deeper);
        let all: Vec<usize> = group(scene, first)
            .into_iter()
            .scan(first, |last, line| {
                let near = line <= *last + 1;
                *last = line;
                near.then_some(line)
            })
            .take_while(|line| {
                !(scene.indent_of(*line).len() == outer.len()
                    && matches!(
                        scene.first_word(*line),
                        "else" | "elif" | "except" | "finally" | "def" | "class"
                    ))
            })
            .collect();
        let all = Proposal::new("Indent the lines below", moved(scene, &all, &outer, &deeper));
        let one = Proposal::new(format!("Indent line {}", first + 1), one);
        proposals.extend(if matches!(word, "def" | "class" | "while") { [all, one] } else { [one, all] });
    }
    let end = scene.source.line_end(head);
    let last_head = colon_line(scene, head);
    let end = if last_head > head { scene.source.line_end(last_head) } else { end };
    proposals.push(Proposal::insert("Put `pass` there for now", end, format!("\n{deeper}pass")));
    let what = if opens_block(word) { format!("`{word}`") } else { "this statement".to_owned() };
    let message = match follows {
        Some(line) if !clause => {
            format!("Line {} must be indented: it should belong to {what} on line {number}.", line + 1)
        }
        _ => format!("{what} on line {number} has no block: nothing is indented under it."),
    };
    Some(Diagnosis {
        code: ErrorCode::IndentExpected,
        concept: head_concept(word),
        message,
        explanation: format!(
            "The colon at the end of `{}` says that a block follows: one or more lines, indented further than it. By the indentation \
             Python knows what belongs to {what}.",
            scene.quote(scene.source.line_start(head), scene.source.line_end(head))
        ),
        hedged: false,
        proposals,
    })
}

/// The line on which the head that starts at a line ends.
fn colon_line(scene: &Scene<'_>, head: usize) -> usize {
    let start = scene.source.line_start(head);
    let first = scene.tokens.list.partition_point(|token| token.start < start);
    scene.tokens.list[first..]
        .iter()
        .find(|token| token.kind == Kind::Newline)
        .map_or(head, |token| scene.source.line_index(token.start))
}

/// Lines from one on that are indented at least as much as it, up to the first that is not.
fn group(scene: &Scene<'_>, first: usize) -> Vec<usize> {
    let width = scene.indent_of(first).len();
    (first..scene.source.lines())
        .take_while(|line| is_blank(scene, *line) || scene.indent_of(*line).len() >= width)
        .filter(|line| !is_blank(scene, *line))
        .take(MAX_MOVED_LINES)
        .collect()
}

/// The last line before one that holds code.
fn line_before(scene: &Scene<'_>, line: usize) -> Option<usize> {
    (0..line).rev().find(|line| !is_blank(scene, *line))
}

fn unexpected_indent(scene: &Scene<'_>) -> Option<Diagnosis> {
    if scene.said() != "unexpected indent" {
        return None;
    }
    let line = scene.line();
    let before = line_before(scene, line);
    let level = before.map_or("", |before| scene.indent_of(before));
    let own = scene.indent_of(line).len();
    let lines = group(scene, line);
    let shifted = |level: &str| -> Vec<Change> {
        lines
            .iter()
            .map(|line| {
                let rest = scene.indent_of(*line).get(own..).unwrap_or_default();
                reindent(scene, *line, &format!("{level}{rest}"))
            })
            .collect()
    };
    let mut proposals = vec![Proposal::new("Line it up with the line before", shifted(level))];
    let mut levels: Vec<&str> = (0..line)
        .rev()
        .take(50)
        .filter(|line| !is_blank(scene, *line))
        .map(|line| scene.indent_of(line))
        .collect();
    levels.dedup();
    levels.sort_by_key(|level| own.abs_diff(level.len()));
    levels.dedup();
    for other in levels.into_iter().filter(|other| *other != level).take(4) {
        proposals.push(Proposal::new(format!("Indent it by {} instead", other.len()), shifted(other)));
    }
    proposals.push(Proposal::new("Move only this line", vec![reindent(scene, line, level)]));
    if let Some(before) = before.filter(|before| opens_block(scene.first_word(*before))) {
        proposals
            .insert(0, Proposal::insert("End the line before with a colon", scene.code_end(before), ":"));
    }
    let message = match before {
        Some(_) => format!(
            "Line {} is indented further than the line before it, but no block starts there.",
            line + 1
        ),
        None => format!("Line {} starts with blanks, but it belongs to no block.", line + 1),
    };
    Some(Diagnosis {
        code: ErrorCode::UnexpectedIndent,
        concept: Topic::IfElifElse,
        message,
        explanation: format!(
            "Lines are indented only inside a block, after a line that ends with a colon. Nothing opens a block before `{}`, so it must \
             start in the same column as the line before it.",
            scene.source.line(line).trim().chars().take(40).collect::<String>()
        ),
        hedged: false,
        proposals,
    })
}

fn unindent(scene: &Scene<'_>) -> Option<Diagnosis> {
    if !scene.says("unindent does not match") {
        return None;
    }
    let line = scene.line();
    let own = scene.indent_of(line);
    let mut levels: Vec<&str> = Vec::new();
    let mut least = usize::MAX;
    for earlier in (0..line).rev().take(400).filter(|line| !is_blank(scene, *line)) {
        let indent = scene.indent_of(earlier);
        if indent.len() < least {
            least = indent.len();
            levels.push(indent);
        }
    }
    let clause = matches!(scene.first_word(line), "else" | "elif" | "except" | "finally");
    let rank = |level: &&str| {
        let owner = clause
            && !(0..line)
                .rev()
                .any(|line| scene.indent_of(line) == *level && clause_owner(scene.first_word(line)));
        (owner, own.len().abs_diff(level.len()))
    };
    levels.sort_by_key(rank);
    let lines = group(scene, line);
    let proposals: Vec<Proposal> = levels
        .iter()
        .flat_map(|level| {
            let all = lines
                .iter()
                .map(|line| {
                    let rest = scene.indent_of(*line).get(own.len()..).unwrap_or_default();
                    reindent(scene, *line, &format!("{level}{rest}"))
                })
                .collect();
            let same: Vec<Change> = lines
                .iter()
                .filter(|line| scene.indent_of(**line) == own)
                .map(|line| reindent(scene, *line, level))
                .collect();
            let only = vec![reindent(scene, line, level)];
            let title = format!("Indent it by {}", level.len());
            [
                Proposal::new(title.clone(), only),
                Proposal::new(title.clone(), same),
                Proposal::new(title, all),
            ]
        })
        .collect();
    Some(Diagnosis {
        code: ErrorCode::UnindentMismatch,
        concept: Topic::IfElifElse,
        message: format!(
            "Line {} is indented by {}, and no line before it that it could belong with is.",
            line + 1,
            own.len()
        ),
        explanation: format!(
            "When a block ends, the next line goes back to exactly the column of an earlier line. Above `{}` the lines start at {}.",
            scene.quoted_line(),
            {
                let mut widths: Vec<String> =
                    levels.iter().take(5).map(|level| level.len().to_string()).collect();
                widths.sort();
                widths.join(", ")
            }
        ),
        hedged: false,
        proposals,
    })
}
