//! How many changes a second one file takes, and how many messages a second the relay carries out of it.
//!
//! `cargo run --release -p ledger-sqlite --example throughput -- [CHANGES] [AT_ONCE] [STUDENTS]`
//!
//! A change is what Progress commits for one event: an inbox row, an entry, a document that exists already, a message.
//! Not here: thresholds. Figures depend on the disk: each COMMIT waits for it.

use std::io::Write;
use std::time::Instant;

use ledger::suite::load::{ROOM, commit_all, relay_all};
use ledger_sqlite::SqliteStore;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

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
