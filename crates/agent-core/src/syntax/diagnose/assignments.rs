//! `=` in the wrong place, and numbers that are none.

use super::scene::{Change, Proposal, Scene};
use super::{Diagnosis, Rule};
use crate::curriculum::Topic;
use crate::syntax::code::ErrorCode;
use crate::syntax::cpython::{Kind, Token};

pub(super) const RULES: &[Rule] = &[chained_assignments, swapped, confused, number];

fn says_assignment(scene: &Scene<'_>) -> bool {
    scene.says("Maybe you meant '=='") || scene.says("perhaps you meant \"==\"")
}

/// The `=` that CPython minds: the first one at or after the start of what it points at.
fn equals_sign<'a>(scene: &Scene<'a>) -> Option<(usize, Token<'a>)> {
    let start = scene.verdict.start;
    let list = scene.tokens.list.iter().enumerate().skip(scene.at);
    let level = scene.here().map_or(0, |here| here.level);
    list.take_while(|(_, token)| token.kind != Kind::Newline)
        .find(|(_, token)| {
            token.kind == Kind::Op && token.text == "=" && token.start >= start && token.level <= level
        })
        .map(|(index, token)| (index, *token))
}

/// `a = 1, b = 2`, `a = 1 and b = 2`: two assignments in one line.
fn chained_assignments(scene: &Scene<'_>) -> Option<Diagnosis> {
    if !says_assignment(scene) {
        return None;
    }
    let tokens = scene.tokens_on(scene.line());
    let (_, name) = *tokens.first()?;
    let (_, equals) = *tokens.get(1)?;
    if name.kind != Kind::Name || equals.text != "=" {
        return None;
    }
    let joint = tokens.windows(3).find(|window| {
        let [(_, joint), (_, second), (_, sign)] = window else { return false };
        matches!(joint.text, "," | "and" | "&")
            && joint.level == 0
            && second.kind == Kind::Name
            && sign.text == "="
    })?;
    let [(_, joint), (_, second), _] = joint else { return None };
    let indent = scene.indent_of(scene.line());
    let before = scene.text()[..joint.start].trim_end_matches([' ', '\t']).len();
    let lines =
        Proposal::replace("Write the assignments on two lines", before, second.start, format!("\n{indent}"));
    Some(Diagnosis {
        code: ErrorCode::StatementsOnOneLine,
        concept: Topic::Variables,
        message: format!("Two assignments cannot be joined by `{}`.", joint.text),
        explanation: format!(
            "In `{}` Python takes everything after the first `=` for one value, and an assignment is no value. Write one assignment a \
             line; `{}, {} = …, …` would also do.",
            scene.quoted_line(),
            name.text,
            second.text
        ),
        hedged: false,
        proposals: vec![lines, Proposal::replace("Separate them by `;`", before, second.start, "; ")],
    })
}

