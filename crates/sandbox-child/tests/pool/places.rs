//! Places and the line before them: who is sent away, who frees a place, and that load changes no verdict.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clock::RandomIds;
use sandbox::pool::{Pool, Settings, Status};
use sandbox::{Ended, Job, Limits, Priority, Report, Sandbox as _, SandboxError};

use crate::ground::{self, Counts, until};

/// Runs until it is ended.
fn endless() -> Job {
    let mut job = ground::job("while True:\n    pass\n", ground::script());
    job.limits = Limits { cpu_ms: 600_000, wall_ms: 600_000, ..Limits::GRADED };
    job
}

fn counted(settings: Settings) -> (Arc<Pool>, Arc<Counts>) {
    let counts = Arc::new(Counts::default());
    (Arc::new(Pool::start(settings, Arc::new(RandomIds), Arc::clone(&counts) as _)), counts)
}

fn asked(pool: &Arc<Pool>, job: Job) -> tokio::task::JoinHandle<Result<Report, SandboxError>> {
    let pool = Arc::clone(pool);
    tokio::spawn(async move { pool.run(job).await })
}

fn is_busy(result: &Result<Report, SandboxError>) -> bool {
    matches!(result, Err(SandboxError::Busy { retry_after_s: 1..=60 }))
}

#[tokio::test]
async fn a_full_pool_sends_away_at_once_and_serves_again_later() {
    let (pool, counts) = counted(Settings { waiting_max: 2, ..ground::settings(ground::CHILD, 2) });
    let mut held: Vec<_> = (0..4).map(|_| asked(&pool, endless())).collect();
    until(|| pool.admitted() == 4 && counts.began.load(Ordering::SeqCst) == 2).await;
    for _ in 0..100 {
        assert!(is_busy(&pool.run(ground::normal(3)).await));
    }
    assert_eq!(counts.busy.load(Ordering::SeqCst), 100);
    assert_eq!(counts.began.load(Ordering::SeqCst), 2, "those that wait do not run");
    assert_eq!(counts.waiting.load(Ordering::SeqCst), 2);

    // One that waits and one that runs go away: there is room for one that waits, which then runs.
    held.drain(2..).for_each(|waits| waits.abort());
    held.remove(0).abort();
    until(|| pool.admitted() == 1).await;
    assert_eq!(ground::serves(&pool, 3).await, None);
    held.remove(0).abort();
    until(|| pool.admitted() == 0).await;
    assert_eq!(counts.cancelled.load(Ordering::SeqCst), 2);
    assert_eq!(counts.finished.load(Ordering::SeqCst), 1);
    assert_eq!(counts.waiting.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_job_in_the_background_takes_no_place_and_is_done_all_the_same() {
    let (pool, counts) = counted(Settings { waiting_max: 0, ..ground::settings(ground::CHILD, 1) });
    let background = |job: Job| Job { priority: Priority::Background, ..job };
    let held = asked(&pool, background(endless()));
    until(|| counts.began.load(Ordering::SeqCst) == 1).await;
    assert_eq!(pool.admitted(), 0);
    assert_eq!(ground::serves(&pool, 3).await, None);
    // The next in the background waits for the first.
    let next = asked(&pool, background(ground::normal(3)));
    assert_eq!(ground::serves(&pool, 4).await, None);
    assert_eq!(counts.waiting.load(Ordering::SeqCst), 0, "nobody waits for what is in the background");
    assert_eq!(counts.began.load(Ordering::SeqCst), 3);
    held.abort();
    assert_eq!(next.await.unwrap().unwrap().ended, Ended::Completed);
}

#[tokio::test]
async fn nobody_waits_longer_than_is_said() {
    let (pool, counts) =
        counted(Settings { wait_max: Duration::from_millis(100), ..ground::settings(ground::CHILD, 1) });
    until(|| !matches!(pool.status(), Status::Starting)).await;
    let held = asked(&pool, endless());
    until(|| counts.began.load(Ordering::SeqCst) == 1).await;
    assert!(is_busy(&pool.run(ground::normal(3)).await));
    held.abort();
    until(|| pool.admitted() == 0).await;
}

#[tokio::test]
async fn a_dropped_request_frees_its_place() {
    let (pool, counts) = counted(Settings { waiting_max: 0, ..ground::settings(ground::CHILD, 1) });
    for round in 1..=5 {
        let dropped = asked(&pool, endless());
        until(|| counts.began.load(Ordering::SeqCst) == 2 * round - 1).await;
        assert!(is_busy(&pool.run(ground::normal(3)).await));
        dropped.abort();
        until(|| pool.admitted() == 0).await;
        assert_eq!(ground::serves(&pool, 5).await, None);
    }
}

#[tokio::test]
async fn everybody_who_waits_is_served() {
    let pool = ground::pool(2);
    let wrong = futures::future::join_all((0..40).map(|n| ground::serves(&pool, n))).await;
    assert_eq!(wrong, vec![None; 40]);
    assert_eq!(pool.admitted(), 0);
}

/// Some that end well, some by an error, some by a limit.
fn twenty() -> Vec<Job> {
    let programs = [
        "print(sum(range(100_000)))",
        "def f(n):\n    return n if n < 2 else f(n - 1) + f(n - 2)\nprint(f(16))",
        "print([x for x in range(10)][11])",
        "while True:\n    pass",
        "a = [0]\nwhile True:\n    a += a",
        "while True:\n    print('x' * 100)",
        "import random\nrandom.seed(3)\nprint([random.randint(1, 6) for _ in range(20)])",
        "def f():\n    return f()\nf()",
        "print({1, 2, 3}, {'a': 1})",
        "x = 1 +",
    ];
    let scripts = programs.into_iter().map(|code| ground::job(code, ground::script()));
    let traces = programs
        .into_iter()
        .map(|code| ground::job(code, sandbox::Case::Trace { stdin: String::new(), steps_max: 100 }));
    scripts.chain(traces).collect()
}

/// What a pool of its own makes of the twenty.
fn reports() -> Vec<Report> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let pool = ground::pool(1);
        let mut reports = Vec::new();
        for job in twenty() {
            reports.push(pool.run(job).await.unwrap());
        }
        reports
    })
}

#[test]
fn load_changes_no_verdict() {
    let idle = reports();
    let completed = idle.iter().filter(|report| report.ended == Ended::Completed).count();
    assert!((12..20).contains(&completed), "{idle:?}");

    let stop = AtomicBool::new(false);
    let loaded = std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    std::hint::spin_loop()
                }
            });
        }
        let loaded = std::panic::catch_unwind(reports);
        stop.store(true, Ordering::Relaxed);
        loaded.unwrap()
    });
    for ((job, idle), loaded) in twenty().iter().zip(&idle).zip(&loaded) {
        assert_eq!(idle, loaded, "{}", job.programs[0].code);
    }
}
