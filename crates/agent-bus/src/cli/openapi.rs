//! `agent-bus openapi`: the description of every agent's routes, made from the code.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use utoipa::openapi::OpenApi;

use super::Failure;
use crate::fleet;

/// Which documents, and where to.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// One agent's document, on standard output
    #[arg(required_unless_present = "dir", conflicts_with = "dir")]
    agent: Option<String>,
    /// Write every agent's document into this folder, as AGENT.json
    #[arg(long)]
    dir: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let documents = fleet::openapi_documents();
    if let Some(dir) = &args.dir {
        std::fs::create_dir_all(dir).map_err(|error| format!("{}: {error}", dir.display()))?;
        for (agent, document) in &documents {
            let path = dir.join(format!("{agent}.json"));
            std::fs::write(&path, text(document)?).map_err(|error| format!("{}: {error}", path.display()))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let wanted = args.agent.as_deref().unwrap_or_default();
    let document = documents.iter().find(|(agent, _)| *agent == wanted).ok_or_else(|| {
        let known: Vec<&str> = documents.iter().map(|(agent, _)| *agent).collect();
        format!("no agent is called {wanted:?}; there are {}", known.join(", "))
    })?;
    std::io::stdout().lock().write_all(text(&document.1)?.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn text(document: &OpenApi) -> Result<String, Failure> {
    Ok(document.to_pretty_json()? + "\n")
}
