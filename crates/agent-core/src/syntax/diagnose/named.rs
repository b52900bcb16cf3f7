//! Mending mistakes that CPython names exactly: the texts come from `catalogue`, the edits from here.

use super::scene::{Change, Proposal, Scene, starts_value};
use super::{Diagnosis, Rule, catalogue};
use crate::curriculum::Topic;
use crate::syntax::code::ErrorCode;
use crate::syntax::cpython::{Kind, Token};

pub(super) const RULES: &[Rule] = &[reordered, raised_with_comma, described];

/// The edits for one mistake.
type Mender = fn(&Scene<'_>) -> Vec<Proposal>;

/// Words of CPython's message, and the edits for it; the first entry that fits is taken.
const MENDERS: &[(&str, Mender)] = &[
    ("Generator expression must be parenthesized", parenthesized),
    ("comprehension target", parenthesized),
    ("'not' after an operator", parenthesized),
    ("multiple exception types", several_types),
    ("Did you mean to use 'from", import_turned),
    ("parameters cannot be parenthesized", brackets_out),
    ("may appear only once", entry_out),
    ("argument must precede /", entry_out),
    ("/ must be ahead of *", entry_out),
    ("named arguments must follow bare *", entry_out),
    ("expected comma between / and *", |scene| {
        vec![Proposal::insert("Put a comma between them", scene.verdict.start, ", ")]
    }),
    ("expected 'else' after 'if' expression", |scene| {
        vec![Proposal::insert("Add `else None`", scene.verdict.end, " else None")]
    }),
    ("expected 'except' or 'finally' block", except_added),
    ("'in' expected after for-loop", |scene| {
        vec![Proposal::insert("Add the missing `in`", scene.verdict.start, "in ")]
    }),
    ("bytes can only contain ASCII", prefix_out),
    ("(unicode error)", raw_string),
    ("(value error)", raw_string),
    ("imports must occur at the beginning", import_up),
    ("expected default value expression", value_after),
    ("expected argument value expression", value_after),
    ("expression expected after dictionary key", value_after),
    ("cannot have default value", default_out),
    ("':' expected after dictionary key", colon_in_pair),
    ("starred expression in a dictionary value", listed),
    ("cannot use starred expression here", |scene| {
        vec![Proposal::insert("Make it a tuple with a comma", scene.verdict.end, ",")]
    }),
    ("can't use starred expression here", listed),
    ("starred assignment target must be", |scene| {
        vec![Proposal::insert("Add a comma", scene.verdict.end, ",")]
    }),
    ("Invalid star expression", quoted_star),
    ("nonlocal declaration not allowed", statement_out),
    ("is parameter and", statement_out),
    ("is nonlocal and global", statement_out),
    ("no binding for nonlocal", nonlocal_to_global),
    ("trailing comma not allowed", comma_before_out),
    ("unexpected EOF", backslash_out),
    ("Type parameter list cannot be empty", empty_brackets_out),
    ("single '}' is not allowed", |scene| {
        vec![Proposal::insert("Write `}` twice", scene.verdict.start, "}")]
    }),
    ("valid expression required before", empty_field),
    ("'await' outside async", made_async),
    ("outside async function", made_async),
    ("cannot assign to __debug__", renamed),
    ("cannot assign to True", renamed),
    ("cannot assign to False", renamed),
    ("cannot assign to None", renamed),
    ("cannot assign to function call", argument_kept),
    ("illegal expression for augmented", spelled_out),
    ("only single target", first_target),
];

fn described(scene: &Scene<'_>) -> Option<Diagnosis> {
    let (_, mend) = MENDERS.iter().find(|(said, _)| scene.says(said))?;
    let mut diagnosis = catalogue::describe(scene);
    diagnosis.proposals = mend(scene);
    Some(diagnosis)
}

fn insertion(at: usize, text: &str) -> Change {
    Change { start: at, end: at, text: text.to_owned() }
}

fn around(title: &str, scene: &Scene<'_>, open: &str, close: &str) -> Vec<Proposal> {
    vec![Proposal::new(
        title,
        vec![insertion(scene.verdict.start, open), insertion(scene.verdict.end, close)],
    )]
}

fn parenthesized(scene: &Scene<'_>) -> Vec<Proposal> {
    around("Put parentheses around it", scene, "(", ")")
}

fn listed(scene: &Scene<'_>) -> Vec<Proposal> {
    around("Put it into a list", scene, "[", "]")
}

/// The entries between the brackets around the error: start, end, tokens.
fn entries<'a>(scene: &Scene<'a>, closing: &str) -> Option<Vec<Vec<Token<'a>>>> {
    let here = scene.here()?;
    let level = if here.text == closing { here.level + 1 } else { here.level };
    let list = &scene.tokens.list;
    let open =
        list[..scene.at].iter().rposition(|token| matches!(token.text, "(" | "[") && token.level == level)?;
    let close = list[open + 1..].iter().position(|token| token.level < level)? + open + 1;
    let inner = &list[open + 1..close];
    let parts = inner.split(|token| token.text == "," && token.level == level);
    Some(parts.filter(|part| !part.is_empty()).map(<[Token<'_>]>::to_vec).collect())
}

/// Parameters in the wrong order: those that must come last are put last.
fn reordered(scene: &Scene<'_>) -> Option<Diagnosis> {
    let order = scene.says("parameter without a default");
    let after_stars =
        scene.says("arguments cannot follow var-keyword") || scene.says("argument unpacking follows");
    if !order && !after_stars {
        return None;
    }
    let parts = entries(scene, "")?;
    let mut sorted = parts.clone();
    let has_default = |part: &Vec<Token<'_>>| part.iter().any(|token| token.text == "=");
    sorted.sort_by_key(|part| {
        let last = part[0].text == "**";
        if order {
            u8::from(has_default(part) || matches!(part[0].text, "*" | "**")) + u8::from(last)
        } else {
            u8::from(last)
        }
    });
    let text = |part: &Vec<Token<'_>>| scene.text()[part[0].start..part[part.len() - 1].end].to_owned();
    let joined = sorted.iter().map(text).collect::<Vec<_>>().join(", ");
    let (first, last) = (parts.first()?.first()?, parts.last()?.last()?);
    let mut diagnosis = catalogue::describe(scene);
    diagnosis.proposals.push(Proposal::replace(
        "Put them in the order that Python wants",
        first.start,
        last.end,
        joined,
    ));
    if order {
        diagnosis.proposals.push(Proposal::insert("Give it a default too", scene.verdict.end, "=None"));
    }
    Some(diagnosis)
}

fn several_types(scene: &Scene<'_>) -> Vec<Proposal> {
    let rest = &scene.tokens.list[scene.at..];
    let level = scene.here().map_or(0, |token| token.level);
    let Some(stop) = rest.iter().position(|token| matches!(token.text, ":" | "as") && token.level <= level)
    else {
        return Vec::new();
    };
    let Some(last) = stop.checked_sub(1).map(|index| rest[index]) else { return Vec::new() };
    let mut found = vec![Proposal::new(
        "Put parentheses around the types",
        vec![insertion(scene.verdict.start, "("), insertion(last.end, ")")],
    )];
    // Types start with a capital; `except ValueError, error` is how Python 2 named the error.
    let commas: Vec<usize> =
        (0..stop).filter(|at| rest[*at].text == "," && rest[*at].level <= level).collect();
    if let [comma] = commas[..]
        && comma + 2 == stop
        && last.kind == Kind::Name
        && rest[stop].text == ":"
    {
        let change = Change { start: rest[comma].start, end: last.start, text: " as ".to_owned() };
        let named = Proposal::new(format!("Name the error with `as {}`", last.text), vec![change]);
        let is_type = last.text.starts_with(char::is_uppercase);
        found.insert(usize::from(is_type), named);
    }
    found
}

/// `raise ValueError, "x"`, as Python 2 wrote it.
fn raised_with_comma(scene: &Scene<'_>) -> Option<Diagnosis> {
    let (before, comma, value) = (scene.before()?, scene.here()?, scene.after()?);
    let line = scene.line();
    let is_raise = scene
        .tokens_on(line)
        .iter()
        .any(|(_, token)| token.start < before.end && token.kind == Kind::Keyword && token.text == "raise");
    if !scene.is_unnamed() || comma.text != "," || comma.level > 0 || !is_raise {
        return None;
    }
    let rest = scene.tokens.list[scene.at..].iter();
    let statement = rest.take_while(|token| token.kind != Kind::Newline && token.text != ";");
    let last = statement.last().filter(|last| last.start >= value.start)?;
    Some(Diagnosis {
        code: ErrorCode::ForeignSyntax,
        concept: Topic::ExceptionTypes,
        message: format!("What an error says stands in parentheses after `{}`.", scene.shown(before)),
        explanation: format!(
            "`raise {}, …` was Python 2. In Python 3 the error is made by a call, and its text is what the call gets; so in `{}` \
             nothing can follow the comma.",
            scene.shown(before),
            scene.quoted_line()
        ),
        hedged: false,
        proposals: vec![Proposal::new(
            format!("Write `{}({})`", scene.shown(before), scene.quote(value.start, last.end)),
            vec![
                Change { start: before.end, end: value.start, text: "(".to_owned() },
                Change { start: last.end, end: last.end, text: ")".to_owned() },
            ],
        )],
    })
}

/// `import a from b` as `from b import a`.
fn import_turned(scene: &Scene<'_>) -> Vec<Proposal> {
    let line = &scene.tokens.list[scene.at..];
    let end = line
        .iter()
        .position(|token| matches!(token.kind, Kind::Newline) || token.text == ";")
        .unwrap_or(line.len());
    let Some(from) = line[..end].iter().position(|token| token.text == "from") else { return Vec::new() };
    if from < 2 || from + 1 >= end {
        return Vec::new();
    }
    let names = &scene.text()[line[1].start..line[from - 1].end];
    let module = &scene.text()[line[from + 1].start..line[end - 1].end];
    let text = format!("from {module} import {names}");
    vec![Proposal::replace(format!("Write `{text}`"), line[0].start, line[end - 1].end, text)]
}

/// The brackets at both ends of what CPython points at.
fn brackets_out(scene: &Scene<'_>) -> Vec<Proposal> {
    let (start, end) = (scene.verdict.start, scene.verdict.end);
    let change = |at: usize| Change { start: at, end: at + 1, text: String::new() };
    vec![Proposal::new("Take the inner parentheses out", vec![change(start), change(end - 1)])]
}

/// One entry of a list, with a comma beside it.
fn entry_out(scene: &Scene<'_>) -> Vec<Proposal> {
    let (Some(here), after) = (scene.here(), scene.after()) else { return Vec::new() };
    let sign = here.text;
    let alone = after.is_some_and(|after| matches!(after.text, "," | ")" | ":"));
    let mut found = Vec::new();
    if let Some(comma) = after.filter(|after| after.text == ",") {
        found.push(Proposal::delete(format!("Take out the `{sign}`"), here.start, comma.end));
    }
    if let Some(comma) = scene.before().filter(|before| before.text == "," && alone) {
        found.push(Proposal::delete(format!("Take out the `{sign}`"), comma.start, here.end));
    }
    found.push(Proposal::delete(format!("Take out the `{sign}`"), here.start, here.end));
    found
}

/// An `except` before the line at which Python missed it.
fn except_added(scene: &Scene<'_>) -> Vec<Proposal> {
    let line = scene.line();
    let heads = (0..=line).rev().filter(|line| scene.first_word(*line) == "try");
    let mut found = Vec::new();
    for head in heads.take(3) {
        let indent = scene.indent_of(head);
        let after = (head + 1..scene.source.lines()).find(|line| {
            !scene.source.line(*line).trim().is_empty() && scene.indent_of(*line).len() <= indent.len()
        });
        let clause = format!("{indent}except Exception as error:\n{indent}    print(error)\n");
        let title = "Say what to do after an error, with `except`";
        match after {
            Some(line) => found.push(Proposal::insert(title, scene.source.line_start(line), clause)),
            None => {
                let end = scene.text().len();
                let gap = if scene.text().ends_with('\n') { "" } else { "\n" };
                found.push(Proposal::insert(title, end, format!("{gap}{clause}")));
            }
        }
    }
    found
}

/// The `b` before a quote.
fn prefix_out(scene: &Scene<'_>) -> Vec<Proposal> {
    let start = scene.verdict.start;
    let prefix = scene.text()[start..].find(['"', '\'']).unwrap_or(0);
    vec![Proposal::delete("Make it text: take the `b` out", start, start + prefix)]
}

fn raw_string(scene: &Scene<'_>) -> Vec<Proposal> {
    let start = scene.verdict.start;
    let text = &scene.text()[start..scene.verdict.end];
    let doubled: Vec<Change> = text
        .char_indices()
        .filter(|(at, c)| {
            *c == '\\' && !text[..*at].ends_with('\\') && !text[at + 1..].starts_with(['\\', '\'', '"'])
        })
        .map(|(at, _)| insertion(start + at, "\\"))
        .take(100)
        .collect();
    let raw = Proposal::insert("Put an `r` before the quote, so that `\\` is just a backslash", start, "r");
    if doubled.is_empty() {
        vec![raw]
    } else {
        vec![raw, Proposal::new("Write each backslash twice", doubled)]
    }
}

fn import_up(scene: &Scene<'_>) -> Vec<Proposal> {
    let line = scene.line();
    let statement = &scene.text()[scene.verdict.start..scene.verdict.end];
    let (start, next) = (scene.source.line_start(line), scene.source.line_start(line + 1));
    if scene.source.line(line).trim() != statement || line == 0 {
        return Vec::new();
    }
    let body = scene.indent_of(line).is_empty();
    let removed = if body {
        Change { start, end: next, text: String::new() }
    } else {
        Change { start: scene.verdict.start, end: scene.verdict.end, text: "pass".to_owned() }
    };
    vec![Proposal::new(
        "Move it to the top of the file",
        vec![insertion(0, &format!("{statement}\n")), removed],
    )]
}

/// A value after the sign that CPython points at, or after the last sign in what it points at.
fn value_after(scene: &Scene<'_>) -> Vec<Proposal> {
    vec![Proposal::insert("Give it a value: `None` for now", scene.verdict.end, "None")]
}

fn default_out(scene: &Scene<'_>) -> Vec<Proposal> {
    let rest = &scene.tokens.list[scene.at..];
    let level = scene.here().map_or(0, |token| token.level);
    let stop = rest
        .iter()
        .position(|token| token.level < level || (token.level == level && matches!(token.text, "," | ":")));
    let Some(last) = stop.and_then(|stop| stop.checked_sub(1)).map(|index| rest[index]) else {
        return Vec::new();
    };
    vec![Proposal::delete("Take the default out", scene.verdict.start, last.end)]
}

fn colon_in_pair(scene: &Scene<'_>) -> Vec<Proposal> {
    let end = scene.verdict.end;
    let next = scene.tokens.list.iter().find(|token| token.start >= end);
    let value = next.is_some_and(|next| starts_value(*next) || next.text == "-");
    let mut found = vec![Proposal::insert("Give the key a value: `None` for now", end, ": None")];
    found.insert(usize::from(!value), Proposal::insert("Add the missing `:`", end, ":"));
    if let Some(sign) = next.filter(|next| matches!(next.text, "=" | "," | ";" | "->")) {
        found.insert(
            0,
            Proposal::replace(format!("Write `:` instead of `{}`", sign.text), sign.start, sign.end, ":"),
        );
    }
    found
}

fn quoted_star(scene: &Scene<'_>) -> Vec<Proposal> {
    let Some(star) = scene.before().filter(|before| before.text == "*") else { return Vec::new() };
    vec![
        Proposal::replace("Put the star in quotes", star.start, star.end, "'*'"),
        Proposal::delete("Take out the `*`", star.start, star.end),
    ]
}

fn statement_out(scene: &Scene<'_>) -> Vec<Proposal> {
    vec![Proposal::replace("Take the declaration out", scene.verdict.start, scene.verdict.end, "pass")]
}

fn nonlocal_to_global(scene: &Scene<'_>) -> Vec<Proposal> {
    let start = scene.verdict.start;
    let mut found = statement_out(scene);
    found.insert(0, Proposal::replace("Write `global` instead", start, start + "nonlocal".len(), "global"));
    found
}

fn comma_before_out(scene: &Scene<'_>) -> Vec<Proposal> {
    let comma = scene.before().filter(|before| before.text == ",");
    comma
        .map(|comma| Proposal::delete("Take the last comma out", comma.start, comma.end))
        .into_iter()
        .collect()
}

fn backslash_out(scene: &Scene<'_>) -> Vec<Proposal> {
    let at = scene.text().rfind('\\');
    at.map(|at| Proposal::delete("Take the `\\` out", at, at + 1)).into_iter().collect()
}

fn empty_brackets_out(scene: &Scene<'_>) -> Vec<Proposal> {
    let open = scene.before().filter(|before| before.text == "[");
    open.map(|open| Proposal::delete("Take the brackets out", open.start, scene.verdict.start + 1))
        .into_iter()
        .collect()
}

fn empty_field(scene: &Scene<'_>) -> Vec<Proposal> {
    let Some(open) = scene.before().filter(|before| before.text == "{") else { return Vec::new() };
    let close = scene.verdict.start;
    if scene.here().is_none_or(|here| here.text != "}") {
        return Vec::new();
    }
    vec![
        Proposal::new(
            "Print braces: write them twice",
            vec![insertion(open.start, "{"), insertion(close, "}")],
        ),
        Proposal::delete("Take the braces out", open.start, close + 1),
    ]
}

fn made_async(scene: &Scene<'_>) -> Vec<Proposal> {
    let line = scene.line();
    let width = scene.indent_of(line).len();
    let head =
        (0..line).rev().find(|line| scene.first_word(*line) == "def" && scene.indent_of(*line).len() < width);
    let head = head.map(|head| scene.source.line_start(head) + scene.indent_of(head).len());
    head.map(|at| Proposal::insert("Make the function `async def`", at, "async ")).into_iter().collect()
}

fn renamed(scene: &Scene<'_>) -> Vec<Proposal> {
    let Some(here) = scene.here().filter(|here| matches!(here.text, "True" | "False" | "None" | "__debug__"))
    else {
        return Vec::new();
    };
    let name = format!("{}_", here.text.trim_matches('_').to_lowercase());
    vec![Proposal::replace(format!("Call it `{name}`"), here.start, here.end, name)]
}

/// `for int(x) in …` as `for x in …`.
fn argument_kept(scene: &Scene<'_>) -> Vec<Proposal> {
    let (start, end) = (scene.verdict.start, scene.verdict.end);
    let text = &scene.text()[start..end];
    let name = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_');
    let Some((called, argument)) = text.strip_suffix(')').and_then(|text| text.split_once('(')) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    if name(argument) && !argument.starts_with(|c: char| c.is_ascii_digit()) {
        found.push(Proposal::replace(format!("Use the name `{argument}`"), start, end, argument));
    }
    if name(called) {
        found.push(Proposal::replace(format!("Use the name `{called}`"), start, end, called));
        found.push(Proposal::replace(
            "Use square brackets for an element",
            start,
            end,
            format!("{called}[{argument}]"),
        ));
    }
    found
}

/// `a, b += 1` cannot be mended by one sign; `=` in place of `+=` keeps the words.
fn spelled_out(scene: &Scene<'_>) -> Vec<Proposal> {
    let sign =
        scene.tokens.list[scene.at..].iter().find(|token| token.text.ends_with('=') && token.level == 0);
    let Some(sign) = sign else { return Vec::new() };
    vec![
        Proposal::replace("Assign with `=`", sign.start, sign.end, "="),
        Proposal::replace("Compare with `==`", sign.start, sign.end, "=="),
    ]
}

/// `a, b: int` as `a: int`, one variable a line.
fn first_target(scene: &Scene<'_>) -> Vec<Proposal> {
    let colon = scene.tokens.list[scene.at..].iter().find(|token| token.text == ":" && token.level == 0);
    colon
        .map(|colon| Proposal::replace("Give values with `=`", colon.start, colon.end, " ="))
        .into_iter()
        .collect()
}