/// `3 = x`, `a + b = c`, `int(x) = y`: the value on the left, the name on the right.
fn swapped(scene: &Scene<'_>) -> Option<Diagnosis> {
    if !scene.says("here. Maybe you meant '=='") {
        return None;
    }
    let line = scene.line();
    let word = scene.first_word(line);
    let tokens = scene.tokens_on(line);
    let (_, first) = *tokens.first()?;
    if first.start != scene.verdict.start || super::brackets::opens_block(word) {
        return None;
    }
    let (_, equals) = equals_sign(scene)?;
    let end = scene.code_end(line);
    let left = scene.text().get(first.start..equals.start)?.trim_end();
    let right = scene.text().get(equals.end..end)?.trim();
    let what = scene.said().strip_prefix("cannot assign to ")?.split(" here").next()?;
    let mut proposals = Vec::new();
    let name = |text: &str| {
        !text.is_empty()
            && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'))
            && !text.starts_with(|c: char| c.is_ascii_digit())
    };
    if name(right) {
        proposals.push(Proposal::replace(
            "Swap the two sides",
            first.start,
            end,
            format!("{right} = {left}"),
        ));
    }
    if let Some((called, argument)) = left.strip_suffix(')').and_then(|left| left.split_once('(')) {
        if name(called) && name(argument) {
            let text = format!("{argument} = {called}({right})");
            proposals.push(Proposal::replace(format!("Assign to `{argument}`"), first.start, end, text));
        }
        if name(called) {
            let text = format!("{called}[{argument}] = {right}");
            proposals.push(Proposal::replace("Use square brackets for an element", first.start, end, text));
        }
    }
    if what == "literal" && left.chars().all(|c| c.is_ascii_digit()) {
        proposals.push(Proposal::insert("Put a letter in front, so that it is a name", first.start, "n"));
    }
    proposals.push(Proposal::replace("Compare with `==`", equals.start, equals.end, "=="));
    let code = match what {
        "literal" => ErrorCode::AssignToLiteral,
        "function call" => ErrorCode::AssignToCall,
        _ => ErrorCode::AssignToExpression,
    };
    Some(Diagnosis {
        code,
        concept: Topic::Variables,
        message: format!(
            "`{}` is a value and not a variable, so nothing can be assigned to it.",
            scene.quote(first.start, equals.start)
        ),
        explanation: format!(
            "On the left of a single `=` stands the name that gets the value on the right. In `{}` the left side is {}; to compare two \
             values, Python uses `==`.",
            scene.quoted_line(),
            spoken(what)
        ),
        hedged: true,
        proposals,
    })
}

/// CPython's word for a thing, as one says it.
pub(super) fn spoken(what: &str) -> String {
    match what {
        "literal" => "a fixed value such as a number or a text".to_owned(),
        "function call" => "a call, which gives a value".to_owned(),
        "expression" => "a calculation, which gives a value".to_owned(),
        "comparison" => "a comparison, which gives `True` or `False`".to_owned(),
        other if other.starts_with(['a', 'e', 'i', 'o', 'u']) => format!("an {other}"),
        other => format!("a {other}"),
    }
}

/// `=` where a comparison or a keyword argument is meant.
fn confused(scene: &Scene<'_>) -> Option<Diagnosis> {
    if !says_assignment(scene) {
        return None;
    }
    let (index, equals) = equals_sign(scene)?;
    let mut changes = vec![equals.start];
    let rest = scene.tokens.list[index + 1..].iter();
    changes.extend(
        rest.take_while(|token| {
            !matches!(token.kind, Kind::Newline) && token.text != ":" && token.level >= equals.level
        })
        .filter(|token| token.kind == Kind::Op && token.text == "=" && token.level == equals.level)
        .map(|token| token.start),
    );
    let doubled = |at: &usize| Change { start: *at, end: *at + 1, text: "==".to_owned() };
    let all: Vec<Change> = changes.iter().map(doubled).collect();
    let mut proposals = vec![Proposal::new("Compare with `==`", vec![doubled(&equals.start)])];
    if all.len() > 1 {
        proposals.insert(0, Proposal::new("Compare with `==`", all));
    }
    if equals.level == 0 && scene.says("or ':='") {
        proposals.push(Proposal::replace(
            "Assign and use the value with `:=`",
            equals.start,
            equals.end,
            ":=",
        ));
    }
    let in_call = scene.says("perhaps you meant");
    let left = scene.quote(scene.verdict.start, equals.start);
    Some(Diagnosis {
        code: if in_call { ErrorCode::AssignmentInArgument } else { ErrorCode::AssignmentInCondition },
        concept: if in_call { Topic::Parameters } else { Topic::Operators },
        message: if in_call {
            format!(
                "In a call, only a name can stand before `=`, and `{left}` is none. To compare, write `==`."
            )
        } else {
            format!("A single `=` assigns; to ask whether `{left}` is equal to something, write `==`.")
        },
        explanation: format!(
            "`=` gives a value to a variable and is a statement of its own; `==` compares two values and gives `True` or `False`. In `{}` a \
             value is needed.",
            scene.quoted_line()
        ),
        hedged: true,
        proposals,
    })
}

