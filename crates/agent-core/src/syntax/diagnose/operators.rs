//! Signs of other languages, and operators that are split, doubled or left without a value.

use super::scene::{Change, Proposal, Scene, ends_value, starts_value};
use super::{Diagnosis, Rule};
use crate::curriculum::Topic;
use crate::syntax::code::ErrorCode;
use crate::syntax::cpython::{Kind, Token};

pub(super) const RULES: &[Rule] =
    &[increment, split_operator, foreign_operator, question_mark, semicolon_in_brackets, operand_missing];

fn is_op(token: Option<Token<'_>>, text: &str) -> bool {
    token.is_some_and(|token| token.kind == Kind::Op && token.text == text)
}

/// `x++`, `x--`.
fn increment(scene: &Scene<'_>) -> Option<Diagnosis> {
    let tokens = scene.tokens_on(scene.line());
    let pair = tokens.windows(3).find(|window| {
        let [(_, name), (_, first), (_, second)] = window else { return false };
        matches!(first.text, "+" | "-")
            && first.text == second.text
            && first.end == second.start
            && matches!(name.kind, Kind::Name | Kind::Op)
            && ends_value(*name)
    })?;
    let [_, (_, first), (_, second)] = pair else { return None };
    let follows = tokens.iter().find(|(_, token)| token.start >= second.end).map(|(_, token)| *token);
    if !scene.is_unnamed() || follows.is_some_and(starts_value) {
        return None;
    }
    let sign = first.text;
    let word = if sign == "+" { "add" } else { "subtract" };
    let step = format!("{sign}= 1");
    let spaced = if scene.text()[..first.start].ends_with(' ') { step } else { format!(" {step}") };
    Some(Diagnosis {
        code: ErrorCode::IncrementOperator,
        concept: Topic::Operators,
        message: format!("Python has no `{sign}{sign}`: to {word} one, write `{sign}= 1`."),
        explanation: format!(
            "`{sign}{sign}` is an operator of C, Java and JavaScript. In `{}` Python reads two separate `{sign}` and then waits for a \
             value. `{sign}= 1` changes the variable by one.",
            scene.quoted_line()
        ),
        hedged: false,
        proposals: vec![Proposal::replace(format!("Write `{sign}= 1`"), first.start, second.end, spaced)],
    })
}

/// `= =`, `! =`, `// =`, `=<`, `=>`, `=!`, `===`, `***`.
fn split_operator(scene: &Scene<'_>) -> Option<Diagnosis> {
    if !(scene.is_unnamed() || scene.says("perhaps you meant \"==\"") || scene.says("Maybe you meant '=='")) {
        return None;
    }
    let tokens = scene.tokens_on(scene.line());
    let near =
        |token: &Token<'_>| token.start <= scene.verdict.end + 1 && token.end + 2 >= scene.verdict.start;
    let joined = tokens.windows(2).find_map(|window| {
        let [(_, left), (_, right)] = window else { return None };
        let meant = match (left.text, right.text) {
            ("!", "=") => "!=",
            ("=", "=") => "==",
            ("==" | "!=", "=") => left.text,
            ("=", "<") => "<=",
            ("=", ">") => ">=",
            ("=", "!") => "!=",
            ("<", "=") => "<=",
            (">", "=") => ">=",
            ("//", "=") => "//=",
            ("+" | "-" | "*" | "/" | "%" | "**", "=") => {
                return Some((*left, *right, format!("{}=", left.text)));
            }
            ("**", "*") => "**",
            (".", "=" | ">=" | "<=" | "==") => {
                return Some((*left, *right, format!(">{}", right.text.trim_start_matches(['>', '<']))));
            }
            (":", "=") => ":=",
            _ => return None,
        };
        Some((*left, *right, meant.to_owned()))
    });
    let (left, right, meant) = joined.filter(|(left, right, _)| near(left) || near(right))?;
    let written = scene.quote(left.start, right.end);
    Some(Diagnosis {
        code: ErrorCode::ForeignOperator,
        concept: Topic::Operators,
        message: format!("`{written}` is not an operator in Python; `{meant}` may be meant."),
        explanation: format!(
            "An operator of several signs is written in one piece and in one order. Python reads `{written}` as `{}` and then `{}`, \
             and no value stands between them.",
            left.text, right.text
        ),
        hedged: true,
        proposals: vec![
            Proposal::replace(format!("Write `{meant}`"), left.start, right.end, meant.as_str()),
            Proposal::delete(format!("Take out the `{}`", left.text), left.start, left.end),
        ],
    })
}

