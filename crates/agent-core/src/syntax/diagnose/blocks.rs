//! Colons, heads of blocks, and clauses that belong to nothing; lines and how they are moved.
//!
//! Indentation that Python refuses is in `indentation`.

use super::brackets::opens_block;
use super::scene::{Change, Proposal, Scene, ends_value, starts_value};
use super::{Diagnosis, Rule};
use crate::curriculum::Topic;
use crate::syntax::code::ErrorCode;
use crate::syntax::cpython::Kind;

pub(super) const RULES: &[Rule] = &[missing_parameters, missing_colon, colon_after_head, dangling];

/// Lines that one fix moves at most.
pub(super) const MAX_MOVED_LINES: usize = 200;
pub(super) const STEP: &str = "    ";

pub(super) fn head_concept(word: &str) -> Topic {
    match word {
        "for" => Topic::For,
        "while" => Topic::While,
        "def" => Topic::Functions,
        "class" => Topic::Classes,
        "with" => Topic::Files,
        "try" | "except" | "finally" => Topic::TryExcept,
        _ => Topic::IfElifElse,
    }
}

/// Gives a line another indentation.
pub(super) fn reindent(scene: &Scene<'_>, line: usize, indent: &str) -> Change {
    let start = scene.source.line_start(line);
    Change { start, end: start + scene.indent_of(line).len(), text: indent.to_owned() }
}

pub(super) fn is_blank(scene: &Scene<'_>, line: usize) -> bool {
    let text = scene.source.line(line).trim_start();
    text.is_empty() || text.starts_with('#')
}

/// The lines of the statement that starts on a line, its block included.
pub(super) fn statement_lines(scene: &Scene<'_>, first: usize) -> Vec<usize> {
    let width = scene.indent_of(first).len();
    let rest = (first + 1..scene.source.lines())
        .take_while(|line| is_blank(scene, *line) || scene.indent_of(*line).len() > width)
        .filter(|line| !is_blank(scene, *line));
    std::iter::once(first).chain(rest).take(MAX_MOVED_LINES).collect()
}

/// Lines moved from one level to another, deeper lines with them.
pub(super) fn moved(scene: &Scene<'_>, lines: &[usize], from: &str, to: &str) -> Vec<Change> {
    lines
        .iter()
        .map(|line| {
            let indent = scene.indent_of(*line);
            let rest = indent.get(from.len()..).unwrap_or_default();
            reindent(scene, *line, &format!("{to}{rest}"))
        })
        .collect()
}

pub(super) fn clause_owner(word: &str) -> bool {
    matches!(word, "if" | "elif" | "for" | "while" | "try" | "except")
}

fn missing_colon(scene: &Scene<'_>) -> Option<Diagnosis> {
    if scene.said() != "expected ':'" {
        return None;
    }
    let line = scene.line();
    let here = scene.here()?;
    let at = scene.before().map_or(here.start, |token| token.end);
    let word = scene.first_word(line);
    let mut proposals = vec![Proposal::insert("Add the missing `:`", at, ":")];
    if here.kind != Kind::Newline {
        let end = scene.code_end(line);
        let wrong = matches!(here.text, ";" | "," | "=" | "." | "->" | "{");
        let replaced = Proposal::replace(
            format!("Write `:` instead of `{}`", scene.shown(here)),
            here.start,
            here.end,
            ":",
        );
        proposals.insert(usize::from(!wrong), replaced);
        if scene.tokens_on(line).last().is_some_and(|(_, last)| last.text == ":") && here.start < end {
            let rest = scene.tokens_on(line).last().map_or(end, |(_, last)| last.start);
            proposals.push(Proposal::delete(
                format!("Take out `{}`", scene.quote(here.start, rest)),
                at,
                rest,
            ));
        }
        proposals.push(Proposal::delete(format!("Take out `{}`", scene.shown(here)), here.start, here.end));
    }
    let message = if here.kind == Kind::Newline {
        format!("The line that starts with `{word}` needs a colon `:` at its end.")
    } else {
        format!(
            "Python expected a colon `:` where `{}` stands.",
            scene.quote(here.start, here.end.max(here.start + 1))
        )
    };
    Some(Diagnosis {
        code: ErrorCode::MissingColon,
        concept: head_concept(word),
        message,
        explanation: format!(
            "A line with `{word}` opens a block, and a colon says where its head ends and the block starts. In `{}` the colon is missing.",
            scene.quoted_line()
        ),
        hedged: false,
        proposals,
    })
}

