//! Cases about the outbox: order, limits, wake-ups.

use bus::{Headers, Message};
use contracts::Topic;
use futures::FutureExt;

use super::given::{
    ROOM, accept, committed, keys_by_colour, ledger, message, messages, note, payloads, puts, student,
    waiting,
};
use super::{Harness, Verdict};
use crate::{Backlog, Change, Expected, Ledger, LedgerError, Outcome};

async fn assert_full(ledger: &dyn Ledger, change: Change) {
    let result = ledger.commit(change).await;
    assert!(matches!(result, Err(LedgerError::OutboxFull)), "{result:?}");
}

/// In order, whole, and readable from any place on.
pub async fn messages_wait_in_commit_order(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    let outbox = ledger.outbox();
    assert_eq!(outbox.backlog().await?, Backlog::default());
    let full = Message {
        topic: Topic::LearningEvidence,
        headers: Headers { correlation_id: Some("c-1".into()), traceparent: Some("00-1-2-01".into()) },
        ..message("z", "first")
    };
    committed(&*ledger, messages([full.clone(), message("a", "second")])).await?;
    committed(&*ledger, messages([message("m", "third")])).await?;
    assert_eq!(payloads(&*ledger).await?, ["first", "second", "third"]);
    let all = waiting(&*ledger).await?;
    assert_eq!(all[0].message, full);
    assert!(all.is_sorted_by(|a, b| a.sequence < b.sequence && a.queued_at <= b.queued_at));
    assert!(all[0].sequence > 0);
    let one = outbox.oldest(0, 1).await?;
    assert_eq!(one.iter().map(|pending| pending.sequence).collect::<Vec<_>>(), [all[0].sequence]);
    assert_eq!(outbox.oldest(all[0].sequence, 9).await?.len(), 2);
    assert!(outbox.oldest(all[2].sequence, 9).await?.is_empty());
    let backlog = outbox.backlog().await?;
    assert_eq!(backlog, Backlog { messages: 3, oldest_at: Some(all[0].queued_at) });
    Ok(())
}

/// Forgetting what is forgotten is no error, and is not counted twice.
pub async fn published_messages_are_forgotten_once(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    let outbox = ledger.outbox();
    committed(&*ledger, messages(["1", "2", "3"].map(|payload| message("k", payload)))).await?;
    let all = waiting(&*ledger).await?;
    let gone = [all[1].sequence, all[0].sequence];
    for _ in 0..2 {
        outbox.published(&gone).await?;
        assert_eq!(payloads(&*ledger).await?, ["3"]);
        let backlog = outbox.backlog().await?;
        assert_eq!(backlog, Backlog { messages: 1, oldest_at: Some(all[2].queued_at) });
    }
    outbox.published(&[]).await?;
    outbox.published(&[i64::MAX, all[2].sequence, all[2].sequence]).await?;
    assert_eq!(outbox.backlog().await?, Backlog::default());
    Ok(())
}

/// A relay that reads on from the last sequence misses nothing.
pub async fn sequences_rise_after_the_outbox_was_empty(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    let mut last = 0;
    for _ in 0..3 {
        committed(&*ledger, messages([message("k", "m")])).await?;
        let all = ledger.outbox().oldest(last, 9).await?;
        assert_eq!(all.len(), 1);
        assert!(all[0].sequence > last);
        last = all[0].sequence;
        ledger.outbox().published(&[last]).await?;
    }
    Ok(())
}

/// A commit before the call counts; one without messages, or a refused one, does not.
pub async fn a_commit_with_messages_wakes_the_relay(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    let outbox = ledger.outbox();
    committed(&*ledger, puts([note("n", "red", Expected::Absent)])).await?;
    let refused = Change { messages: vec![message("k", "m")], ..puts([note("n", "red", Expected::Absent)]) };
    assert!(ledger.commit(refused).await.is_err());
    assert!(outbox.changed().now_or_never().is_none());
    committed(&*ledger, messages([message("k", "m")])).await?;
    outbox.changed().await;
    assert!(outbox.changed().now_or_never().is_none());
    let waiter = tokio::spawn({
        let outbox = ledger.outbox();
        async move { outbox.changed().await }
    });
    committed(&*ledger, messages([message("k", "m")])).await?;
    Ok(waiter.await?)
}

/// The limit is exact, holds for the messages of one change together, and spares changes without messages.
pub async fn a_full_outbox_refuses_messages_and_nothing_else(harness: &dyn Harness) -> Verdict {
    let ledger = harness.open(ROOM, 3).await?;
    let one = || message("k", "m");
    committed(&*ledger, messages([one(), one()])).await?;
    let too_many = Change {
        accept: Some(accept(1)),
        messages: vec![one(), one()],
        ..puts([note("n", "red", Expected::Any)])
    };
    assert_full(&*ledger, too_many.clone()).await;
    assert!(keys_by_colour(&*ledger, &["red"]).await?.is_empty());
    committed(&*ledger, messages([one()])).await?;
    assert_full(&*ledger, messages([one()])).await;
    committed(&*ledger, puts([note("m", "blue", Expected::Any)])).await?;
    let sequences: Vec<i64> = waiting(&*ledger).await?.iter().map(|pending| pending.sequence).collect();
    ledger.outbox().published(&sequences[..2]).await?;
    committed(&*ledger, too_many.clone()).await?;
    // A duplicate queues nothing: it is no matter that the outbox is full.
    assert_eq!(ledger.commit(too_many).await?, Outcome::Duplicate);
    assert_full(&*ledger, messages([one()])).await;
    assert_eq!(ledger.outbox().backlog().await?.messages, 3);
    Ok(())
}

/// What an erasure deletes no longer counts.
pub async fn an_erasure_makes_room_in_the_outbox(harness: &dyn Harness) -> Verdict {
    let ledger = harness.open(ROOM, 2).await?;
    committed(&*ledger, messages([message("ada", "1"), message("ada", "2")])).await?;
    let erased = messages([message("ada", "erased")]);
    committed(&*ledger, Change { erase: Some(student("ada")?), ..erased }).await?;
    committed(&*ledger, messages([message("bob", "3")])).await?;
    assert_full(&*ledger, messages([message("bob", "4")])).await;
    assert_eq!(payloads(&*ledger).await?, ["erased", "3"]);
    Ok(())
}
