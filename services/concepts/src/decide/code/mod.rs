//! Reads a learner's program for what shows a concept: names, values, calls, operators, branches, loops, each with its line.
//!
//! Broken code is read as far as the parser recovers; hostile code costs bounded time and stack (`depth`). Not here: what
//! is wrong with the program (room `debug`), and how a finding is worded (`explain` and the topics' texts).

mod bindings;
mod body;
mod branches;
mod broken;
mod chain;
mod comprehensions;
mod counter;
mod depth;
mod expressions;
mod jumps;
mod loops;
mod repeats;
mod sighting;
mod statements;
mod values;

use ruff_python_ast::ModModule;
use ruff_python_parser::Parsed;
use ruff_source_file::LineIndex;
use ruff_text_size::Ranged;

pub use sighting::{Construct, SIGHTINGS_MAX, Sighting, Sightings, Slot};
use statements::Reader;

/// What was found in one program.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// What shows something, by construct, in the order of the text.
    pub seen: Sightings,
    /// The first line that the parser trips over, from 1.
    pub broken_line: Option<u32>,
    /// There is more in the program than was looked at.
    pub cut: bool,
}

/// Reads a program. Total: any text gives a reading.
#[must_use]
pub fn read(source: &str) -> Reading {
    let parsed = depth::parse(source);
    if let Some(parsed) = parsed.as_ref().filter(|parsed| parsed.errors().is_empty()) {
        return look(source, parsed);
    }
    // An open bracket swallows what follows it. Without its line the rest may well be whole.
    let broken_line = broken_line(source, parsed.as_ref());
    let mended = broken_line.map(|line| without_line(source, line));
    let errors_before = parsed.as_ref().map_or(usize::MAX, |parsed| parsed.errors().len());
    let rest = mended.as_deref().and_then(depth::parse).filter(|rest| rest.errors().len() < errors_before);
    let reading = match (&mended, &rest, &parsed) {
        (Some(mended), Some(rest), _) => look(mended, rest),
        (_, _, Some(parsed)) => look(source, parsed),
        _ => Reading { cut: true, ..Reading::default() },
    };
    let mut reading = Reading { broken_line, cut: reading.cut || parsed.is_none(), ..reading };
    if let Some((construct, sighting)) = broken_line.and_then(|line| broken::slip(source, line)) {
        reading.seen.add(construct, sighting);
    }
    reading
}

fn look(source: &str, parsed: &Parsed<ModModule>) -> Reading {
    let lines = LineIndex::from_source_text(source);
    let mut reader = Reader::new(source, &lines);
    reader.module(parsed.suite());
    let (seen, cut) = reader.finish();
    Reading { seen, broken_line: None, cut }
}

/// Where CPython would stop reading.
fn broken_line(source: &str, parsed: Option<&Parsed<ModModule>>) -> Option<u32> {
    let by_parser = || {
        let start = parsed?.errors().first()?.start();
        Some(line_of(&LineIndex::from_source_text(source), start))
    };
    agent_core::syntax::analyze(source).errors.first().map(|error| error.line).or_else(by_parser)
}

/// The program with one line, counted from 1, left empty: every other line keeps its number.
fn without_line(source: &str, line: u32) -> String {
    let ends = |text: &str| text.trim_end_matches(['\n', '\r']).len();
    let lines = source.split_inclusive('\n').zip(1_u32..);
    lines.map(|(text, number)| if number == line { &text[ends(text)..] } else { text }).collect()
}

fn line_of(lines: &LineIndex, offset: ruff_text_size::TextSize) -> u32 {
    u32::try_from(lines.line_index(offset).get()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
