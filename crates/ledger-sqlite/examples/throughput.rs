//! How many changes a second one file takes, and how many messages a second the relay carries out of it.
//!
//! `cargo run --release -p ledger-sqlite --example throughput -- [CHANGES] [AT_ONCE] [STUDENTS]`
//!
//! A change is what Progress commits for one event: an inbox row, an entry, a document that exists already, a message.
//! Not here: thresholds. Figures depend on the disk: each COMMIT waits for it.

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bus::{Headers, Message, Publish, PublishError};
use contracts::{EventId, StudentId, Topic};
use futures::StreamExt;
use jiff::Timestamp;
use ledger::relay::Relay;
use ledger::{Accept, Append, Change, Expected, Kind, Ledger, Outcome, Put, RoomSpec};
use ledger_sqlite::SqliteStore;
use tokio_util::sync::CancellationToken;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

const STATE: Kind = Kind { name: "state", indexed: &["student"] };
const ROOM: RoomSpec = RoomSpec { name: "throughput", kinds: &[STATE] };

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
    let body = bytes::Bytes::from(format!("{{\"number\":{number},\"filler\":\"{}\"}}", "x".repeat(300)));
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
            payload: bytes::Bytes::from(vec![7; 250]),
            headers: Headers::default(),
        }],
        ..Change::default()
    })
}

async fn commit_all(
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

async fn relay_all(ledger: &Arc<dyn Ledger>, messages: u64) -> Result<Duration> {
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

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>());
    let mut next = |default| arguments.next().unwrap_or(Ok(default));
    let (changes, at_once, students) = (next(50_000)?.min(100_000), next(512)?, next(1000)?);
    let folder = tempfile::tempdir()?;
    let store = SqliteStore::open(&folder.path().join("ledger.sqlite")).await?;
    let ledger = store.room(ROOM).await?;
    let start = Instant::now();
    let mut waits = commit_all(&ledger, changes, usize::try_from(at_once)?, students).await?;
    let seconds = start.elapsed().as_secs_f64();
    waits.sort();
    let wait = |share: usize| waits.get((waits.len() * share / 100).min(waits.len().saturating_sub(1)));
    let mut out = std::io::stdout().lock();
    writeln!(out, "{changes} changes, {at_once} at once, {students} students")?;
    writeln!(out, "commit: {:.0}/s, p50 {:?}, p99 {:?}", changes as f64 / seconds, wait(50), wait(99))?;
    let relayed = relay_all(&ledger, changes).await?;
    writeln!(out, "relay: {:.0}/s", changes as f64 / relayed.as_secs_f64())?;
    store.close().await?;
    writeln!(out, "file: {} bytes", std::fs::metadata(store.path())?.len())?;
    Ok(())
}
