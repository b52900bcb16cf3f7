//! Values side by side, and the arguments of a call.

use super::brackets;
use super::scene::{Change, Proposal, Scene, ends_value, starts_value};
use super::{Diagnosis, Rule};
use crate::curriculum::Topic;
use crate::syntax::code::ErrorCode;
use crate::syntax::cpython::{Kind, Token};

pub(super) const RULES: &[Rule] = &[
    old_print,
    missing_comma,
    called_without_parentheses,
    positional_after_keyword,
    side_by_side,
    backslash,
];

/// Places in one line at which one fix puts a comma.
const MAX_GAPS: usize = 8;

/// Arguments that beginners give by name.
const NAMED_ARGUMENTS: [&str; 6] = ["end", "sep", "key", "reverse", "default", "file"];

/// A text of signs only, as one repeats to draw.
fn is_ornament(text: &str) -> bool {
    let inner = text.trim_matches(['"', '\'']);
    !inner.is_empty()
        && inner.len() <= 3
        && inner.chars().all(|c| matches!(c, '*' | '-' | '=' | '#' | ' ' | '_' | '.' | '+'))
}

/// `print x`.
fn old_print(scene: &Scene<'_>) -> Option<Diagnosis> {
    let word = scene.said().strip_prefix("Missing parentheses in call to '")?.split('\'').next()?;
    let here = scene.here()?;
    let next = scene.after()?;
    let end = scene.verdict.end;
    let wrap = vec![
        Change { start: here.end, end: next.start, text: "(".to_owned() },
        Change { start: end, end, text: ")".to_owned() },
    ];
    let line_end = scene.code_end(scene.line());
    let whole = vec![
        Change { start: here.end, end: next.start, text: "(".to_owned() },
        Change { start: line_end, end: line_end, text: ")".to_owned() },
    ];
    Some(Diagnosis {
        code: ErrorCode::MissingCallParentheses,
        concept: Topic::InputOutput,
        message: format!("`{word}` is a function: what it gets stands in parentheses."),
        explanation: format!(
            "In Python 2 `{word}` was a statement and needed no parentheses; many old pages still show it so. In Python 3 one writes \
             `{word}({})`.",
            scene.quote(next.start, end)
        ),
        hedged: false,
        proposals: vec![
            Proposal::new("Put parentheses around it", wrap),
            Proposal::new("Put parentheses around the rest of the line", whole),
        ],
    })
}

/// The pairs of neighbouring tokens in a range where one value ends and another starts, shallowest first.
fn gaps<'a>(scene: &Scene<'a>, start: usize, end: usize) -> Vec<(Token<'a>, Token<'a>)> {
    let first = scene.tokens.list.partition_point(|token| token.start < start);
    let inside: Vec<Token<'a>> =
        scene.tokens.list[first..].iter().take_while(|token| token.end <= end).copied().collect();
    let mut found: Vec<(Token<'a>, Token<'a>)> = inside
        .windows(2)
        .filter_map(|pair| {
            let [left, right] = pair else { return None };
            let called =
                matches!(right.text, "(" | "[") && right.kind == Kind::Op && left.kind != Kind::Number;
            let strings = left.kind == Kind::Text && right.kind == Kind::Text;
            (ends_value(*left) && starts_value(*right) && !called && !strings).then_some((*left, *right))
        })
        .collect();
    found.sort_by_key(|(left, _)| left.level);
    found
}

fn missing_comma(scene: &Scene<'_>) -> Option<Diagnosis> {
    if !scene.says("Perhaps you forgot a comma") {
        return None;
    }
    let (left, right) = *gaps(scene, scene.verdict.start, scene.verdict.end).first()?;
    Some(between(scene, left, right))
}

fn between(scene: &Scene<'_>, left: Token<'_>, right: Token<'_>) -> Diagnosis {
    let (first, second) = (scene.quote(left.start, left.end), scene.quote(right.start, right.end));
    Diagnosis {
        code: ErrorCode::MissingComma,
        concept: concept_between(scene, left, right),
        message: format!(
            "Nothing joins `{first}` and `{second}`: a comma or an operator is missing between them."
        ),
        explanation: format!(
            "Two values that stand side by side need something between them: a comma where they are separate items, or an operator such as \
             `+`. In `{}` Python found `{second}` directly after `{first}`.",
            scene.quoted_line()
        ),
        hedged: true,
        proposals: joints(scene, left, right),
    }
}

