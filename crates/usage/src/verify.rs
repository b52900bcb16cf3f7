//! The efficiency table of `agent-bus tokens verify`: measured on real calls, nothing in it is a constant but the baseline.
//!
//! Not here: making the calls (the command).

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::{Tokenizer, Tokens};

/// A call that was made for the table.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The agent that answered.
    pub agent: String,
    /// Method and route template.
    pub route: String,
    /// The request's body.
    pub request: Vec<u8>,
    /// The answer, as every caller gets it.
    pub full: Vec<u8>,
    /// The answer in its compact form, where the route has one.
    pub compact: Option<Vec<u8>>,
}

/// A line of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The agent.
    pub agent: String,
    /// The call.
    pub route: String,
    /// In full.
    pub full: Figure,
    /// In the compact form.
    pub compact: Option<Figure>,
}

/// What a form of a call cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure {
    /// Its tokens.
    pub tokens: Tokens,
    /// 1 − tokens / baseline.
    pub efficiency: f64,
}

/// The samples, measured.
#[must_use]
pub fn rows(tokenizer: &Tokenizer, samples: &[Sample]) -> Vec<Row> {
    let measured = |sample: &Sample, answer: &[u8]| {
        let tokens = tokenizer.call(&sample.route, &sample.request, answer);
        Figure { tokens, efficiency: tokenizer.efficiency(tokens) }
    };
    let row = |sample: &Sample| Row {
        agent: sample.agent.clone(),
        route: sample.route.clone(),
        full: measured(sample, &sample.full),
        compact: sample.compact.as_ref().map(|answer| measured(sample, answer)),
    };
    samples.iter().map(row).collect()
}

/// Each agent's mean efficiency over its rows: in full, and in the compact form where every row of it has one.
#[must_use]
pub fn means(rows: &[Row]) -> BTreeMap<&str, (f64, Option<f64>)> {
    let mut by_agent: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        by_agent.entry(&row.agent).or_default().push(row);
    }
    let mean = |figures: Vec<f64>| figures.iter().sum::<f64>() / figures.len() as f64;
    let figures = |rows: Vec<&Row>| {
        let compact: Option<Vec<f64>> = rows.iter().map(|row| Some(row.compact?.efficiency)).collect();
        (mean(rows.iter().map(|row| row.full.efficiency).collect()), compact.map(mean))
    };
    by_agent.into_iter().map(|(agent, rows)| (agent, figures(rows))).collect()
}

/// The table as text: a line a call, then a line an agent. The compact form stands only where there is one.
#[must_use]
pub fn table(rows: &[Row]) -> String {
    let with_compact = rows.iter().any(|row| row.compact.is_some());
    let route_width = rows.iter().map(|row| row.route.chars().count()).max().unwrap_or(0).max(4);
    let mut text = format!(
        "{:<12}  {:<route_width$}  {:>6}  {:>6}  {:>7}",
        "agent", "call", "around", "answer", "saved"
    );
    if with_compact {
        text.push_str("  compact");
    }
    let mut line = |agent: &str, route: &str, tokens: Option<Tokens>, full: f64, compact: Option<f64>| {
        let count = |count: Option<usize>| count.map(|count| count.to_string()).unwrap_or_default();
        let (around, answer) = (count(tokens.map(|t| t.around)), count(tokens.map(|t| t.answer)));
        let saved = percent(full);
        // Writing to a String does not fail.
        let _ = write!(text, "\n{agent:<12}  {route:<route_width$}  {around:>6}  {answer:>6}  {saved:>7}");
        if let Some(compact) = compact {
            let _ = write!(text, "  {:>7}", percent(compact));
        }
    };
    for row in rows {
        let compact = row.compact.map(|figure| figure.efficiency);
        line(&row.agent, &row.route, Some(row.full.tokens), row.full.efficiency, compact);
    }
    for (agent, (full, compact)) in means(rows) {
        line(agent, "mean", None, full, compact);
    }
    text.push('\n');
    text
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(agent: &str, route: &str, request: &str, full: &str, compact: Option<&str>) -> Sample {
        Sample {
            agent: agent.into(),
            route: route.into(),
            request: request.into(),
            full: full.into(),
            compact: compact.map(Into::into),
        }
    }

    fn samples() -> [Sample; 3] {
        let code = r#"{"code": "print('x'\n", "language": "python"}"#;
        let errors = r#"{"valid":false,"errors":[{"line":1,"message":"'(' was never closed","explanation":"Every opening bracket needs one that closes it."}]}"#;
        let short = r#"{"valid":false,"errors":[{"line":1,"message":"'(' was never closed"}]}"#;
        [
            sample("debug", "POST /api/v1/debug/analyze", code, errors, Some(short)),
            sample("debug", "GET /api/v1/debug/patterns", "", r#"{"patterns":[]}"#, Some("[]")),
            sample(
                "progress",
                "GET /api/v1/progress/{student_id}",
                "",
                r#"{"student_id":"ada","overall_mastery":0.84,"level":"proficient"}"#,
                None,
            ),
        ]
    }

    #[test]
    fn the_table_shows_each_call_and_each_agents_mean() {
        insta::assert_snapshot!(table(&rows(&Tokenizer::default(), &samples())));
    }

    #[test]
    fn without_a_compact_form_there_is_no_such_column() {
        let text = table(&rows(&Tokenizer::default(), &samples()[2..]));
        assert!(!text.contains("compact"), "{text}");
    }

    #[test]
    fn an_agent_with_a_call_that_has_no_compact_form_has_no_compact_mean() {
        let mut samples = samples();
        samples[1].compact = None;
        let rows = rows(&Tokenizer::default(), &samples);
        let means = means(&rows);
        assert_eq!(means["debug"].1, None);
        let expected = (rows[0].full.efficiency + rows[1].full.efficiency) / 2.0;
        assert_eq!(means["debug"].0, expected);
    }
}
