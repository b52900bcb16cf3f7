//! What a deserializer says, turned into a problem that names the field.
//!
//! Not here: reading bodies (`json`) and parameters (`params`).

use serde_path_to_error::{Path, Segment};

use crate::Problem;

/// The longest message about a field, in characters: serde quotes what the client sent, which may be long.
const MESSAGE_MAX_CHARS: usize = 200;

/// The longest path of a field, in characters: a client may send any name.
const FIELD_MAX_CHARS: usize = 120;

/// 422 for what serde said at `path`. `body` is the name where the path is the whole.
pub(crate) fn at(path: &Path, message: &str, whole: &str) -> Problem {
    let mut field = path_text(path);
    if let Some(name) = named(message, "missing field `").or_else(|| named(message, "duplicate field `")) {
        join(&mut field, name);
    } else if let Some(name) = named(message, "unknown field `")
        && !ends_with_key(path, name)
    {
        join(&mut field, name);
    }
    if field.is_empty() {
        field.push_str(whole);
    }
    Problem::field(cut(&field, FIELD_MAX_CHARS), cut(message, MESSAGE_MAX_CHARS))
}

/// The path as a reader writes it; empty for the whole.
fn path_text(path: &Path) -> String {
    let mut text = String::new();
    for segment in path.iter() {
        match segment {
            Segment::Seq { index } => text.push_str(&format!("[{index}]")),
            Segment::Map { key } => join(&mut text, key),
            Segment::Enum { variant } => join(&mut text, variant),
            Segment::Unknown => {}
        }
    }
    text
}

fn ends_with_key(path: &Path, name: &str) -> bool {
    matches!(path.iter().next_back(), Some(Segment::Map { key }) if key == name)
}

fn join(field: &mut String, name: &str) {
    if !field.is_empty() {
        field.push('.');
    }
    field.push_str(name);
}

/// The name that serde puts between backticks after `start`.
fn named<'a>(message: &'a str, start: &str) -> Option<&'a str> {
    let rest = message.strip_prefix(start)?;
    // A client's field may hold a backtick itself; what serde says after the name is fixed.
    let end = rest.find("`, expected").or_else(|| rest.find("`, there are")).or_else(|| rest.rfind('`'))?;
    rest.get(..end)
}

/// At most `max_chars` characters, with an ellipsis where cut.
fn cut(text: &str, max_chars: usize) -> String {
    match text.char_indices().nth(max_chars) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// 422 for a parameter whose name is known.
pub(crate) fn parameter(name: &str, message: &str) -> Problem {
    Problem::field(cut(name, FIELD_MAX_CHARS), cut(message, MESSAGE_MAX_CHARS))
}
