//! Strings that do not end, and quotes that are no quotes.

use super::brackets::{closer, opens_block};
use super::scene::{Change, Proposal, Scene, ends_value};
use super::{Diagnosis, Rule};
use crate::curriculum::Topic;
use crate::syntax::code::ErrorCode;
use crate::syntax::cpython::Kind;

pub(super) const RULES: &[Rule] =
    &[typographic_quote, stray_character, apostrophe, unterminated_triple, unterminated];

/// Characters that text editors put in place of plain ones.
const LOOKALIKES: [(&str, &str); 8] = [
    ("“”„«»″", "\""),
    ("‘’‚‛′´‹›", "'"),
    ("–—−‐‑", "-"),
    ("×", "*"),
    ("÷", "/"),
    ("≤", "<="),
    ("≥", ">="),
    ("≠", "!="),
];

/// The plain sign that a character stands for: one of the table, or the same sign in full width.
fn plain_of(sign: char) -> Option<String> {
    let listed = LOOKALIKES.iter().find(|(signs, _)| signs.contains(sign));
    match sign {
        _ if listed.is_some() => listed.map(|(_, plain)| (*plain).to_owned()),
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(sign) - 0xFEE0).map(String::from),
        '、' => Some(",".to_owned()),
        _ => None,
    }
}

fn typographic_quote(scene: &Scene<'_>) -> Option<Diagnosis> {
    if !scene.says("invalid character") {
        return None;
    }
    let wrong = scene.text()[scene.verdict.start..].chars().next()?;
    let plain = plain_of(wrong)?;
    let line = scene.line();
    let (start, end) = (scene.source.line_start(line), scene.source.line_end(line));
    let mut in_text = false;
    let changes: Vec<Change> = scene.text()[start..end]
        .char_indices()
        .filter_map(|(at, c)| {
            let plain = if c.is_ascii() { None } else { plain_of(c) };
            let quote = c == '"' || plain.as_deref() == Some("\"");
            in_text ^= quote;
            // Signs of another script are at home between quotes.
            let at_home = in_text && !quote && ('\u{FF01}'..='\u{FF5E}').contains(&c);
            let at = start + at;
            plain.filter(|_| !at_home).map(|text| Change { start: at, end: at + c.len_utf8(), text })
        })
        .collect();
    let width = wrong.len_utf8();
    let one = Proposal::replace(
        format!("Type `{plain}` instead of `{wrong}`"),
        scene.verdict.start,
        scene.verdict.start + width,
        plain.as_str(),
    );
    Some(Diagnosis {
        code: ErrorCode::InvalidCharacter,
        concept: Topic::DataTypes,
        message: format!(
            "`{wrong}` looks like `{plain}`, but it is another character that Python does not know."
        ),
        explanation: format!(
            "Word processors and web pages replace plain signs by prettier ones. Python only knows the plain sign `{plain}` \
             from the keyboard, so it cannot read `{}`.",
            scene.quoted_line()
        ),
        hedged: false,
        proposals: vec![Proposal::new(format!("Use the plain `{plain}` in this line"), changes), one],
    })
}

fn stray_character(scene: &Scene<'_>) -> Option<Diagnosis> {
    if !scene.says("invalid character") && !scene.says("invalid non-printable character") {
        return None;
    }
    let start = scene.verdict.start;
    let wrong = scene.text()[start..].chars().next()?;
    let (end, hidden) = (start + wrong.len_utf8(), scene.says("non-printable"));
    let shown = if hidden { format!("U+{:04X}", u32::from(wrong)) } else { format!("`{wrong}`") };
    let mut proposals = vec![Proposal::delete(format!("Take out {shown}"), start, end)];
    if hidden {
        proposals.insert(0, Proposal::replace("Put a plain space there", start, end, " "));
        proposals.swap(0, usize::from(!wrong.is_whitespace()));
    } else if in_name(scene.text(), start, end) {
        proposals.push(Proposal::replace("Put an underscore there", start, end, "_"));
    }
    let message = if hidden {
        format!("There is an invisible character ({shown}) in this line that Python cannot read.")
    } else {
        format!("{shown} has no meaning in Python code.")
    };
    Some(Diagnosis {
        code: ErrorCode::InvalidCharacter,
        concept: Topic::Variables,
        message,
        explanation: format!(
            "Outside of strings and comments, Python code is made of letters, digits, the underscore and a few signs. \
             {shown} is none of them; it often comes in with text that was copied from elsewhere."
        ),
        hedged: false,
        proposals,
    })
}

