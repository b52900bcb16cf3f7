//! Step traces: what a learner reads of a program's steps, and that an explanation never depends on them.
//!
//! The steps come from a real Python that is traced as the sandbox traces. Not here: the sandbox itself.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that lacks what it needs must fail")]

use std::process::Command;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use concepts::decide::trace;
use concepts::{PATIENCE, Ports, SPEC, room};
use http::{Method, StatusCode};
use invoke::AskProgress;
use sandbox::{Case, CaseReport, Ended, Job, Outcome, ProgramReport, Raised, Report, Sandbox, SandboxError};
use serde_json::{Value, json};
use testkit::{FixedClock, SeededIds, StaticInvoke, StaticRosters, TempStore};

/// What a sandbox would have seen of the program.
fn seen(program: &str, stdin: &str, steps_max: u32) -> CaseReport {
    let tracer = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/traces/tracer.py");
    let output = Command::new(testkit::python())
        .args(["-I", "-X", "utf8", tracer, program, stdin, &steps_max.to_string()])
        .output()
        .expect("python starts");
    let error = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|problem| panic!("{problem}\n{error}"))
}

const PROGRAMS: &[(&str, &str, &str)] = &[
    ("a sum", "total = 0\nfor n in [2, 3]:\n    total += n\nprint(total)\n", ""),
    (
        "a choice",
        "n = 4\nif n > 5:\n    print('big')\nelif n > 3:\n    print('middle')\nelse:\n    print('small')\n",
        "",
    ),
    ("a countdown", "n = 2\nwhile n > 0:  # down\n    n -= 1\n", ""),
    ("a call", "def double(x):\n    y = x * 2\n    return y\n\na = double(4)\nprint(double(a))\n", ""),
    (
        "recursion",
        "def fact(n):\n    if n < 2:\n        return 1\n    return n * fact(n - 1)\nprint(fact(3))\n",
        "",
    ),
    (
        "jumps",
        "for n in range(4):\n    if n == 1:\n        continue\n    if n == 2:\n        break\nprint()\n",
        "",
    ),
    ("an error", "items = [1]\nprint(items[0])\nprint(items[1])\nprint('never')\n", ""),
    (
        "a caught error",
        "def half(x):\n    return 1 / x\ntry:\n    half(0)\nexcept ZeroDivisionError:\n    print('no')\nx = 1\n",
        "",
    ),
    ("input", "name = input('Name? ')\nprint(name)\n", "Ada`<b>\n"),
    ("no input", "name = input()\n", ""),
];

#[test]
fn a_program_is_told_line_by_line() {
    let told = PROGRAMS.iter().map(|(name, source, stdin)| {
        let trace = trace::told(source, &seen(&trace::program(source), stdin, 1_000));
        assert!(!trace.truncated, "{name}");
        let steps: Vec<&str> = trace.steps.iter().map(|step| step.says.as_str()).collect();
        let stopped = trace.stopped.map_or(String::new(), |stopped| format!("\n! {}", stopped.says));
        format!("{name}\n{}{stopped}", steps.join("\n"))
    });
    insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n\n"));
}

#[test]
fn each_change_goes_to_the_line_that_made_it() {
    let source = "a = 1\ndef f(x):\n    x = x + a\n    return x\nb = f(2)\n";
    let trace = trace::told(source, &seen(&trace::program(source), "", 1_000));
    let of = |line: u32| trace.steps.iter().find(|step| step.line == line).expect("a step");
    assert_eq!(of(1).changed["a"], "1");
    assert_eq!((of(3).given["x"].as_str(), of(3).changed["x"].as_str()), ("2", "3"));
    assert_eq!((of(4).returned.as_deref(), of(4).function.as_str()), (Some("3"), "f"));
    assert_eq!(of(5).changed["b"], "3", "the last line's too");
}

