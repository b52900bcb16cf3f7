//! Children and nurseries that do not behave: scripts that stand in for one which was taken over or broke.
//!
//! Not here: how a script comes to stand in for a child (`stand_in`), programs that try to make a real child misbehave
//! (`hostile`, `escapes`).

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use clock::RandomIds;
use sandbox::pool::{Lockdowned, Pool, Settings, Status};
use sandbox::{Ended, Job, Limits, Program, Report, Sandbox as _, SandboxError};

use crate::ground::{self, Counts, until};
use crate::stand_in::{HANGS, ORDER, READY, StandIn};

/// Two cases of one program, little time.
fn job() -> Job {
    let program = Program { code: String::new(), cases: vec![ground::script(); 2] };
    Job::new(vec![program], Limits { wall_ms: 300, ..Limits::GRADED })
}

async fn report(answer: &str) -> Report {
    StandIn::answering(answer).pool().run(job()).await.unwrap()
}

/// How many cases came through, and how it ended.
fn seen(report: &Report) -> (usize, Ended) {
    (report.programs.iter().map(|program| program.cases.len()).sum(), report.ended)
}

#[tokio::test]
async fn a_child_is_believed_only_what_it_can_say() {
    let forged = "printf '{\"nonce\":\"0123\",\"said\":{\"Ended\":\"Completed\"}}\\n'";
    let cases = [
        ("say \"$(report 0 x)\"; say \"$(report 0 y)\"; ended Completed", (2, Ended::Completed)),
        (
            "say \"$(report 0 x)\"; say \"$(report 0 y)\"; ended Completed; while :; do echo more; done",
            (2, Ended::Completed),
        ),
        ("ended TimedOut", (0, Ended::TimedOut)),
        ("say \"$(report 0 x)\"; ended OutOfMemory", (1, Ended::OutOfMemory)),
        ("ended TooMuchOutput", (0, Ended::TooMuchOutput)),
        ("ended Completed", (0, Ended::Crashed)),
        ("say \"$(report 0 x)\"; ended Completed", (1, Ended::Crashed)),
        ("say \"$(report 1 x)\"", (0, Ended::Crashed)),
        (forged, (0, Ended::Crashed)),
        ("nonce=; ended Completed", (0, Ended::Crashed)),
        ("nonce=\"$nonce$nonce\"; ended Completed", (0, Ended::Crashed)),
        ("echo garbage", (0, Ended::Crashed)),
        ("echo; ended Completed", (0, Ended::Crashed)),
        ("echo '{\"nonce\":'", (0, Ended::Crashed)),
        ("printf '\\377\\376\\n'", (0, Ended::Crashed)),
        ("printf 'no line end'", (0, Ended::Crashed)),
        (READY, (0, Ended::Crashed)),
        ("say \"$(report 0 x)\"; say \"$(report 0 x)\"; say \"$(report 0 x)\"", (2, Ended::Crashed)),
        ("exit 0", (0, Ended::Crashed)),
        ("exit 3", (0, Ended::Crashed)),
        ("kill -11 $$", (0, Ended::Crashed)),
        ("kill -6 $$", (0, Ended::Crashed)),
        ("kill -24 $$", (0, Ended::TimedOut)),
        ("kill -9 $$", (0, Ended::TimedOut)),
        (HANGS, (0, Ended::TimedOut)),
        ("exec >&-; kill -STOP $$", (0, Ended::TimedOut)),
        ("printf '{\"nonce\":\"\",\"said\":{\"Killed\":{\"signal\":11}}}\\n'", (0, Ended::Crashed)),
        ("trap '' TERM INT HUP; while :; do :; done", (0, Ended::TimedOut)),
    ];
    for (answer, expected) in cases {
        assert_eq!(seen(&report(answer).await), expected, "{answer}");
    }
}