/// Letters or digits stand on both sides.
fn in_name(text: &str, start: usize, end: usize) -> bool {
    text[..start].ends_with(char::is_alphanumeric) && text[end..].starts_with(char::is_alphanumeric)
}

fn describe(scene: &Scene<'_>, message: String, explanation: String, proposals: Vec<Proposal>) -> Diagnosis {
    let code = if scene.says("triple-quoted") {
        ErrorCode::UnterminatedTripleQuotedString
    } else {
        ErrorCode::UnterminatedString
    };
    Diagnosis { code, concept: Topic::DataTypes, message, explanation, hedged: false, proposals }
}

/// `'it's'`: the string ends at the apostrophe, and what follows starts another.
fn apostrophe(scene: &Scene<'_>) -> Option<Diagnosis> {
    if !scene.says("unterminated string literal") {
        return None;
    }
    let quote = scene.text()[scene.verdict.start..].chars().next()?;
    let tokens = scene.tokens_on(scene.line());
    let opened = tokens.windows(2).rev().find_map(|pair| {
        let [(_, text), (_, word)] = pair else { return None };
        let touches = text.kind == Kind::Text
            && matches!(word.kind, Kind::Name | Kind::Keyword)
            && text.end == word.start;
        (touches && text.text.starts_with(quote)).then_some(*text)
    })?;
    if quote != '\'' {
        return None;
    }
    let end = scene.verdict.start;
    let inner = end - opened.end;
    if inner > 200 {
        return None;
    }
    let apostrophe = opened.end - 1;
    let swapped = vec![
        Change { start: opened.start, end: opened.start + 1, text: "\"".to_owned() },
        Change { start: end, end: end + 1, text: "\"".to_owned() },
    ];
    Some(describe(
        scene,
        format!("The apostrophe after {} ends the string too early.", scene.shown(opened)),
        format!(
            "A string that starts with ' ends at the next '. In `{}` that is the apostrophe, so `{}` is left over as code and \
             the last quote opens a string that never ends. Put \" around text that holds an apostrophe.",
            scene.quoted_line(),
            scene.quote(opened.end, end)
        ),
        vec![
            Proposal::new("Put double quotes around the text", swapped),
            Proposal::insert("Write the apostrophe as \\'", apostrophe, "\\"),
        ],
    ))
}

fn unterminated_triple(scene: &Scene<'_>) -> Option<Diagnosis> {
    if !scene.says("unterminated triple-quoted") {
        return None;
    }
    let start = scene.verdict.start;
    let rest = &scene.text()[start..];
    let at = rest.find(['"', '\''])?;
    let quotes = &rest[at..(at + 3).min(rest.len())];
    let line = scene.line();
    let end = scene.source.line_start(line) + scene.source.line(line).trim_end().len();
    let whole = scene.text().trim_end().len();
    Some(describe(
        scene,
        format!("The text that starts with {quotes} on line {} never ends.", line + 1),
        format!(
            "Text in triple quotes goes on over line after line until the same three quotes come again. After line {} they do not \
             come, so Python took the rest of the file for text.",
            line + 1
        ),
        vec![
            Proposal::insert(format!("Close the text with {quotes} at the end of the file"), whole, quotes),
            Proposal::insert(
                format!("Close the text with {quotes} at the end of line {}", line + 1),
                end,
                quotes,
            ),
        ],
    ))
}

