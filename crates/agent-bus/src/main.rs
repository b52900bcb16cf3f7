//! The binary: reads the command line and hands over. Nothing is decided here.

mod cli;
mod fleet;
mod hidden;
mod kafka;
mod opening;
mod registry;
mod serve;
mod story;
mod up;

use std::process::ExitCode;

use clap::Parser;

/// An analysis makes many small short-lived values: glibc's allocator took a fifth of the fleet's time for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    #[cfg(feature = "failpoints")]
    let _points = fail::FailScenario::setup();
    cli::run(cli::Cli::parse())
}
