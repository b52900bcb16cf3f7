//! `agent-bus migrate`: brings the database of the agents to the schema of this program, before they run.
//!
//! Not here: the migrations and their rules (crate `ledger-postgres`), what the agents do with a schema that does not fit
//! (module `serve`).

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use super::Failure;
use crate::fleet;

/// Which database, and how long it is waited for.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The Postgres database of the agents, postgres://user:password@host:port/name
    #[arg(long, env = "AGENT_BUS_DATABASE", hide_env_values = true, value_parser = fleet::postgres_address)]
    database: String,
    /// How long a database that does not answer is asked again, in seconds
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(0..=3_600))]
    wait_s: u64,
}

/// Exit status 0 where the database has the schema now, whether it had it before or not.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let migrating = ledger_postgres::migrate(&args.database, Duration::from_secs(args.wait_s));
    let applied = runtime.block_on(migrating).map_err(|error| format!("the database: {error}"))?;
    let mut out = std::io::stdout().lock();
    for name in &applied {
        writeln!(out, "{name}: applied")?;
    }
    if applied.is_empty() {
        writeln!(out, "nothing to apply")?;
    }
    Ok(ExitCode::SUCCESS)
}
