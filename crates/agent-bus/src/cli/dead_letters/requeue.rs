//! `dead-letters requeue`: the records of dead letters are published again, where they came from.
//!
//! The letter stays where it is until it ages out: an interrupted run loses nothing, and the next one may publish a record a
//! second time, which does no harm, as consumers take an event once.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use bus::{Publish, Subscribe};
use bus_kafka::KafkaBus;
use clock::{RandomIds, SystemClock};
use contracts::Topic;

use super::letter::{Id, Letter};
use super::{Failure, Filter, Letters};
use crate::kafka::KafkaArgs;
use crate::opening::Opener;
use crate::registry::RegistryArgs;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    kafka: KafkaArgs,
    #[command(flatten)]
    registry: RegistryArgs,
    /// The dead letters, as `list` calls them
    #[arg(value_name = "ID", required_unless_present = "all", conflicts_with = "all")]
    ids: Vec<Id>,
    /// All that the filters admit
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    filter: Filter,
}

/// Exit status 1 where a letter was refused, or not found.
pub(super) async fn run(args: &Args) -> Result<ExitCode, Failure> {
    if !args.all && args.filter != Filter::default() {
        return Err("--topic, --error-type, --consumer and --since go with --all".into());
    }
    let settings = args.kafka.settings()?;
    let opener = Opener::new(&args.registry)?;
    // No frames around it: what came in one lies in it still, and what came without goes without.
    let bus = KafkaBus::new(settings.clone(), Arc::new(SystemClock), Arc::new(RandomIds), Arc::new(()))?;
    let mut run = Run { bus, opener: &opener, requeued: 0, refused: 0 };
    let mut missing: BTreeSet<Id> = args.ids.iter().copied().collect();
    let topics = if args.all { args.filter.topics() } else { topics(&missing) };
    let mut letters = Letters::read(&settings, &opener, &topics, args.filter.since);
    while let Some(letter) = letters.next().await? {
        // A letter may lie there twice; one that is named goes once.
        let is_meant = if args.all { args.filter.admits(&letter) } else { missing.remove(&letter.id) };
        if is_meant {
            run.requeue(&letter).await?;
        }
        if !args.all && missing.is_empty() {
            break;
        }
    }
    run.bus.stop().await;
    for id in &missing {
        writeln!(std::io::stderr(), "agent-bus: {}", letters.missing(*id))?;
    }
    let Run { requeued, refused, .. } = run;
    writeln!(std::io::stdout(), "requeued={requeued} refused={refused} missing={}", missing.len())?;
    Ok(if refused == 0 && missing.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn topics(ids: &BTreeSet<Id>) -> Vec<Topic> {
    ids.iter().map(Id::topic).collect::<BTreeSet<_>>().into_iter().collect()
}

struct Run<'a> {
    bus: KafkaBus,
    opener: &'a Opener,
    requeued: u64,
    refused: u64,
}

impl Run<'_> {
    /// Told when the brokers have it.
    async fn requeue(&mut self, letter: &Letter) -> Result<(), Failure> {
        let id = letter.id;
        let original = match letter.original(self.opener).await {
            Ok(original) => original,
            Err(reason) => {
                self.refused += 1;
                writeln!(std::io::stderr(), "agent-bus: {id} is refused: {reason}")?;
                return Ok(());
            }
        };
        let topic = original.topic;
        if let Err(error) = self.bus.publish(original).await {
            let before = self.requeued;
            return Err(format!("{id} is not requeued: {error}; {before} were before it").into());
        }
        self.requeued += 1;
        writeln!(std::io::stdout(), "requeued {id} to {topic}")?;
        Ok(())
    }
}
