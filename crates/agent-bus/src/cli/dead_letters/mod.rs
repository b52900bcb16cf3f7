//! `agent-bus dead-letters`: records that a consumer could not use, looked at and handed out again.
//!
//! In reading order: [`letter`] (what one is), [`list`], [`show`], [`requeue`]. Not here: what makes a record a dead letter
//! (crate `bus`), how it comes out of a schema registry's frame (module `opening`).

mod letter;
mod list;
mod requeue;
mod show;

use std::process::ExitCode;

use bus_kafka::Settings;
use bus_kafka::read::{self, From, ReadError};
use contracts::Topic;
use contracts::events::ErrorType;
use jiff::Timestamp;

use super::Failure;
use crate::opening::Opener;
use letter::{Id, Letter};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List dead letters, the newest last
    List(list::Args),
    /// Show all of one dead letter, with the record that it holds
    Show(show::Args),
    /// Publish the records of dead letters again, where they came from
    Requeue(requeue::Args),
}

pub(crate) fn run(command: &Command) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let done = runtime.block_on(async {
        match command {
            Command::List(args) => list::run(args).await,
            Command::Show(args) => show::run(args).await,
            Command::Requeue(args) => requeue::run(args).await,
        }
    });
    // A reader may still wait for its broker: nothing of it is needed.
    runtime.shutdown_background();
    done
}

/// Which dead letters.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args)]
struct Filter {
    /// Only those on this topic
    #[arg(long, value_enum)]
    topic: Option<LetterTopic>,
    /// Only those of this kind of failure
    #[arg(long, value_enum)]
    error_type: Option<Kind>,
    /// Only those that this consumer gave up: a service's name
    #[arg(long)]
    consumer: Option<String>,
    /// Only those of this time or later, such as 2026-03-01T09:00:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum LetterTopic {
    /// What a consumer gave up
    #[value(name = "dead-letter.queue")]
    Queue,
    /// What a sidecar gave up, as it came: of no kind and no consumer
    #[value(name = "dead-letter.raw")]
    Raw,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    /// Readable, but a value is out of its range, or of the wrong student
    Validation,
    /// The handler failed each time
    Processing,
    /// The handler took too long each time
    Timeout,
    /// Not readable
    Schema,
}

impl Kind {
    fn error_type(self) -> ErrorType {
        match self {
            Self::Validation => ErrorType::Validation,
            Self::Processing => ErrorType::Processing,
            Self::Timeout => ErrorType::Timeout,
            Self::Schema => ErrorType::Schema,
        }
    }
}

impl Filter {
    /// Where such letters lie.
    fn topics(&self) -> Vec<Topic> {
        match self.topic {
            Some(LetterTopic::Queue) => vec![Topic::DeadLetterQueue],
            Some(LetterTopic::Raw) => vec![Topic::DeadLetterRaw],
            None => vec![Topic::DeadLetterQueue, Topic::DeadLetterRaw],
        }
    }

    /// Whether the letter is one of them. What is no ErrorEvent has no kind, no consumer, and the time of its record. One that
    /// stays in its frame may be of any kind: it is not passed over in silence.
    fn admits(&self, letter: &Letter) -> bool {
        let Some(event) = &letter.event else {
            return letter.closed.is_some() || (self.error_type.is_none() && self.consumer.is_none());
        };
        self.error_type.is_none_or(|kind| kind.error_type() == event.error_type)
            && self.consumer.as_ref().is_none_or(|consumer| *consumer == event.consumer_agent)
            && self.since.is_none_or(|since| event.failed_at >= since)
    }
}

/// The letters on these topics, from a time on or all.
struct Letters<'a> {
    records: tokio::sync::mpsc::Receiver<Result<bus::Delivery, ReadError>>,
    opener: &'a Opener,
    /// The first that stays in its frame, and why.
    closed: Option<(Id, String)>,
}

impl<'a> Letters<'a> {
    fn read(settings: &Settings, opener: &'a Opener, topics: &[Topic], since: Option<Timestamp>) -> Self {
        let records = read::read(settings, topics, since.map_or(From::Beginning, From::Time));
        Self { records, opener, closed: None }
    }

    /// The next; `None` at the end.
    async fn next(&mut self) -> Result<Option<Letter>, Failure> {
        let Some(delivery) = self.records.recv().await.transpose()? else { return Ok(None) };
        let opened = self.opener.open(delivery.clone()).await?;
        let letter = Letter::of(delivery, opened.record);
        if let Some(why) = &letter.closed {
            self.closed.get_or_insert_with(|| (letter.id, why.clone()));
        }
        Ok(Some(letter))
    }

    /// What is said of one that none of them was. Only who reads a letter knows its event id.
    fn missing(&self, id: Id) -> String {
        let missing = format!("there is no dead letter {id}");
        match (&self.closed, id) {
            (Some((closed, why)), Id::Event(_)) => {
                format!("{missing}, unless it is one that stays closed, as {closed} does: {why}")
            }
            _ => missing,
        }
    }
}
