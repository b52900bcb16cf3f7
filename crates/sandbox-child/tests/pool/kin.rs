//! A real nursery and its children: who lives, who dies with whom, and what a child has of its kin.
//!
//! Not here: what programs do to reach out (`escapes`).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use clock::RandomIds;
use rustix::process::{Pid, Signal, kill_process};
use sandbox::pool::Pool;
use sandbox::{Ended, Job, Limits, Priority, Report, Sandbox as _, SandboxError};
use tokio::task::JoinHandle;

use crate::ground::{self, Counts, until};

/// A pool of its own, whose processes are known by the name under which they were started.
struct Family {
    folder: tempfile::TempDir,
    pool: Arc<Pool>,
    counts: Arc<Counts>,
}

impl Family {
    fn new(running_max: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().join("sandbox");
        std::os::unix::fs::symlink(ground::CHILD, &name).unwrap();
        let counts = Arc::new(Counts::default());
        let pool =
            Pool::start(ground::settings(name, running_max), Arc::new(RandomIds), Arc::clone(&counts) as _);
        Self { folder, pool: Arc::new(pool), counts }
    }

    /// Its processes and who started them, the dead that nobody asked about among them.
    fn processes(&self) -> BTreeMap<u32, u32> {
        let name = self.folder.path().join("sandbox");
        let name = name.as_os_str().as_encoded_bytes();
        let ids = fs::read_dir("/proc")
            .unwrap()
            .filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
        let all: Vec<(u32, u32, bool)> =
            ids.filter_map(|id| Some((id, field(id, 1)?, is_named(id, name)))).collect();
        let named: BTreeMap<_, _> =
            all.iter().filter(|(.., named)| *named).map(|(id, parent, _)| (*id, *parent)).collect();
        // The dead have no name any more.
        let dead = all.iter().filter(|(id, parent, _)| named.contains_key(parent) && !named.contains_key(id));
        dead.map(|(id, parent, _)| (*id, *parent)).chain(named.clone()).collect()
    }

    fn nursery(&self) -> Option<u32> {
        let processes = self.processes();
        processes.into_iter().find(|(_, parent)| *parent == std::process::id()).map(|(id, _)| id)
    }

    fn children(&self) -> Vec<u32> {
        let nursery = self.nursery();
        let processes = self.processes().into_iter();
        processes.filter(|(_, parent)| Some(*parent) == nursery).map(|(id, _)| id).collect()
    }

    /// Children that have computed for more than it takes to get ready: they have taken their job, which is theirs then.
    fn at_work(&self) -> usize {
        self.children().into_iter().filter(|id| field(*id, 11).is_some_and(|ticks| ticks > 5)).count()
    }

    /// A job that runs until it is ended, already at work.
    async fn endless(&self) -> JoinHandle<Result<Report, SandboxError>> {
        self.endless_as(Priority::Awaited).await
    }

    async fn endless_as(&self, priority: Priority) -> JoinHandle<Result<Report, SandboxError>> {
        let at_work = self.at_work();
        let limits = Limits { cpu_ms: 600_000, wall_ms: 600_000, ..Limits::GRADED };
        let job = Job { limits, priority, ..ground::job("while True:\n    pass\n", ground::script()) };
        let pool = Arc::clone(&self.pool);
        let asked = tokio::spawn(async move { pool.run(job).await });
        until(|| self.at_work() > at_work).await;
        asked
    }
}

/// A number that the kernel tells of a process, counted from what stands behind its name: 1 is its parent, 11 the ticks
/// of processor time that it took, 16 how far it stands back.
fn field(id: u32, place: usize) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(") ")?;
    rest.split(' ').nth(place)?.parse().ok()
}

fn is_named(id: u32, name: &[u8]) -> bool {
    fs::read(format!("/proc/{id}/cmdline")).is_ok_and(|line| line.starts_with(name))
}

fn signal(id: u32, signal: Signal) {
    kill_process(Pid::from_raw(i32::try_from(id).unwrap()).unwrap(), signal).unwrap();
}

/// What a process holds open, by number.
fn open(id: u32) -> BTreeMap<u32, PathBuf> {
    let descriptors = fs::read_dir(format!("/proc/{id}/fd")).unwrap().map(|entry| entry.unwrap());
    let number = |entry: &fs::DirEntry| entry.file_name().to_str().unwrap().parse().unwrap();
    descriptors.map(|entry| (number(&entry), fs::read_link(entry.path()).unwrap())).collect()
}

#[tokio::test]
async fn a_child_in_the_background_stands_back_and_the_others_do_not() {
    for (priority, nice) in [(Priority::Background, 19), (Priority::Awaited, 0)] {
        let family = Family::new(1);
        let job = family.endless_as(priority).await;
        let found: Vec<_> = family.children().into_iter().map(|id| field(id, 16)).collect();
        assert_eq!(found, [Some(nice)], "{priority:?}");
        job.abort();
    }
}

