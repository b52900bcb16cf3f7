//! Programs that reach out: none gets hold of anything outside of its run, and none bends the run after it.
//!
//! The programs are files in `tests/escapes`. Each prints `ESCAPED` where it got through. `CANARY` in its text becomes
//! the path of a file that must be neither read nor written, `HOSTDIR` that file's folder. `# spoils: its own job` stands
//! where later cases of the same job, all of one student's, may see something else: what is changed inside of a class of
//! the library stays changed, and what was imported by a roundabout way keeps its memory.

use std::fs;
use std::path::Path;

use futures::StreamExt as _;
use sandbox::pool::Pool;
use sandbox::{Call, Case, Ended, Job, Program, ProgramReport, Sandbox as _, Value};

use crate::ground::{self, Specimen};

/// What stands in the canary.
const SECRET: &str = "a secret of the host";

/// Asks the interpreter about everything that an escape may have bent.
const PROBE: &str = include_str!("probe.py");

fn probe() -> Program {
    let stdin = "first\nsecond\n".to_owned();
    let numbers = Value::List(["1", "2", "3"].map(|n| Value::Int(n.to_owned())).into());
    let call = |function: &str, arguments| Call { function: function.to_owned(), arguments };
    let calls = vec![call("total", vec![numbers.clone()]), call("fails", vec![numbers])];
    Program {
        code: PROBE.to_owned(),
        cases: vec![
            Case::Script { stdin: stdin.clone(), globals: vec!["probe".to_owned(), "facts".to_owned()] },
            Case::Calls { stdin: stdin.clone(), calls },
            Case::Trace { stdin, steps_max: 50 },
        ],
    }
}

/// A folder of the host, with a secret in it.
struct Host {
    folder: tempfile::TempDir,
}

impl Host {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("canary"), SECRET).unwrap();
        fs::write(folder.path().join("hostmodule.py"), format!("SECRET = {SECRET:?}\nprint('ESCAPED')\n"))
            .unwrap();
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn placed(&self, code: &str) -> String {
        let canary = self.path().join("canary");
        code.replace("CANARY", canary.to_str().unwrap()).replace("HOSTDIR", self.path().to_str().unwrap())
    }

    fn is_untouched(&self) -> bool {
        let mut names: Vec<_> =
            fs::read_dir(self.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names == ["canary", "hostmodule.py"]
            && fs::read_to_string(self.path().join("canary")).unwrap() == SECRET
    }
}

/// The escape twice, then the probe, in one child.
fn job(code: String, case: Case) -> Job {
    let escape = Program { code, cases: vec![case.clone(), case] };
    Job::new(vec![escape, probe()], ground::LIMITS)
}

/// What is wrong, if anything.
async fn run(pool: &Pool, specimen: &Specimen, clean: &ProgramReport) -> Option<String> {
    let host = Host::new();
    let report = match pool.run(job(host.placed(&specimen.code), specimen.case())).await {
        Ok(report) => report,
        Err(error) => return Some(format!("not run: {error}")),
    };
    let spoils = specimen.says("spoils") == Some("its own job");
    let looked_at = if spoils { &report.programs[..1] } else { &report.programs[..] };
    if let Some(found) = through(looked_at) {
        return Some(found);
    }
    if !host.is_untouched() {
        return Some("the canary's folder has changed".to_owned());
    }
    let may_end = spoils || specimen.says("ends").is_some_and(|ways| ways.contains("crashed-allowed"));
    if report.ended != Ended::Completed && !may_end {
        return Some(format!("ended the child: {:.600}", format!("{report:?}")));
    }
    let bent = report.programs.get(1).filter(|_| report.ended == Ended::Completed && !spoils);
    if let Some(found) = bent.and_then(|seen| difference(clean, seen)) {
        return Some(format!("the next program saw something else: {found}"));
    }
    ground::serves(pool, 3).await
}

/// Where a program says that it got through, or shows what it should not have.
fn through(programs: &[ProgramReport]) -> Option<String> {
    let text = format!("{programs:?}");
    let at = ["ESCAPED", SECRET].into_iter().find_map(|word| text.find(word))?;
    Some(format!("got through: {}", text.get(at..).unwrap_or(&text).chars().take(300).collect::<String>()))
}

/// The first line in which two reports differ.
fn difference(clean: &ProgramReport, seen: &ProgramReport) -> Option<String> {
    let (clean, seen) = (format!("{clean:#?}"), format!("{seen:#?}"));
    let differs = clean.lines().zip(seen.lines()).find(|(clean, seen)| clean != seen);
    match differs {
        Some((clean, seen)) => Some(format!("{} instead of {}", seen.trim(), clean.trim())),
        None => (clean.lines().count() != seen.lines().count()).then(|| "more or less".to_owned()),
    }
}

#[tokio::test]
async fn nothing_reaches_out_and_nothing_lives_on() {
    let pool = ground::pool(4);
    let alone = pool.run(Job::new(vec![probe()], ground::LIMITS)).await.unwrap();
    assert_eq!(alone.ended, Ended::Completed, "{alone:?}");
    let clean = &alone.programs[0];
    let facts = clean.cases[0].globals.get("facts").unwrap();
    assert!(
        matches!(facts, Value::List(facts) if facts.len() > 20),
        "the probe asks too little: {:?}",
        clean.cases[0]
    );

    let specimens = ground::collection("escapes");
    assert!(specimens.len() >= 50, "the collection has shrunk");
    let runs = specimens.iter().map(async |specimen| {
        run(&pool, specimen, clean).await.map(|found| format!("{}: {found}", specimen.name))
    });
    let found: Vec<_> =
        futures::stream::iter(runs).buffer_unordered(4).filter_map(async |it| it).collect().await;
    assert!(found.is_empty(), "{} of {}:\n{}", found.len(), specimens.len(), found.join("\n"));
}

#[test]
fn an_escape_would_be_seen() {
    let host = Host::new();
    assert!(host.is_untouched());
    fs::write(host.path().join("canary"), "owned").unwrap();
    assert!(!host.is_untouched());
    let host = Host::new();
    fs::write(host.path().join("new"), "").unwrap();
    assert!(!host.is_untouched());

    assert_eq!(through(&[]), None);
    let case = |stdout: &str| sandbox::CaseReport {
        outcome: sandbox::Outcome::Finished,
        stdout: stdout.to_owned(),
        calls: vec![],
        globals: std::collections::BTreeMap::new(),
        steps: vec![],
        steps_cut: false,
    };
    for loud in ["ESCAPED 1\n", "a secret of the host"] {
        let program = ProgramReport { cases: vec![case(loud)] };
        assert!(difference(&ProgramReport { cases: vec![case("")] }, &program).is_some());
        assert!(through(&[program]).is_some());
    }
}
