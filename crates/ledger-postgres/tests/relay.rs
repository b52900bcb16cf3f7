//! The outbox of several stores on one database: each key is published by one relay at a time, in order, whoever goes and
//! whoever comes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bus::{Message, Publish, PublishError};
use ledger::relay::Relay;
use ledger::suite::Verdict;
use ledger::suite::given::{ROOM, committed, message, messages};
use ledger::{Ledger, LedgerError, Outbox, Pending};
use ledger_postgres::{LANES, PgStore, Settings};
use testkit::postgres::Database;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// What all relays have published.
#[derive(Debug, Default)]
struct Seen {
    /// Relay, key and payload, in the order in which they were taken.
    taken: Vec<(&'static str, String, u32)>,
    /// Who publishes a message of the key now.
    under_way: BTreeMap<String, &'static str>,
    /// Keys that two relays published at the same time.
    doubled: BTreeSet<String>,
}

impl Seen {
    fn by(&self, relay: &str) -> usize {
        self.taken.iter().filter(|(by, ..)| *by == relay).count()
    }

    /// The distinct messages of each key, as they first came.
    fn first_of_each(&self) -> BTreeMap<&str, Vec<u32>> {
        let mut keys: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        for (_, key, number) in &self.taken {
            let numbers = keys.entry(key).or_default();
            if !numbers.contains(number) {
                numbers.push(*number);
            }
        }
        keys
    }

    fn distinct(&self) -> usize {
        self.taken.iter().map(|(_, key, number)| (key, number)).collect::<BTreeSet<_>>().len()
    }
}

#[derive(Clone)]
struct SharedBus(Arc<watch::Sender<Seen>>);

impl SharedBus {
    fn new() -> Self {
        Self(Arc::new(watch::Sender::new(Seen::default())))
    }

    async fn until(&self, holds: impl FnMut(&Seen) -> bool) -> Verdict {
        self.0.subscribe().wait_for(holds).await?;
        Ok(())
    }
}

/// The bus as one relay has it.
struct Wire(SharedBus, &'static str);

#[async_trait]
impl Publish for Wire {
    async fn publish(&self, message: Message) -> Result<(), PublishError> {
        let Self(bus, relay) = self;
        let number = String::from_utf8_lossy(&message.payload).parse().unwrap_or(u32::MAX);
        bus.0.send_modify(|seen| {
            if seen.under_way.insert(message.key.clone(), relay).is_some() {
                seen.doubled.insert(message.key.clone());
            }
        });
        let _flight = Flight(bus, message.key.clone());
        // Others get a turn while this is under way.
        tokio::task::yield_now().await;
        bus.0.send_modify(|seen| seen.taken.push((relay, message.key, number)));
        Ok(())
    }
}

/// A message under way, until it is taken or its relay dies.
struct Flight<'a>(&'a SharedBus, String);

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.0.0.send_modify(|seen| {
            seen.under_way.remove(&self.1);
        });
    }
}

/// A process: its store, its room, its relay.
struct Process {
    store: PgStore,
    ledger: Arc<dyn Ledger>,
}

impl Process {
    async fn new(database: &Database, settings: Settings) -> Result<Self, LedgerError> {
        let store = PgStore::open(database.url(), settings).await?;
        Ok(Self { ledger: store.room(ROOM).await?, store })
    }

    fn relay(&self, bus: &SharedBus, name: &'static str) -> (CancellationToken, JoinHandle<()>) {
        let relay = Relay::new("suite", self.ledger.outbox(), Arc::new(Wire(bus.clone(), name)));
        let stop = CancellationToken::new();
        (stop.clone(), tokio::spawn(relay.run(stop)))
    }

    /// Queues these numbers for each key.
    async fn queue(&self, keys: &[String], numbers: std::ops::Range<u32>) -> Verdict {
        for number in numbers {
            committed(&*self.ledger, messages(keys.iter().map(|key| message(key, &number.to_string()))))
                .await?;
        }
        Ok(())
    }
}

fn leases_of(seconds: u64) -> Settings {
    Settings { lease: Duration::from_secs(seconds), poll: Duration::from_millis(50), ..Settings::default() }
}

/// Longer than any test: whatever happens, happens without waiting for the end of a lease.
fn endless() -> Settings {
    Settings { lease: Duration::from_hours(1), poll: Duration::from_hours(1), ..Settings::default() }
}

/// So many keys that each lane has some.
fn keys() -> Vec<String> {
    (0..u32::from(LANES) * 8).map(|n| format!("student-{n}")).collect()
}

