//! Drives the built child as its parent does: an order in, lines out.
//!
//! Not here: programs that mean harm, which go through the pool (crate `sandbox`).
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test: what is not there or not so must stop it")]

mod calls;
mod errors;
mod limits;
mod neighbours;
mod programs;
mod traces;

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use sandbox::wire::{Layer, Line, Lockdown, Order, Said};
use sandbox::{Case, CaseReport, Ended, Job, Limits, Outcome, Program, ProgramReport, Raised, Report};

const NONCE: &str = "a nonce";

/// Processor time that no honest program here needs, on any machine.
const PATIENT: Limits = Limits { cpu_ms: 60_000, wall_ms: 100_000, ..Limits::GRADED };

/// Runs a job in a child of its own.
fn run(programs: Vec<Program>, limits: Limits) -> Report {
    let mut child = Command::new(env!("CARGO_BIN_EXE_agent-bus-sandbox"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || lines.next().map(|line| serde_json::from_str::<Line>(&line.unwrap()).unwrap());
    let ready = next().unwrap();
    assert_eq!(ready.nonce, "");
    let Said::Ready { lockdown } = ready.said else { panic!("not ready: {ready:?}") };
    // Seccomp and limits are everywhere; Landlock is where the kernel has it.
    assert_eq!((&lockdown.seccomp, &lockdown.limits), (&Layer::Present, &Layer::Present));

    let order = Order { nonce: NONCE.to_owned(), job: Job::new(programs, limits) };
    let mut input = child.stdin.take().unwrap();
    input.write_all(&serde_json::to_vec(&order).unwrap()).unwrap();
    drop(input);
    assert_eq!(next(), Some(Line { nonce: NONCE.to_owned(), said: Said::Taken }));
    let mut report =
        Report { programs: vec![ProgramReport::default(); order.job.programs.len()], ended: Ended::Crashed };
    let mut over = false;
    while let Some(line) = next() {
        assert_eq!(line.nonce, NONCE);
        assert!(!over, "said after the end: {line:?}");
        match line.said {
            Said::Case { program, report: case } => report.programs[program as usize].cases.push(case),
            Said::Ended(ended) => (report.ended, over) = (ended, true),
            said => panic!("out of order: {said:?}"),
        }
    }
    child.wait().unwrap();
    report
}

/// A program that is run once, from its first line to its last.
fn script(code: &str, stdin: &str, globals: &[&str]) -> Program {
    let globals = globals.iter().map(|name| (*name).to_owned()).collect();
    Program { code: code.to_owned(), cases: vec![Case::Script { stdin: stdin.to_owned(), globals }] }
}

/// What came of one case that ended by itself.
fn case_of(program: Program, limits: Limits) -> CaseReport {
    let mut report = run(vec![program], limits);
    assert_eq!(report.ended, Ended::Completed);
    report.programs.remove(0).cases.remove(0)
}

/// What a script printed that ran to its end.
fn printed(code: &str, stdin: &str) -> String {
    let case = case_of(script(code, stdin, &[]), PATIENT);
    assert_eq!(case.outcome, Outcome::Finished, "{code}");
    case.stdout
}

/// What a script raised.
fn raised(code: &str) -> Raised {
    match case_of(script(code, "", &[]), PATIENT).outcome {
        Outcome::Raised(raised) => raised,
        other => panic!("{code}: {other:?}"),
    }
}

#[test]
fn a_probe_says_what_the_kernel_offers_and_ends() {
    let probe = Command::new(env!("CARGO_BIN_EXE_agent-bus-sandbox")).arg("--probe").output().unwrap();
    let lockdown: Lockdown = serde_json::from_slice(&probe.stdout).unwrap();
    assert_eq!((lockdown.seccomp, lockdown.limits), (Layer::Present, Layer::Present));
}

#[test]
fn a_child_whose_parent_goes_away_ends() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_agent-bus-sandbox"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdin.take());
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}
