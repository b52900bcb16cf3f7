//! Where log lines go, which ones, and in which form.
//!
//! Lines go to standard error: standard output belongs to what a command answers. Not here: the JSON form (`json`).

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::JsonFields;

use crate::json::JsonLines;

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Readable on a terminal, JSON elsewhere.
    #[default]
    Auto,
    /// One JSON object a line.
    Json,
    /// For people.
    Readable,
}

/// Why there are no logs.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// `AGENT_BUS_LOG` or `RUST_LOG` is not a filter.
    #[error("{variable} is not a log filter: {error}")]
    Filter {
        /// Which one.
        variable: &'static str,
        /// What is wrong with it.
        error: String,
    },
    /// Somebody was here before.
    #[error("logs are set up already: {0}")]
    Twice(String),
}

/// What is logged if nobody says: everything that went wrong, and what the fleet itself reports.
const FILTER: &str = "info";

/// Sets the process's logs up. The filter is `AGENT_BUS_LOG`, else `RUST_LOG`, else `info`. A panic becomes one line.
///
/// # Errors
/// When a filter cannot be read, or logs were set up before.
pub fn init(service: &'static str, format: Format) -> Result<(), LogError> {
    let builder = tracing_subscriber::fmt().with_env_filter(filter()?).with_writer(std::io::stderr);
    let readable = match format {
        Format::Auto => std::io::stderr().is_terminal(),
        Format::Json => false,
        Format::Readable => true,
    };
    let done = if readable {
        builder.with_ansi(std::io::stderr().is_terminal()).with_target(false).try_init()
    } else {
        builder.fmt_fields(JsonFields::new()).event_format(JsonLines { service }).try_init()
    };
    done.map_err(|error| LogError::Twice(error.to_string()))?;
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        let message = panic.payload_as_str().unwrap_or("a panic without words");
        tracing::error!(place, "panicked: {message}");
    }));
    Ok(())
}

fn filter() -> Result<EnvFilter, LogError> {
    for variable in ["AGENT_BUS_LOG", "RUST_LOG"] {
        if let Ok(text) = std::env::var(variable)
            && !text.is_empty()
        {
            return EnvFilter::try_new(text)
                .map_err(|error| LogError::Filter { variable, error: error.to_string() });
        }
    }
    Ok(EnvFilter::new(FILTER))
}