#[tokio::test]
async fn a_child_that_floods_is_ended_and_little_of_it_kept() {
    let long = "x=xxxxxxxxxxxxxxxx; for i in 1 2 3 4 5 6 7 8 9 10 11 12; do x=$x$x; done\n";
    let cases = [
        // A line without end.
        (format!("{long}while :; do printf %s $x; done"), (0, Ended::Crashed)),
        // A case with more output than there can be.
        (format!("{long}say \"$(report 0 $x$x)\""), (0, Ended::TooMuchOutput)),
        // Standard error is not listened to, and does not make it hang.
        (
            format!("{long}for i in 1 2 3 4; do echo $x >&2; done; say \"$(report 0 x)\"; ended TimedOut"),
            (1, Ended::TimedOut),
        ),
    ];
    for (answer, expected) in cases {
        assert_eq!(seen(&report(&answer).await), expected);
    }
}

#[tokio::test]
async fn a_report_has_a_bound() {
    let cases = 1_000;
    let answer = "x=xxxxxxxxxxxxxxxx; for i in 1 2 3 4 5 6 7 8 9 10 11; do x=$x$x; done\nwhile :; do say \"$(report 0 $x)\"; done";
    let program = Program { code: String::new(), cases: vec![ground::script(); cases] };
    let job = Job::new(vec![program], Limits::GRADED);
    let report = StandIn::answering(answer).pool().run(job).await.unwrap();
    let (kept, ended) = seen(&report);
    assert_eq!(ended, Ended::TooMuchOutput);
    assert!((1..sandbox::pool::REPORT_MAX_BYTES >> 15).contains(&kept), "{kept}");
}

#[tokio::test]
async fn a_child_that_does_not_read_its_order_is_ended() {
    let program = Program { code: "x".repeat(1 << 20), cases: vec![ground::script()] };
    let large = Job::new(vec![program], Limits { wall_ms: 300, ..Limits::GRADED });
    let stand_in = StandIn::new(&format!("{READY}{HANGS}"));
    let report = stand_in.pool().run(large).await.unwrap();
    assert_eq!(seen(&report), (0, Ended::TimedOut));
}

#[tokio::test]
async fn a_job_goes_to_a_child_that_lives() {
    // The first is the pool's own, to see whether there are any. The next two read the order and say nothing.
    let stand_in = StandIn::new(&format!(
        "{READY}n=$(ls \"${{0%/*}}\" | grep -c pid)\n[ $n -gt 3 ] || {{ read -r order; exit; }}\n{ORDER}ended TimedOut\n"
    ));
    let report = stand_in.pool().run(job()).await.unwrap();
    assert_eq!(seen(&report), (0, Ended::TimedOut));
    assert_eq!(stand_in.pids().len(), 4);
}

#[tokio::test]
async fn children_that_all_die_before_they_take_a_job_are_named() {
    for dies in ["read -r order", "exit", "kill -9 $$", "read -r order; kill -11 $$"] {
        let stand_in = StandIn::new(&format!("{READY}{dies}"));
        let error = stand_in.pool().run(job()).await.unwrap_err();
        let SandboxError::Unavailable(reason) = error else { panic!("{error}") };
        assert!(reason.contains(stand_in.binary().to_str().unwrap()), "{reason}");
        assert_eq!(stand_in.pids().len(), 4, "one of the pool's own, and no loop without end");
    }
}

