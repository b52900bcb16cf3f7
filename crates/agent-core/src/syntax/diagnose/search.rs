//! Small edits around an error, tried when nothing better is known.

use super::brackets::opens_block;
use super::scene::{Proposal, Scene, ends_value};
use crate::syntax::cpython::Kind;

/// Signs that are most often left out.
const SIGNS: [&str; 7] = [")", ":", ",", "]", "}", "(", "=="];

/// Insertions, then replacements, then deletions, nearest first.
pub(super) fn small(scene: &Scene<'_>) -> Vec<Proposal> {
    let mut found = Vec::new();
    if let (Some(before), Some(here)) = (scene.before(), scene.here())
        && before.kind == Kind::Op
        && before.text == here.text
    {
        found.push(Proposal::delete(format!("Take out the second `{}`", here.text), here.start, here.end));
    }
    insertions(scene, &mut found);
    replacements(scene, &mut found);
    deletions(scene, &mut found);
    found
}

fn insertions(scene: &Scene<'_>, found: &mut Vec<Proposal>) {
    let line = scene.line();
    let here = scene.here().map_or(scene.verdict.start, |token| token.start);
    let before = scene.before().map_or(here, |token| token.end);
    let end = scene.code_end(line);
    let head = opens_block(scene.first_word(line));
    let colon =
        scene.tokens_on(line).last().filter(|(_, last)| last.text == ":" && head).map(|(_, last)| last.start);
    for sign in SIGNS {
        let title = format!("Add `{sign}`");
        let place = if matches!(sign, "(" | "==") { here } else { before };
        found.push(Proposal::insert(title.clone(), place, sign));
        if let Some(colon) = colon.filter(|colon| *colon != place) {
            found.push(Proposal::insert(title.clone(), colon, sign));
        }
        if end != place && sign != ":" {
            found.push(Proposal::insert(title, end, sign));
        }
    }
    if let Some(closed) = scene.here().filter(|token| matches!(token.text, "]" | ")")) {
        found.push(Proposal::insert("Put a value there: `0`", closed.start, "0"));
    }
    for (_, token) in scene
        .tokens_on(line)
        .iter()
        .filter(|(_, token)| ends_value(*token) && token.start < here)
        .rev()
        .take(6)
    {
        for sign in [")", "]"] {
            found.push(Proposal::insert(
                format!("Add `{sign}` after `{}`", scene.shown(*token)),
                token.end,
                sign,
            ));
        }
    }
}

/// The signs that may be meant by one: those beside it on the keyboard, and those of its kind.
fn meant_by(written: &str) -> &'static [&'static str] {
    match written {
        "=" => &["+", "==", ":", ",", "-"],
        ";" | "." => &[",", ":"],
        ":" => &[",", ")", "="],
        "," => &[":", ")", "."],
        "*" | "&" => &[],
        ")" | "]" | "}" => &[")", "]", "}", ","],
        "(" | "[" | "{" => &["(", "[", "{"],
        "<" | ">" | "!" | "!=" | "<=" | ">=" | "==" => &["==", "=", "!="],
        _ => &[",", ":", ")", "=", "==", "+"],
    }
}

/// Another sign for a sign. A word is no slip for a sign, nor are a number or a text.
fn replacements(scene: &Scene<'_>, found: &mut Vec<Proposal>) {
    let near = [scene.here(), scene.before()].into_iter().flatten();
    for token in near.filter(|token| token.kind == Kind::Op && token.end > token.start) {
        for sign in meant_by(token.text).iter().filter(|sign| **sign != token.text) {
            let title = format!("Write `{sign}` instead of `{}`", token.text);
            found.push(Proposal::replace(title, token.start, token.end, *sign));
        }
    }
}

fn deletions(scene: &Scene<'_>, found: &mut Vec<Proposal>) {
    let near = scene.at.saturating_sub(2)..=scene.at + 1;
    let mut tokens: Vec<_> =
        near.filter_map(|index| scene.token(index).map(|token| (index, token))).collect();
    tokens.sort_by_key(|(index, token)| (token.kind != Kind::Op, index.abs_diff(scene.at)));
    for (_, token) in tokens.into_iter().filter(|(_, token)| token.end > token.start) {
        found.push(Proposal::delete(
            format!("Take out `{}`", scene.quote(token.start, token.end)),
            token.start,
            token.end,
        ));
    }
    if let (Some(before), Some(here)) = (scene.before(), scene.here())
        && before.end > before.start
        && here.end > here.start
        && scene.source.line_index(before.start) == scene.source.line_index(here.start)
    {
        let written = scene.quote(before.start, here.end);
        found.push(Proposal::delete(format!("Take out `{written}`"), before.start, here.end));
    }
    if let Some(word) = scene.here().filter(|here| here.kind == Kind::Keyword) {
        found.push(Proposal::insert(format!("Call it `{}_`", word.text), word.end, "_"));
    }
    let line = scene.line();
    let (start, end) = (scene.verdict.start, scene.code_end(line));
    if end > start {
        found.push(Proposal::delete(format!("Take out `{}`", scene.quote(start, end)), start, end));
    }
}

/// The line as a comment, so that the rest of the program can be looked at.
pub(super) fn set_aside(scene: &Scene<'_>) -> Vec<Proposal> {
    let mut found = Vec::new();
    let line = scene.line();
    let start = scene.source.line_start(line) + scene.indent_of(line).len();
    let title = format!("Set line {} aside as a comment for now", line + 1);
    found.push(Proposal::insert(title.clone(), start, "pass  # "));
    found.push(Proposal::insert(title.clone(), start, "# "));
    if opens_block(scene.first_word(line)) {
        found.push(Proposal::insert(title.clone(), start, "if True:  # "));
    }
    let first = scene.before().map_or(line, |before| scene.source.line_index(before.start));
    if first < line {
        let start = scene.source.line_start(first) + scene.indent_of(first).len();
        found.push(Proposal::insert(
            format!("Set line {} aside as a comment for now", first + 1),
            start,
            "pass  # ",
        ));
    }
    found
}
