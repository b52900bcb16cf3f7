//! `agent-bus exercises audit`: tries many seeds of every exercise, and says what may be shown and what may not.
//!
//! Not here: what is tried and what counts (room `exercise`).

use std::io::{IsTerminal, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Subcommand;
use clock::RandomIds;
use exercise::audit::{self, Asked, Audit, Progress};
use exercise::decide::template::Templates;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sandbox::pool::{Pool, Settings};

use super::Failure;
use crate::fleet;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Try many seeds of every exercise in the sandbox, and print what was admitted
    Audit(AuditArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct AuditArgs {
    /// How many seeds of each template and kind
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    seeds: u32,
    /// Only what begins so: a topic, or topic/template
    #[arg(long, value_name = "TOPIC[/TEMPLATE]")]
    only: Option<String>,
    /// The program that runs learners' code; the one beside this binary where absent
    #[arg(long, env = "AGENT_BUS_SANDBOX")]
    sandbox: Option<PathBuf>,
    /// The share of exercises that must be admitted, of 1; below it the exit status is 1
    #[arg(long, default_value_t = 0.95)]
    admitted_min: f64,
}

pub(crate) fn run(command: Command) -> Result<ExitCode, Failure> {
    let Command::Audit(args) = command;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let audit = runtime.block_on(audit(&args))?;
    writeln!(std::io::stdout().lock(), "{audit}")?;
    let (admitted, _) = audit.totals();
    Ok(if admitted < args.admitted_min { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn audit(args: &AuditArgs) -> Result<Audit, Failure> {
    let templates = Templates::load()?;
    let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let binary = args.sandbox.clone().unwrap_or_else(fleet::sandbox::beside_this_binary);
    let settings = Settings { running_max: cores, ..Settings::new(binary) };
    let pool = Arc::new(Pool::start(settings, Arc::new(RandomIds), Arc::new(())));
    let asked = Asked { seeds: args.seeds, only: args.only.clone(), parallel: cores };
    let bar = bar()?;
    let audit = audit::audit(&asked, &templates, pool, |Progress { done, of }| {
        bar.set_length(of);
        bar.set_position(done);
    })
    .await?;
    bar.finish_and_clear();
    Ok(audit)
}

/// On a terminal alone: a log wants lines.
fn bar() -> Result<ProgressBar, Failure> {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let style = ProgressStyle::with_template("{wide_bar} {pos} of {len} exercises, {eta} left")?;
    Ok(ProgressBar::with_draw_target(None, target).with_style(style))
}
