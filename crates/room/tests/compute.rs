//! Small work is done in place, large work elsewhere, and a panic in it is a 500.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use room::compute;

#[tokio::test]
async fn small_work_stays_on_its_thread_and_large_work_leaves_it() {
    let here = thread::current().id();
    assert_eq!(compute::run(10, || thread::current().id()).await.unwrap(), here);
    assert_ne!(compute::run(1 << 20, || thread::current().id()).await.unwrap(), here);
}

#[tokio::test]
async fn a_panic_in_large_work_is_a_500_and_the_next_work_is_done() {
    for _ in 0..64 {
        let died = compute::run(1 << 20, || assert_eq!(1, 2, "on purpose")).await.unwrap_err();
        assert_eq!(died.status, 500);
    }
    assert_eq!(compute::run(1 << 20, || 7).await.unwrap(), 7);
}

#[tokio::test]
async fn work_that_nobody_waits_for_any_more_still_has_its_turn() {
    let cores = thread::available_parallelism().unwrap().get();
    let started = Arc::new(AtomicUsize::new(0));
    let (release, gate) = std::sync::mpsc::channel::<()>();
    let gate = Arc::new(std::sync::Mutex::new(gate));
    let work = || {
        let (started, gate) = (Arc::clone(&started), Arc::clone(&gate));
        compute::run(1 << 20, move || {
            started.fetch_add(1, Ordering::SeqCst);
            gate.lock().unwrap().recv().unwrap();
        })
    };
    for nth in 1..=cores {
        let running = tokio::spawn(work());
        while started.load(Ordering::SeqCst) < nth {
            tokio::task::yield_now().await;
        }
        running.abort();
        assert!(running.await.unwrap_err().is_cancelled());
    }

    let next = tokio::spawn(work());
    // What is queued later for the same threads is done meanwhile: had `next` its turn, it would have started.
    for _ in 0..100 {
        tokio::task::spawn_blocking(|| ()).await.unwrap();
    }
    assert_eq!(started.load(Ordering::SeqCst), cores, "nothing more starts while every core is busy");
    for _ in 0..=cores {
        release.send(()).unwrap();
    }
    next.await.unwrap().unwrap();
    assert_eq!(started.load(Ordering::SeqCst), cores + 1);
}
