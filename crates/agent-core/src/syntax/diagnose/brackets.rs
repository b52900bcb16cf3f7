//! Brackets that are not closed, not opened, or closed by another kind.

use super::scene::{Proposal, Scene, ends_value};
use super::{Diagnosis, Rule};
use crate::curriculum::Topic;
use crate::syntax::code::ErrorCode;
use crate::syntax::cpython::Kind;

pub(super) const RULES: &[Rule] = &[unclosed, mismatched, unmatched, empty_index, unclosed_before];

/// Places in a line at which a closing bracket is tried.
const MAX_PLACES: usize = 12;

pub(super) fn closer(open: &str) -> &'static str {
    match open {
        "(" => ")",
        "[" => "]",
        _ => "}",
    }
}

/// Words that start a line with a block.
pub(super) fn opens_block(word: &str) -> bool {
    matches!(
        word,
        "if" | "elif"
            | "else"
            | "for"
            | "while"
            | "def"
            | "class"
            | "with"
            | "try"
            | "except"
            | "finally"
            | "match"
            | "case"
    )
}

/// Ways to close a bracket that was opened at a byte: at the end of its line, or after a value in it.
pub(super) fn closings(scene: &Scene<'_>, opened: usize) -> Vec<Proposal> {
    let sign = &scene.text()[opened..=opened];
    let close = closer(sign);
    let line = scene.source.line_index(opened);
    let end = scene.code_end(line);
    let tokens: Vec<_> = scene
        .tokens_on(line)
        .into_iter()
        .map(|(_, token)| token)
        .filter(|token| token.start > opened)
        .collect();
    let block = opens_block(scene.first_word(line));
    let before_colon = tokens.last().filter(|token| token.text == ":" && block).map(|colon| colon.start);
    let mut places: Vec<usize> = before_colon.into_iter().chain([end]).collect();
    let level = scene.tokens.list.iter().find(|token| token.start == opened).map_or(1, |token| token.level);
    for pair in tokens.windows(2).rev() {
        let [left, right] = pair else { continue };
        let fits = left.level == level && ends_value(*left) && right.text != ".";
        if fits && !matches!(right.text, "(" | "[") && places.len() < MAX_PLACES {
            places.push(left.end);
        }
    }
    for pair in tokens.windows(2).rev() {
        let [left, right] = pair else { continue };
        if left.level > level
            && matches!(right.kind, Kind::Op)
            && ends_value(*left)
            && places.len() < MAX_PLACES
        {
            places.push(left.end);
        }
    }
    let later = (line + 1..=line + 4).take_while(|next| *next < scene.source.lines());
    let later_ends = later.map(|next| scene.code_end(next)).filter(|place| *place > end);
    places.extend(later_ends);
    places.push(scene.text().trim_end().len());
    let mut seen: Vec<usize> = Vec::new();
    for place in places {
        if place > opened && !seen.contains(&place) {
            seen.push(place);
        }
    }
    seen.into_iter()
        .map(|place| {
            let place_name = named_place(scene, place);
            Proposal::insert(format!("Close the `{sign}` with `{close}` {place_name}"), place, close)
        })
        .collect()
}

/// Where a sign would go, in words.
fn named_place(scene: &Scene<'_>, place: usize) -> String {
    let line = scene.source.line_index(place);
    if place == scene.code_end(line) {
        return format!("at the end of line {}", line + 1);
    }
    let token = scene.tokens_on(line).into_iter().map(|(_, token)| token).find(|token| token.end == place);
    token.map_or_else(
        || format!("on line {}", line + 1),
        |token| format!("after `{}` on line {}", scene.shown(token), line + 1),
    )
}

