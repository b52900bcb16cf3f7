//! `dead-letters list`: one row a letter, or one JSON line.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::ExitCode;

use contracts::events::ErrorType;
use serde::Serialize;

use super::letter::{Letter, Record, Told};
use super::{Failure, Filter, Letters};
use crate::kafka::KafkaArgs;
use crate::opening::Opener;
use crate::registry::RegistryArgs;

/// Longest message in a row; all of it is in the JSON line and in `show`.
const MESSAGE_MAX_CHARS: usize = 80;

const HEADINGS: [&str; 7] = ["ID", "FAILED AT", "ERROR", "CONSUMER", "ORIGIN", "EVENT", "MESSAGE"];

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    kafka: KafkaArgs,
    #[command(flatten)]
    registry: RegistryArgs,
    #[command(flatten)]
    filter: Filter,
    /// The newest so many of each topic
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
    /// One JSON line a letter
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: &Args) -> Result<ExitCode, Failure> {
    let settings = args.kafka.settings()?;
    let opener = Opener::new(&args.registry)?;
    let mut rows = Vec::new();
    for topic in args.filter.topics() {
        let mut letters = Letters::read(&settings, &opener, &[topic], args.filter.since);
        let mut newest = BTreeMap::new();
        while let Some(letter) = letters.next().await? {
            if args.filter.admits(&letter) {
                let record = opener.held(letter.payload()).await;
                newest.insert(letter.order(), row(&letter, &record, args.json)?);
            }
            if newest.len() > args.limit as usize {
                newest.pop_first();
            }
        }
        rows.extend(newest.into_values());
    }
    let mut out = std::io::stdout().lock();
    match (args.json, rows.is_empty()) {
        (true, _) => rows.iter().try_for_each(|row| writeln!(out, "{}", row.concat()))?,
        (false, true) => writeln!(out, "no dead letters")?,
        (false, false) => out.write_all(table(rows).as_bytes())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A letter's JSON line.
#[derive(Debug, Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    told: Told<'a>,
    /// Why the record in it, or the letter itself, stays in its frame.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed: Option<&'a str>,
}

/// The cells of a letter's row; with `as_json` a single one, its line.
fn row(letter: &Letter, record: &Record, as_json: bool) -> Result<Vec<String>, serde_json::Error> {
    let told = letter.told(record);
    let closed = record.as_ref().err().map(String::as_str);
    Ok(if as_json { vec![serde_json::to_string(&Line { told, closed })?] } else { cells(&told, closed) })
}

fn cells(told: &Told<'_>, closed: Option<&str>) -> Vec<String> {
    let or_dash = |text: Option<&str>| plain(text.unwrap_or("-"));
    vec![
        told.id.to_string(),
        told.failed_at.map_or_else(|| "-".to_owned(), |at| at.to_string()),
        or_dash(told.error_type.map(ErrorType::as_str)),
        or_dash(told.consumer),
        plain(&told.origin()),
        or_dash(told.event_type),
        cut(&or_dash(told.error_message.or(closed))),
    ]
}

/// Whatever a record holds, a row is one line.
fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MESSAGE_MAX_CHARS) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

fn table(rows: Vec<Vec<String>>) -> String {
    let headings = HEADINGS.map(str::to_owned).to_vec();
    let rows: Vec<Vec<String>> = std::iter::once(headings).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..HEADINGS.len()).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let cells: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_one_line_and_a_long_message_is_cut() {
        assert_eq!(plain("a\nb\u{1b}[31mc"), "a b [31mc");
        assert_eq!(cut(&"é".repeat(80)), "é".repeat(80));
        assert_eq!(cut(&"é".repeat(81)), format!("{}...", "é".repeat(80)));
        let row: Vec<String> = ["raw/0/1", "-", "-", "-", "-", "-", ""].map(str::to_owned).to_vec();
        assert_eq!(
            table(vec![row]),
            "ID       FAILED AT  ERROR  CONSUMER  ORIGIN  EVENT  MESSAGE\nraw/0/1  -          -      -         -       -\n"
        );
    }
}
