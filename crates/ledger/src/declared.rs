//! Whether a room's names are well formed, and whether a change or query stays within its declaration: asked before the
//! store is bothered, so that one room's mistake cannot spoil the batch of the others.
//!
//! Not here: names that only one store cannot take (its adapter).

use crate::{Change, Kind, LedgerError, Query, RoomSpec};

/// The longest name of a room, kind or field.
const NAME_MAX_CHARS: usize = 32;

/// The most indexed fields of a kind.
pub const INDEXED_MAX: usize = 4;

/// The longest key, stream name or indexed value, in bytes.
const TEXT_MAX_BYTES: usize = 512;

/// The most values of a query.
const VALUES_MAX: usize = 1000;

/// Checks the names of a room, its kinds and their fields.
///
/// # Errors
/// [`LedgerError::Undeclared`], saying which name is not well formed or is there twice.
pub fn check_names(spec: RoomSpec) -> Result<(), LedgerError> {
    let well_formed = |name: &str| {
        (1..=NAME_MAX_CHARS).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    let refuse = |text: String| Err(LedgerError::Undeclared(text));
    if !well_formed(spec.name) {
        return refuse(format!("the room's name {:?} must match [a-z_]{{1,32}}", spec.name));
    }
    for (place, kind) in spec.kinds.iter().enumerate() {
        let names = || std::iter::once(&kind.name).chain(kind.indexed);
        if let Some(name) = names().find(|name| !well_formed(name)) {
            return refuse(format!("the name {name:?} in room {} must match [a-z_]{{1,32}}", spec.name));
        }
        if kind.indexed.len() > INDEXED_MAX {
            return refuse(format!("kind {} has more than {INDEXED_MAX} indexed fields", kind.name));
        }
        let twice = kind.indexed.iter().enumerate().any(|(i, field)| kind.indexed[..i].contains(field));
        if twice || spec.kinds[..place].iter().any(|other| other.name == kind.name) {
            return refuse(format!("kind {} or one of its fields is declared twice", kind.name));
        }
    }
    Ok(())
}

/// Checks a change of a room with these kinds.
///
/// # Errors
/// [`LedgerError::Undeclared`].
pub fn check_change(kinds: &[Kind], change: &Change) -> Result<(), LedgerError> {
    for append in &change.appends {
        check_name("stream", &append.stream)?;
    }
    for put in &change.puts {
        place(kinds, put.kind)?;
        check_name("key", &put.key)?;
        if put.indexed.len() != put.kind.indexed.len() {
            return Err(LedgerError::Undeclared(format!(
                "{} values for the {} indexed fields of kind {}",
                put.indexed.len(),
                put.kind.indexed.len(),
                put.kind.name
            )));
        }
        put.indexed.iter().try_for_each(|value| check_value("indexed value", value))?;
    }
    for delete in &change.deletes {
        place(kinds, delete.kind)?;
        check_name("key", &delete.key)?;
    }
    Ok(())
}

/// A query's place among the kinds, and its field's place in the kind.
///
/// # Errors
/// [`LedgerError::Undeclared`].
pub fn check_query(kinds: &[Kind], kind: Kind, query: &Query) -> Result<(usize, usize), LedgerError> {
    let place = place(kinds, kind)?;
    let field = kind.indexed.iter().position(|field| *field == query.field).ok_or_else(|| {
        LedgerError::Undeclared(format!("field {} of kind {} is not indexed", query.field, kind.name))
    })?;
    if query.values.len() > VALUES_MAX {
        return Err(LedgerError::Undeclared(format!("a query for more than {VALUES_MAX} values")));
    }
    Ok((place, field))
}

/// The kind's place among the room's.
///
/// # Errors
/// [`LedgerError::Undeclared`].
pub fn place(kinds: &[Kind], kind: Kind) -> Result<usize, LedgerError> {
    let place = kinds.iter().position(|known| *known == kind);
    place.ok_or_else(|| LedgerError::Undeclared(format!("kind {}", kind.name)))
}

fn check_name(what: &str, text: &str) -> Result<(), LedgerError> {
    if text.is_empty() {
        return Err(LedgerError::Undeclared(format!("an empty {what}")));
    }
    check_value(what, text)
}

/// NUL ends a text for SQLite's JSON functions, and Postgres has no such texts.
fn check_value(what: &str, text: &str) -> Result<(), LedgerError> {
    if text.len() > TEXT_MAX_BYTES || text.contains('\0') {
        return Err(LedgerError::Undeclared(format!(
            "a {what} of {} bytes: at most {TEXT_MAX_BYTES}, without NUL",
            text.len()
        )));
    }
    Ok(())
}
