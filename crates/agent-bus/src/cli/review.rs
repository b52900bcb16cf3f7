//! `agent-bus review`: what is good in these files, and what to do next.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use ::review::decide::{Review, Severity, review};

use super::{Failure, check, jsonl};

/// What to review.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Python files; standard input where none is given
    files: Vec<PathBuf>,
    /// Read one {"id", "code"} a line on standard input, write one {"id", "review", "micros"} a line
    #[arg(long, conflicts_with = "files")]
    jsonl: bool,
    /// For whom: decides which rules speak
    #[arg(long, value_enum, default_value_t = Level::Learning)]
    level: Level,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Level {
    Beginner,
    Learning,
    Proficient,
    Mastered,
}

impl From<Level> for agent_core::mastery::Level {
    fn from(level: Level) -> Self {
        match level {
            Level::Beginner => Self::Beginner,
            Level::Learning => Self::Learning,
            Level::Proficient => Self::Proficient,
            Level::Mastered => Self::Mastered,
        }
    }
}

/// Exit status 1 where a review has something essential to say.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let level = args.level.into();
    if args.jsonl {
        return jsonl::run(std::io::stdin().lock(), std::io::stdout().lock(), "review", |code| {
            serde_json::to_value(review(code, level))
        });
    }
    let mut output = std::io::stdout().lock();
    check::each_source(&args.files, |name, code| {
        let review = review(code, level);
        report(&mut output, name, &review)?;
        Ok(review.findings.iter().all(|finding| finding.severity != Severity::Essential))
    })
}

fn report(output: &mut impl Write, name: &str, review: &Review) -> std::io::Result<()> {
    writeln!(output, "{name}: {} of 100 ({:?})", review.score, review.grade)?;
    for finding in &review.findings {
        writeln!(output, "{name}:{}: {} [{}]", finding.line, finding.message, finding.rule)?;
        for text in [&finding.why, &finding.instead].into_iter().filter(|text| !text.is_empty()) {
            writeln!(output, "  {}", text.replace('\n', "\n  "))?;
        }
    }
    for praise in &review.praise {
        writeln!(output, "well done: {praise}")?;
    }
    writeln!(output, "next: {}\n", review.next_step.message)
}
