//! `agent-bus token`: a development token for `up`, and nothing else, on standard output.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use auth::{DevKeys, Principal, Role};
use clock::{Clock, SystemClock};
use contracts::SubjectId;

use super::Failure;
use crate::up;

/// For whom.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Who the token speaks for: an id such as student-1
    #[arg(long)]
    sub: SubjectId,
    /// What it may do
    #[arg(long, value_enum)]
    role: TokenRole,
    /// The data folder of `up`: the key that signs lies there, and is made where it is missing
    #[arg(long, env = "AGENT_BUS_DATA_DIR", default_value = "agent-bus-data")]
    data_dir: PathBuf,
    /// How long it holds, in hours
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=8760))]
    ttl_hours: u32,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum TokenRole {
    Student,
    Teacher,
    Operator,
}

impl From<TokenRole> for Role {
    fn from(role: TokenRole) -> Self {
        match role {
            TokenRole::Student => Self::Student,
            TokenRole::Teacher => Self::Teacher,
            TokenRole::Operator => Self::Operator,
        }
    }
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    up::make_data_folder(&args.data_dir).map_err(|error| format!("{}: {error}", args.data_dir.display()))?;
    let keys = DevKeys::open(&args.data_dir, clock)?;
    let principal = Principal { subject: args.sub.clone(), role: args.role.into(), on_behalf_of: None };
    writeln!(std::io::stdout(), "{}", keys.issue(&principal, args.ttl_hours * 3_600)?)?;
    Ok(ExitCode::SUCCESS)
}
