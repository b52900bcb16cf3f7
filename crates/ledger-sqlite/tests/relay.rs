//! The outbox relay over a real outbox and a bus that fails, stalls and answers as a case wants it.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bus::{Message, Publish, PublishError};
use ledger::relay::{Counts, Limits, Relay};
use ledger::suite::given::{ROOM, committed, message, messages, payloads};
use ledger::{Backlog, Ledger, LedgerError, Outbox, Pending};
use ledger_sqlite::SqliteStore;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

type Verdict = Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// What the bus has seen.
#[derive(Debug, Default)]
struct Seen {
    /// Payloads in the order in which they were taken.
    taken: Vec<String>,
    /// Payloads of attempts that began, in order.
    tried: Vec<String>,
    /// Keys whose messages are not answered for now.
    stalled: HashSet<String>,
    /// Attempts that are still to fail, by key.
    failures: HashMap<String, u32>,
    is_down: bool,
}

#[derive(Clone)]
struct FakeBus(Arc<watch::Sender<Seen>>);

impl FakeBus {
    fn new() -> Self {
        Self(Arc::new(watch::Sender::new(Seen::default())))
    }

    fn set(&self, change: impl FnOnce(&mut Seen)) {
        self.0.send_modify(change);
    }

    async fn until(&self, holds: impl FnMut(&Seen) -> bool) -> Verdict {
        self.0.subscribe().wait_for(holds).await?;
        Ok(())
    }

    fn taken(&self) -> Vec<String> {
        self.0.borrow().taken.clone()
    }
}

#[async_trait]
impl Publish for FakeBus {
    async fn publish(&self, message: Message) -> Result<(), PublishError> {
        let payload = String::from_utf8_lossy(&message.payload).into_owned();
        self.0.send_modify(|seen| seen.tried.push(payload.clone()));
        let is_stalled = |seen: &Seen| seen.stalled.contains(&message.key);
        let _ = self.0.subscribe().wait_for(|seen| !is_stalled(seen)).await;
        let mut is_taken = false;
        self.0.send_modify(|seen| {
            let failures = seen.failures.entry(message.key.clone()).or_default();
            is_taken = !seen.is_down && *failures == 0;
            *failures = failures.saturating_sub(1);
            if is_taken {
                seen.taken.push(payload);
            }
        });
        if is_taken { Ok(()) } else { Err(PublishError::Unavailable("as the case wants it".into())) }
    }
}

/// An outbox whose store fails a few times, or that never gets to forgetting.
struct Faulty {
    outbox: Arc<dyn Outbox>,
    reads_to_fail: Mutex<u32>,
    forgets: bool,
}

#[async_trait]
impl Outbox for Faulty {
    async fn oldest(&self, after: i64, limit: u32) -> Result<Vec<Pending>, LedgerError> {
        {
            let mut left = self.reads_to_fail.lock().unwrap_or_else(PoisonError::into_inner);
            if *left > 0 {
                *left -= 1;
                return Err(LedgerError::Unavailable("as the case wants it".into()));
            }
        }
        self.outbox.oldest(after, limit).await
    }

    async fn published(&self, sequences: &[i64]) -> Result<(), LedgerError> {
        if !self.forgets {
            futures::future::pending::<()>().await;
        }
        self.outbox.published(sequences).await
    }

    async fn changed(&self) {
        self.outbox.changed().await;
    }

    async fn backlog(&self) -> Result<Backlog, LedgerError> {
        self.outbox.backlog().await
    }
}

/// An outbox that counts how often it is read, and tells of nothing new.
struct Counted {
    outbox: Arc<dyn Outbox>,
    reads: AtomicU32,
}

#[async_trait]
impl Outbox for Counted {
    async fn oldest(&self, after: i64, limit: u32) -> Result<Vec<Pending>, LedgerError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.outbox.oldest(after, limit).await
    }

    async fn published(&self, sequences: &[i64]) -> Result<(), LedgerError> {
        self.outbox.published(sequences).await
    }

    async fn changed(&self) {
        futures::future::pending::<()>().await;
    }

    async fn backlog(&self) -> Result<Backlog, LedgerError> {
        self.outbox.backlog().await
    }
}

/// An outbox whose lease on one message has ended.
struct Ended {
    outbox: Arc<dyn Outbox>,
    payload: &'static str,
}

#[async_trait]
impl Outbox for Ended {
    async fn oldest(&self, after: i64, limit: u32) -> Result<Vec<Pending>, LedgerError> {
        self.outbox.oldest(after, limit).await
    }

    fn holds(&self, pending: &Pending) -> bool {
        pending.message.payload != self.payload
    }

    async fn published(&self, sequences: &[i64]) -> Result<(), LedgerError> {
        self.outbox.published(sequences).await
    }

