//! The settings of `up`: one struct, read once, from the command line or the environment.

use std::path::PathBuf;

use crate::fleet::{Common, postgres_address};

/// What can be set. Each has a default that works.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Settings {
    /// Where everything is kept; made on first start
    #[arg(long, env = "AGENT_BUS_DATA_DIR", default_value = "agent-bus-data")]
    pub data_dir: PathBuf,
    /// The Postgres database to keep everything in, postgres://user:password@host:port/name; a file in the data folder
    /// where absent
    #[arg(long, env = "AGENT_BUS_DATABASE", hide_env_values = true, value_parser = postgres_address)]
    pub database: Option<String>,
    /// Public keys that sign tokens: a JWKS file or an http(s) address; the data folder's own where absent
    #[arg(long, env = "AGENT_BUS_JWKS")]
    pub jwks: Option<String>,
    #[command(flatten)]
    pub common: Common,
}