fn unterminated(scene: &Scene<'_>) -> Option<Diagnosis> {
    let in_field = scene.says("f-string: expecting '}'");
    if !scene.says("unterminated") && !in_field {
        return None;
    }
    let start = scene.verdict.start;
    let rest = &scene.text()[start..];
    let quote = &rest[rest.find(['"', '\''])?..][..1];
    if in_field {
        return Some(unclosed_field(scene, start, quote));
    }
    let line = scene.line() + 1;
    let mut proposals = Vec::new();
    if opening_is_missing(scene) {
        proposals.extend(opening_quotes(scene, start, quote));
        proposals.extend(closing_quotes(scene, start, quote));
    } else {
        proposals.extend(closing_quotes(scene, start, quote));
        proposals.extend(closing_quote_and_brackets(scene, start, quote));
        proposals.extend(opening_quotes(scene, start, quote));
    }
    proposals.push(Proposal::delete(format!("Take out the {quote}"), start, start + 1));
    let message = if opening_is_missing(scene) {
        format!(
            "The quote {quote} in line {line} opens a string that never ends; a quote before the text may be missing."
        )
    } else {
        format!(
            "The string that starts with `{}` on line {line} has no closing `{quote}`.",
            scene.quote(start, (start + 20).min(scene.source.line_end(scene.line())))
        )
    };
    let explanation = format!(
        "A string starts with a quote and ends with the same quote on the same line. In `{}` Python reached the end of the line \
         while it was still reading text.",
        scene.quoted_line()
    );
    Some(describe(scene, message, explanation, proposals))
}

/// The quote stands after a word, where text ends rather than starts.
fn opening_is_missing(scene: &Scene<'_>) -> bool {
    let start = scene.verdict.start;
    let before = scene.text()[..start].trim_end_matches(' ');
    let touches = before.len() == start || before.ends_with(':');
    let word = before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ':' | '!' | '?' | '.'));
    let prefix = scene.text()[start..].starts_with(|c: char| c.is_alphabetic());
    touches && word && !prefix
}

/// Quotes before the words that run up to the one quote there is.
fn opening_quotes(scene: &Scene<'_>, start: usize, quote: &str) -> Vec<Proposal> {
    let line_start = scene.source.line_start(scene.line());
    let before = &scene.text()[line_start..start];
    let mut places: Vec<usize> = before
        .char_indices()
        .rev()
        .filter(|(_, c)| matches!(c, '(' | ',' | '=' | '[' | '+'))
        .map(|(at, c)| line_start + at + c.len_utf8())
        .collect();
    places.truncate(4);
    places
        .into_iter()
        .map(|place| {
            let blanks = scene.text()[place..start].len() - scene.text()[place..start].trim_start().len();
            Proposal::insert(format!("Put the missing {quote} before the text"), place + blanks, quote)
        })
        .collect()
}

