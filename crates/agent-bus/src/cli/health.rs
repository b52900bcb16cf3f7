//! `agent-bus health`: asks a running instance whether it is ready. For probes where no HTTP client is installed.

use std::io::{Read, Write};
use std::net::{AddrParseError, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use super::Failure;

/// Whom to ask.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where the instance listens: IP:PORT, or the http:// address that `up` prints
    #[arg(long, env = "AGENT_BUS_HEALTH_ADDRESS", default_value = "127.0.0.1:8080", value_parser = address)]
    address: SocketAddr,
    /// How long to wait for the answer, in milliseconds
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u64).range(1..=60_000))]
    timeout_ms: u64,
}

fn address(text: &str) -> Result<SocketAddr, AddrParseError> {
    text.strip_prefix("http://").unwrap_or(text).trim_end_matches('/').parse()
}

/// Exit status 0 where /ready says so, 1 where it does not or nobody answers.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let answer = ask(args).map_err(|error| format!("{} does not answer: {error}", args.address));
    let (ready, said) = match answer {
        Ok(answer) => (answer.starts_with("HTTP/1.1 200"), body(&answer).to_owned()),
        Err(failure) => (false, failure),
    };
    writeln!(std::io::stdout(), "{said}")?;
    Ok(if ready { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// One request, by hand: an HTTP client would weigh more than the question.
fn ask(args: &Args) -> std::io::Result<String> {
    let timeout = Duration::from_millis(args.timeout_ms);
    let mut stream = TcpStream::connect_timeout(&args.address, timeout)?;
    stream.set_read_timeout(Some(timeout))?;
    stream.set_write_timeout(Some(timeout))?;
    write!(stream, "GET /ready HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", args.address)?;
    let mut answer = String::new();
    stream.take(64 * 1024).read_to_string(&mut answer)?;
    Ok(answer)
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}
