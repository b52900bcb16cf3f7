//! The command line: one subcommand a file.
//!
//! Not here: the fleet itself (module `up`).

mod backup;
mod bar;
mod check;
mod copies;
mod dead_letters;
mod exercises;
mod health;
mod jsonl;
mod migrate;
mod openapi;
mod replay;
mod restore;
mod review;
mod story;
mod token;
mod tokens;
mod topics;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::{serve, up};

/// Python tutoring agents that answer in milliseconds, in one binary.
#[derive(Debug, Parser)]
#[command(name = "agent-bus", version, max_term_width = 110)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the whole fleet in this process; nothing else is needed
    Up(up::Settings),
    /// Run one agent in this process, on a broker and a Postgres database
    Serve(Box<serve::Settings>),
    /// Say what is wrong with Python files, and how to mend it
    Check(check::Args),
    /// Review Python files
    Review(review::Args),
    /// Print a development token for `up`
    Token(token::Args),
    /// Measure what an answer costs in tokens
    #[command(subcommand)]
    Tokens(tokens::Command),
    /// Try the exercises that students may be given
    #[command(subcommand)]
    Exercises(exercises::Command),
    /// Make the fleet's topics on a Kafka cluster
    #[command(subcommand)]
    Topics(topics::Command),
    /// Look at records that a consumer could not use, and hand them out again
    #[command(subcommand)]
    DeadLetters(dead_letters::Command),
    /// Bring the database of the agents to the schema of this program: before `serve`
    Migrate(migrate::Args),
    /// Rebuild Progress' state from the topics
    Replay(replay::Args),
    /// Take a backup of what `up` keeps, while it works
    Backup(backup::Args),
    /// Put a backup of what `up` keeps back
    Restore(restore::Args),
    /// Print or write the OpenAPI documents
    Openapi(openapi::Args),
    /// Have a student and a teacher ask every agent of a running fleet
    Story(story::Args),
    /// Ask a running instance whether it is ready; exit status 0 if so
    Health(health::Args),
}

/// Why a command did not do its work, for the person who gave it.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The exit status where the reader of the output left early, as `head` does: what a shell tells of SIGPIPE.
const READER_LEFT: u8 = 141;

/// Runs the command. Exit status 2 where it could not do its work.
pub(crate) fn run(cli: Cli) -> ExitCode {
    let outcome = match cli.command {
        Command::Up(settings) => up::run(settings),
        Command::Serve(settings) => serve::run(&settings),
        Command::Check(args) => check::run(&args),
        Command::Review(args) => review::run(&args),
        Command::Token(args) => token::run(&args),
        Command::Tokens(command) => tokens::run(&command),
        Command::Exercises(command) => exercises::run(command),
        Command::Topics(command) => topics::run(&command),
        Command::DeadLetters(command) => dead_letters::run(&command),
        Command::Migrate(args) => migrate::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Backup(args) => backup::run(&args),
        Command::Restore(args) => restore::run(&args),
        Command::Story(args) => story::run(args),
        Command::Openapi(args) => openapi::run(&args),
        Command::Health(args) => health::run(&args),
    };
    outcome.unwrap_or_else(|failure| {
        if is_broken_pipe(failure.as_ref()) {
            return ExitCode::from(READER_LEFT);
        }
        // Where even standard error is gone there is nobody left to tell.
        drop(writeln!(std::io::stderr(), "agent-bus: {failure}"));
        ExitCode::from(2)
    })
}

/// Nobody reads any more: no mistake, and nothing to say.
fn is_broken_pipe(failure: &(dyn std::error::Error + 'static)) -> bool {
    failure
        .downcast_ref::<std::io::Error>()
        .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
