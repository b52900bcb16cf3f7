//! Whether a change or query stays within the room's declaration: asked before the writer is bothered, so that one room's
//! mistake cannot spoil the batch of the others.

use ledger::{Change, Kind, LedgerError};

use crate::sql::RoomSql;

/// The longest key, stream name or indexed value, in bytes.
pub(crate) const TEXT_MAX_BYTES: usize = 512;

/// The most values of a query.
pub(crate) const VALUES_MAX: usize = 1000;

/// Checks a change.
pub(crate) fn check_change(sql: &RoomSql, change: &Change) -> Result<(), LedgerError> {
    for append in &change.appends {
        check_name("stream", &append.stream)?;
    }
    for put in &change.puts {
        check_kind(sql, put.kind)?;
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
        check_kind(sql, delete.kind)?;
        check_name("key", &delete.key)?;
    }
    Ok(())
}

/// The kind's place among the room's statements.
pub(crate) fn check_kind(sql: &RoomSql, kind: Kind) -> Result<usize, LedgerError> {
    sql.kind(kind).ok_or_else(|| LedgerError::Undeclared(format!("kind {}", kind.name)))
}

fn check_name(what: &str, text: &str) -> Result<(), LedgerError> {
    if text.is_empty() {
        return Err(LedgerError::Undeclared(format!("an empty {what}")));
    }
    check_value(what, text)
}

/// NUL ends a text for SQLite's JSON functions, which carry our lists of keys.
fn check_value(what: &str, text: &str) -> Result<(), LedgerError> {
    if text.len() > TEXT_MAX_BYTES || text.contains('\0') {
        return Err(LedgerError::Undeclared(format!(
            "a {what} of {} bytes: at most {TEXT_MAX_BYTES}, without NUL",
            text.len()
        )));
    }
    Ok(())
}
