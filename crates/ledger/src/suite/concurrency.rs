//! Cases about many at once.

use std::sync::Arc;

use futures::future::{join_all, try_join_all};

use super::given::{
    COUNTER, ROOM, accept, append, counter, ledger, message, messages, note, numbers, payloads, puts,
};
use super::{Harness, Verdict};
use crate::retry::on_conflict;
use crate::{Change, Expected, Ledger, LedgerError, Outcome};

const TASKS: u64 = 12;
const TURNS: u64 = 10;

async fn increment(ledger: &dyn Ledger) -> Result<Outcome, LedgerError> {
    let read = ledger.document(COUNTER, "c").await?;
    let value: u64 = read.as_ref().map(crate::Document::read).transpose()?.unwrap_or(0);
    ledger.commit(puts([counter("c", value + 1, Expected::as_read(read.as_ref()))?])).await
}

/// Many read, add one and write back: every one of them counts.
pub async fn no_update_is_lost(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    // In each round somebody succeeds, so nobody needs more attempts than there are turns in all.
    let attempts_max = u32::try_from(TASKS * TURNS)?;
    let task = |ledger: Arc<dyn Ledger>| async move {
        for _ in 0..TURNS {
            let outcome = on_conflict(attempts_max, || increment(&*ledger)).await?;
            assert_eq!(outcome, Outcome::Committed);
        }
        Ok::<(), LedgerError>(())
    };
    let tasks = (0..TASKS).map(|_| tokio::spawn(task(Arc::clone(&ledger))));
    for ended in try_join_all(tasks).await? {
        ended?;
    }
    let there = ledger.document(COUNTER, "c").await?.ok_or("gone")?;
    assert_eq!(there.read::<u64>()?, TASKS * TURNS);
    assert_eq!(there.version.unsigned_abs(), TASKS * TURNS);
    Ok(())
}

/// However many bring the same event at once, it takes effect once.
pub async fn of_the_same_event_many_times_one_is_accepted(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    let change = Change { accept: Some(accept(1)), ..messages([message("k", "m")]) };
    let outcomes = try_join_all((0..50).map(|_| ledger.commit(change.clone()))).await?;
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Outcome::Committed).count(), 1);
    assert_eq!(payloads(&*ledger).await?.len(), 1);
    Ok(())
}

/// However many queue at once, the outbox takes as many messages as it may.
pub async fn the_outbox_limit_holds_for_many_at_once(harness: &dyn Harness) -> Verdict {
    let ledger = harness.open(ROOM, 10).await?;
    let change = messages([message("k", "m")]);
    let results = join_all((0..50).map(|_| ledger.commit(change.clone()))).await;
    assert_eq!(results.iter().filter(|result| matches!(result, Err(LedgerError::OutboxFull))).count(), 40);
    assert_eq!(payloads(&*ledger).await?.len(), 10);
    assert_eq!(ledger.outbox().backlog().await?.messages, 10);
    Ok(())
}

/// Changes that are committed together stand and fall alone.
pub async fn one_refused_change_does_not_harm_its_neighbours(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    let changes: Result<Vec<Change>, jiff::Error> = (0..300)
        .map(|number| {
            // Every third asks for a document that is not there.
            let expected = if number % 3 == 0 { Expected::Version(1) } else { Expected::Absent };
            let put = note(&format!("n{number}"), "red", expected);
            Ok(Change { appends: vec![append("s", number, 0)?], ..puts([put]) })
        })
        .collect();
    let results = join_all(changes?.into_iter().map(|change| ledger.commit(change))).await;
    for (number, result) in results.iter().enumerate() {
        let refused = matches!(result, Err(LedgerError::Conflict(_)));
        assert_eq!(refused, number % 3 == 0, "{number}: {result:?}");
    }
    let expected: Vec<u128> = (0..300).filter(|number| number % 3 != 0).collect();
    assert_eq!(numbers(&*ledger, "s").await?, expected);
    Ok(())
}