/// `while x y`, `if x print(x)`: the head goes on where its colon should be.
fn colon_after_head(scene: &Scene<'_>) -> Option<Diagnosis> {
    let line = scene.line();
    let word = scene.first_word(line);
    let (before, here) = (scene.before()?, scene.here()?);
    let tokens = scene.tokens_on(line);
    let has_colon = tokens.last().is_some_and(|(_, last)| last.text == ":");
    if !scene.is_unnamed() || !opens_block(word) || has_colon || !ends_value(before) {
        return None;
    }
    let ends = matches!(here.kind, Kind::Newline | Kind::End);
    if !(ends || starts_value(here) || here.kind == Kind::Keyword || matches!(here.text, ";" | "=" | "{"))
        || before.level > 0
    {
        return None;
    }
    let mut proposals = vec![Proposal::insert("Add the missing `:`", before.end, ":")];
    if matches!(here.text, ";" | "=" | "{") {
        proposals.insert(0, Proposal::replace("Write `:` there", here.start, here.end, ":"));
    }
    Some(Diagnosis {
        code: ErrorCode::MissingColon,
        concept: head_concept(word),
        message: format!(
            "A colon `:` seems to be missing after `{}`.",
            scene.quote(scene.source.line_start(line), before.end)
        ),
        explanation: format!(
            "The head of `{word}` ends with a colon, and only then comes what it does. Python read on from `{}` to `{}` without one.",
            scene.shown(before),
            scene.quote(here.start, here.end)
        ),
        hedged: true,
        proposals,
    })
}

/// `def f:`.
fn missing_parameters(scene: &Scene<'_>) -> Option<Diagnosis> {
    if scene.said() != "expected '('" {
        return None;
    }
    let (before, here) = (scene.before()?, scene.here()?);
    let mut proposals = Vec::new();
    if here.kind == Kind::Name || here.text == "*" {
        let colon = scene
            .tokens_on(scene.line())
            .into_iter()
            .map(|(_, token)| token)
            .find(|token| token.text == ":" && token.start > here.start);
        let close = colon.map_or_else(|| scene.code_end(scene.line()), |colon| colon.start);
        let inserted = |at: usize, text: &str| Change { start: at, end: at, text: text.to_owned() };
        proposals.push(Proposal::new(
            "Put the parameters in parentheses",
            vec![Change { start: before.end, end: here.start, text: "(".to_owned() }, inserted(close, ")")],
        ));
        let joined = format!("{}_{}", before.text, here.text);
        proposals.push(Proposal::replace(format!("Call it `{joined}`"), before.start, here.end, joined));
    } else {
        proposals.push(Proposal::insert("Add `()` after the name", before.end, "()"));
        proposals.push(Proposal::insert("Add the missing `(`", before.end, "("));
        proposals.push(Proposal::replace("Write `(` there", here.start, here.end, "("));
    }
    Some(Diagnosis {
        code: ErrorCode::MissingParameterList,
        concept: Topic::Parameters,
        message: format!("The function `{}` needs parentheses after its name.", before.text),
        explanation: format!(
            "After `def` and the name come parentheses with the parameters; where there are none the parentheses are empty: \
             `def {}():`.",
            before.text
        ),
        hedged: false,
        proposals,
    })
}