#[test]
fn a_long_trace_shows_its_start_and_its_end_and_says_so() {
    let source = "n = 0\nwhile n < 30:\n    n += 1\nprint(n)\n";
    let trace = trace::told(source, &seen(&trace::program(source), "", 1_000));
    assert!(trace.truncated);
    assert_eq!((trace.steps.len(), trace.steps_taken), (trace::SHOWN_MAX, 63));
    assert_eq!((trace.steps[0].step, trace.steps[29].step, trace.steps[30].step), (1, 30, 54));
    assert_eq!(trace.steps[39].printed, "30\n");
    let cut = trace::told(source, &seen(&trace::program(source), "", 50));
    assert!(cut.truncated && cut.stopped.is_none());
    assert_eq!(cut.steps.last().map(|step| step.step), Some(40), "a trace that was cut has no end to show");
}

/// Answers every job alike, and remembers what it was asked.
struct StaticSandbox {
    answer: Option<Result<Report, SandboxError>>,
    jobs: Mutex<Vec<Job>>,
}

impl StaticSandbox {
    fn says(answer: Result<Report, SandboxError>) -> Arc<Self> {
        Arc::new(Self { answer: Some(answer), jobs: Mutex::default() })
    }

    /// Never answers.
    fn hangs() -> Arc<Self> {
        Arc::new(Self { answer: None, jobs: Mutex::default() })
    }

    fn sees(seen: CaseReport) -> Arc<Self> {
        let programs = vec![ProgramReport { cases: vec![seen] }];
        Self::says(Ok(Report { programs, ended: Ended::Completed }))
    }

    fn ends(ended: Ended) -> Arc<Self> {
        Self::says(Ok(Report { programs: vec![ProgramReport::default()], ended }))
    }
}

#[async_trait]
impl Sandbox for StaticSandbox {
    async fn run(&self, job: Job) -> Result<Report, SandboxError> {
        self.jobs.lock().expect("no panic").push(job);
        match &self.answer {
            Some(answer) => answer.clone(),
            None => std::future::pending().await,
        }
    }
}

async fn setting(sandbox: Option<Arc<dyn Sandbox>>) -> (Router, TempStore) {
    let store = testkit::temp_store().await;
    let room = room(Ports {
        ledger: store.room(SPEC).await.expect("a ledger"),
        clock: Arc::new(FixedClock::default()),
        ids: Arc::new(SeededIds::default()),
        rosters: Arc::new(StaticRosters::of(&[])),
        standings: Arc::new(AskProgress::new(Arc::new(StaticInvoke::none()), PATIENCE)),
        sandbox,
    });
    (room.router, store)
}

async fn explain(router: &Router, request: Value) -> (StatusCode, Value) {
    let path = "/api/v1/concepts/explain";
    let (status, _, answer) =
        testkit::call(router, Method::POST, path, &testkit::student("mia"), Some(request)).await;
    (status, answer)
}

/// The trace of an explanation that is given in any case.
async fn traced(sandbox: Option<Arc<dyn Sandbox>>, code: Option<&str>) -> Value {
    let (router, _store) = setting(sandbox).await;
    let (status, answer) = explain(&router, json!({"concept": "for", "code": code, "trace": true})).await;
    assert_eq!(status, StatusCode::OK, "{answer:#}");
    assert!(answer["explanation"].as_str().is_some_and(|text| text.contains("for")), "{answer:#}");
    answer["trace"].clone()
}

#[tokio::test]
async fn an_explanation_tells_the_steps_of_the_learners_program() {
    let source = "total = 0\nfor n in [2, 3]:\n    total += n\nprint(total)\n";
    let sandbox = StaticSandbox::sees(seen(&trace::program(source), "", 1_000));
    let trace = traced(Some(sandbox.clone()), Some(source)).await;
    assert_eq!(trace["steps_taken"], 7);
    assert_eq!(trace["truncated"], false);
    assert_eq!(trace["steps"][2]["changed"], json!({"total": "2"}));
    assert_eq!(trace["steps"][2]["says"], "Line 3: `total` becomes `2`.");
    assert_eq!(trace["steps"][6]["printed"], "5\n");
    assert!(trace.get("unavailable").is_none() && trace.get("stopped").is_none());
    let jobs = sandbox.jobs.lock().expect("no panic");
    let [job] = jobs.as_slice() else { panic!("one job") };
    assert_eq!(job.programs[0].cases, [Case::Trace { stdin: String::new(), steps_max: 1_000 }]);
    assert!(job.programs[0].code.starts_with(source.trim_end()));
}

