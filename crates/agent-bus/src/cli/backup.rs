//! `agent-bus backup`: a copy of the file in which `up` keeps everything, taken while it works; and then the old ones go.
//!
//! Not here: how a copy comes to be whole (crate `ledger-sqlite`), which ones go (`copies`), putting one back (`restore`),
//! Postgres (helm/agent-bus/files/backup.sh).

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clock::{Clock, SystemClock};
use ledger_sqlite::copy;

use super::Failure;
use super::copies::{self, Copies};
use crate::up;

/// Of what, where to, and how long it is kept.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder in which backups lie, on another disk where there is one
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,
    /// The data folder of `up`, which may run meanwhile
    #[arg(long, env = "AGENT_BUS_DATA_DIR", default_value = "agent-bus-data")]
    data_dir: PathBuf,
    /// Backups that are older than so many days go, once the new one is whole
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=99_999))]
    keep_days: u32,
    /// But never one of the so many newest
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=99_999))]
    keep_newest: u32,
}

/// Exit status 0 where there is a new one, read back as a whole and on the disk.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let database = database(&args.data_dir)?;
    let copies = Copies::in_folder("--to", &args.to)?;
    let begun = SystemClock.now();
    let name = copies::name_at(begun);
    let _ours = copies.hold()?;
    copies.sweep()?;
    let path = copies.path(&name);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let working = copies::working(format!("copying {}", database.display()))?;
    let taken = runtime.block_on(copy::take(&database, &path));
    working.finish_and_clear();
    taken?;
    // Only now: the new one is whole.
    let forgotten = copies.forget(begun, args.keep_days, args.keep_newest);
    let mut out = std::io::stdout().lock();
    let bytes = std::fs::metadata(&path).map_err(|error| format!("{}: {error}", path.display()))?.len();
    writeln!(out, "{name}: taken, {bytes} bytes")?;
    for old in forgotten? {
        writeln!(out, "{old}: removed, older than {} days", args.keep_days)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn database(data_dir: &Path) -> Result<PathBuf, Failure> {
    let database = up::database_in(data_dir);
    match database.try_exists() {
        Ok(true) => Ok(database),
        Ok(false) => Err(format!(
            "--data-dir: there is no {}: `up` keeps everything there, unless it was given --database",
            database.display()
        )
        .into()),
        Err(error) => Err(format!("--data-dir: {}: {error}", database.display()).into()),
    }
}
