//! `--jsonl`: one question a line in, one answer a line out, until the input ends.
//!
//! A bad line gets an error line and the run goes on. Not here: what the question means.

use std::io::{BufRead, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::Instant;

use serde::Deserialize;
use serde_json::{Value, json};

use super::Failure;

/// The longest line, in bytes: a program of 1 MiB whose every character is escaped.
const LINE_MAX_BYTES: u64 = 8 * 1024 * 1024;

#[derive(Deserialize)]
struct Question {
    id: Value,
    code: String,
}

/// Answers every line of `input` with `answer`, under the name `field`.
pub(crate) fn run(
    mut input: impl BufRead,
    mut output: impl Write,
    field: &str,
    answer: impl Fn(&str) -> Result<Value, serde_json::Error>,
) -> Result<ExitCode, Failure> {
    let mut line = Vec::new();
    while next_line(&mut input, &mut line)? {
        if line.trim_ascii().is_empty() && !is_too_long(&line) {
            continue;
        }
        let written = serde_json::to_writer(&mut output, &answer_line(&line, field, &answer));
        written.map_err(std::io::Error::from)?;
        output.write_all(b"\n")?;
        output.flush()?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads one line without its end. Of a line that is too long no more than the limit is kept.
fn next_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<bool> {
    line.clear();
    let read = input.by_ref().take(LINE_MAX_BYTES + 1).read_until(b'\n', line)?;
    if is_too_long(line) {
        input.skip_until(b'\n')?;
    }
    Ok(read > 0)
}

fn is_too_long(line: &[u8]) -> bool {
    line.len() as u64 > LINE_MAX_BYTES
}

fn answer_line(
    line: &[u8],
    field: &str,
    answer: &impl Fn(&str) -> Result<Value, serde_json::Error>,
) -> Value {
    if is_too_long(line) {
        return json!({"id": null, "error": format!("the line is longer than {LINE_MAX_BYTES} bytes")});
    }
    let question: Question = match serde_json::from_slice(line) {
        Ok(question) => question,
        Err(error) => return json!({"id": id_of(line), "error": error.to_string()}),
    };
    let began = Instant::now();
    // One bad program must not end the run over all the others.
    let answered = catch_unwind(AssertUnwindSafe(|| answer(&question.code)));
    let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
    match answered {
        Ok(Ok(value)) => json!({"id": question.id, (field): value, "micros": micros}),
        Ok(Err(error)) => json!({"id": question.id, "error": error.to_string()}),
        Err(_) => json!({"id": question.id, "error": "the program could not be worked on"}),
    }
}

/// The id of a line that is no question, where it has one.
fn id_of(line: &[u8]) -> Value {
    serde_json::from_slice::<Value>(line)
        .map_or(Value::Null, |value| value.get("id").cloned().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(input: &[u8]) -> Vec<Value> {
        let mut output = Vec::new();
        run(input, &mut output, "analysis", |code| Ok(json!(code.len()))).unwrap();
        output
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect()
    }

    #[test]
    fn every_question_gets_its_answer() {
        let found = answers(b"{\"id\": 1, \"code\": \"abc\"}\n\n{\"id\": \"two\", \"code\": \"\"}");
        assert_eq!((&found[0]["id"], &found[0]["analysis"]), (&json!(1), &json!(3)));
        assert_eq!((&found[1]["id"], &found[1]["analysis"]), (&json!("two"), &json!(0)));
    }

    #[test]
    fn a_bad_line_gets_an_error_and_the_run_goes_on() {
        let found = answers(b"nonsense\n{\"id\": 7}\n\xff\n{\"id\": 8, \"code\": \"x\"}\n");
        assert_eq!(found.len(), 4);
        assert!(found[0]["error"].is_string() && found[0]["id"].is_null());
        assert_eq!(found[1]["id"], json!(7));
        assert!(found[1]["error"].as_str().unwrap().contains("code"));
        assert!(found[2]["error"].is_string());
        assert_eq!(found[3]["analysis"], json!(1));
    }

    #[test]
    fn a_line_over_the_limit_is_refused_and_passed_over() {
        let mut input = vec![b' '; usize::try_from(LINE_MAX_BYTES).unwrap() + 10];
        input.extend(b"\n{\"id\": 1, \"code\": \"\"}\n");
        let found = answers(&input);
        assert!(found[0]["error"].as_str().unwrap().contains("longer"));
        assert_eq!(found[1]["id"], json!(1));
    }
}