#[tokio::test]
async fn a_child_has_its_connection_and_nothing_of_its_kin() {
    let family = Family::new(3);
    let jobs = [family.endless().await, family.endless().await, family.endless().await];
    let nursery = open(family.nursery().unwrap());
    let children = family.children();
    assert_eq!(children.len(), 3);
    let mut connections = Vec::new();
    for child in children {
        let mut open = open(child);
        let connection = open.remove(&0).unwrap();
        assert!(connection.to_str().unwrap().starts_with("socket:"), "{connection:?}");
        assert_ne!(connection, nursery[&0], "the nursery's own");
        let nowhere = Path::new("/dev/null").to_owned();
        assert_eq!((open.remove(&1), open.remove(&2)), (Some(nowhere.clone()), Some(nowhere)));
        assert_eq!(
            open.into_values().collect::<Vec<_>>(),
            std::slice::from_ref(&connection),
            "what it writes to"
        );
        assert!(!connections.contains(&connection), "a sibling's");
        connections.push(connection);
        for thread in fs::read_dir(format!("/proc/{child}/task")).unwrap() {
            let status = fs::read_to_string(thread.unwrap().path().join("status")).unwrap();
            assert!(status.contains("\nSeccomp:\t2\n") && status.contains("\nNoNewPrivs:\t1\n"), "{status}");
        }
    }
    jobs.iter().for_each(JoinHandle::abort);
}

#[tokio::test]
async fn a_nursery_takes_its_children_with_it_and_is_replaced() {
    let family = Family::new(2);
    let job = family.endless().await;
    let before = family.processes();
    assert_eq!(before.len(), 2);
    signal(family.nursery().unwrap(), Signal::KILL);
    assert_eq!(job.await.unwrap().unwrap().ended, Ended::Crashed, "it had begun");
    assert_eq!(ground::serves(&family.pool, 3).await, None);
    until(|| family.processes().keys().all(|id| !before.contains_key(id))).await;
    assert_eq!(family.counts.start_failed.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_job_that_nobody_took_is_served_by_the_next_nursery() {
    let family = Family::new(2);
    assert_eq!(ground::serves(&family.pool, 3).await, None);
    let nursery = family.nursery().unwrap();
    signal(nursery, Signal::KILL);
    assert_eq!(ground::serves(&family.pool, 3).await, None);
    assert_ne!(family.nursery().unwrap(), nursery);
}

#[tokio::test]
async fn a_nursery_that_hangs_is_replaced() {
    let family = Family::new(2);
    assert_eq!(ground::serves(&family.pool, 3).await, None);
    let nursery = family.nursery().unwrap();
    signal(nursery, Signal::STOP);
    assert_eq!(ground::serves(&family.pool, 3).await, None);
    assert_ne!(family.nursery().unwrap(), nursery);
}

#[tokio::test]
async fn children_go_with_their_job_and_all_with_the_pool() {
    let family = Family::new(2);
    let (one, other) = (family.endless().await, family.endless().await);
    assert_eq!(family.children().len(), 2);
    one.abort();
    until(|| family.children().len() == 1).await;
    assert!(one.await.unwrap_err().is_cancelled());
    let nursery = family.nursery().unwrap();
    signal(family.children()[0], Signal::KILL);
    assert_eq!(other.await.unwrap().unwrap().ended, Ended::TimedOut, "as by the limit of processor time");
    until(|| family.children().is_empty()).await;
    assert_eq!(family.nursery(), Some(nursery));

    let asked = family.endless().await;
    asked.abort();
    let Family { folder, pool, counts } = family;
    assert!(asked.await.unwrap_err().is_cancelled());
    assert_eq!(Arc::strong_count(&pool), 1);
    drop(pool);
    let family = Family { folder, pool: Arc::new(ground::pool(1)), counts };
    until(|| family.processes().is_empty()).await;
}

#[tokio::test]
async fn there_are_no_more_children_than_may_run_and_no_dead_ones_are_left() {
    let family = Family::new(2);
    assert_eq!(ground::serves(&family.pool, 3).await, None);
    let nursery = family.nursery().unwrap();
    let done = futures::future::join_all((0..60).map(|n| ground::serves(&family.pool, n)));
    let most = async {
        let mut most = 0;
        let mut look = tokio::time::interval(std::time::Duration::from_millis(10));
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while family.pool.admitted() > 0 {
            most = most.max(family.children().len());
            look.tick().await;
        }
        most
    };
    let (wrong, most) = futures::join!(done, most);
    assert_eq!(wrong, vec![None; 60]);
    assert!((1..=3).contains(&most), "{most}");
    until(|| family.children().is_empty()).await;
    assert_eq!(family.nursery(), Some(nursery), "one served them all");
}