/// What may be missing between two values, most likely first.
fn joints(scene: &Scene<'_>, left: Token<'_>, right: Token<'_>) -> Vec<Proposal> {
    let text = |token: Token<'_>| matches!(token.kind, Kind::Text | Kind::FormatStart | Kind::FormatEnd);
    let index = scene.tokens.list.partition_point(|token| token.start < left.start);
    let before_left = index.checked_sub(1).and_then(|index| scene.token(index));
    let after_right = scene.token(index + 2);
    let plus_near = [before_left, after_right].into_iter().flatten().any(|token| token.text == "+");
    let touching = left.end == right.start;
    let comma = Proposal::insert("Put a comma between them", left.end, if touching { ", " } else { "," });
    let plus = Proposal::insert("Join them with `+`", left.end, if touching { " + " } else { " +" });
    let times = Proposal::insert("Multiply with `*`", left.end, if touching { "*" } else { " *" });
    let line_end = scene.code_end(scene.source.line_index(left.start));
    let all: Vec<(Token<'_>, Token<'_>)> = gaps(scene, left.start, line_end)
        .into_iter()
        .filter(|(gap, _)| gap.level == left.level)
        .take(MAX_GAPS)
        .collect();
    let everywhere = |sign: &str| -> Vec<Change> {
        let mut places: Vec<usize> = all.iter().map(|(gap, _)| gap.end).collect();
        places.sort_unstable();
        places.into_iter().map(|at| Change { start: at, end: at, text: sign.to_owned() }).collect()
    };
    let mut proposals = Vec::new();
    if left.kind == Kind::Name && NAMED_ARGUMENTS.contains(&left.text) && text(right) {
        proposals.push(Proposal::insert("Put `=` between the name and its value", left.end, "="));
    }
    if all.len() == 1 && left.kind == Kind::Text && is_ornament(left.text) && right.kind == Kind::Name {
        proposals.push(times.clone());
    }
    if before_left.is_some_and(|token| matches!(token.text, "{" | ",")) {
        proposals.extend(colons(scene, left, everywhere(":")));
    }
    if plus_near {
        if all.len() > 1 {
            proposals.push(Proposal::new("Join all of them with `+`", everywhere(" + ")));
        }
        proposals.extend([plus, comma]);
    } else {
        if all.len() > 1 {
            proposals.push(Proposal::new("Put commas between them", everywhere(", ")));
        }
        proposals.push(comma);
        if left.text.starts_with(|c: char| c.is_ascii_digit()) || text(left) {
            proposals.push(times);
        }
        if text(left) || text(right) {
            proposals.push(plus);
        }
    }
    if right.kind == Kind::Name && left.kind == Kind::Name {
        let joined = format!("{}_{}", left.text, right.text);
        let known = scene.tokens.list.iter().any(|token| token.kind == Kind::Name && token.text == joined);
        let place = if known { 0 } else { proposals.len() };
        proposals.insert(
            place,
            Proposal::replace(format!("Write one name: `{joined}`"), left.start, right.end, joined),
        );
    }
    proposals
}

/// Colons for the entries of a dictionary.
fn colons(scene: &Scene<'_>, left: Token<'_>, all: Vec<Change>) -> Vec<Proposal> {
    if bracket_around(scene, left).is_none_or(|bracket| bracket.text != "{") {
        return Vec::new();
    }
    let every = (all.len() > 1).then(|| Proposal::new("Put colons between keys and values", all));
    let one = Proposal::insert("Put a colon between key and value", left.end, ":");
    every.into_iter().chain([one]).collect()
}

/// The bracket in which a token stands.
fn bracket_around<'a>(scene: &Scene<'a>, token: Token<'a>) -> Option<Token<'a>> {
    let index = scene.tokens.list.partition_point(|other| other.start < token.start);
    let earlier = scene.tokens.list[..index].iter().rev();
    let opens = |other: &&Token<'_>| matches!(other.text, "(" | "[" | "{") && other.kind == Kind::Op;
    earlier.filter(opens).find(|other| other.level == token.level && token.level > 0).copied()
}

