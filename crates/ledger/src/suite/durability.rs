//! Cases about closing and opening again.

use super::given::{
    COUNTER, ROOM, accept, append, committed, counter, keys_by_colour, ledger, message, messages, note,
    numbers, payloads, puts, waiting,
};
use super::{Harness, Verdict};
use crate::{Change, Expected, LedgerError, Outcome};

/// What was committed is there, and counts on from where it was.
pub async fn everything_is_there_after_reopening(harness: &dyn Harness) -> Verdict {
    let before = ledger(harness).await?;
    let change = Change {
        accept: Some(accept(1)),
        appends: vec![append("s", 1, 5)?],
        puts: vec![note("n", "red", Expected::Any), counter("c", 7, Expected::Absent)?],
        messages: vec![message("k", "first")],
        ..Change::default()
    };
    committed(&*before, change.clone()).await?;
    let read = before.document(COUNTER, "c").await?;
    harness.close().await?;
    let after = ledger(harness).await?;
    assert_eq!(after.commit(change).await?, Outcome::Duplicate);
    assert_eq!(numbers(&*after, "s").await?, [1]);
    assert_eq!(keys_by_colour(&*after, &["red"]).await?, ["n"]);
    assert_eq!(after.document(COUNTER, "c").await?, read);
    let first = waiting(&*after).await?.pop().ok_or("gone")?;
    committed(&*after, messages([message("k", "second")])).await?;
    assert_eq!(payloads(&*after).await?, ["first", "second"]);
    let behind_first = after.outbox().oldest(first.sequence, 9).await?;
    assert_eq!(behind_first.len(), 1);
    Ok(())
}

/// The count of what waits is not forgotten.
pub async fn the_outbox_limit_is_exact_after_reopening(harness: &dyn Harness) -> Verdict {
    let before = harness.open(ROOM, 3).await?;
    committed(&*before, messages([message("k", "1"), message("k", "2")])).await?;
    harness.close().await?;
    let after = harness.open(ROOM, 3).await?;
    assert_eq!(after.outbox().backlog().await?.messages, 2);
    committed(&*after, messages([message("k", "3")])).await?;
    let result = after.commit(messages([message("k", "4")])).await;
    assert!(matches!(result, Err(LedgerError::OutboxFull)), "{result:?}");
    Ok(())
}

/// After closing nothing is taken, and /ready says so.
pub async fn a_closed_ledger_refuses_and_says_so(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    harness.close().await?;
    let result = ledger.commit(puts([note("n", "red", Expected::Any)])).await;
    assert!(matches!(result, Err(LedgerError::Unavailable(_))), "{result:?}");
    assert!(matches!(ledger.ready().await, Err(LedgerError::Unavailable(_))));
    assert!(matches!(ledger.document(COUNTER, "c").await, Err(LedgerError::Unavailable(_))));
    Ok(harness.close().await?)
}
