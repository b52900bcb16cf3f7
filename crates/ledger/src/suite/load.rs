//! A load for examples that measure: changes as Progress commits them for one event each, and a relay onto a bus that takes
//! everything at once.
//!
//! Not here: thresholds, and how a store is opened (the adapters' examples).

use std::io::Write;
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

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Changes in all.
    pub changes: u64,
    /// Changes that are under way at once.
    pub at_once: usize,
    /// Students that they are about.
    pub students: u64,
}

impl Load {
    /// From a command line `[CHANGES] [AT_ONCE] [STUDENTS]`: 50,000 changes (100,000 at the most, as many as an outbox
    /// holds), 512 at once, 1,000 students where nothing is said.
    ///
    /// # Errors
    /// An argument that is no number.
    pub fn of(arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut arguments = arguments.map(|argument| argument.parse::<u64>());
        let mut next = |default| arguments.next().unwrap_or(Ok(default));
        let (changes, at_once, students) = (next(50_000)?.min(100_000), next(512)?, next(1000)?);
        Ok(Self { changes, at_once: usize::try_from(at_once)?, students })
    }
}

/// Measures a ledger of [`ROOM`], and writes what came of it.
///
/// # Errors
/// Whatever a commit or the relay comes to.
pub async fn measure(ledger: &Arc<dyn Ledger>, load: Load, out: &mut impl Write) -> Result<()> {
    let Load { changes, at_once, students } = load;
    let start = Instant::now();
    let mut waits = commit_all(ledger, load).await?;
    let seconds = start.elapsed().as_secs_f64();
    waits.sort();
    let wait = |share: usize| waits.get((waits.len() * share / 100).min(waits.len().saturating_sub(1)));
    writeln!(out, "{changes} changes, {at_once} at once, {students} students")?;
    writeln!(out, "commit: {:.0}/s, p50 {:?}, p99 {:?}", changes as f64 / seconds, wait(50), wait(99))?;
    let relayed = relay_all(ledger, changes).await?;
    writeln!(out, "relay: {:.0}/s", changes as f64 / relayed.as_secs_f64())?;
    Ok(())
}

/// How long each commit took.
async fn commit_all(ledger: &Arc<dyn Ledger>, load: Load) -> Result<Vec<Duration>> {
    let students = load.students;
    let commits = (0..load.changes).map(|number| {
        let ledger = Arc::clone(ledger);
        async move {
            let change = change(number, students)?;
            let start = Instant::now();
            let outcome = ledger.commit(change).await?;
            assert_eq!(outcome, Outcome::Committed);
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(start.elapsed())
        }
    });
    let results: Vec<_> = futures::stream::iter(commits).buffer_unordered(load.at_once).collect().await;
    results.into_iter().collect()
}

/// Carries so many messages out of the outbox: how long it took.
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
