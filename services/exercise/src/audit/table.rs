//! An audit as a table for a terminal.
//!
//! Not here: the counting.

use std::fmt;

use super::{Audit, Row};

/// The columns' heads.
const HEADS: [&str; 12] = [
    "exercise",
    "kind",
    "difficulty",
    "seeds",
    "variants",
    "of",
    "admitted",
    "bugs",
    "caught",
    "equal",
    "score",
    "tests",
];

impl fmt::Display for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<[String; 12]> = self.rows.iter().map(cells).collect();
        let heads = HEADS.map(str::to_owned);
        let widths: Vec<usize> = (0..HEADS.len())
            .map(|column| {
                let all = rows.iter().chain([&heads]).map(|row| row[column].chars().count());
                all.max().unwrap_or_default()
            })
            .collect();
        for row in [&heads].into_iter().chain(&rows) {
            let mut line = String::new();
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                // Words to the left, numbers to the right.
                if column < 3 {
                    line.push_str(&format!("{cell:<width$}  "));
                } else {
                    line.push_str(&format!("{cell:>width$}  "));
                }
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        for row in &self.rows {
            for (count, first) in row.refusals.values() {
                writeln!(
                    f,
                    "{} {}: {count} of {} refused, first: {first}",
                    row.place,
                    row.kind.name(),
                    row.seeds
                )?;
            }
        }
        let (admitted, score) = self.totals();
        writeln!(
            f,
            "{} generators, {} admitted, mutation score {}",
            self.rows.len(),
            percent(admitted),
            percent(score)
        )
    }
}

fn cells(row: &Row) -> [String; 12] {
    [
        row.place.clone(),
        row.kind.name().to_owned(),
        format!("{:?}", row.difficulty).to_lowercase(),
        row.seeds.to_string(),
        row.distinct.to_string(),
        row.variety.to_string(),
        percent(row.admitted_share()),
        row.tally.mutants.to_string(),
        row.tally.killed.to_string(),
        row.tally.equal.to_string(),
        percent(row.score()),
        row.tests_median.to_string(),
    ]
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}
