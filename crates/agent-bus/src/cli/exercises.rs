//! `agent-bus exercises`: tries many seeds of every exercise and says what may be shown and what may not (`audit`), or has
//! exercises ready before a class asks for them (`prepare`).
//!
//! Not here: what is tried and what counts (room `exercise`).

use std::io::Write;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Subcommand;
use clock::RandomIds;
use exercise::audit::{self, Asked, Audit, Progress};
use exercise::decide::template::Templates;
use exercise::prepare::{self, Prepared, SEEDS_KEPT, STEP};
use indicatif::ProgressBar;
use ledger_postgres::PgStore;
use sandbox::pool::{Pool, Settings};

use super::Failure;
use super::bar::bar;
use crate::fleet;

const BAR: &str = "{wide_bar} {pos} of {len} exercises, {eta} left";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Try many seeds of every exercise in the sandbox, and print what was admitted
    Audit(AuditArgs),
    /// Admit exercises into the agents' database, so that nobody who asks for one waits for that
    Prepare(PrepareArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct AuditArgs {
    /// How many seeds of each template and kind
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    seeds: u32,
    #[command(flatten)]
    trying: TryingArgs,
    /// The share of exercises that must be admitted, of 1; below it the exit status is 1
    #[arg(long, default_value_t = 0.95)]
    admitted_min: f64,
}

#[derive(Debug, clap::Args)]
pub(crate) struct PrepareArgs {
    /// The Postgres database of the agents: postgres://user:password@host:port/name
    #[arg(long, env = "AGENT_BUS_DATABASE", hide_env_values = true, value_parser = fleet::postgres_address)]
    database: String,
    /// How many of each template and kind
    #[arg(long, default_value_t = STEP, value_parser = clap::value_parser!(u32).range(1..=i64::from(SEEDS_KEPT)))]
    seeds: u32,
    #[command(flatten)]
    trying: TryingArgs,
}

/// What is tried, and where.
#[derive(Debug, clap::Args)]
struct TryingArgs {
    /// Only what begins so: a topic, or topic/template
    #[arg(long, value_name = "TOPIC[/TEMPLATE]")]
    only: Option<String>,
    /// The program that runs learners' code; the one beside this binary where absent
    #[arg(long, env = "AGENT_BUS_SANDBOX")]
    sandbox: Option<PathBuf>,
}

impl TryingArgs {
    /// As many at once as there are cores.
    fn asked(&self, seeds: u32, templates: &Templates) -> Result<(Asked, Arc<Pool>), Failure> {
        let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let asked = Asked { seeds, only: self.only.clone(), parallel: cores };
        if !templates.generators().any(|generator| asked.asks(&generator)) {
            let only = self.only.as_deref().unwrap_or_default();
            return Err(format!("--only: no exercise's topic/template begins with {only:?}").into());
        }
        let binary = self.sandbox.clone().unwrap_or_else(fleet::sandbox::beside_this_binary);
        let settings = Settings { running_max: cores, ..Settings::new(binary) };
        Ok((asked, Arc::new(Pool::start(settings, Arc::new(RandomIds), Arc::new(())))))
    }
}

pub(crate) fn run(command: Command) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match command {
        Command::Audit(args) => {
            let audit = runtime.block_on(audit(&args))?;
            writeln!(std::io::stdout().lock(), "{audit}")?;
            let (admitted, _) = audit.totals();
            Ok(if admitted < args.admitted_min { ExitCode::FAILURE } else { ExitCode::SUCCESS })
        }
        Command::Prepare(args) => {
            let Prepared { new, known, refused } = runtime.block_on(prepare(&args))?;
            writeln!(std::io::stdout().lock(), "new={new} known={known} refused={refused}")?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn audit(args: &AuditArgs) -> Result<Audit, Failure> {
    let templates = Templates::load()?;
    let (asked, pool) = args.trying.asked(args.seeds, &templates)?;
    let bar = bar(BAR)?;
    let audit = audit::audit(&asked, &templates, pool, |progress| show(&bar, progress)).await?;
    bar.finish_and_clear();
    Ok(audit)
}

async fn prepare(args: &PrepareArgs) -> Result<Prepared, Failure> {
    let templates = Templates::load()?;
    let (asked, pool) = args.trying.asked(args.seeds, &templates)?;
    let of_database = |error| format!("the database: {error}");
    let store = PgStore::open(&args.database, ledger_postgres::Settings::default()).await;
    let store = store.map_err(of_database)?;
    let ledger = store.room(exercise::SPEC).await.map_err(of_database)?;
    let bar = bar(BAR)?;
    let prepared = prepare::prepare(&asked, templates, ledger, pool, |progress| show(&bar, progress)).await;
    bar.finish_and_clear();
    store.close().await.map_err(of_database)?;
    Ok(prepared?)
}

fn show(bar: &ProgressBar, Progress { done, of }: Progress) {
    bar.set_length(of);
    bar.set_position(done);
}