fn unclosed(scene: &Scene<'_>) -> Option<Diagnosis> {
    if !scene.says("was never closed") {
        return None;
    }
    let opened = scene.verdict.start;
    let sign = &scene.text()[opened..=opened];
    let close = closer(sign);
    let mut proposals = closings(scene, opened);
    proposals.push(Proposal::delete(format!("Take out the `{sign}`"), opened, opened + 1));
    let line = scene.line_number(opened);
    Some(Diagnosis {
        code: ErrorCode::UnclosedBracket,
        concept: concept_of(scene, opened),
        message: format!("The `{sign}` on line {line} is never closed: a `{close}` is missing."),
        explanation: format!(
            "Each `{sign}` needs its `{close}`. In `{}` there are fewer `{close}` than `{sign}`, so Python went on reading the next \
             lines as part of the same expression, up to the end of the file.",
            scene.quoted_line()
        ),
        hedged: false,
        proposals,
    })
}

/// What to read on about a bracket.
pub(super) fn concept_of(scene: &Scene<'_>, opened: usize) -> Topic {
    let called = scene.text()[..opened].trim_end();
    match &scene.text()[opened..=opened] {
        "[" => Topic::Lists,
        "{" => Topic::Dicts,
        _ if called.ends_with("print") || called.ends_with("input") => Topic::InputOutput,
        _ => Topic::Functions,
    }
}

fn mismatched(scene: &Scene<'_>) -> Option<Diagnosis> {
    if !scene.says("does not match opening parenthesis") {
        return None;
    }
    let at = scene.verdict.start;
    let opened = *scene.tokens.open.last()?;
    let (sign, found) = (&scene.text()[opened..=opened], &scene.text()[at..=at]);
    let wanted = closer(sign);
    let missing = Proposal::insert(format!("Close the `{sign}` with `{wanted}` first"), at, wanted);
    let mut proposals =
        vec![Proposal::replace(format!("Use `{wanted}` instead of `{found}`"), at, at + 1, wanted)];
    let outer =
        scene.tokens.open.iter().rev().skip(1).any(|outer| closer(&scene.text()[*outer..=*outer]) == found);
    proposals.insert(usize::from(!outer), missing);
    proposals.extend(closings(scene, opened).into_iter().filter(|proposal| proposal.changes[0].start < at));
    proposals.push(Proposal::delete(format!("Take out the `{found}`"), at, at + 1));
    Some(Diagnosis {
        code: ErrorCode::MismatchedBracket,
        concept: concept_of(scene, opened),
        message: format!("`{found}` comes where the `{sign}` before it still waits for its `{wanted}`."),
        explanation: format!(
            "Brackets close in the reverse order in which they open, each by its own kind. The `{sign}` on line {} is the last one \
             open, so the next bracket to close must be `{wanted}`, not `{found}`.",
            scene.line_number(opened)
        ),
        hedged: false,
        proposals,
    })
}

fn unmatched(scene: &Scene<'_>) -> Option<Diagnosis> {
    if !scene.said().starts_with("unmatched") && !scene.says("f-string: unmatched") {
        return None;
    }
    let at = scene.verdict.start;
    let found = scene.text().get(at..=at)?;
    let open = match found {
        ")" => "(",
        "]" => "[",
        _ => "{",
    };
    let mut proposals = vec![Proposal::delete(format!("Take out the `{found}`"), at, at + 1)];
    let tokens = scene.tokens_on(scene.line());
    let starts = tokens.windows(2).filter_map(|pair| {
        let [(_, left), (_, right)] = pair else { return None };
        let begins = left.kind == Kind::Keyword
            || matches!(left.text, "=" | "," | "+" | "-" | "*" | "/" | "print" | "(");
        (begins && right.start < at).then_some(right.start)
    });
    for place in starts.take(6) {
        proposals.push(Proposal::insert(
            format!("Open a `{open}` before `{}`", scene.quote(place, at)),
            place,
            open,
        ));
    }
    Some(Diagnosis {
        code: ErrorCode::UnmatchedBracket,
        concept: Topic::Operators,
        message: format!("This `{found}` closes nothing: no `{open}` is open here."),
        explanation: format!(
            "Each `{found}` needs a `{open}` before it. In `{}` all that were opened are closed already, so this one is too much, or \
             the `{open}` it belongs to is missing.",
            scene.quoted_line()
        ),
        hedged: false,
        proposals,
    })
}