/// `&&`, `||`, `!x`, `<>`, `=>`.
fn foreign_operator(scene: &Scene<'_>) -> Option<Diagnosis> {
    if !scene.is_unnamed() {
        return None;
    }
    let here = scene.here()?;
    let before = scene.before();
    let (start, end, meant, what) = match here.text {
        "&" | "|" if before.is_some_and(|token| token.text == here.text && token.end == here.start) => {
            let word = if here.text == "&" { "and" } else { "or" };
            (here.start - 1, here.end, word, "joins two conditions")
        }
        "!" => (here.start, here.end, "not", "turns a condition around"),
        "<>" => (here.start, here.end, "!=", "asks whether two values differ"),
        ">" if is_op(before, "=") => (here.start - 1, here.end, ">=", "compares"),
        "?" | "$" | "`" => return None,
        _ => return None,
    };
    let written = &scene.text()[start..end];
    let left = if scene.text()[..start].ends_with([' ', '(', '\t']) || start == 0 { "" } else { " " };
    let right = if scene.text()[end..].starts_with(' ') || meant == "!=" { "" } else { " " };
    let left = if meant == "!=" { "" } else { left };
    Some(Diagnosis {
        code: ErrorCode::ForeignOperator,
        concept: Topic::Operators,
        message: format!("Python writes `{meant}` where you wrote `{written}`."),
        explanation: format!(
            "`{written}` {what} in other languages. Python uses `{meant}` for it, so it could not read `{}`.",
            scene.quoted_line()
        ),
        hedged: false,
        proposals: vec![Proposal::replace(
            format!("Write `{meant}`"),
            start,
            end,
            format!("{left}{meant}{right}"),
        )],
    })
}

/// `?`, `$` and the like: signs that mean nothing in Python.
fn question_mark(scene: &Scene<'_>) -> Option<Diagnosis> {
    let here = scene.here().filter(|here| matches!(here.text, "?" | "$" | "`" | "!"))?;
    if !scene.is_unnamed() {
        return None;
    }
    let sign = here.text;
    let mut proposals = vec![Proposal::delete(format!("Take out the `{sign}`"), here.start, here.end)];
    if sign == "`" {
        let text = scene.text();
        if let Some(other) =
            text[here.end..].find(['`', '\n']).filter(|at| text.as_bytes()[here.end + at] == b'`')
        {
            let other = here.end + other;
            let change = |at| super::Change { start: at, end: at + 1, text: "'".to_owned() };
            proposals.insert(0, Proposal::new("Use plain quotes", vec![change(here.start), change(other)]));
        }
    }
    Some(Diagnosis {
        code: ErrorCode::ForeignOperator,
        concept: Topic::Operators,
        message: format!("`{sign}` has no meaning in Python code."),
        explanation: format!(
            "Outside of strings and comments Python does not use the sign `{sign}`. Other languages do: in `{}` something else must be \
             meant.",
            scene.quoted_line()
        ),
        hedged: false,
        proposals,
    })
}

/// `[1; 2; 3]`: semicolons where commas are meant.
fn semicolon_in_brackets(scene: &Scene<'_>) -> Option<Diagnosis> {
    let tokens = scene.tokens_on(scene.line());
    let inside = |token: &Token<'_>| token.kind == Kind::Op && token.text == ";" && token.level > 0;
    let changes: Vec<Change> = tokens
        .iter()
        .filter(|(_, token)| inside(token))
        .map(|(_, token)| Change { start: token.start, end: token.end, text: ",".to_owned() })
        .collect();
    if changes.is_empty() || !(scene.is_unnamed() || scene.says("expected")) {
        return None;
    }
    Some(Diagnosis {
        code: ErrorCode::ForeignOperator,
        concept: Topic::Lists,
        message: "Inside brackets, values are separated by `,` and not by `;`.".to_owned(),
        explanation: format!(
            "A semicolon ends a statement, and a statement cannot end while a bracket is open, as in `{}`.",
            scene.quoted_line()
        ),
        hedged: false,
        proposals: vec![Proposal::new("Use commas", changes)],
    })
}