/// What stands before the parenthesis can be called.
fn is_call(scene: &Scene<'_>, bracket: Token<'_>) -> bool {
    let index = scene.tokens.list.partition_point(|other| other.start < bracket.start);
    let called = index.checked_sub(1).and_then(|index| scene.token(index));
    called.is_some_and(|called| called.kind != Kind::Number && ends_value(called))
}

fn concept_between(scene: &Scene<'_>, left: Token<'_>, right: Token<'_>) -> Topic {
    let is_text = |token: &Token<'_>| matches!(token.kind, Kind::Text | Kind::FormatStart | Kind::FormatEnd);
    let around = bracket_around(scene, left);
    match around {
        Some(bracket) if bracket.text != "(" => brackets::concept_of(scene, bracket.start),
        _ if [left, right].iter().any(is_text) => Topic::InputOutput,
        Some(bracket) if !is_call(scene, bracket) => Topic::Tuples,
        Some(bracket) => brackets::concept_of(scene, bracket.start),
        None => Topic::Variables,
    }
}

/// `int input()`, `len x >= 2`: a function without its parentheses.
fn called_without_parentheses(scene: &Scene<'_>) -> Option<Diagnosis> {
    const FUNCTIONS: [&str; 16] = [
        "int", "str", "float", "len", "input", "range", "list", "sum", "max", "min", "abs", "type", "sorted",
        "set", "tuple", "round",
    ];
    let (before, here) = (scene.before()?, scene.here()?);
    let fits = before.kind == Kind::Name
        && FUNCTIONS.contains(&before.text)
        && starts_value(here)
        && here.kind != Kind::Op;
    if !scene.is_unnamed() || !fits {
        return None;
    }
    let level = before.level;
    let rest = &scene.tokens.list[scene.at..];
    let mut last = here;
    for (place, token) in rest.iter().enumerate() {
        let opens = matches!(token.text, "(" | "[") && token.level == level + 1 && place > 0;
        let operand = place == 0
            || opens
            || token.level > level
            || token.text == "."
            || last.text == "."
            || matches!(token.text, ")" | "]") && last.level > level;
        if token.kind == Kind::Newline || !operand {
            break;
        }
        last = *token;
    }
    let close = last.end;
    let gap_start = before.end;
    Some(Diagnosis {
        code: ErrorCode::MissingCallParentheses,
        concept: Topic::Functions,
        message: format!("`{}` is a function: what it works on stands in parentheses.", before.text),
        explanation: format!(
            "A function is called by its name followed by parentheses. In `{}` the name `{}` and `{}` just stand side by side.",
            scene.quoted_line(),
            before.text,
            scene.quote(here.start, close)
        ),
        hedged: false,
        proposals: vec![Proposal::new(
            format!("Write `{}({})`", before.text, scene.quote(here.start, close)),
            vec![
                Change { start: gap_start, end: here.start, text: "(".to_owned() },
                Change { start: close, end: close, text: ")".to_owned() },
            ],
        )],
    })
}

/// Two values side by side where CPython has no name for it.
fn side_by_side(scene: &Scene<'_>) -> Option<Diagnosis> {
    let (before, here) = (scene.before()?, scene.here()?);
    let floated = before.kind == Kind::Name && here.kind == Kind::Number && here.text.starts_with('.');
    let fits = ends_value(before) && starts_value(here) && !matches!(here.text, "(" | "[" | "not");
    if !scene.is_unnamed() || !fits || floated {
        return None;
    }
    if before.level > 0 || here.level > 0 {
        return Some(between(scene, before, here));
    }
    let statement =
        scene.tokens_on(scene.line()).first().is_some_and(|(_, first)| first.start != before.start);
    let mut diagnosis = between(scene, before, here);
    let indent = scene.indent_of(scene.line());
    let new_line = Proposal::replace("Start a new line there", before.end, here.start, format!("\n{indent}"));
    let split = before.text == ")" && here.kind == Kind::Name;
    if split {
        diagnosis.code = ErrorCode::StatementsOnOneLine;
        diagnosis.message =
            format!("Two statements stand on one line: a new one seems to start at `{}`.", here.text);
        diagnosis.proposals.insert(0, new_line);
    } else {
        diagnosis.proposals.push(new_line);
    }
    if statement && here.kind != Kind::Name {
        diagnosis.proposals.push(Proposal::delete(format!("Take out `{}`", here.text), before.end, here.end));
    }
    Some(diagnosis)
}