/// `1st`, `0777`, `1_`, `0b12`.
fn number(scene: &Scene<'_>) -> Option<Diagnosis> {
    let zeros = scene.says("leading zeros in decimal");
    let literal = scene.said().starts_with("invalid ") && scene.says(" literal");
    if !(zeros || literal || scene.said().starts_with("invalid digit")) {
        return None;
    }
    let text = scene.text();
    let end = scene.verdict.end;
    let start = text[..end]
        .rfind(|c: char| !(c.is_alphanumeric() || c == '_'))
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let tail =
        text[start..].find(|c: char| !(c.is_alphanumeric() || c == '_')).map_or(text.len(), |at| start + at);
    let word = &text[start..tail];
    if zeros {
        return Some(leading_zeros(word, start, tail));
    }
    let digits = word.len() - word.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_').len();
    let name = format!("_{word}");
    let mut proposals = Vec::new();
    if digits > 0 && digits < word.len() && !word.starts_with("0x") {
        let every = |at: &usize| Change { start: *at, end: *at, text: "_".to_owned() };
        let places: Vec<usize> = text
            .match_indices(word)
            .map(|(at, _)| at)
            .filter(|at| {
                !text[..*at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '"' | '\''))
            })
            .filter(|at| !text[at + word.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_'))
            .take(100)
            .collect();
        let called = scene.first_word(scene.line()).starts_with(word) || places.len() > 1;
        let product = Proposal::insert(
            format!("Multiply: `{}*{}`", &word[..digits], &word[digits..]),
            start + digits,
            "*",
        );
        if places.len() > 1 {
            let title = format!("Call it `{name}` everywhere");
            proposals.push(Proposal::new(title, places.iter().map(every).collect()));
        }
        proposals.push(Proposal::insert(format!("Call it `{name}`"), start, "_"));
        proposals.push(Proposal::insert("Put a space there", start + digits, " "));
        proposals.insert(if called { proposals.len() } else { 0 }, product);
        proposals.push(Proposal::delete(format!("Take out `{}`", &word[..digits]), start, start + digits));
    }
    proposals.push(Proposal::delete(format!("Take out `{}`", &text[end..tail]), end, tail));
    let trimmed = word.trim_end_matches('_');
    proposals.push(Proposal::delete("Take out the underscore", start + trimmed.len(), tail));
    proposals.retain(|proposal| {
        proposal.changes.iter().any(|change| change.start < change.end || !change.text.is_empty())
    });
    Some(Diagnosis {
        code: ErrorCode::InvalidNumber,
        concept: Topic::Variables,
        message: format!("`{word}` is neither a number nor a name."),
        explanation: format!(
            "What starts with a digit is read as a number, and a name may contain digits but not start with one. Python started to read \
             `{word}` as a number and met a character that does not belong to it."
        ),
        hedged: false,
        proposals,
    })
}

/// `007`.
fn leading_zeros(word: &str, start: usize, tail: usize) -> Diagnosis {
    let value = word.trim_start_matches(['0', '_']);
    Diagnosis {
        code: ErrorCode::LeadingZeros,
        concept: Topic::DataTypes,
        message: format!("The number `{word}` may not start with a zero."),
        explanation: "In some languages a leading zero means base eight. So that nobody is misled, Python refuses it for whole \
                      numbers: write the number without the zeros, or with `0o` where base eight is meant."
            .to_owned(),
        hedged: false,
        proposals: vec![
            Proposal::delete("Take out the zeros", start, tail - value.len()),
            Proposal::new("Keep it as text", vec![
                Change { start, end: start, text: "\"".to_owned() },
                Change { start: tail, end: tail, text: "\"".to_owned() },
            ]),
        ],
    }
}
