//! The settings that both sizes have: one struct, read once, from the command line or the environment.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use room::Limits;

/// What can be set. Each has a default that works.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Common {
    /// The address to listen on
    #[arg(long, env = "AGENT_BUS_HOST", default_value = "127.0.0.1")]
    pub host: IpAddr,
    /// The port to listen on; 0 takes a free one
    #[arg(long, env = "AGENT_BUS_PORT", default_value_t = 8080)]
    pub port: u16,
    /// Requests a minute of one student, over all agents
    #[arg(long, env = "AGENT_BUS_STUDENT_REQUESTS_PER_MINUTE", default_value_t = 100, value_parser = at_least_one())]
    pub student_requests_per_minute: u32,
    /// Requests a minute of one teacher, operator or service
    #[arg(long, env = "AGENT_BUS_OTHER_REQUESTS_PER_MINUTE", default_value_t = 1_000, value_parser = at_least_one())]
    pub other_requests_per_minute: u32,
    /// What a language model is assumed to need for a call, in tokens; token efficiency is measured against it
    #[arg(long, env = "AGENT_BUS_BASELINE_TOKENS", default_value_t = 1_500, value_parser = at_least_one())]
    pub baseline_tokens: u32,
    /// The issuer that tokens must name
    #[arg(long, env = "AGENT_BUS_ISSUER", default_value = auth::DEV_ISSUER)]
    pub issuer: String,
    /// The audience that tokens must name
    #[arg(long, env = "AGENT_BUS_AUDIENCE", default_value = auth::DEV_AUDIENCE)]
    pub audience: String,
    /// How long requests in flight may take to end when stopping, in milliseconds
    #[arg(long, env = "AGENT_BUS_DRAIN_MS", default_value_t = 20_000, value_parser = clap::value_parser!(u64).range(100..=600_000))]
    pub drain_ms: u64,
    /// The program that runs learners' code, `agent-bus-sandbox`; the one beside this binary where absent
    #[arg(long, env = "AGENT_BUS_SANDBOX")]
    pub sandbox: Option<PathBuf>,
    /// How many learners' programs run at once, each with some 75 MB; as many as there are cores where absent
    #[arg(long, env = "AGENT_BUS_SANDBOX_RUNNING", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub sandbox_running: Option<u16>,
    /// What to do where the kernel lacks a layer of the sandbox's lockdown
    #[arg(long, env = "AGENT_BUS_SANDBOX_LOCKDOWN", value_enum, default_value_t = SandboxLockdown::Required)]
    pub sandbox_lockdown: SandboxLockdown,
    /// The collector of traces, http://host:port, which speaks OTLP over HTTP; no traces where absent
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", hide_env_values = true, value_parser = collector)]
    pub otlp_endpoint: Option<String>,
    /// How many of a thousand traces that begin here are collected; of others the caller says
    #[arg(long, env = "AGENT_BUS_TRACE_SHARE", default_value_t = 1000, value_parser = clap::value_parser!(u16).range(0..=1000))]
    pub trace_share: u16,
    /// How logs are written, on standard error
    #[arg(long, env = "AGENT_BUS_LOG_FORMAT", value_enum, default_value_t = LogFormat::Auto)]
    pub log_format: LogFormat,
}

impl Common {
    pub(crate) fn limits(&self) -> Limits {
        Limits {
            student_per_minute: self.student_requests_per_minute,
            other_per_minute: self.other_requests_per_minute,
        }
    }

    pub(crate) fn drain(&self) -> Duration {
        Duration::from_millis(self.drain_ms)
    }
}

/// Whatever else is wrong with it shows when it is opened.
pub(crate) fn postgres_address(text: &str) -> Result<String, &'static str> {
    let is_postgres = ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme));
    if is_postgres { Ok(text.to_owned()) } else { Err("an address begins with postgres://") }
}

/// What is behind the scheme shows when it is asked.
fn collector(text: &str) -> Result<String, &'static str> {
    let is_http =
        ["http://", "https://"].iter().any(|scheme| text.len() > scheme.len() && text.starts_with(scheme));
    if is_http { Ok(text.to_owned()) } else { Err("an address begins with http:// or https://") }
}

fn at_least_one() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(1..)
}

/// What to do where the kernel lacks a layer of the sandbox's lockdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum SandboxLockdown {
    /// Run no learner's program; /ready and the log say why
    Required,
    /// Run them under the layers that are there; /ready and the log say what is missing
    BestEffort,
}

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum LogFormat {
    /// Readable on a terminal, JSON elsewhere
    Auto,
    /// One JSON object a line
    Json,
    /// For people
    Text,
}

impl From<LogFormat> for telemetry::Format {
    fn from(format: LogFormat) -> Self {
        match format {
            LogFormat::Auto => Self::Auto,
            LogFormat::Json => Self::Json,
            LogFormat::Text => Self::Readable,
        }
    }
}
