//! The tests of `transcript.rs`: what a child may say, and what ends it.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::*;
use crate::{Call, Limits, Program};

const NONCE: &str = "0123";

/// Two programs: a script and two calls, then a trace.
fn job() -> Job {
    let script = Case::Script { stdin: String::new(), globals: vec!["x".to_owned()] };
    let call = Call { function: "f".to_owned(), arguments: vec![] };
    let calls = Case::Calls { stdin: String::new(), calls: vec![call.clone(), call] };
    let trace = Case::Trace { stdin: String::new(), steps_max: 2 };
    let program = |cases| Program { code: String::new(), cases };
    let programs = vec![program(vec![script, calls]), program(vec![]), program(vec![trace])];
    Job::new(programs, Limits::GRADED)
}

fn report() -> CaseReport {
    CaseReport {
        outcome: crate::Outcome::Finished,
        stdout: "zwölf".to_owned(),
        calls: vec![],
        globals: BTreeMap::new(),
        steps: vec![],
        steps_cut: false,
    }
}

fn case(program: u32, edit: impl FnOnce(&mut CaseReport)) -> Json {
    let mut report = report();
    edit(&mut report);
    json!({"nonce": NONCE, "said": Said::Case { program, report }})
}

fn plain(program: u32) -> Json {
    case(program, |_| {})
}

fn ended(ended: Ended) -> Json {
    json!({"nonce": NONCE, "said": Said::Ended(ended)})
}

fn observed(printed: (u32, u32)) -> crate::Observed {
    crate::Observed { returned: crate::Value::None, arguments: vec![], printed }
}

fn step(printed_bytes: u32) -> crate::Step {
    crate::Step { line: 1, function: "f".to_owned(), changed: BTreeMap::new(), returned: None, printed_bytes }
}

fn taken() -> Json {
    json!({"nonce": NONCE, "said": Said::Taken})
}

/// A transcript of a child that has taken the job.
fn begun(job: &Job) -> Transcript<'_> {
    let mut transcript = Transcript::new(job, NONCE);
    assert!(!transcript.taken());
    assert_eq!(transcript.hear(taken().to_string().as_bytes()).unwrap(), Heard::Taken);
    assert!(transcript.taken());
    transcript
}

/// What the last line came to, the ones before it being right.
fn heard(lines: &[Json]) -> Result<Heard, String> {
    let job = job();
    let mut transcript = begun(&job);
    let (last, before) = lines.split_last().unwrap();
    for line in before {
        assert_eq!(transcript.hear(line.to_string().as_bytes()).unwrap(), Heard::Case);
    }
    transcript.hear(last.to_string().as_bytes()).map_err(|fault| fault.to_string())
}

#[test]
fn a_conversation_in_order_becomes_the_report() {
    let job = job();
    let mut transcript = begun(&job);
    for line in [plain(0), plain(0), plain(2)] {
        assert_eq!(transcript.hear(line.to_string().as_bytes()).unwrap(), Heard::Case);
    }
    let last = transcript.hear(ended(Ended::Completed).to_string().as_bytes()).unwrap();
    assert_eq!(last, Heard::Ended(Ended::Completed));
    let report = transcript.close(Ended::Completed);
    assert_eq!(report.programs.iter().map(|program| program.cases.len()).collect::<Vec<_>>(), [2, 0, 1]);
}

#[test]
fn a_report_names_the_programs_that_were_begun() {
    let job = job();
    for (lines, cases) in [(0, vec![0]), (1, vec![1]), (2, vec![2, 0, 0])] {
        let mut transcript = begun(&job);
        for _ in 0..lines {
            transcript.hear(plain(0).to_string().as_bytes()).unwrap();
        }
        let report = transcript.close(Ended::TimedOut);
        assert_eq!(report.programs.iter().map(|program| program.cases.len()).collect::<Vec<_>>(), cases);
    }
    let nothing = Job::new(vec![], Limits::GRADED);
    let mut transcript = begun(&nothing);
    assert!(transcript.hear(ended(Ended::Completed).to_string().as_bytes()).is_ok());
    assert_eq!(transcript.close(Ended::Completed).programs, []);
}

#[test]
fn what_is_out_of_order_is_not_believed() {
    let ready = json!({"nonce": NONCE, "said": {"Ready": {"lockdown":
        {"landlock": "Present", "seccomp": "Present", "limits": "Present"}}}});
    let cases = [
        (vec![ready], "it said that it is ready out of order"),
        (vec![taken()], "it said that it has the order out of order"),
        (
            vec![json!({"nonce": NONCE, "said": {"Killed": {"signal": 9}}})],
            "it said that it died out of order",
        ),
        (vec![plain(1)], "it said a case out of order"),
        (vec![plain(2)], "it said a case out of order"),
        (vec![plain(u32::MAX)], "it said a case out of order"),
        (vec![plain(0), plain(0), plain(0)], "it said a case out of order"),
        (vec![plain(0), plain(0), plain(2), plain(2)], "it said a case out of order"),
        (vec![ended(Ended::Completed)], "it said that it ended out of order"),
        (vec![plain(0), plain(0), ended(Ended::Completed)], "it said that it ended out of order"),
        (vec![plain(0), plain(0), plain(2), ended(Ended::TimedOut)], "it said that it ended out of order"),
    ];
    for (lines, fault) in cases {
        assert_eq!(heard(&lines).unwrap_err(), fault, "{lines:?}");
    }
    assert_eq!(heard(&[plain(0), ended(Ended::OutOfMemory)]), Ok(Heard::Ended(Ended::OutOfMemory)));
}