/// Closing quotes where text may end: before the brackets that close the line, before `.format`, at the end.
fn closing_quotes(scene: &Scene<'_>, start: usize, quote: &str) -> Vec<Proposal> {
    let line = scene.line();
    let end = scene.source.line_start(line) + scene.source.line(line).trim_end().len();
    let body = start + 1;
    let Some(rest) = scene.text().get(body..end) else { return Vec::new() };
    let here = scene.source.line_start(line);
    let open = scene.tokens.open.iter().filter(|at| **at >= here).count();
    let tail = rest.len() - rest.trim_end_matches([')', ']', '}', ':', ' ', ';']).len();
    let tail_start = end - tail;
    let mut places = Vec::new();
    for sign in [".format(", "%", ",", " +"] {
        if let Some(at) = rest.find(sign) {
            places.push((body + at, sign == ".format("));
        }
    }
    let formats: Vec<usize> = places.iter().filter(|(_, format)| *format).map(|(at, _)| *at).collect();
    let mut ordered = formats;
    ordered.extend(leaving_closers(scene.text(), tail_start, end, open));
    ordered.extend(places.iter().filter(|(_, format)| !format).map(|(at, _)| *at));
    ordered.push(end);
    if rest.ends_with('\\') && rest.len() == 1 {
        return vec![Proposal::insert(format!("Close the string with {quote}"), end, format!("\\{quote}"))];
    }
    if scene.says("escaped the end quote") {
        let escaped = rest.rfind(&format!("\\{quote}")).map(|at| body + at);
        if let Some(at) = escaped {
            let mut found = vec![Proposal::insert(
                "Write the backslash twice, so that the quote ends the string",
                at,
                "\\",
            )];
            found.push(Proposal::delete("Take out the backslash", at, at + 1));
            return found;
        }
    }
    let mut seen = Vec::new();
    for place in ordered {
        if !seen.contains(&place) {
            seen.push(place);
        }
    }
    seen.into_iter()
        .map(|place| Proposal::insert(format!("Close the string with {quote}"), place, quote))
        .collect()
}

/// `print("hi`: the quote and, after it, the brackets that were opened before it on the same line.
fn closing_quote_and_brackets(scene: &Scene<'_>, start: usize, quote: &str) -> Option<Proposal> {
    let line = scene.line();
    let here = scene.source.line_start(line);
    let end = here + scene.source.line(line).trim_end().len();
    let rest = scene.text().get(start + 1..end)?;
    let head = opens_block(scene.first_word(line)) && rest.ends_with(':');
    let end = if head { end - 1 } else { end };
    let body = scene.text().get(start + 1..end)?.trim_end();
    let closed = body.chars().rev().take_while(|c| matches!(c, ')' | ']' | '}')).count();
    let open = scene.tokens.open.iter().rev().filter(|at| **at >= here);
    let missing: String = open.skip(closed).map(|at| closer(&scene.text()[*at..=*at])).collect();
    if missing.is_empty() {
        return None;
    }
    let text_end = start + 1 + body.len() - closed;
    let change = |at: usize, text: String| Change { start: at, end: at, text };
    let changes = if closed == 0 {
        vec![change(end, format!("{quote}{missing}"))]
    } else {
        vec![change(text_end, quote.to_owned()), change(end, missing.clone())]
    };
    Some(Proposal::new(format!("Close the string with {quote}, then the bracket with `{missing}`"), changes))
}

/// The place in the closing brackets of a line that leaves as many as are open, then their start.
fn leaving_closers(text: &str, tail_start: usize, end: usize, open: usize) -> Vec<usize> {
    let closers: Vec<usize> = text[tail_start..end]
        .char_indices()
        .filter(|(_, c)| matches!(c, ')' | ']' | '}'))
        .map(|(at, _)| tail_start + at)
        .collect();
    let fitting = closers.len().checked_sub(open).and_then(|skip| closers.get(skip).copied());
    fitting.into_iter().chain([tail_start]).collect()
}

fn unclosed_field(scene: &Scene<'_>, start: usize, quote: &str) -> Diagnosis {
    let before = scene.before().filter(|token| ends_value(*token)).map_or(start, |token| token.end);
    let mut proposals = vec![Proposal::insert("Close the field with }", before, "}")];
    let other = if quote == "'" { "\"" } else { "'" };
    proposals.push(Proposal::replace(format!("Use {other} inside the f-string"), start, start + 1, other));
    Diagnosis {
        code: ErrorCode::InvalidFString,
        concept: Topic::InputOutput,
        message: "A `{` in this f-string is not closed by `}`.".to_owned(),
        explanation: format!(
            "In an f-string, what stands between {{ and }} is code whose value is put into the text. In `{}` the closing }} is \
             missing before the string ends.",
            scene.quoted_line()
        ),
        hedged: false,
        proposals,
    }
}