/// Everything that an outbox gives within the time of the test.
async fn read_until(outbox: &dyn Outbox, count: usize) -> Result<Vec<Pending>, LedgerError> {
    let mut read: Vec<Pending> = Vec::new();
    while read.len() < count {
        let after = read.iter().map(|pending| pending.sequence).max().unwrap_or(0);
        let more = outbox.oldest(after, 1000).await?;
        if more.is_empty() {
            outbox.changed().await;
        }
        read.extend(more);
    }
    Ok(read)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn relays_share_the_keys_and_one_that_dies_is_replaced() -> Verdict {
    let database = Database::fresh().await;
    let (bus, keys) = (SharedBus::new(), keys());
    let dying = Process::new(&database, leases_of(3)).await?;
    let surviving = Process::new(&database, leases_of(3)).await?;
    dying.queue(&keys, 0..2).await?;
    let (_, first) = dying.relay(&bus, "dying");
    bus.until(|seen| seen.by("dying") > 0).await?;
    let (stop, second) = surviving.relay(&bus, "surviving");
    surviving.queue(&keys, 2..4).await?;
    // It gets a share of the keys while the other goes on.
    let mut number = 4;
    while bus.0.borrow().by("surviving") == 0 {
        dying.queue(&keys[..10], number..number + 1).await?;
        surviving.queue(&keys[10..], number..number + 1).await?;
        number += 1;
    }
    surviving.queue(&keys, number..number + 2).await?;
    first.abort();
    assert!(first.await.is_err_and(|error| error.is_cancelled()));
    drop(dying);
    surviving.queue(&keys, number + 2..number + 4).await?;
    let last = number + 4;
    let all = keys.len() * usize::try_from(last)?;
    bus.until(|seen| seen.distinct() == all).await?;
    // What the other had published and not forgotten comes once more.
    while surviving.ledger.outbox().backlog().await?.messages > 0 {}
    stop.cancel();
    second.await?;
    let seen = bus.0.borrow();
    assert!(seen.doubled.is_empty(), "published by two at once: {:?}", seen.doubled);
    let in_order: Vec<u32> = (0..last).collect();
    for (key, numbers) in seen.first_of_each() {
        assert_eq!(numbers, in_order, "{key}");
    }
    Ok(())
}

#[tokio::test]
async fn a_lease_that_ended_is_taken_by_another_and_no_longer_held() -> Verdict {
    let database = Database::fresh().await;
    let (old, new) =
        (Process::new(&database, leases_of(1)).await?, Process::new(&database, leases_of(1)).await?);
    old.queue(&keys(), 0..1).await?;
    let outbox = old.ledger.outbox();
    let handed_out = outbox.oldest(0, 1000).await?;
    assert_eq!(handed_out.len(), keys().len());
    assert!(handed_out.iter().all(|pending| outbox.holds(pending)));
    assert!(new.ledger.outbox().oldest(0, 1000).await?.is_empty(), "all of them are the other's");
    // Nobody renews any more: a process that stopped.
    drop(outbox);
    let taken = read_until(&*new.ledger.outbox(), handed_out.len()).await?;
    let (before, after) = (handed_out.iter(), taken.iter());
    assert_eq!(
        before.clone().map(|pending| pending.sequence).collect::<BTreeSet<_>>(),
        after.map(|pending| pending.sequence).collect::<BTreeSet<_>>()
    );
    // It awakes, and publishes none of what it has in hand.
    let outbox = old.ledger.outbox();
    assert!(handed_out.iter().all(|pending| !outbox.holds(pending)));
    let tokens = |pendings: &[Pending]| -> BTreeMap<String, i64> {
        pendings.iter().map(|pending| (pending.message.key.clone(), pending.lease)).collect()
    };
    let (old_tokens, new_tokens) = (tokens(&handed_out), tokens(&taken));
    assert!(old_tokens.iter().all(|(key, token)| new_tokens.get(key).is_some_and(|new| new > token)));
    Ok(())
}

#[tokio::test]
async fn a_store_that_closes_gives_its_leases_back() -> Verdict {
    let database = Database::fresh().await;
    let (old, new) = (Process::new(&database, endless()).await?, Process::new(&database, endless()).await?);
    old.queue(&keys(), 0..1).await?;
    let outbox = old.ledger.outbox();
    assert_eq!(outbox.oldest(0, 1000).await?.len(), keys().len());
    old.store.close().await?;
    assert!(outbox.oldest(0, 1000).await.is_err());
    let outbox = new.ledger.outbox();
    assert_eq!(outbox.oldest(0, 1000).await?.len(), keys().len());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_is_told_of_what_another_process_commits() -> Verdict {
    let database = Database::fresh().await;
    let bus = SharedBus::new();
    let (relaying, writing) =
        (Process::new(&database, endless()).await?, Process::new(&database, endless()).await?);
    let (stop, relay) = relaying.relay(&bus, "relaying");
    let keys = keys();
    // Each is published before the next is written: the relay sleeps in between, and is woken.
    for number in 0..5 {
        writing.queue(&keys[..1], number..number + 1).await?;
        bus.until(|seen| seen.distinct() == usize::try_from(number + 1).unwrap_or(0)).await?;
    }
    stop.cancel();
    relay.await?;
    assert_eq!(bus.0.borrow().first_of_each().remove(keys[0].as_str()), Some((0..5).collect()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_goes_on_when_its_connections_are_killed() -> Verdict {
    let database = Database::fresh().await;
    let bus = SharedBus::new();
    let process = Process::new(&database, leases_of(2)).await?;
    let (stop, relay) = process.relay(&bus, "relay");
    let keys = keys();
    for number in 0..10 {
        committed(&*process.ledger, messages(keys.iter().map(|key| message(key, &number.to_string()))))
            .await?;
        let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                    WHERE datname = current_database() AND pid <> pg_backend_pid()";
        sqlx::query(kill).fetch_all(&mut database.connection().await).await?;
        let all = keys.len() * usize::try_from(number + 1)?;
        bus.until(|seen| seen.distinct() == all).await?;
    }
    // What is published is forgotten too, as long as the relay may try again.
    while process.ledger.outbox().backlog().await?.messages > 0 {}
    stop.cancel();
    relay.await?;
    let seen = bus.0.borrow();
    assert!(seen.first_of_each().values().all(|numbers| *numbers == (0..10).collect::<Vec<u32>>()));
    Ok(())
}