    async fn changed(&self) {
        self.outbox.changed().await;
    }

    async fn backlog(&self) -> Result<Backlog, LedgerError> {
        self.outbox.backlog().await
    }
}

struct Case {
    _folder: TempDir,
    ledger: Arc<dyn Ledger>,
    bus: FakeBus,
}

/// A relay at work.
struct Running {
    stop: CancellationToken,
    task: JoinHandle<()>,
    counts: Arc<Counts>,
}

impl Running {
    async fn stop(self) -> Verdict {
        self.stop.cancel();
        Ok(self.task.await?)
    }
}

const QUICK: Duration = Duration::from_millis(1);

impl Case {
    async fn new() -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let folder = tempfile::tempdir()?;
        let store = SqliteStore::open(&folder.path().join("ledger.sqlite")).await?;
        Ok(Self { ledger: store.room(ROOM).await?, bus: FakeBus::new(), _folder: folder })
    }

    /// Queues "key1", "key2", … for each key.
    async fn queue(&self, keys: &[&str], each: u32) -> Verdict {
        let of_all = (1..=each).flat_map(|n| keys.iter().map(move |key| message(key, &format!("{key}{n}"))));
        committed(&*self.ledger, messages(of_all)).await
    }

    fn relay_with(&self, outbox: Arc<dyn Outbox>, limits: Limits) -> Running {
        let relay = Relay::new("suite", outbox, Arc::new(self.bus.clone())).with_limits(limits);
        let (stop, counts) = (CancellationToken::new(), relay.counts());
        Running { task: tokio::spawn(relay.run(stop.clone())), stop, counts }
    }

    fn relay(&self) -> Running {
        self.relay_with(
            self.ledger.outbox(),
            Limits { wait_first: QUICK, wait_max: QUICK, ..Limits::default() },
        )
    }

    fn taken_of(&self, key: &str) -> Vec<String> {
        self.bus
            .taken()
            .into_iter()
            .filter(|payload| payload.trim_end_matches(char::is_numeric) == key)
            .collect()
    }
}

fn numbered(key: &str, each: u32) -> Vec<String> {
    (1..=each).map(|n| format!("{key}{n}")).collect()
}