fn is_operator(token: Token<'_>) -> bool {
    let sign = matches!(
        token.text,
        "+" | "-"
            | "*"
            | "/"
            | "//"
            | "%"
            | "**"
            | "=="
            | "!="
            | "<"
            | ">"
            | "<="
            | ">="
            | "="
            | "+="
            | "-="
            | "*="
            | "/="
            | "&"
            | "|"
            | "^"
            | "<<"
            | ">>"
            | "@"
            | "."
            | "//="
            | "**="
            | "%="
    );
    let word = matches!(token.text, "and" | "or" | "not" | "in" | "is");
    (token.kind == Kind::Op && sign) || (token.kind == Kind::Keyword && word)
}

/// An operator, and nothing that it could work on after it.
fn operand_missing(scene: &Scene<'_>) -> Option<Diagnosis> {
    if !scene.is_unnamed() {
        return None;
    }
    let (before, here) = (scene.before()?, scene.here()?);
    let ends =
        matches!(here.kind, Kind::Newline | Kind::End) || matches!(here.text, ")" | "]" | "}" | ":" | ",");
    let doubled =
        here.kind == Kind::Op && is_operator(here) && !matches!(here.text, "-" | "+" | "." | "*" | "**");
    let keyword = matches!(here.text, "and" | "or" | "in" | "is" | "if" | "else");
    let dotted = before.text == "." && matches!(here.kind, Kind::Text | Kind::FormatStart);
    if !is_operator(before) || !(ends || doubled || keyword || dotted) {
        return None;
    }
    let sign = before.text;
    let from = scene.tokens.list[..scene.at - 1]
        .last()
        .filter(|token| !matches!(token.kind, Kind::Newline | Kind::Indent | Kind::Dedent));
    let start = from.map_or(before.start, |token| if ends_value(*token) { token.end } else { before.start });
    let mut proposals = vec![];
    let placeholder = |text: &str| {
        let space = if scene.text()[..before.end].ends_with(sign) && sign != "." { " " } else { "" };
        format!("{space}{text}")
    };
    if sign == "." {
        if here.text == "," {
            proposals.push(Proposal::delete("Take out the `.`", before.start, before.end));
        }
        proposals.push(Proposal::replace("Write `,` instead of `.`", before.start, before.end, ","));
        proposals.push(Proposal::delete("Take out the `.`", before.start, before.end));
    } else if doubled || keyword {
        proposals.push(Proposal::delete(format!("Take out the `{sign}`"), before.start, before.end));
        proposals.push(Proposal::delete(format!("Take out the `{}`", here.text), here.start, here.end));
    } else if sign == "=" {
        proposals.push(Proposal::insert("Give it a value: `None` for now", before.end, placeholder("None")));
        proposals.push(Proposal::insert("Give it a value: `0` for now", before.end, placeholder("0")));
    } else {
        let title = format!("Take out the `{sign}` that has nothing after it");
        proposals.push(Proposal::delete(title, start, before.end));
        proposals.push(Proposal::insert("Give it a value: `0` for now", before.end, placeholder("0")));
    }
    let followed = if ends && matches!(here.kind, Kind::Newline | Kind::End) {
        "the line ends".to_owned()
    } else {
        format!("`{}` follows", here.text)
    };
    Some(Diagnosis {
        code: ErrorCode::MissingOperand,
        concept: if sign == "=" { Topic::Variables } else { Topic::Operators },
        message: format!("A value is missing after `{sign}`: {followed}."),
        explanation: format!(
            "`{sign}` needs something on its right. In `{}` Python expected a value there, but {followed}.",
            scene.quoted_line()
        ),
        hedged: false,
        proposals,
    })
}
