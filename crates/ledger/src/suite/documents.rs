//! Cases about documents: versions, and finding them.

use super::given::{
    COUNTER, NOTE, committed, conflict, counter, keys, keys_by_colour, ledger, no_note, note, puts,
};
use super::{Harness, Verdict};
use crate::{Change, Expected, Query};

/// A document's version is the number of its puts.
pub async fn versions_count_the_puts(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    for version in 1..=3 {
        let read = ledger.document(COUNTER, "a").await?;
        assert_eq!(read.as_ref().map_or(0, |document| document.version), version - 1);
        let put = counter("a", version.unsigned_abs(), Expected::as_read(read.as_ref()))?;
        committed(&*ledger, puts([put])).await?;
    }
    let last = ledger.document(COUNTER, "a").await?.ok_or("gone")?;
    assert_eq!((last.version, last.read::<u64>()?), (3, 3));
    committed(&*ledger, puts([counter("a", 4, Expected::Any)?])).await?;
    assert_eq!(ledger.document(COUNTER, "a").await?.map(|document| document.version), Some(4));
    Ok(())
}

/// A put states what it read; anything else there is a conflict and changes nothing.
pub async fn a_put_that_expects_something_else_is_a_conflict(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    conflict(&*ledger, puts([counter("a", 9, Expected::Version(1))?])).await;
    committed(&*ledger, puts([counter("a", 1, Expected::Absent)?])).await?;
    committed(&*ledger, puts([counter("a", 2, Expected::Version(1))?])).await?;
    for stale in [Expected::Absent, Expected::Version(1), Expected::Version(3)] {
        conflict(&*ledger, puts([counter("a", 9, stale)?])).await;
    }
    let there = ledger.document(COUNTER, "a").await?.ok_or("gone")?;
    assert_eq!((there.version, there.read::<u64>()?), (2, 2));
    Ok(())
}

/// Parts apply in order: a second put of a key in one change finds the first.
pub async fn a_change_sees_its_own_puts(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    let twice = [counter("a", 1, Expected::Absent)?, counter("a", 2, Expected::Version(1))?];
    committed(&*ledger, puts(twice)).await?;
    let there = ledger.document(COUNTER, "a").await?.ok_or("gone")?;
    assert_eq!((there.version, there.read::<u64>()?), (2, 2));
    let put_and_deleted =
        Change { deletes: vec![no_note("n")], ..puts([note("n", "red", Expected::Absent)]) };
    committed(&*ledger, put_and_deleted).await?;
    assert!(ledger.document(NOTE, "n").await?.is_none());
    Ok(())
}

/// A deleted document can be made anew; deleting nothing is no error.
pub async fn a_deleted_document_is_gone(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    let delete = Change { deletes: vec![no_note("n"), no_note("never")], ..Change::default() };
    committed(&*ledger, puts([note("n", "red", Expected::Any), note("m", "red", Expected::Any)])).await?;
    committed(&*ledger, delete.clone()).await?;
    assert_eq!(keys_by_colour(&*ledger, &["red"]).await?, ["m"]);
    committed(&*ledger, delete).await?;
    committed(&*ledger, puts([note("n", "red", Expected::Absent)])).await?;
    assert_eq!(ledger.document(NOTE, "n").await?.map(|document| document.version), Some(1));
    Ok(())
}

/// Any of the values, in the order of keys, in pages.
pub async fn documents_are_found_by_field_in_the_order_of_keys(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    // Byte order: upper case before lower, and "a.10" before "a.2".
    let sorted = ["B", "a", "a.10", "a.2", "b", "\u{e9}"];
    for (key, colour) in sorted.iter().rev().zip(["red", "blue", "red", "blue", "red", "blue"]) {
        committed(&*ledger, puts([note(key, colour, Expected::Absent)])).await?;
    }
    committed(&*ledger, puts([note("green one", "green", Expected::Absent)])).await?;
    assert_eq!(keys_by_colour(&*ledger, &["red", "blue"]).await?, sorted);
    assert_eq!(keys_by_colour(&*ledger, &["red", "red"]).await?, ["a", "a.2", "\u{e9}"]);
    assert!(keys_by_colour(&*ledger, &[]).await?.is_empty());
    for (offset, limit, expected) in [(0, 2, &sorted[0..2]), (2, 3, &sorted[2..5]), (5, 9, &sorted[5..])] {
        let values = vec!["red".to_owned(), "blue".to_owned()];
        let page = ledger.documents(NOTE, Query { field: "colour", values, limit, offset }).await?;
        assert_eq!(keys(&page), expected);
    }
    Ok(())
}

/// A put with other values moves the document.
pub async fn a_document_is_found_by_its_present_fields_only(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    committed(&*ledger, puts([note("n", "red", Expected::Any)])).await?;
    committed(&*ledger, puts([note("n", "blue", Expected::Any)])).await?;
    assert!(keys_by_colour(&*ledger, &["red"]).await?.is_empty());
    assert_eq!(keys_by_colour(&*ledger, &["blue"]).await?, ["n"]);
    let by_owner = Query { field: "owner", values: vec!["nobody".into()], limit: 9, offset: 0 };
    assert_eq!(keys(&ledger.documents(NOTE, by_owner).await?), ["n"]);
    Ok(())
}

/// Keys and values are data, whatever they look like.
pub async fn texts_are_never_taken_for_sql(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    let texts = ["' OR 1=1 --", "\"", "[\"red\"]", "%", "null", "1", "\u{1F600} \\u0041", "line\nbreak", " "];
    for text in texts {
        committed(&*ledger, puts([note(text, text, Expected::Absent)])).await?;
    }
    for text in texts {
        assert!(ledger.document(NOTE, text).await?.is_some(), "{text:?}");
        assert_eq!(keys_by_colour(&*ledger, &[text]).await?, [text]);
        conflict(&*ledger, puts([note(text, text, Expected::Absent)])).await;
    }
    Ok(())
}
