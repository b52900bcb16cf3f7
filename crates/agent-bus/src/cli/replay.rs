//! `agent-bus replay`: rebuilds Progress' state in a database from the topics.
//!
//! Not here: what becomes of a record (room `progress`), reading topics (crate `bus-kafka`), frames (crate `schema-registry`).

mod account;

use std::process::ExitCode;

use bus::Delivery;
use bus_kafka::Settings;
use bus_kafka::read::{self, From};
use contracts::Topic;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use jiff::Timestamp;
use ledger::LedgerError;
use ledger_postgres::PgStore;
use progress::replay::{Replay, Replayed};

use self::account::{Account, Refusals};
use super::Failure;
use crate::kafka::KafkaArgs;
use crate::opening::{Away, Opened, Opener, Place};
use crate::registry::RegistryArgs;
use crate::{fleet, up};

/// What a record is noted for.
type Note = fn(&mut Replay, &Delivery) -> Result<(), String>;

/// So many records are at work at once: commits of different students share the price.
const AT_ONCE: usize = 64;

/// Rebuild Progress' state from the topics
///
/// Reads learning.events and learning.evidence to where they end now, and puts into the database whatever it lacks. What is
/// there already counts once, so that it may be run again, and beside a running service. The topics hold 7 days: they rebuild
/// what a backup lacks, and into an empty database all that they hold. Rosters, targets without evidence, and what teachers
/// said of alerts are on no topic: they come back from a backup alone.
///
/// What was new is told to the other agents when the Progress service runs on the database: its messages wait there.
///
/// Exit status 1 where a record cannot be used, and is not among the dead letters of Progress either: the first is named, and
/// all others are replayed.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    kafka: KafkaArgs,
    #[command(flatten)]
    registry: RegistryArgs,
    /// Where to begin: `beginning`, or a time such as 2026-03-01T09:00:00Z, for what was published from then on
    #[arg(long, value_name = "beginning|TIME", value_parser = from)]
    from: From,
    /// Progress' Postgres database: postgres://user:password@host:port/name
    #[arg(long, env = "AGENT_BUS_DATABASE", hide_env_values = true, value_parser = fleet::postgres_address)]
    database: String,
}

fn from(text: &str) -> Result<From, String> {
    if text == "beginning" {
        return Ok(From::Beginning);
    }
    let time = text.parse::<Timestamp>();
    time.map(From::Time).map_err(|_| "`beginning`, or a time such as 2026-03-01T09:00:00Z".to_owned())
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let settings = args.kafka.settings()?;
    let opener = Opener::new(&args.registry)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let account = runtime.block_on(replay(args, settings, opener));
    // A reader may still wait for its broker: nothing of it is needed.
    runtime.shutdown_background();
    Ok(account?.tell()?)
}

async fn replay(args: &Args, settings: Settings, opener: Opener) -> Result<Account, Failure> {
    // However much is missing: its messages wait for the service.
    let limits = ledger_postgres::Settings { outbox_max: u64::MAX, ..ledger_postgres::Settings::default() };
    let store = PgStore::open(&args.database, limits).await.map_err(of_database)?;
    let ledger = store.room(progress::SPEC).await.map_err(of_database)?;
    let mut run = Run {
        replay: Replay::new(up::progress_alone(ledger)?),
        settings,
        from: args.from,
        opener,
        account: Account::open()?,
    };
    let outcome = run.all().await;
    run.account.close();
    store.close().await.map_err(of_database)?;
    outcome.map(|()| run.account)
}

/// A replay under way.
struct Run {
    replay: Replay,
    settings: Settings,
    from: From,
    opener: Opener,
    account: Account,
}

impl Run {
    async fn all(&mut self) -> Result<(), Failure> {
        self.note_letters().await?;
        self.note_erasures().await?;
        self.account.erased(self.replay.erase().await.map_err(of_database)?);
        self.take(Topic::LearningEvents).await?;
        self.take(Topic::LearningEvidence).await
    }

    /// All letters, wherever the replay begins: by another machine's clock one may be older than its record.
    async fn note_letters(&mut self) -> Result<(), Failure> {
        self.account.begin("dead letters");
        let mut records = read::read(&self.settings, &[Topic::DeadLetterQueue], From::Beginning);
        while let Some(record) = records.recv().await {
            if let Ok(letter) = self.opener.open(record?).await.map_err(of_registry)?.record {
                self.account.note_letter(&letter);
            }
            self.account.step();
        }
        Ok(())
    }

    /// Who was erased, and what went with it.
    async fn note_erasures(&mut self) -> Result<(), Failure> {
        self.account.begin("erasures");
        self.note_learning(Replay::note).await?;
        // The same are met again, and what came meanwhile: this time counts.
        let unread = self.note_learning(Replay::note_void).await?;
        self.account.unread(unread);
        Ok(())
    }

    /// Notes each learning event; those of which nothing can be made come back.
    async fn note_learning(&mut self, note: Note) -> Result<Refusals, Failure> {
        let mut unread = Refusals::default();
        let mut records = read::read(&self.settings, &[Topic::LearningEvents], self.from);
        while let Some(record) = records.recv().await {
            let Opened { place, record } = self.opener.open(record?).await.map_err(of_registry)?;
            if let Err(reason) = record.and_then(|record| note(&mut self.replay, &record)) {
                unread.add(place, &reason);
            }
            self.account.step();
        }
        Ok(unread)
    }

    /// Takes a topic's records, many at a time; they begin in the order in which they lie.
    async fn take(&mut self, topic: Topic) -> Result<(), Failure> {
        self.account.begin(topic.name());
        let mut records = read::read(&self.settings, &[topic], self.from);
        let mut at_work = FuturesUnordered::new();
        let mut is_read = false;
        while !(is_read && at_work.is_empty()) {
            tokio::select! {
                biased;
                Some(taken) = at_work.next() => {
                    let (place, replayed): (Place, Result<Replayed, Failure>) = taken;
                    self.account.count(place, &replayed?);
                }
                record = records.recv(), if !is_read && at_work.len() < AT_ONCE => match record {
                    Some(record) => {
                        // Here and not at work: a registry that is asked must not change the order.
                        let opened = self.opener.open(record?).await.map_err(of_registry)?;
                        let Opened { place, record } = opened;
                        match record {
                            Ok(record) => at_work.push(take(&self.replay, place, record)),
                            Err(reason) => self.account.count(place, &Replayed::Refused(reason)),
                        }
                    }
                    None => is_read = true,
                },
            }
        }
        Ok(())
    }
}

async fn take(replay: &Replay, place: Place, record: Delivery) -> (Place, Result<Replayed, Failure>) {
    let taken = replay.take(record).await;
    (place, taken.map_err(of_database))
}

fn of_database(error: LedgerError) -> Failure {
    format!("the database: {error}; what was replayed stays, and the next run goes on").into()
}

fn of_registry(away: Away) -> Failure {
    format!("{away}; what was replayed stays, and the next run goes on").into()
}