#[tokio::test]
async fn what_is_typed_reaches_the_program_within_bounds() {
    let sandbox = StaticSandbox::ends(Ended::Crashed);
    let (router, _store) = setting(Some(sandbox.clone())).await;
    let request =
        |stdin: String| json!({"concept": "for", "code": "x = input()", "trace": true, "stdin": stdin});
    let (status, _) = explain(&router, request("Ada\n".to_owned())).await;
    assert_eq!(status, StatusCode::OK);
    let case = Case::Trace { stdin: "Ada\n".to_owned(), steps_max: 1_000 };
    assert_eq!(sandbox.jobs.lock().expect("no panic")[0].programs[0].cases, [case]);
    let (status, problem) = explain(&router, request("x".repeat(2_001))).await;
    assert_eq!((status, &problem["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("stdin")));
}

#[tokio::test]
async fn nothing_is_run_where_no_trace_is_asked_for() {
    let sandbox = StaticSandbox::hangs();
    let (router, _store) = setting(Some(sandbox.clone())).await;
    let (status, answer) = explain(&router, json!({"concept": "for", "code": "x = 1\n"})).await;
    assert_eq!((status, answer.get("trace")), (StatusCode::OK, None));
    assert!(sandbox.jobs.lock().expect("no panic").is_empty());
}

#[tokio::test]
async fn where_there_are_no_steps_the_explanation_says_why_in_plain_words() {
    let code = Some("n = 1\n");
    let long = "x = 1\n".repeat(61);
    let busy = StaticSandbox::says(Err(SandboxError::Busy { retry_after_s: 3 }));
    let gone = StaticSandbox::says(Err(SandboxError::Unavailable("no binary at /secret".to_owned())));
    type Case<'a> = (Option<Arc<dyn Sandbox>>, Option<&'a str>, &'a str);
    let cases: [Case<'_>; 11] = [
        (None, code, "cannot be run here"),
        (Some(StaticSandbox::hangs()), None, "no program"),
        (Some(StaticSandbox::hangs()), Some("  \n"), "no program"),
        (Some(StaticSandbox::hangs()), Some(&long), "60 lines"),
        (Some(StaticSandbox::hangs()), Some("x = 1\nif x\n"), "line 2"),
        (Some(StaticSandbox::hangs()), code, "took longer"),
        (Some(busy), code, "again in 3 s"),
        (Some(gone), code, "cannot be run here"),
        (Some(StaticSandbox::ends(Ended::TimedOut)), code, "ran too long"),
        (Some(StaticSandbox::ends(Ended::OutOfMemory)), code, "memory"),
        (Some(StaticSandbox::ends(Ended::TooMuchOutput)), code, "prints too much"),
    ];
    for (sandbox, code, reason) in cases {
        let trace = traced(sandbox, code).await;
        let unavailable = trace["unavailable"].as_str().unwrap_or_else(|| panic!("{reason}: {trace}"));
        assert!(unavailable.contains(reason) && !unavailable.contains("secret"), "{unavailable}");
        assert!(trace.get("steps").is_none());
    }
}

#[tokio::test]
async fn an_error_of_the_program_stands_where_it_happened() {
    let raised = Raised {
        type_name: "ZeroDivisionError".to_owned(),
        message: "division by zero".to_owned(),
        line: Some(1),
        frames: Vec::new(),
        limit: None,
    };
    let mut report = seen(&trace::program("x = 1\n"), "", 10);
    report.outcome = Outcome::Raised(raised);
    let trace = traced(Some(StaticSandbox::sees(report)), Some("x = 1 / 0\n")).await;
    assert_eq!(trace["stopped"]["error"], "ZeroDivisionError");
    assert_eq!(trace["stopped"]["line"], 1);
    let says = trace["stopped"]["says"].as_str().expect("a sentence");
    assert!(says.starts_with("On line 1") && says.contains("`division by zero`"), "{says}");
}
