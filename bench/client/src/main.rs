//! `bench-client`: load for the benchmarks of bench/, beside what wrk can do. Prints one JSON object.
//!
//! Not here: what is started and compared (bench/*.py).

#![expect(clippy::print_stdout, reason = "figures are what it is for")]

use std::error::Error;
use std::path::PathBuf;

use clap::Parser;

mod figures;
mod http_client;
mod open_loop;
mod posts;
mod raw_kafka;

type Failure = Box<dyn Error + Send + Sync>;

#[derive(Debug, Parser)]
#[command(about = "Load for the benchmarks: prints one JSON object")]
enum Command {
    /// Sends requests at a fixed rate, whether or not the ones before were answered
    OpenLoop(OpenLoop),
    /// Posts scores, each client one at a time, and waits until the event of each was consumed
    Posts(Posts),
    /// Has librdkafka alone publish records, each client one at a time: the limit of any bus on it
    RawKafka(RawKafka),
}

#[derive(Debug, clap::Args)]
struct OpenLoop {
    /// The requests, a JSON object a line: agent, method, url, token, body. `{n}` in a body becomes the request's number.
    /// They are sent in their order, again and again
    #[arg(long)]
    plan: PathBuf,
    #[arg(long)]
    rate_per_s: f64,
    #[arg(long)]
    seconds: u64,
}

#[derive(Debug, clap::Args)]
struct Posts {
    /// Where Progress listens: http://host:port
    #[arg(long)]
    address: String,
    /// The file with a token that may post scores
    #[arg(long)]
    token: PathBuf,
    /// student-0 to student-(N-1)
    #[arg(long)]
    students: u32,
    #[arg(long)]
    clients: u32,
    #[arg(long)]
    seconds: u64,
    /// Where the events are consumed. Without it only the answers are waited for
    #[arg(long)]
    brokers: Option<String>,
    /// What the names of topics begin with there
    #[arg(long, default_value = "")]
    release_prefix: String,
}

#[derive(Debug, clap::Args)]
struct RawKafka {
    #[arg(long)]
    brokers: String,
    #[arg(long)]
    topic: String,
    #[arg(long)]
    clients: u32,
    #[arg(long)]
    seconds: u64,
    /// The size of a record. Default: about that of an event about a score
    #[arg(long, default_value_t = 600)]
    payload_bytes: usize,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let figures = match Command::parse() {
        Command::OpenLoop(args) => open_loop::run(&args).await?,
        Command::Posts(args) => posts::run(args).await?,
        Command::RawKafka(args) => raw_kafka::run(&args).await?,
    };
    println!("{figures}");
    Ok(())
}