/// `else` without `if`, `except` without `try`, `case` without `match`.
fn dangling(scene: &Scene<'_>) -> Option<Diagnosis> {
    let here = scene.here()?;
    let word = here.text;
    let clause = here.kind == Kind::Keyword && matches!(word, "else" | "elif" | "except" | "finally");
    let line = scene.line();
    if !scene.is_unnamed() || !clause || scene.first_word(line) != word {
        return None;
    }
    let own = scene.indent_of(line);
    let (owner, article) = if matches!(word, "else" | "elif") { ("if", "an") } else { ("try", "a") };
    let mut proposals = Vec::new();
    let candidates: Vec<usize> = (0..line)
        .rev()
        .take(200)
        .filter(|line| !is_blank(scene, *line) && clause_owner(scene.first_word(*line)))
        .collect();
    let same = candidates.iter().find(|line| scene.indent_of(**line) == own).copied();
    if let Some(head) = same {
        let between: Vec<usize> = (head + 1..line).filter(|line| !is_blank(scene, *line)).collect();
        let loose: Vec<Change> = between
            .iter()
            .filter(|line| scene.indent_of(**line).len() <= own.len())
            .map(|line| reindent(scene, *line, &format!("{own}{STEP}")))
            .take(MAX_MOVED_LINES)
            .collect();
        if !loose.is_empty() {
            proposals.push(Proposal::new(
                format!("Indent the lines between line {} and `{word}`", head + 1),
                loose,
            ));
        }
    }
    proposals.extend(lined_up(scene, line, word, &candidates));
    if matches!(word, "except" | "finally") && same.is_none() {
        proposals.extend(try_added(scene, line));
    }
    if word == "elif" {
        proposals.push(Proposal::replace("Start with `if`", here.start, here.end, "if"));
    } else if word == "else" {
        proposals.push(Proposal::replace(
            "Make it a condition of its own: `if True:`",
            here.start,
            here.end,
            "if True",
        ));
    }
    Some(Diagnosis {
        code: ErrorCode::DanglingClause,
        concept: if owner == "if" { Topic::IfElifElse } else { Topic::TryExcept },
        message: format!("This `{word}` belongs to no `{owner}`."),
        explanation: format!(
            "`{word}` goes on from {article} `{owner}` that is indented just as far, directly after its block. Before line {} the block of the \
             `{owner}` is already over, or there is none; often a line in between is not indented enough.",
            line + 1
        ),
        hedged: false,
        proposals,
    })
}

/// `try:` before the statement above, which goes into its block.
fn try_added(scene: &Scene<'_>, line: usize) -> Option<Proposal> {
    let own = scene.indent_of(line);
    let above = (0..line).rev().find(|line| !is_blank(scene, *line) && scene.indent_of(*line) == own)?;
    let mut changes = moved(scene, &statement_lines(scene, above), own, &format!("{own}{STEP}"));
    let first = changes.first_mut()?;
    first.text = format!("{own}try:\n{}", first.text);
    let changes = changes.into_iter().filter(|change| scene.source.line_index(change.start) < line).collect();
    Some(Proposal::new(format!("Put line {} into a `try`", above + 1), changes))
}

/// The clause moved to the level of each statement it may belong to, alone and with its block.
fn lined_up(scene: &Scene<'_>, line: usize, word: &str, heads: &[usize]) -> Vec<Proposal> {
    let own = scene.indent_of(line);
    let lines = statement_lines(scene, line);
    let mut tried: Vec<&str> = vec![own];
    let mut proposals = Vec::new();
    for head in heads.iter().copied() {
        let level = scene.indent_of(head);
        if tried.contains(&level) {
            continue;
        }
        tried.push(level);
        let title = format!("Line `{word}` up with `{}` on line {}", scene.first_word(head), head + 1);
        let block = format!("{title}, with its block");
        proposals.push(Proposal::new(title, vec![reindent(scene, line, level)]));
        proposals.push(Proposal::new(block, moved(scene, &lines, own, level)));
    }
    proposals
}
