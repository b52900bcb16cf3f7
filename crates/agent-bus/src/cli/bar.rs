//! How far a command has come, for people who wait at a terminal.
//!
//! Not here: what is counted.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Failure;

/// A bar of that template on standard error, where that is a terminal: a log wants lines.
pub(super) fn bar(template: &str) -> Result<ProgressBar, Failure> {
    let is_terminal = std::io::stderr().is_terminal();
    let target = if is_terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let style = ProgressStyle::with_template(template)?;
    Ok(ProgressBar::with_draw_target(None, target).with_style(style))
}
