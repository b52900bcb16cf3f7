//! Runs hostile programs by the thousand and looks at the memory of the process that asks, and of the nursery that it asks:
//! `soak BINARY [RUNS]`, where BINARY is `agent-bus-sandbox`. Every twentieth run is followed by a normal job, whose answer must be right.
//!
//! Not here: how each program ends (the tests of the pool).
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a program for one person at a terminal")]

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clock::RandomIds;
use futures::StreamExt as _;
use sandbox::pool::{Lockdowned, Pool, Settings};
use sandbox::{Case, Ended, Job, Limits, Program, Sandbox as _};

/// Runs at once.
const RUNNING: usize = 4;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let binary: PathBuf = arguments.next().unwrap().into();
    let runs: usize = arguments.next().map_or(2_000, |runs| runs.parse().unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(soak(binary, runs));
}

async fn soak(binary: PathBuf, runs: usize) {
    let began = Instant::now();
    let running_max = NonZeroUsize::new(RUNNING).unwrap();
    let wait_max = Duration::from_mins(10);
    let settings =
        Settings { running_max, wait_max, lockdown: Lockdowned::BestEffort, ..Settings::new(binary) };
    let pool = Pool::start(settings, Arc::new(RandomIds), Arc::new(()));
    let hostile = hostile();
    let tenth = runs / 10;
    let mut peaks_kib = [(0_u64, 0_u64); 10];
    let mut wrong = 0;
    let mut ended = std::collections::BTreeMap::new();
    let all = (0..runs).map(|run| one(&pool, &hostile[run % hostile.len()], run));
    let mut all = futures::stream::iter(all).buffer_unordered(RUNNING).enumerate();
    while let Some((done, (how, right))) = all.next().await {
        *ended.entry(how).or_insert(0_usize) += 1;
        wrong += usize::from(!right);
        let place = (done / tenth.max(1)).min(9);
        let (own, nursery) = peaks_kib[place];
        peaks_kib[place] = (own.max(rss_kib("self")), nursery.max(rss_kib(&nursery_id())));
    }
    let [(first, nursery_first), .., (last, nursery_last)] = peaks_kib;
    println!("ended: {ended:?}");
    println!("rss by tenths, own and nursery's, peaks: {peaks_kib:?} KiB; {} s", began.elapsed().as_secs());
    println!("nursery_first_tenth={nursery_first}KiB nursery_last_tenth={nursery_last}KiB");
    println!("hostile_runs={runs} rss_first_tenth={first}KiB rss_last_tenth={last}KiB wrong_answers={wrong}");
}

/// How it ended, and whether a normal job behind it was right, where there was one.
async fn one(pool: &Pool, code: &str, run: usize) -> (String, bool) {
    let hostile = pool.run(job(code)).await;
    let how = hostile.map_or_else(|error| error.to_string(), |report| format!("{:?}", report.ended));
    if !run.is_multiple_of(20) {
        return (how, true);
    }
    let report = pool.run(job("print(sum(range(10)))")).await.unwrap();
    let right = report.ended == Ended::Completed && report.programs[0].cases[0].stdout == "45\n";
    (how, right)
}

fn job(code: &str) -> Job {
    let case = Case::Script { stdin: String::new(), globals: vec![] };
    let limits = Limits { cpu_ms: 150, wall_ms: 4_000, ..Limits::GRADED };
    Job::new(vec![Program { code: code.to_owned(), cases: vec![case] }], limits)
}

fn hostile() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let texts = paths.iter().map(|path| fs::read_to_string(path).unwrap());
    // What a script only defines is called.
    texts.map(|text| if text.contains("# call: f") { text + "\nf()\n" } else { text }).collect()
}

/// What a process holds of the machine's memory.
fn rss_kib(id: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// The only process that this one starts.
fn nursery_id() -> String {
    let threads = fs::read_dir("/proc/self/task").unwrap();
    let children = threads.map(|thread| fs::read_to_string(thread.unwrap().path().join("children")).unwrap());
    children.collect::<String>().split_whitespace().next().unwrap().to_owned()
}
