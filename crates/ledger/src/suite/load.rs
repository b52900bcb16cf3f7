//! A load for examples that measure: changes as Progress commits them for one event each, and a relay onto a bus that takes
//! everything at once.
//!
//! Not here: thresholds, and how a store is opened (the adapters' examples).

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bus::{Headers, Message, Publish, PublishError};
use bytes::Bytes;
use contracts::{EventId, StudentId, Topic};
use futures::StreamExt;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::relay::Relay;
use crate::{Accept, Append, Change, Expected, Kind, Ledger, Outcome, Put, RoomSpec};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

const STATE: Kind = Kind { name: "state", indexed: &["student"] };
/// The room of the load.
pub const ROOM: RoomSpec = RoomSpec { name: "throughput", kinds: &[STATE] };

/// A bus that takes everything at once.
struct Sink;

#[async_trait]
impl Publish for Sink {
    async fn publish(&self, _message: Message) -> std::result::Result<(), PublishError> {
        Ok(())
    }
}

fn change(number: u64, students: u64) -> Result<Change> {
    let student: StudentId = format!("student-{}", number.wrapping_mul(2_654_435_761) % students).parse()?;
    let key = format!("{student}/loops");
    // Scattered as random ids are.
    let event_id = EventId(uuid::Uuid::from_u128(
        u128::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835),
    ));
    let body = Bytes::from(format!("{{\"number\":{number},\"filler\":\"{}\"}}", "x".repeat(300)));
    Ok(Change {
        accept: Some(Accept { consumer: "throughput", event_id, subject: Some(student.clone()) }),
        appends: vec![Append {
            stream: key.clone(),
            subject: Some(student.clone()),
            event_id,
            occurred_at: Timestamp::from_millisecond(1_700_000_000_000 + i64::try_from(number)?)?,
            body: body.clone(),
        }],
        puts: vec![Put {
            kind: STATE,
            key,
            subject: Some(student.clone()),
            indexed: vec![student.to_string()],
            expected: Expected::Any,
            body,
        }],
        messages: vec![Message {
            topic: Topic::LearningEvents,
            key: student.to_string(),
            payload: Bytes::from(vec![7; 250]),
            headers: Headers::default(),
        }],
        ..Change::default()
    })
}

/// Commits so many changes, so many at once, about so many students: how long each took.
pub async fn commit_all(
    ledger: &Arc<dyn Ledger>,
    changes: u64,
    at_once: usize,
    students: u64,
) -> Result<Vec<Duration>> {
    let commits = (0..changes).map(|number| {
        let ledger = Arc::clone(ledger);
        async move {
            let change = change(number, students)?;
            let start = Instant::now();
            let outcome = ledger.commit(change).await?;
            assert_eq!(outcome, Outcome::Committed);
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(start.elapsed())
        }
    });
    let results: Vec<_> = futures::stream::iter(commits).buffer_unordered(at_once).collect().await;
    results.into_iter().collect()
}

/// Carries so many messages out of the outbox: how long it took.
pub async fn relay_all(ledger: &Arc<dyn Ledger>, messages: u64) -> Result<Duration> {
    let start = Instant::now();
    let relay = Relay::new("throughput", ledger.outbox(), Arc::new(Sink));
    let (stop, counts) = (CancellationToken::new(), relay.counts());
    let task = tokio::spawn(relay.run(stop.clone()));
    while counts.published() < messages {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    stop.cancel();
    task.await?;
    assert_eq!(ledger.outbox().backlog().await?.messages, 0);
    Ok(start.elapsed())
}