fn positional_after_keyword(scene: &Scene<'_>) -> Option<Diagnosis> {
    if !scene.said().starts_with("positional argument follows keyword argument") {
        return None;
    }
    let tokens = scene.tokens_on(scene.source.line_index(scene.verdict.start));
    let close = scene.here()?;
    let level = close.level + 1;
    let open = tokens
        .iter()
        .rposition(|(_, token)| token.start < close.start && token.text == "(" && token.level == level)?;
    let inner: Vec<Token<'_>> = tokens[open + 1..]
        .iter()
        .map(|(_, token)| *token)
        .take_while(|token| token.start < close.start)
        .collect();
    let mut arguments: Vec<(usize, usize, bool)> = Vec::new();
    for part in inner.split(|token| token.text == "," && token.level == level) {
        let (Some(first), Some(last)) = (part.first(), part.last()) else { continue };
        let named = part.get(1).is_some_and(|token| token.text == "=") || first.text == "**";
        arguments.push((first.start, last.end, named));
    }
    let sorted = {
        let mut sorted = arguments.clone();
        sorted.sort_by_key(|(_, _, named)| *named);
        sorted.iter().map(|(start, end, _)| &scene.text()[*start..*end]).collect::<Vec<_>>().join(", ")
    };
    let (start, end) = (arguments.first()?.0, arguments.last()?.1);
    let late = arguments.iter().skip_while(|(_, _, named)| !named).find(|(_, _, named)| !named)?;
    let shown = scene.quote(late.0, late.1);
    Some(Diagnosis {
        code: ErrorCode::PositionalAfterKeyword,
        concept: Topic::Parameters,
        message: format!(
            "`{shown}` comes after an argument with a name, so it needs a name too, or must come first."
        ),
        explanation: format!(
            "Python gives arguments without a name to the parameters in order, and only then looks at those with a name. In `{}` the order \
             is the other way round.",
            scene.quoted_line()
        ),
        hedged: false,
        proposals: vec![Proposal::replace("Put the arguments without a name first", start, end, sorted)],
    })
}

/// `\n` outside of a string.
fn backslash(scene: &Scene<'_>) -> Option<Diagnosis> {
    if !scene.says("line continuation character") {
        return None;
    }
    let text = scene.text();
    let at = text[..scene.verdict.start].rfind('\\')?;
    let rest = &text[at + 1..];
    let word = rest.find(|c: char| !c.is_alphanumeric()).map_or(rest, |end| &rest[..end]);
    let after = &rest[word.len()..];
    let mut proposals = Vec::new();
    if matches!(word, "n" | "t") {
        let end = at + 1 + word.len();
        if after.starts_with(['\'', '"']) {
            let quote = &after[..1];
            proposals.push(Proposal::new(
                "Put the quote before the `\\`",
                vec![Change { start: at, end: end + 1, text: format!("{quote}\\{word}") }],
            ));
        }
        proposals.push(Proposal::new(
            format!("Put `\\{word}` in quotes"),
            vec![
                Change { start: at, end: at, text: "\"".to_owned() },
                Change { start: end, end, text: "\"".to_owned() },
            ],
        ));
    }
    if rest.trim_start_matches([' ', '\t']).starts_with(['\n', '\r']) {
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        proposals.push(Proposal::delete("Take out the blanks after the `\\`", at + 1, at + 1 + blanks));
    }
    proposals.push(Proposal::delete("Take out the `\\`", at, at + 1));
    proposals.push(Proposal::replace("Write `/`", at, at + 1, "/"));
    Some(Diagnosis {
        code: ErrorCode::LineContinuation,
        concept: Topic::DataTypes,
        message: "A backslash outside of a string must be the last character of its line.".to_owned(),
        explanation: format!(
            "Outside of quotes, `\\` says that the line goes on in the next one, so nothing may follow it. In `{}` something does; signs \
             such as `\\n` belong inside quotes.",
            scene.quoted_line()
        ),
        hedged: false,
        proposals,
    })
}