#[tokio::test]
async fn a_nursery_that_has_no_children_is_named_and_tried_again() {
    let missing = tempfile::tempdir().unwrap().path().join("agent-bus-sandbox");
    let garbage = StandIn::new("echo hello");
    let dies = StandIn::new("exit 1");
    let killed = StandIn::new("kill -11 $$");
    let endless =
        StandIn::new("while :; do printf xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done");
    let speaks = StandIn::new("echo '{\"nonce\":\"\",\"said\":{\"Ended\":\"Completed\"}}'");
    let childless = StandIn::nursery("echo 'no interpreter' >&2; exit 1");
    let not_executable = StandIn::new("");
    fs::set_permissions(not_executable.binary(), fs::Permissions::from_mode(0o600)).unwrap();
    let cases = [
        (missing, "cannot be started: No such file"),
        (not_executable.binary(), "cannot be started: Permission denied"),
        (garbage.binary(), "did not get ready: it said something else"),
        (speaks.binary(), "did not get ready: it said something else"),
        (dies.binary(), "did not get ready: it ended"),
        (killed.binary(), "did not get ready: signal 11 ended it"),
        (childless.binary(), "did not get ready: it ended: \"no interpreter\""),
        (endless.binary(), "did not get ready: a line of over 16384 bytes"),
    ];
    for (binary, why) in cases {
        let counts = Arc::new(Counts::default());
        let settings = ground::settings(&binary, 1);
        let pool = Pool::start(settings, Arc::new(RandomIds), Arc::clone(&counts) as _);
        assert_eq!(pool.status(), Status::Starting);
        let error = pool.run(job()).await.unwrap_err();
        let SandboxError::Unavailable(reason) = error else { panic!("{error}") };
        let expected = format!("{}: {why}", binary.display());
        assert!(reason.starts_with(&expected), "{reason:?}, not {expected:?}");
        assert_eq!(pool.status(), Status::Unavailable(reason));
        until(|| counts.start_failed.load(Ordering::SeqCst) >= 2).await;
    }
}

#[tokio::test]
async fn a_pool_comes_back_when_its_binary_does() {
    let stand_in = StandIn::answering("ended TimedOut");
    let elsewhere = stand_in.folder.path().join("gone");
    fs::rename(stand_in.binary(), &elsewhere).unwrap();
    let pool = stand_in.pool();
    assert!(matches!(pool.run(job()).await, Err(SandboxError::Unavailable(_))));
    fs::rename(elsewhere, stand_in.binary()).unwrap();
    until(|| pool.status() == Status::Ready).await;
    assert_eq!(seen(&pool.run(job()).await.unwrap()), (0, Ended::TimedOut));
}

#[tokio::test]
async fn a_nursery_that_is_never_ready_makes_nobody_wait_for_ever() {
    let stand_in = StandIn::nursery(HANGS);
    let settings = Settings { wait_max: Duration::from_millis(50), ..ground::settings(stand_in.binary(), 1) };
    let pool = ground::start(settings);
    assert!(matches!(pool.run(job()).await, Err(SandboxError::Busy { .. })));
    assert_eq!(pool.status(), Status::Starting);
}

#[tokio::test]
async fn a_lockdown_that_lacks_a_layer_is_told_and_refused_where_it_is_required() {
    let open = READY.replace("\"landlock\":\"Present\"", "\"landlock\":{\"Missing\":\"an old kernel\"}");
    let stand_in = StandIn::new(&format!("{open}{ORDER}ended TimedOut"));
    let lacking = "landlock is missing (an old kernel)";

    let pool = stand_in.pool();
    assert_eq!(seen(&pool.run(job()).await.unwrap()), (0, Ended::TimedOut));
    assert_eq!(pool.status(), Status::Degraded(lacking.to_owned()));
    drop(pool);

    let settings = Settings { lockdown: Lockdowned::Required, ..ground::settings(stand_in.binary(), 1) };
    let pool = ground::start(settings);
    for _ in 0..3 {
        let error = pool.run(job()).await.unwrap_err();
        let reason = format!("{}: the lockdown is not complete: {lacking}", stand_in.binary().display());
        assert_eq!(error, SandboxError::Unavailable(reason.clone()));
        assert_eq!(pool.status(), Status::Unavailable(reason));
    }
    drop(pool);
    until(|| stand_in.alive() == 0).await;
}

#[tokio::test]
async fn a_nursery_inherits_nothing_from_the_pool() {
    let stand_in = StandIn::new(&format!(
        "[ \"$(pwd)\" = / ] || exit 1\n[ -z \"$HOME$CARGO_MANIFEST_DIR$USER\" ] || exit 1\n{READY}{ORDER}ended TimedOut"
    ));
    assert_eq!(seen(&stand_in.pool().run(job()).await.unwrap()), (0, Ended::TimedOut));
}
