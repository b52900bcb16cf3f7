//! `agent-bus check`: what is wrong with these files, and how to mend it.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use agent_core::syntax::{self, Analysis, SyntaxError};

use super::{Failure, jsonl};

/// The exit status where a text could not be read, as where a command could not do its work.
const NOT_READ: u8 = 2;

/// What to check.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Python files; standard input where none is given
    files: Vec<PathBuf>,
    /// Read one {"id", "code"} a line on standard input, write one {"id", "analysis", "micros"} a line
    #[arg(long, conflicts_with = "files")]
    jsonl: bool,
}

/// Exit status 1 where a file is not valid Python.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    if args.jsonl {
        return jsonl::run(std::io::stdin().lock(), std::io::stdout().lock(), "analysis", |code| {
            serde_json::to_value(syntax::analyze(code))
        });
    }
    let mut output = std::io::stdout().lock();
    each_source(&args.files, |name, code| {
        let analysis = syntax::analyze(code);
        report(&mut output, name, code, &analysis)?;
        Ok(analysis.valid)
    })
}

/// Works on each text, given its name: files, or standard input where none is named. What cannot be read is told, and the
/// others are worked on all the same. Exit status 2 where a text was not read, else 1 where `is_good` denied one.
pub(super) fn each_source(
    files: &[PathBuf],
    mut is_good: impl FnMut(&str, &str) -> std::io::Result<bool>,
) -> Result<ExitCode, Failure> {
    if files.is_empty() {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes)?;
        let good = is_good("<stdin>", &text("<stdin>", bytes)?)?;
        return Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let (mut all_read, mut all_good) = (true, true);
    for path in files {
        let name = path.display().to_string();
        let read = std::fs::read(path).map_err(|error| format!("{name}: {error}").into());
        match read.and_then(|bytes| text(&name, bytes)) {
            Ok(code) => all_good &= is_good(&name, &code)?,
            Err(failure) => {
                all_read = false;
                writeln!(std::io::stderr(), "agent-bus: {failure}")?;
            }
        }
    }
    Ok(match (all_read, all_good) {
        (false, _) => ExitCode::from(NOT_READ),
        (true, false) => ExitCode::FAILURE,
        (true, true) => ExitCode::SUCCESS,
    })
}

fn text(name: &str, bytes: Vec<u8>) -> Result<String, Failure> {
    String::from_utf8(bytes).map_err(|error| {
        format!("{name}: not UTF-8 from byte {} on", error.utf8_error().valid_up_to()).into()
    })
}

fn report(output: &mut impl Write, name: &str, code: &str, analysis: &Analysis) -> std::io::Result<()> {
    if analysis.valid {
        return writeln!(output, "{name}: no errors");
    }
    let lines: Vec<&str> = code.lines().collect();
    for error in &analysis.errors {
        report_error(output, name, &lines, error)?;
    }
    if analysis.truncated {
        writeln!(output, "{name}: there is more; mend these first")?;
    }
    Ok(())
}

fn report_error(
    output: &mut impl Write,
    name: &str,
    lines: &[&str],
    error: &SyntaxError,
) -> std::io::Result<()> {
    writeln!(output, "{name}:{}:{}: {}", error.line, error.column, error.message)?;
    if let Some(line) = lines.get(error.line as usize - 1) {
        let shown: String = line.chars().take(160).collect();
        writeln!(output, "    {shown}")?;
        let before = shown.chars().take(error.column as usize - 1);
        let indent: String = before.map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
        writeln!(output, "    {indent}^")?;
    }
    writeln!(output, "  {}", error.explanation)?;
    for fix in error.fixes.iter().take(3) {
        let checked = if fix.verified { "" } else { " (not checked)" };
        writeln!(output, "  fix: {}{checked}", fix.title)?;
    }
    writeln!(output, "  read on: {}\n", error.concept.slug())
}