#[test]
fn nothing_is_seen_before_the_order_is_taken() {
    let job = job();
    for line in [plain(0), ended(Ended::TimedOut)] {
        let fault = Transcript::new(&job, NONCE).hear(line.to_string().as_bytes()).unwrap_err();
        assert_eq!(fault.to_string(), "it said what it saw out of order");
    }
}

#[test]
fn a_death_is_told_by_the_nursery_at_any_time() {
    let job = job();
    let line = json!({"nonce": "", "said": {"Killed": {"signal": 11}}}).to_string();
    assert_eq!(Transcript::new(&job, NONCE).hear(line.as_bytes()).unwrap(), Heard::Killed(11));
    let mut transcript = begun(&job);
    transcript.hear(plain(0).to_string().as_bytes()).unwrap();
    assert_eq!(transcript.hear(line.as_bytes()).unwrap(), Heard::Killed(11));
}

#[test]
fn what_cannot_be_is_not_believed() {
    let cases = [
        (vec![case(0, |report| report.calls.push(observed((0, 0))))], "it told of calls that cannot be"),
        (
            vec![plain(0), case(0, |report| report.calls = vec![observed((0, 0)); 3])],
            "it told of calls that cannot be",
        ),
        (
            vec![plain(0), case(0, |report| report.calls.push(observed((0, 7))))],
            "it told of output of a call that cannot be",
        ),
        (
            vec![plain(0), case(0, |report| report.calls.push(observed((0, 3))))],
            "it told of output of a call that cannot be",
        ),
        (
            vec![plain(0), case(0, |report| report.calls.push(observed((2, 1))))],
            "it told of output of a call that cannot be",
        ),
        (vec![case(0, |report| report.steps.push(step(0)))], "it told of steps that cannot be"),
        (
            vec![plain(0), plain(0), case(2, |report| report.steps = vec![step(0); 3])],
            "it told of steps that cannot be",
        ),
        (
            vec![plain(0), plain(0), case(2, |report| report.steps.push(step(3)))],
            "it told of output of a step that cannot be",
        ),
        (
            vec![case(0, |report| drop(report.globals.insert("y".to_owned(), crate::Value::None)))],
            "it told of globals that cannot be",
        ),
        (
            vec![case(0, |report| report.stdout = "x".repeat((64 << 10) + 1))],
            "it wrote more than is kept of one job",
        ),
    ];
    for (lines, fault) in cases {
        assert_eq!(heard(&lines).unwrap_err(), fault);
    }
    let right = [
        case(0, |report| drop(report.globals.insert("x".to_owned(), crate::Value::None))),
        case(0, |report| report.calls = vec![observed((0, 2)), observed((2, 6))]),
        case(2, |report| report.steps = vec![step(0), step(6)]),
        ended(Ended::Completed),
    ];
    assert_eq!(heard(&right), Ok(Heard::Ended(Ended::Completed)));
}

#[test]
fn lines_of_somebody_else_are_forged() {
    for nonce in ["", "012", "01234", "null"] {
        let mut line = plain(0);
        line["nonce"] = json!(nonce);
        assert_eq!(heard(&[line]).unwrap_err(), "it wrote a line with another nonce");
    }
    let job = job();
    let deep = format!("{{\"nonce\":\"{NONCE}\",\"said\":{}", "[".repeat(100_000));
    for line in ["", "x", "{}", "[]", "null", "{\"nonce\":\"0123\"}", "\u{0}", &deep] {
        let fault = begun(&job).hear(line.as_bytes()).unwrap_err();
        assert!(matches!(fault, Fault::Strange(_)), "{fault}");
    }
}

#[test]
fn no_child_can_make_the_report_grow_beyond_its_bound() {
    let case = Case::Script { stdin: String::new(), globals: vec![] };
    let program = Program { code: String::new(), cases: vec![case; 1_000] };
    let job = Job::new(vec![program], Limits::GRADED);
    let mut transcript = begun(&job);
    let line = self::case(0, |report| report.stdout = "\u{1}".repeat(64 << 10)).to_string();
    let heard = (0..1_000).take_while(|_| transcript.hear(line.as_bytes()).is_ok()).count();
    assert_eq!(heard, REPORT_MAX_BYTES / line.len());
    assert!(matches!(transcript.hear(line.as_bytes()), Err(Fault::TooMuch)));
}

#[test]
fn a_job_that_stops_at_a_timeout_ends_with_it_unless_nothing_is_left() {
    let late = |program| {
        case(program, |report| {
            report.outcome = crate::Outcome::Raised(crate::Raised {
                limit: Some(crate::Limit::Time),
                type_name: "TimeoutError".to_owned(),
                message: String::new(),
                line: Some(1),
                frames: vec![],
            });
        })
    };
    let mut job = job();
    for (stops, lines, last) in [
        (false, vec![late(0)], Heard::Case),
        (true, vec![plain(0)], Heard::Case),
        (true, vec![late(0)], Heard::Ended(Ended::TimedOut)),
        (true, vec![plain(0), late(0)], Heard::Ended(Ended::TimedOut)),
        (true, vec![plain(0), plain(0), late(2)], Heard::Case),
    ] {
        job.limits.stop_at_timeout = stops;
        let mut transcript = begun(&job);
        let heard: Vec<_> =
            lines.iter().map(|line| transcript.hear(line.to_string().as_bytes()).unwrap()).collect();
        assert_eq!(heard.last(), Some(&last), "{stops} {lines:?}");
        let seen: usize = transcript.close(Ended::TimedOut).programs.iter().map(|one| one.cases.len()).sum();
        assert_eq!(seen, lines.len());
    }
}
