//! How fast jobs are served, and what their processes take: `pace BINARY [JOBS]`, where BINARY is `agent-bus-sandbox`.
//! Eight at once, each a trivial program.
//!
//! Not here: programs that harm (`soak`).
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a program for one person at a terminal")]

use std::fs;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clock::RandomIds;
use futures::StreamExt as _;
use sandbox::pool::{Lockdowned, Pool, Settings};
use sandbox::{Case, Ended, Job, Limits, Program, Sandbox as _};

const RUNNING: usize = 8;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let binary: PathBuf = arguments.next().unwrap().into();
    let jobs: usize = arguments.next().map_or(1_000, |jobs| jobs.parse().unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(pace(binary, jobs));
}

async fn pace(binary: PathBuf, jobs: usize) {
    let running_max = NonZeroUsize::new(RUNNING).unwrap();
    let wait_max = Duration::from_mins(1);
    let settings =
        Settings { running_max, wait_max, lockdown: Lockdowned::BestEffort, ..Settings::new(binary) };
    let pool = Pool::start(settings, Arc::new(RandomIds), Arc::new(()));
    served(&pool).await;
    let nursery = children_of(std::process::id())[0];
    for at_once in [1, RUNNING] {
        let (began, spent_ms) = (Instant::now(), processor_ms(nursery));
        let all = (0..jobs).map(|_| served(&pool));
        let mut took: Vec<_> = futures::stream::iter(all).buffer_unordered(at_once).collect().await;
        took.sort();
        #[expect(clippy::cast_precision_loss, reason = "figures to be read")]
        let (each_ms, rate) = (
            (processor_ms(nursery) - spent_ms) as f64 / jobs as f64,
            jobs as f64 / began.elapsed().as_secs_f64(),
        );
        let (half, most) = (took[jobs / 2], took[jobs * 99 / 100]);
        println!(
            "{at_once} at once: {rate:.0} jobs/s, half within {half:?}, 99 % within {most:?}; {each_ms:.1} ms of processor time each"
        );
    }
    let hanging = pool.run(job("while True: pass"));
    let look = async {
        let mut look = tokio::time::interval(Duration::from_millis(5));
        while children_of(nursery).is_empty() {
            look.tick().await;
        }
        // Long enough for it to be at work.
        look.reset_after(Duration::from_millis(300));
        look.tick().await;
        println!("nursery: {}", memory(nursery));
        println!("child:   {}", memory(children_of(nursery)[0]));
    };
    tokio::select! { _ = hanging => {}, () = look => {} }
}

async fn served(pool: &Pool) -> Duration {
    let began = Instant::now();
    let report = pool.run(job("print(sum(range(10)))")).await.unwrap();
    assert_eq!((report.ended, report.programs[0].cases[0].stdout.as_str()), (Ended::Completed, "45\n"));
    began.elapsed()
}

fn job(code: &str) -> Job {
    let case = Case::Script { stdin: String::new(), globals: vec![] };
    Job::new(vec![Program { code: code.to_owned(), cases: vec![case] }], Limits::GRADED)
}

fn children_of(id: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{id}/task")).unwrap();
    let lists = threads.filter_map(|thread| fs::read_to_string(thread.unwrap().path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().map(|id| id.parse().unwrap()).collect::<Vec<_>>()).collect()
}

/// What a process and its dead children took so far, in steps of 10 ms.
fn processor_ms(id: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    let fields = stat.rsplit_once(") ").unwrap().1.split(' ').skip(11).take(4);
    fields.map(|field| field.parse::<u64>().unwrap() * 10).sum()
}

fn memory(id: u32) -> String {
    let rollup = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap();
    let wanted = |line: &&str| ["Rss:", "Pss:", "Private_Dirty:"].iter().any(|key| line.starts_with(key));
    rollup
        .lines()
        .filter(wanted)
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>()
        .join(", ")
}