#[tokio::test]
async fn all_messages_go_out_in_order_per_key_and_are_forgotten() -> Verdict {
    let case = Case::new().await?;
    case.queue(&["a", "b", "c"], 100).await?;
    let relay = case.relay();
    case.bus.until(|seen| seen.taken.len() == 300).await?;
    // Later ones wake it.
    committed(&*case.ledger, messages([message("a", "a101")])).await?;
    case.bus.until(|seen| seen.taken.len() == 301).await?;
    assert_eq!((relay.counts.published(), relay.counts.failures()), (301, 0));
    relay.stop().await?;
    assert_eq!(case.taken_of("a"), numbered("a", 101));
    assert_eq!(case.taken_of("b"), numbered("b", 100));
    assert!(payloads(&*case.ledger).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_read_that_brings_all_there_is_is_not_followed_by_another() -> Verdict {
    let case = Case::new().await?;
    case.queue(&["a"], 7).await?;
    let outbox = Arc::new(Counted { outbox: case.ledger.outbox(), reads: AtomicU32::new(0) });
    let limits = Limits { read_max: 4, ..Limits::default() };
    let relay = case.relay_with(Arc::clone(&outbox) as _, limits);
    case.bus.until(|seen| seen.taken.len() == 7).await?;
    relay.stop().await?;
    assert_eq!(outbox.reads.load(Ordering::SeqCst), 2);
    Ok(())
}

#[tokio::test]
async fn a_stalled_key_does_not_hold_up_the_others() -> Verdict {
    let case = Case::new().await?;
    case.bus.set(|seen| {
        seen.stalled.insert("slow".into());
    });
    case.queue(&["slow"], 5).await?;
    // Far more than one read brings: the relay must read on past the stalled ones.
    case.queue(&["a", "b"], 100).await?;
    let limits = Limits { held_max: 20, keys_max: 3, read_max: 4, ..Limits::default() };
    let relay = case.relay_with(case.ledger.outbox(), limits);
    case.bus.until(|seen| seen.taken.len() == 200).await?;
    assert!(case.taken_of("slow").is_empty());
    case.bus.set(|seen| seen.stalled.clear());
    case.bus.until(|seen| seen.taken.len() == 205).await?;
    relay.stop().await?;
    assert_eq!(case.taken_of("slow"), numbered("slow", 5));
    assert_eq!(case.bus.taken().len(), 205);
    assert!(payloads(&*case.ledger).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn after_a_failure_the_later_ones_of_the_key_wait() -> Verdict {
    let case = Case::new().await?;
    case.bus.set(|seen| {
        seen.failures.insert("a".into(), 3);
    });
    case.queue(&["a", "b"], 3).await?;
    let relay = case.relay();
    case.bus.until(|seen| seen.taken.len() == 6).await?;
    assert_eq!(relay.counts.failures(), 3);
    let counts = Arc::clone(&relay.counts);
    relay.stop().await?;
    assert_eq!(counts.failing(), 0);
    assert_eq!(case.taken_of("a"), numbered("a", 3));
    let tried: Vec<String> =
        case.bus.0.borrow().tried.iter().filter(|p| p.starts_with('a')).cloned().collect();
    assert_eq!(tried, ["a1", "a1", "a1", "a1", "a2", "a3"]);
    Ok(())
}

#[tokio::test]
async fn a_crash_before_forgetting_publishes_again() -> Verdict {
    let case = Case::new().await?;
    case.queue(&["a"], 2).await?;
    let never_forgets = Faulty { outbox: case.ledger.outbox(), reads_to_fail: Mutex::new(0), forgets: false };
    let crashing = case.relay_with(Arc::new(never_forgets), Limits::default());
    case.bus.until(|seen| seen.taken.len() == 2).await?;
    crashing.task.abort();
    assert!(crashing.task.await.is_err_and(|error| error.is_cancelled()));
    let relay = case.relay();
    case.bus.until(|seen| seen.taken.len() == 4).await?;
    relay.stop().await?;
    assert_eq!(case.bus.taken(), ["a1", "a2", "a1", "a2"]);
    assert!(payloads(&*case.ledger).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn stopping_finishes_what_is_under_way_and_starts_nothing() -> Verdict {
    let case = Case::new().await?;
    case.bus.set(|seen| {
        seen.stalled.insert("a".into());
    });
    case.queue(&["a", "b"], 2).await?;
    let one_at_a_time = Limits { keys_max: 1, ..Limits::default() };
    let relay = case.relay_with(case.ledger.outbox(), one_at_a_time);
    case.bus.until(|seen| seen.tried == ["a1"]).await?;
    relay.stop.cancel();
    case.bus.set(|seen| seen.stalled.clear());
    relay.task.await?;
    assert_eq!(case.bus.taken(), ["a1"]);
    assert_eq!(payloads(&*case.ledger).await?, ["b1", "a2", "b2"]);
    Ok(())
}

#[tokio::test]
async fn stopping_does_not_wait_for_a_bus_that_is_down() -> Verdict {
    let case = Case::new().await?;
    case.bus.set(|seen| seen.is_down = true);
    case.queue(&["a", "b"], 2).await?;
    let patient =
        Limits { wait_first: Duration::from_hours(1), wait_max: Duration::MAX, ..Limits::default() };
    let relay = case.relay_with(case.ledger.outbox(), patient);
    case.bus.until(|seen| seen.tried.len() == 2).await?;
    relay.stop().await?;
    assert_eq!(payloads(&*case.ledger).await?.len(), 4);
    case.bus.set(|seen| seen.is_down = false);
    let relay = case.relay();
    case.bus.until(|seen| seen.taken.len() == 4).await?;
    relay.stop().await?;
    assert!(payloads(&*case.ledger).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_store_that_fails_is_asked_again() -> Verdict {
    let case = Case::new().await?;
    case.queue(&["a"], 2).await?;
    let faulty = Faulty { outbox: case.ledger.outbox(), reads_to_fail: Mutex::new(3), forgets: true };
    let limits = Limits { wait_first: QUICK, wait_max: QUICK, ..Limits::default() };
    let relay = case.relay_with(Arc::new(faulty), limits);
    case.bus.until(|seen| seen.taken.len() == 2).await?;
    assert_eq!(relay.counts.failures(), 3);
    relay.stop().await?;
    assert!(payloads(&*case.ledger).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn what_is_no_longer_held_is_not_published_and_keeps_no_place() -> Verdict {
    let case = Case::new().await?;
    case.queue(&["a"], 3).await?;
    let ended = Ended { outbox: case.ledger.outbox(), payload: "a1" };
    let limits = Limits { held_max: 1, read_max: 1, ..Limits::default() };
    let relay = case.relay_with(Arc::new(ended), limits);
    case.bus.until(|seen| seen.taken.len() == 2).await?;
    assert_eq!((relay.counts.published(), relay.counts.failures()), (2, 0));
    relay.stop().await?;
    assert_eq!(case.bus.0.borrow().tried, ["a2", "a3"]);
    assert_eq!(payloads(&*case.ledger).await?, ["a1"]);
    Ok(())
}
