//! SIGKILL in mid-work: what was acknowledged is there, and every change is there whole or not at all.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::ops::Range;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use ledger::suite::given::{ROOM, keys_by_colour, numbers};
use ledger::suite::given::{accept, append, message, note, waiting};
use ledger::{Change, Expected, Ledger, Outcome};
use ledger_sqlite::SqliteStore;

/// Where a writer writes down what was acknowledged.
type Acknowledged = Arc<Mutex<dyn Write + Send>>;

type Verdict = Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// Names the file to the process that is going to be killed.
const FILE: &str = "LEDGER_CRASH_FILE";
const FIRST: &str = "LEDGER_CRASH_FIRST";
const WRITERS: u32 = 8;
const ACKNOWLEDGED_MIN: usize = 150;
const KILLS: u32 = 3;

/// The change of that number: something in every place.
fn change(number: u32) -> Result<Change, jiff::Error> {
    Ok(Change {
        accept: Some(accept(number)),
        appends: vec![append("s", number, i64::from(number))?],
        puts: vec![note(&number.to_string(), "red", Expected::Absent)],
        messages: vec![message(&number.to_string(), &number.to_string())],
        ..Change::default()
    })
}

/// Commits the numbers `first`, `first` + step, … below `end`, and writes each down after it was acknowledged.
async fn commit_all(ledger: Arc<dyn Ledger>, first: u32, end: u32, acknowledged: Acknowledged) -> Verdict {
    for number in (first..end).step_by(WRITERS as usize) {
        assert_eq!(ledger.commit(change(number)?).await?, Outcome::Committed);
        writeln!(acknowledged.lock().map_err(|_| "a writer failed")?, "{number}")?;
    }
    Ok(())
}

/// The numbers of which something is there; fails where a change is there in part.
async fn whole_changes(
    ledger: &dyn Ledger,
) -> Result<BTreeSet<u32>, Box<dyn std::error::Error + Send + Sync>> {
    let entries: Result<BTreeSet<u32>, _> =
        numbers(ledger, "s").await?.into_iter().map(u32::try_from).collect();
    let entries = entries?;
    let documents: Result<BTreeSet<u32>, _> = {
        let query = ledger::Query { field: "colour", values: vec!["red".into()], limit: u32::MAX, offset: 0 };
        let documents = ledger.documents(ledger::suite::given::NOTE, query).await?;
        documents.iter().map(|document| document.key.parse()).collect()
    };
    let messages: Result<BTreeSet<u32>, _> =
        waiting(ledger).await?.iter().map(|pending| pending.message.key.parse()).collect();
    assert_eq!(documents?, entries);
    assert_eq!(messages?, entries);
    Ok(entries)
}

/// Killed with SIGKILL after it has acknowledged some: what it acknowledged.
fn run_and_kill(path: &Path, first: u32) -> Result<BTreeSet<u32>, Box<dyn std::error::Error + Send + Sync>> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(["--exact", "many_writers_commit_whole_changes", "--nocapture"])
        .env(FILE, path)
        .env(FIRST, first.to_string())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut lines = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
    let mut acknowledged = BTreeSet::new();
    // The test runner of the child prints lines of its own.
    while acknowledged.len() < ACKNOWLEDGED_MIN {
        acknowledged.extend(lines.next().ok_or("the child ended by itself")??.parse::<u32>());
    }
    child.kill()?;
    child.wait()?;
    // What it printed before it died counts too, but for a line that was cut.
    let rest: Result<Vec<String>, _> = lines.collect();
    let mut rest = rest?;
    rest.pop();
    acknowledged.extend(rest.iter().filter_map(|line| line.parse::<u32>().ok()));
    Ok(acknowledged)
}

async fn commit_from_many(path: &Path, numbers: Range<u32>, acknowledged: Acknowledged) -> Verdict {
    let store = SqliteStore::open(path).await?;
    let ledger = store.room(ROOM).await?;
    let writers = (0..WRITERS).map(|n| {
        tokio::spawn(commit_all(
            Arc::clone(&ledger),
            numbers.start + n,
            numbers.end,
            Arc::clone(&acknowledged),
        ))
    });
    for writer in futures::future::try_join_all(writers).await? {
        writer?;
    }
    Ok(store.close().await?)
}

/// The process that is killed runs this with the variables set. Without them a few are committed, and looked at.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_writers_commit_whole_changes() -> Verdict {
    if let (Ok(path), Ok(first)) = (std::env::var(FILE), std::env::var(FIRST)) {
        let first: u32 = first.parse()?;
        let output = Arc::new(Mutex::new(std::io::stdout()));
        return commit_from_many(Path::new(&path), first..first + 1_000_000, output).await;
    }
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("ledger.sqlite");
    commit_from_many(&path, 0..20, Arc::new(Mutex::new(std::io::sink()))).await?;
    let store = SqliteStore::open(&path).await?;
    assert_eq!(whole_changes(&*store.room(ROOM).await?).await?, (0..20).collect());
    Ok(store.close().await?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_sigkill_all_that_was_acknowledged_is_there_and_whole() -> Verdict {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("ledger.sqlite");
    let mut before = BTreeSet::new();
    for kill in 1..=KILLS {
        let acknowledged = run_and_kill(&path, kill * 1_000_000)?;
        let store = SqliteStore::open(&path).await?;
        let ledger = store.room(ROOM).await?;
        let there = whole_changes(&*ledger).await?;
        assert!(acknowledged.is_subset(&there), "lost: {:?}", acknowledged.difference(&there));
        assert!(before.is_subset(&there), "lost by a later kill: {:?}", before.difference(&there));
        assert_eq!(keys_by_colour(&*ledger, &["red"]).await?.len(), there.len().min(1000));
        assert_eq!(ledger.outbox().backlog().await?.messages, there.len() as u64);
        for number in &acknowledged {
            assert_eq!(ledger.commit(change(*number)?).await?, Outcome::Duplicate);
        }
        before = there;
        store.close().await?;
    }
    Ok(())
}
