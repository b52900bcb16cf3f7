//! Cases about a change as a whole: accepted once, all of it or nothing.

use super::given::{
    accept, append, committed, conflict, counter, event, keys_by_colour, ledger, message, no_note, note,
    numbers, payloads, puts,
};
use super::{Harness, Verdict};
use crate::{Accept, Change, Expected, Kind, LedgerError, Outcome, RoomSpec};

use super::given::{COUNTER, NOTE, ROOM, ROOMY};

/// A change of everything but erasure and deletion.
fn change(number: u32) -> Result<Change, Box<dyn std::error::Error + Send + Sync>> {
    Ok(Change {
        accept: Some(accept(number)),
        appends: vec![append("stream", number, 0)?],
        puts: vec![note("note", "red", Expected::Any), counter("counter", 1, Expected::Any)?],
        messages: vec![message("key", "message")],
        ..Change::default()
    })
}

/// Every part of a committed change can be read.
pub async fn a_change_is_there_as_a_whole(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    committed(&*ledger, change(1)?).await?;
    assert_eq!(numbers(&*ledger, "stream").await?, [1]);
    assert_eq!(keys_by_colour(&*ledger, &["red"]).await?, ["note"]);
    assert!(ledger.document(COUNTER, "counter").await?.is_some());
    assert_eq!(payloads(&*ledger).await?, ["message"]);
    Ok(ledger.ready().await?)
}

/// Nothing to do is done.
pub async fn an_empty_change_commits(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    committed(&*ledger, Change::default()).await
}

/// A second acceptance of an event is a duplicate and writes nothing, even where the rest would be a conflict.
pub async fn an_event_is_accepted_once(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    committed(&*ledger, Change { accept: Some(accept(1)), ..Change::default() }).await?;
    let again = change(1)?;
    assert_eq!(ledger.commit(again.clone()).await?, Outcome::Duplicate);
    let wrong = Change { puts: vec![note("note", "red", Expected::Version(7))], ..again };
    assert_eq!(ledger.commit(wrong).await?, Outcome::Duplicate);
    assert!(numbers(&*ledger, "stream").await?.is_empty());
    assert!(ledger.document(NOTE, "note").await?.is_none());
    assert!(payloads(&*ledger).await?.is_empty());
    Ok(())
}

/// Acceptance is by consumer.
pub async fn another_consumer_accepts_the_same_event(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    for consumer in ["first", "second"] {
        let accept = Accept { consumer, event_id: event(1), subject: None };
        committed(&*ledger, Change { accept: Some(accept), ..Change::default() }).await?;
    }
    Ok(())
}

/// Whichever part is refused, no other part is there, and the event may still be accepted.
pub async fn a_refused_change_leaves_nothing(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    let there =
        Change { appends: vec![append("taken", 9, 0)?], ..puts([note("there", "blue", Expected::Any)]) };
    committed(&*ledger, there).await?;
    let good = change(1)?;
    let refused = [
        Change { appends: vec![append("stream", 1, 0)?, append("taken", 9, 0)?], ..good.clone() },
        Change { appends: vec![append("stream", 1, 0)?, append("stream", 1, 0)?], ..good.clone() },
        Change {
            puts: vec![note("note", "red", Expected::Any), note("there", "red", Expected::Absent)],
            deletes: vec![no_note("there")],
            ..good.clone()
        },
    ];
    for change in refused {
        conflict(&*ledger, change).await;
        assert!(numbers(&*ledger, "stream").await?.is_empty());
        assert!(ledger.document(COUNTER, "counter").await?.is_none());
        assert_eq!(keys_by_colour(&*ledger, &["red", "blue"]).await?, ["there"]);
        assert!(payloads(&*ledger).await?.is_empty());
    }
    committed(&*ledger, good).await
}

/// A kind, or a number of indexed values, that the room does not declare is refused, not stored.
pub async fn what_is_not_declared_is_refused(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    let unknown = Kind { name: "unknown", indexed: &[] };
    let mut short = note("note", "red", Expected::Any);
    short.indexed.pop();
    let mut stranger = counter("counter", 1, Expected::Any)?;
    stranger.kind = unknown;
    for put in [short, stranger, note("", "red", Expected::Any)] {
        let result = ledger.commit(puts([put])).await;
        assert!(matches!(result, Err(LedgerError::Undeclared(_))), "{result:?}");
    }
    let result = ledger.document(unknown, "key").await;
    assert!(matches!(result, Err(LedgerError::Undeclared(_))), "{result:?}");
    let query = crate::Query { field: "body", values: Vec::new(), limit: 1, offset: 0 };
    let result = ledger.documents(NOTE, query).await;
    assert!(matches!(result, Err(LedgerError::Undeclared(_))), "{result:?}");
    Ok(())
}

/// The same names in two rooms are different things.
pub async fn rooms_do_not_see_each_other(harness: &dyn Harness) -> Verdict {
    let one = ledger(harness).await?;
    let other = harness.open(RoomSpec { name: "other", ..ROOM }, ROOMY).await?;
    committed(&*one, change(1)?).await?;
    assert!(numbers(&*other, "stream").await?.is_empty());
    assert!(payloads(&*other).await?.is_empty());
    committed(&*other, change(1)?).await?;
    assert_eq!(payloads(&*one).await?.len(), 1);
    Ok(())
}
