//! `agent-bus tokens verify`: the efficiency table, measured on real calls over a fixed corpus.
//!
//! The calls go to real rooms on a store that is thrown away. Not here: counting (crate `usage`).

use std::io::Write;
use std::process::ExitCode;

use usage::{BASELINE_TOKENS, Tokenizer, verify};

use super::Failure;
use crate::up;

/// What to measure.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Print what each call of a fixed corpus costs, against the baseline of a language model's call
    Verify {
        /// What a language model is assumed to need for a call, in tokens
        #[arg(long, env = "AGENT_BUS_BASELINE_TOKENS", default_value_t = BASELINE_TOKENS, value_parser = clap::value_parser!(u32).range(1..))]
        baseline_tokens: u32,
    },
}

pub(crate) fn run(command: &Command) -> Result<ExitCode, Failure> {
    let Command::Verify { baseline_tokens } = *command;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let samples = runtime.block_on(up::sample_calls())?;
    let tokenizer = Tokenizer::new(baseline_tokens);
    let rows = verify::rows(&tokenizer, &samples);
    writeln!(std::io::stdout(), "{}", verify::table(&rows).trim_end())?;
    writeln!(
        std::io::stdout(),
        "\nsaved is 1 - tokens / {baseline_tokens}; the baseline is an assumption, settable."
    )?;
    Ok(ExitCode::SUCCESS)
}