/// `values[]`: which element?
fn empty_index(scene: &Scene<'_>) -> Option<Diagnosis> {
    if !scene.is_unnamed() && !scene.says("forgot a comma") {
        return None;
    }
    let tokens = scene.tokens_on(scene.line());
    let (value, close) = tokens.windows(3).find_map(|window| {
        let [(_, value), (_, open), (_, close)] = window else { return None };
        let empty = open.text == "[" && close.text == "]" && ends_value(*value) && value.end == open.start;
        empty.then_some((*value, *close))
    })?;
    Some(Diagnosis {
        code: ErrorCode::MissingOperand,
        concept: Topic::Lists,
        message: format!(
            "The square brackets after `{}` are empty: which element is meant?",
            scene.shown(value)
        ),
        explanation: format!(
            "Square brackets after a value pick one element by its place or key, counted from 0 in a list. In `{}` nothing stands \
             between them.",
            scene.quoted_line()
        ),
        hedged: false,
        proposals: vec![
            Proposal::insert("Pick an element: the first, `0`", close.start, "0"),
            Proposal::delete("Take the brackets out", close.start - 1, close.end),
        ],
    })
}

/// Something is wrong in a line because a bracket of an earlier line is still open.
fn unclosed_before(scene: &Scene<'_>) -> Option<Diagnosis> {
    let here = scene.tokens.list.iter().position(|token| token.end > scene.verdict.end.saturating_sub(1))?;
    let mut open: Vec<usize> = Vec::new();
    for token in &scene.tokens.list[..=here.min(scene.tokens.list.len() - 1)] {
        match token.text {
            "(" | "[" | "{" if token.kind == Kind::Op => open.push(token.start),
            ")" | "]" | "}" if token.kind == Kind::Op => {
                open.pop();
            }
            _ => {}
        }
    }
    let opened = *open.last()?;
    let last = scene.token(here)?;
    let (opened_line, error_line) = (scene.source.line_index(opened), scene.source.line_index(last.start));
    let previous_end = scene.code_end(error_line.checked_sub(1)?);
    let continues = scene.text()[..previous_end].ends_with([',', '(', '[', '{', ':', '+', '\\']);
    let named = scene.says("forgot a comma")
        || scene.is_unnamed()
        || scene.says("Maybe you meant")
        || scene.says("was never closed");
    if opened_line >= error_line || continues || !named {
        return None;
    }
    let (sign, line) = (&scene.text()[opened..=opened], opened_line + 1);
    let close = closer(sign);
    let mut proposals = Vec::new();
    if let Some(block) = block_end(scene, error_line - 1) {
        let place = named_place(scene, block);
        proposals.push(Proposal::insert(format!("Close the `{sign}` with `{close}` {place}"), block, close));
    }
    let all: String = open
        .iter()
        .rev()
        .take_while(|at| scene.source.line_index(**at) < error_line)
        .map(|at| closer(&scene.text()[*at..=*at]))
        .collect();
    if all.len() > 1 {
        proposals.push(Proposal::insert("Close the brackets that are open", previous_end, all));
    }
    let title = format!("Close the `{sign}` with `{close}` {}", named_place(scene, previous_end));
    proposals.push(Proposal::insert(title, previous_end, close));
    proposals.extend(closings(scene, opened));
    if scene.says("forgot a comma") {
        proposals.push(Proposal::insert("Put a comma at the end of the line before", previous_end, ","));
    }
    Some(Diagnosis {
        code: ErrorCode::UnclosedBracket,
        concept: concept_of(scene, opened),
        message: format!(
            "The `{sign}` on line {line} is still open here: a `{close}` seems to be missing before this line."
        ),
        explanation: format!(
            "While a bracket is open, Python reads on over the end of the line. So `{}` was read as a part of line {line}, and there \
             it does not fit. Closing the `{sign}` where its expression ends makes this a line of its own.",
            scene.quote(last.start, scene.source.line_end(error_line))
        ),
        hedged: true,
        proposals,
    })
}

/// Before the colon that ends a line with a block.
fn block_end(scene: &Scene<'_>, line: usize) -> Option<usize> {
    let (_, last) = scene.tokens_on(line).pop()?;
    (last.text == ":" && opens_block(scene.first_word(line))).then_some(last.start)
}
