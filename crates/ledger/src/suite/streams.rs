//! Cases about streams: order, paging, once.

use bytes::Bytes;

use super::given::{append, committed, conflict, ledger, numbers};
use super::{Harness, Verdict};
use crate::{Append, Change, Entry, Position};

fn appends(appends: impl IntoIterator<Item = Append>) -> Change {
    Change { appends: appends.into_iter().collect(), ..Change::default() }
}

fn position(entry: &Entry) -> Position {
    Position { occurred_at: entry.occurred_at, event_id: entry.event_id }
}

/// The order is (time, event id), as Rust orders them; times before 1970 come first.
pub async fn entries_come_in_order_however_they_were_added(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    let added = [(5, 100), (1, 200), (9, -1), (2, 100), (300, 100), (4, i64::from(i32::MAX)), (7, 0)];
    committed(&*ledger, appends([append("other", 1, 0)?])).await?;
    for pair in added.chunks(2) {
        let pair: Result<Vec<Append>, _> = pair.iter().map(|(n, ms)| append("s", *n, *ms)).collect();
        committed(&*ledger, appends(pair?)).await?;
    }
    assert_eq!(numbers(&*ledger, "s").await?, [9, 7, 2, 5, 300, 1, 4]);
    let entries = ledger.stream("s", None, 100).await?;
    assert!(entries.is_sorted_by_key(position));
    assert!(ledger.stream("never", None, 100).await?.is_empty());
    Ok(())
}

/// Reading on from the last entry, whatever the page's size, gives each entry once.
pub async fn pages_join_without_gap_or_repeat(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    // Many at the same time: only the event id tells them apart.
    let added: Result<Vec<Append>, _> = (0..20).map(|n| append("s", 19 - n, i64::from(n / 7))).collect();
    committed(&*ledger, appends(added?)).await?;
    let whole = ledger.stream("s", None, 100).await?;
    assert_eq!(whole.len(), 20);
    for limit in [1, 2, 3, 7, 19, 20, 21] {
        let (mut read, mut after) = (Vec::new(), None);
        loop {
            let page = ledger.stream("s", after, limit).await?;
            assert!(page.len() <= usize::try_from(limit)?);
            let Some(last) = page.last() else { break };
            after = Some(position(last));
            read.extend(page);
        }
        assert_eq!(read, whole, "pages of {limit}");
    }
    assert!(ledger.stream("s", None, 0).await?.is_empty());
    Ok(())
}

/// The same event at the same time again is a conflict; in another stream it is welcome.
pub async fn a_place_in_a_stream_is_taken_once(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    committed(&*ledger, appends([append("s", 1, 0)?])).await?;
    conflict(&*ledger, appends([append("s", 1, 0)?])).await;
    conflict(&*ledger, appends([append("s", 2, 0)?, append("s", 1, 0)?])).await;
    committed(&*ledger, appends([append("t", 1, 0)?])).await?;
    assert_eq!(numbers(&*ledger, "s").await?, [1]);
    assert_eq!(numbers(&*ledger, "t").await?, [1]);
    Ok(())
}

/// Not a byte is changed, not a time moved.
pub async fn bodies_come_back_as_they_were(harness: &dyn Harness) -> Verdict {
    let ledger = ledger(harness).await?;
    let large = format!("\"{}\"", "x".repeat(300_000));
    for (number, body) in (1..).zip(["{}", "{ \"a\" : 1.50,\n\"\u{e9}\": \"\\u0000\" }", large.as_str()]) {
        let mut entry = append("s", number, 1_700_000_000_123)?;
        entry.body = Bytes::copy_from_slice(body.as_bytes());
        let occurred_at = entry.occurred_at;
        committed(&*ledger, appends([entry])).await?;
        let read = ledger.stream("s", None, 9).await?.pop().ok_or("gone")?;
        assert_eq!((read.body, read.occurred_at), (Bytes::copy_from_slice(body.as_bytes()), occurred_at));
    }
    Ok(())
}
