//! What all tests of the pool stand on: a pool, jobs, and programs from files.

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use clock::RandomIds;
use sandbox::pool::{Lockdowned, Pool, PoolObserver, Settings};
use sandbox::{Call, Case, Ended, Job, Limits, Program, Report, Sandbox as _, Value};

/// The real child.
pub(crate) const CHILD: &str = env!("CARGO_BIN_EXE_agent-bus-sandbox");

/// So many jobs at once, as many waiting as like. Whatever the kernel offers has to do: tests run where Landlock is not.
pub(crate) fn settings(binary: impl Into<PathBuf>, running_max: usize) -> Settings {
    Settings {
        running_max: NonZeroUsize::new(running_max).unwrap(),
        waiting_max: 1_000,
        wait_max: Duration::from_mins(2),
        lockdown: Lockdowned::BestEffort,
        ..Settings::new(binary.into())
    }
}

pub(crate) fn start(settings: Settings) -> Pool {
    Pool::start(settings, Arc::new(RandomIds), Arc::new(()))
}

/// Real children.
pub(crate) fn pool(running_max: usize) -> Pool {
    start(settings(CHILD, running_max))
}

/// Short, so that the many that run into a limit do so soon.
pub(crate) const LIMITS: Limits = Limits { cpu_ms: 700, ..Limits::GRADED };

pub(crate) fn script() -> Case {
    Case::Script { stdin: String::new(), globals: vec![] }
}

pub(crate) fn job(code: &str, case: Case) -> Job {
    Job::new(vec![Program { code: code.to_owned(), cases: vec![case] }], LIMITS)
}

/// What a student asks for meanwhile.
pub(crate) fn normal(n: i64) -> Job {
    let code = "def square_all(items):\n    print(len(items))\n    return [x * x for x in items]\n";
    let items = Value::List((0..n).map(|x| Value::Int(x.to_string())).collect());
    let call = Call { function: "square_all".to_owned(), arguments: vec![items] };
    job(code, Case::Calls { stdin: String::new(), calls: vec![call] })
}

/// What is wrong with the report of [`normal`], if anything.
pub(crate) fn wrong(report: &Report, n: i64) -> Option<String> {
    let squares = Value::List((0..n).map(|x| Value::Int((x * x).to_string())).collect());
    let case = report.programs.first().and_then(|program| program.cases.first());
    let right = report.ended == Ended::Completed
        && case.is_some_and(|case| {
            case.stdout == format!("{n}\n") && case.calls.len() == 1 && case.calls[0].returned == squares
        });
    (!right).then(|| format!("a normal job after it came out as {report:?}"))
}

/// Whether a pool still answers rightly.
pub(crate) async fn serves(pool: &Pool, n: i64) -> Option<String> {
    match pool.run(normal(n)).await {
        Ok(report) => wrong(&report, n),
        Err(error) => Some(format!("a normal job after it was not run: {error}")),
    }
}

/// A program of one of the collections, and what its head says of it: `# key: value`.
pub(crate) struct Specimen {
    pub(crate) name: String,
    pub(crate) code: String,
}

impl Specimen {
    /// The value of a line of its head.
    pub(crate) fn says(&self, key: &str) -> Option<&str> {
        let mut head = self.code.lines().take_while(|line| line.starts_with("# "));
        head.find_map(|line| line[2..].strip_prefix(key)?.strip_prefix(": "))
    }

    /// As it wants to be run.
    pub(crate) fn case(&self) -> Case {
        let stdin = String::new();
        if let Some(function) = self.says("call") {
            let call = Call { function: function.to_owned(), arguments: vec![] };
            Case::Calls { stdin, calls: vec![call] }
        } else if let Some(steps) = self.says("trace") {
            Case::Trace { stdin, steps_max: steps.parse().unwrap() }
        } else {
            script()
        }
    }
}

/// The programs of a folder beside this one, by name.
pub(crate) fn collection(folder: &str) -> Vec<Specimen> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let named = |path: &PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
    paths.iter().map(|path| Specimen { name: named(path), code: fs::read_to_string(path).unwrap() }).collect()
}

/// Counts.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) waiting: AtomicUsize,
    pub(crate) began: AtomicUsize,
    pub(crate) finished: AtomicUsize,
    pub(crate) cancelled: AtomicUsize,
    pub(crate) busy: AtomicUsize,
    pub(crate) start_failed: AtomicUsize,
}

impl PoolObserver for Counts {
    fn waits(&self) {
        self.waiting.fetch_add(1, Ordering::SeqCst);
    }
    fn waits_no_more(&self) {
        self.waiting.fetch_sub(1, Ordering::SeqCst);
    }
    fn began(&self, _: Duration) {
        self.began.fetch_add(1, Ordering::SeqCst);
    }
    fn finished(&self, _: Ended, _: Duration) {
        self.finished.fetch_add(1, Ordering::SeqCst);
    }
    fn cancelled(&self) {
        self.cancelled.fetch_add(1, Ordering::SeqCst);
    }
    fn busy(&self) {
        self.busy.fetch_add(1, Ordering::SeqCst);
    }
    fn start_failed(&self) {
        self.start_failed.fetch_add(1, Ordering::SeqCst);
    }
}

/// Looks again and again; the test's own time limit ends what never comes.
pub(crate) async fn until(condition: impl Fn() -> bool) {
    let mut look = tokio::time::interval(Duration::from_millis(2));
    while !condition() {
        look.tick().await;
    }
}
