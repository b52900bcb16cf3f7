//! Values and texts as a learner reads them: as Python writes them, shortened where they are long.
//!
//! Not here: what of them may be shown (`feedback`).

use sandbox::Value;

/// Characters of a value, or of a line of output, that are shown.
const SHOWN_CHARS: usize = 160;
/// Lines of an output that are shown.
const SHOWN_LINES: usize = 12;

/// A value as Python writes it in code.
pub(super) fn repr(value: &Value) -> String {
    let mut text = String::new();
    write_repr(value, &mut text);
    text
}

/// A value as `print` writes it.
pub(super) fn display(value: &Value) -> String {
    match value {
        Value::Str(text) => text.clone(),
        other => repr(other),
    }
}

/// A value as Python writes it, shortened.
pub(super) fn short_repr(value: &Value) -> String {
    shortened(&repr(value))
}

/// One line of text, shortened.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// An output, its lines and their number shortened.
pub(super) fn shortened_lines(text: &str) -> String {
    let mut shown: Vec<String> = text.lines().take(SHOWN_LINES).map(shortened).collect();
    let more = text.lines().count().saturating_sub(SHOWN_LINES);
    if more > 0 {
        shown.push(format!("… ({more} more lines)"));
    }
    shown.join("\n")
}

fn write_repr(value: &Value, text: &mut String) {
    match value {
        Value::None => text.push_str("None"),
        Value::Bool(true) => text.push_str("True"),
        Value::Bool(false) => text.push_str("False"),
        Value::Int(digits) => text.push_str(digits),
        Value::Float(number) => text.push_str(&float(*number)),
        Value::Str(content) => write_str(content, text),
        Value::List(items) => write_items("[", items, "]", text),
        Value::Tuple(items) if items.len() == 1 => write_items("(", items, ",)", text),
        Value::Tuple(items) => write_items("(", items, ")", text),
        Value::Set(items) if items.is_empty() => text.push_str("set()"),
        Value::Set(items) => {
            // A set has no order of its own: sorted, the same set is always shown alike.
            let mut written: Vec<String> = items.iter().map(repr).collect();
            written.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
            text.push('{');
            text.push_str(&written.join(", "));
            text.push('}');
        }
        Value::Dict(entries) => {
            text.push('{');
            for (place, (key, entry)) in entries.iter().enumerate() {
                if place > 0 {
                    text.push_str(", ");
                }
                write_repr(key, text);
                text.push_str(": ");
                write_repr(entry, text);
            }
            text.push('}');
        }
        Value::Other(type_name) => {
            text.push('<');
            text.push_str(type_name);
            text.push('>');
        }
        Value::TooLarge => text.push('…'),
    }
}

fn write_items(open: &str, items: &[Value], close: &str, text: &mut String) {
    text.push_str(open);
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            text.push_str(", ");
        }
        write_repr(item, text);
    }
    text.push_str(close);
}

/// With single quotes, unless it holds one and no double quote.
fn write_str(content: &str, text: &mut String) {
    let quote = if content.contains('\'') && !content.contains('"') { '"' } else { '\'' };
    text.push(quote);
    for sign in content.chars() {
        match sign {
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            sign if sign == quote => text.extend(['\\', sign]),
            sign if sign.is_control() => text.push_str(&format!("\\x{:02x}", u32::from(sign))),
            sign => text.push(sign),
        }
    }
    text.push(quote);
}

/// The shortest digits that read back as the number, with an exponent where Python uses one.
fn float(number: f64) -> String {
    if number.is_nan() {
        return "nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let size = number.abs();
    if size != 0.0 && !(1e-4..1e16).contains(&size) {
        let text = format!("{number:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (sign, exponent) = match exponent.strip_prefix('-') {
            Some(exponent) => ('-', exponent),
            None => ('+', exponent),
        };
        return format!("{digits}e{sign}{exponent:0>2}");
    }
    let text = number.to_string();
    if text.contains('.') { text } else { format!("{text}.0") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_python_writes_them() {
        let text = |content: &str| Value::Str(content.to_owned());
        let int = |digits: &str| Value::Int(digits.to_owned());
        for (value, written) in [
            (Value::None, "None"),
            (Value::Bool(true), "True"),
            (int("-7"), "-7"),
            (Value::Float(3.0), "3.0"),
            (Value::Float(-0.0), "-0.0"),
            (Value::Float(0.1 + 0.2), "0.30000000000000004"),
            (Value::Float(1e16), "1e+16"),
            (Value::Float(123_456_789_012_345_680.0), "1.2345678901234568e+17"),
            (Value::Float(0.00001), "1e-05"),
            (Value::Float(0.0001), "0.0001"),
            (Value::Float(f64::NEG_INFINITY), "-inf"),
            (text("it's"), "\"it's\""),
            (text("a\"b'c\n\\"), "'a\"b\\'c\\n\\\\'"),
            (text("\u{1}é"), "'\\x01é'"),
            (Value::Tuple(vec![int("1")]), "(1,)"),
            (Value::List(vec![text("a"), Value::Float(0.5)]), "['a', 0.5]"),
            (Value::Set(vec![int("10"), int("2")]), "{2, 10}"),
            (Value::Set(Vec::new()), "set()"),
            (Value::Dict(vec![(text("k"), Value::Tuple(Vec::new()))]), "{'k': ()}"),
            (Value::Other("generator".to_owned()), "<generator>"),
        ] {
            assert_eq!(repr(&value), written);
        }
        assert_eq!(display(&text("it's")), "it's");
    }

    #[test]
    fn what_is_long_is_shown_in_part() {
        let long = "é".repeat(SHOWN_CHARS + 1);
        assert_eq!(shortened(&long).chars().count(), SHOWN_CHARS + 1);
        assert!(shortened(&long).ends_with('…'));
        assert_eq!(shortened_lines(&"x\n".repeat(20)).lines().count(), SHOWN_LINES + 1);
        assert!(shortened_lines(&"x\n".repeat(20)).ends_with("… (8 more lines)"));
    }
}
