//! `agent-bus restore`: puts a backup into the data folder of `up`, which does not run: whole, or not at all.
//!
//! Not here: how that is done (crate `ledger-sqlite`), taking one (`backup`), Postgres (helm/agent-bus/files/backup.sh).

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ledger_sqlite::copy;

use super::Failure;
use super::copies::{self, Copies};
use crate::up;

/// Which backup, and where to.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder in which backups lie
    #[arg(long, value_name = "FOLDER")]
    from: PathBuf,
    /// Which one in that folder; the newest where absent
    #[arg(long)]
    name: Option<String>,
    /// The data folder of `up`, which does not run; made where it is missing
    #[arg(long, env = "AGENT_BUS_DATA_DIR", default_value = "agent-bus-data")]
    data_dir: PathBuf,
    /// What `up` keeps there already goes
    #[arg(long)]
    replace: bool,
}

/// Exit status 0 where the backup is in its place, and on the disk.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let copies = Copies::in_folder("--from", &args.from)?;
    let name = copies.chosen(args.name.as_deref())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let working = copies::working(format!("reading {name}"))?;
    let restored = runtime.block_on(restore(&copies.path(&name), args));
    working.finish_and_clear();
    writeln!(std::io::stdout(), "{name}: restored, schema version {}", restored?)?;
    Ok(ExitCode::SUCCESS)
}

async fn restore(path: &Path, args: &Args) -> Result<usize, Failure> {
    // Before anything is made: one that is not whole changes nothing.
    copy::judge(path).await?;
    // The lock that `up` takes.
    let folder = up::DataFolder::hold(&args.data_dir)?;
    let database = folder.database();
    let is_there = database.try_exists().map_err(|error| format!("{}: {error}", database.display()))?;
    if is_there && !args.replace {
        return Err(format!(
            "--data-dir: there is a {} already: give another folder, or --replace; nothing was done",
            database.display()
        )
        .into());
    }
    Ok(copy::put_back(path, &database).await?)
}
