//! `agent-bus replay`: rebuilds Progress' state in a database from the topics.
//!
//! Not here: what becomes of a record (room `progress`), reading topics (crate `bus-kafka`).

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use bus::Delivery;
use bus_kafka::Settings;
use bus_kafka::read::{self, From};
use contracts::Topic;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Timestamp;
use ledger::LedgerError;
use ledger_postgres::PgStore;
use progress::replay::{Replay, Replayed, Tally};

use super::Failure;
use crate::kafka::KafkaArgs;
use crate::{fleet, up};

/// So many records are at work at once: commits of different students share the price.
const AT_ONCE: usize = 64;

/// So many records that cannot be used are named; the rest is counted.
const NAMED_MAX: u64 = 100;

/// Rebuild Progress' state from the topics
///
/// Reads learning.events and learning.evidence to where they end now, and puts into the database whatever it lacks. What is
/// there already counts once, so that it may be run again, and beside a running service. The topics hold 7 days: they rebuild
/// what a backup lacks, and into an empty database all that they hold. Rosters, targets without evidence, and what teachers
/// said of alerts are on no topic: they come back from a backup alone.
///
/// What was new is told to the other agents when the Progress service runs on the database: its messages wait there.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    kafka: KafkaArgs,
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
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let tally = runtime.block_on(replay(args, settings));
    // A reader may still wait for its broker: nothing of it is needed.
    runtime.shutdown_background();
    let tally = tally?;
    let Tally { new, known, void, refused } = tally;
    writeln!(
        std::io::stdout(),
        "replayed={} new={new} known={known} void={void} refused={refused}",
        tally.replayed()
    )?;
    Ok(ExitCode::SUCCESS)
}

async fn replay(args: &Args, settings: Settings) -> Result<Tally, Failure> {
    // However much is missing: its messages wait for the service.
    let limits = ledger_postgres::Settings { outbox_max: u64::MAX, ..ledger_postgres::Settings::default() };
    let store = PgStore::open(&args.database, limits).await.map_err(of_database)?;
    let ledger = store.room(progress::SPEC).await.map_err(of_database)?;
    let mut run = Run {
        replay: Replay::new(up::progress_alone(ledger)?),
        settings,
        from: args.from,
        tally: Tally::default(),
        bar: bar()?,
    };
    let outcome = run.all().await;
    run.bar.finish_and_clear();
    store.close().await.map_err(of_database)?;
    outcome.map(|()| run.tally)
}

/// A replay under way.
struct Run {
    replay: Replay,
    settings: Settings,
    from: From,
    tally: Tally,
    bar: ProgressBar,
}

impl Run {
    async fn all(&mut self) -> Result<(), Failure> {
        self.bar.set_message("erasures");
        for note in [Replay::note, Replay::note_void] {
            let mut records = read::read(&self.settings, &[Topic::LearningEvents], self.from);
            while let Some(record) = records.recv().await {
                note(&mut self.replay, &record?);
                self.bar.inc(1);
            }
        }
        self.tally = self.replay.erase().await.map_err(of_database)?;
        self.take(Topic::LearningEvents).await?;
        self.take(Topic::LearningEvidence).await
    }

    /// Takes a topic's records, many at a time; they begin in the order in which they lie.
    async fn take(&mut self, topic: Topic) -> Result<(), Failure> {
        self.bar.set_message(topic.name());
        self.bar.reset();
        let mut records = read::read(&self.settings, &[topic], self.from);
        let mut at_work = FuturesUnordered::new();
        let mut is_read = false;
        while !(is_read && at_work.is_empty()) {
            tokio::select! {
                biased;
                Some(taken) = at_work.next() => {
                    let (place, replayed): (Place, _) = taken;
                    told(&self.bar, &mut self.tally, place, &replayed?);
                }
                record = records.recv(), if !is_read && at_work.len() < AT_ONCE => match record {
                    Some(record) => at_work.push(take(&self.replay, record?)),
                    None => is_read = true,
                },
            }
        }
        Ok(())
    }
}

/// Where a record lies.
#[derive(Debug, Clone, Copy)]
struct Place {
    topic: Topic,
    partition: i32,
    offset: i64,
}

async fn take(replay: &Replay, record: Delivery) -> (Place, Result<Replayed, Failure>) {
    let place = Place { topic: record.message.topic, partition: record.partition, offset: record.offset };
    let taken = replay.take(record).await;
    (place, taken.map_err(of_database))
}

fn told(bar: &ProgressBar, tally: &mut Tally, place: Place, replayed: &Replayed) {
    tally.count(replayed);
    bar.inc(1);
    if let Replayed::Refused(reason) = replayed
        && tally.refused <= NAMED_MAX
    {
        let Place { topic, partition, offset } = place;
        let and_more = if tally.refused == NAMED_MAX { "; more are only counted" } else { "" };
        bar.suspend(|| {
            // Where standard error is gone, the count tells.
            drop(writeln!(std::io::stderr(), "refused {topic}/{partition}/{offset}: {reason}{and_more}"));
        });
    }
}

fn of_database(error: LedgerError) -> Failure {
    format!("the database: {error}; what was replayed stays, and the next run goes on").into()
}

/// On a terminal alone: a log wants lines.
fn bar() -> Result<ProgressBar, Failure> {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let style = ProgressStyle::with_template("{spinner} {msg}: {pos} records, {per_sec}")?;
    Ok(ProgressBar::with_draw_target(None, target).with_style(style))
}
