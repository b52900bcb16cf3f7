//! `agent-bus backup` and `agent-bus restore` as a person meets them: taken while the fleet is at work, put back into an
//! empty folder, refused with a reason where something would be lost.
//!
//! Not here: what makes a copy whole (crate `ledger-sqlite`), a fleet under load and an erasure (scripts/check-backup).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use http::Method;
use ledger::Expected;
use ledger::suite::given::{ROOM, committed, keys_by_colour, note, puts};
use ledger_sqlite::SqliteStore;
use serde_json::json;
use tempfile::TempDir;
use testkit::fleet::Fleet;
use testkit::made_newer;

const BINARY: &str = env!("CARGO_BIN_EXE_agent-bus");
const UNLIMITED: [&str; 2] = ["--other-requests-per-minute", "1000000000"];
const LONG_AGO: [&str; 2] = ["agent-bus-20200101T000001Z.db", "agent-bus-20200101T000002Z.db"];

/// A command with two folders, and none of its settings from the environment.
fn command(name: &str, folders: [(&str, &Path); 2], rest: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command.arg(name).env_remove("AGENT_BUS_DATA_DIR").stdin(Stdio::null());
    for (flag, folder) in folders {
        command.arg(flag).arg(folder);
    }
    command.args(rest);
    command
}

fn backup(data: &Path, to: &Path, rest: &[&str]) -> Output {
    command("backup", [("--data-dir", data), ("--to", to)], rest).output().unwrap()
}

fn restore(from: &Path, data: &Path, rest: &[&str]) -> Output {
    command("restore", [("--from", from), ("--data-dir", data)], rest).output().unwrap()
}

/// What it said, where it did its work.
#[track_caller]
fn done(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[track_caller]
fn refused(output: &Output, words: &[&str]) {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let told = String::from_utf8(output.stderr.clone()).unwrap();
    for word in words {
        assert!(told.contains(word), "{word}: {told}");
    }
    assert!(output.stdout.is_empty(), "{output:?}");
}

/// The names in a folder, hidden ones too, but for the lock.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
    names.retain(|name| name != ".lock");
    names.sort_unstable();
    names
}

/// The one backup in a folder.
#[track_caller]
fn only(folder: &Path) -> PathBuf {
    let names = names(folder);
    assert_eq!(names.len(), 1, "{names:?}");
    folder.join(&names[0])
}

/// A data folder as `up` leaves it, with notes of these bodies.
async fn data(bodies: impl IntoIterator<Item = String>) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("agent-bus.db")).await.unwrap();
    let ledger = store.room(ROOM).await.unwrap();
    for (number, body) in bodies.into_iter().enumerate() {
        let mut put = note(&number.to_string(), "red", Expected::Absent);
        put.body = format!("\"{body}\"").into();
        committed(&*ledger, puts([put])).await.unwrap();
    }
    store.close().await.unwrap();
    folder
}

/// How many notes there are.
async fn notes(data: &Path) -> usize {
    let store = SqliteStore::open(&data.join("agent-bus.db")).await.unwrap();
    let keys = keys_by_colour(&*store.room(ROOM).await.unwrap(), &["red"]).await.unwrap();
    store.close().await.unwrap();
    keys.len()
}

/// Posts a score under a key: whether that was known already.
async fn known(fleet: &Fleet, teacher: &str, key: &str) -> bool {
    let scores = json!({"completion": 0.5, "quiz": 0.5, "quality": 0.5, "consistency": 0.5});
    let update = json!({"component": "loops", "scores": scores, "idempotency_key": key});
    fleet.post("/api/v1/progress/ada", teacher, update).await.ok()["duplicate"] == json!(true)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_a_fleet_at_work_is_its_state_of_one_moment() {
    let fleet = Fleet::start(Path::new(BINARY), &UNLIMITED);
    let teacher = fleet.token("ms-lovelace", "teacher");
    let class = json!({"name": "Python 1", "students": ["ada"]});
    fleet.call(Method::PUT, "/api/v1/progress/classes/python-1", &teacher, Some(class)).await.ok();
    for number in 0..5 {
        assert!(!known(&fleet, &teacher, &format!("before-{number}")).await);
    }

    let to = tempfile::tempdir().unwrap();
    let folders = (fleet.data_dir().to_owned(), to.path().to_owned());
    let taking = tokio::task::spawn_blocking(move || backup(&folders.0, &folders.1, &[]));
    let mut meanwhile = Vec::new();
    while !taking.is_finished() {
        let key = format!("meanwhile-{}", meanwhile.len());
        assert!(!known(&fleet, &teacher, &key).await);
        meanwhile.push(key);
    }
    let said = done(&taking.await.unwrap());
    let copy = only(to.path());
    let name = copy.file_name().unwrap().to_str().unwrap();
    assert_eq!(said, format!("{name}: taken, {} bytes\n", copy.metadata().unwrap().len()));
    assert!(!known(&fleet, &teacher, "after").await);

    // Onto one in use: not even where it may be replaced.
    let process = format!("process {}", fleet.process_id());
    refused(&restore(to.path(), fleet.data_dir(), &["--replace"]), &["in use", &process]);
    assert!(known(&fleet, &teacher, "after").await, "the fleet goes on");

    let fresh = tempfile::tempdir().unwrap();
    assert_eq!(done(&restore(to.path(), fresh.path(), &[])), format!("{name}: restored, schema version 1\n"));
    let restored = Fleet::start_on(Path::new(BINARY), fresh, &UNLIMITED);
    let teacher = restored.token("ms-lovelace", "teacher");
    let class = "/api/v1/progress/classes/python-1";
    assert_eq!(restored.get(class, &teacher).await.ok()["students"], json!(["ada"]));
    for number in 0..5 {
        assert!(known(&restored, &teacher, &format!("before-{number}")).await, "answered before: {number}");
    }
    let mut were_known = Vec::new();
    for key in &meanwhile {
        were_known.push(known(&restored, &teacher, key).await);
    }
    assert!(were_known.is_sorted_by(|one, next| one >= next), "of one moment: {were_known:?}");
    assert!(!known(&restored, &teacher, "after").await, "what came after the backup is not in it");
}

#[tokio::test]
async fn what_is_there_already_is_replaced_only_where_that_is_asked_for() {
    let (two, three) =
        (data(["a", "b"].map(str::to_owned)).await, data(["a", "b", "c"].map(str::to_owned)).await);
    let to = tempfile::tempdir().unwrap();
    done(&backup(two.path(), to.path(), &[]));
    let there = three.path().join("agent-bus.db");
    refused(&restore(to.path(), three.path(), &[]), &[there.to_str().unwrap(), "--replace", "--data-dir"]);
    assert_eq!(notes(three.path()).await, 3);
    done(&restore(to.path(), three.path(), &["--replace"]));
    assert_eq!(notes(three.path()).await, 2);
    // Into a folder that is not there yet, by its name.
    let name = only(to.path());
    let new = three.path().join("a/new/one");
    done(&restore(to.path(), &new, &["--name", name.file_name().unwrap().to_str().unwrap()]));
    assert_eq!(notes(&new).await, 2);
}

#[tokio::test]
async fn a_backup_that_is_not_whole_or_too_new_is_named_and_nothing_is_made() {
    let (kept, to) = (data(["a".to_owned()]).await, tempfile::tempdir().unwrap());
    let fresh = to.path().join("fresh");
    refused(&restore(to.path(), &fresh, &[]), &["--from: there is no backup in"]);
    done(&backup(kept.path(), to.path(), &[]));
    let whole = only(to.path());
    let bytes = std::fs::read(&whole).unwrap();
    let [cut, newer] = LONG_AGO;
    std::fs::write(to.path().join(cut), &bytes[..bytes.len() * 2 / 3]).unwrap();
    refused(&restore(to.path(), &fresh, &["--name", cut]), &[cut, "is not whole"]);
    std::fs::write(to.path().join(newer), &bytes).unwrap();
    made_newer(&to.path().join(newer)).await;
    let too_new = [newer, "has schema version 2, this program knows versions up to 1"];
    refused(&restore(to.path(), &fresh, &["--name", newer]), &too_new);
    for name in ["agent-bus-1.db", "../agent-bus.db", ".."] {
        refused(&restore(to.path(), &fresh, &["--name", name]), &["--name: there is no ", newer, cut]);
    }
    assert!(!fresh.exists());
    // The newest is the one that is whole.
    done(&restore(to.path(), &fresh, &[]));
    assert_eq!(notes(&fresh).await, 1);
}

#[tokio::test]
async fn what_is_too_old_goes_but_for_the_newest() {
    let (kept, to) = (data(["a".to_owned()]).await, tempfile::tempdir().unwrap());
    let others =
        ["notes.txt", "agent-bus-20200101T000000Z.dump", ".agent-bus-20200101T000000Z.dump.unfinished"];
    for name in LONG_AGO.iter().chain(&others) {
        std::fs::write(to.path().join(name), "old").unwrap();
    }
    let said = done(&backup(kept.path(), to.path(), &["--keep-newest", "2"]));
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[1..], [format!("{}: removed, older than 6 days", LONG_AGO[0])], "{said}");
    let left = names(to.path());
    assert_eq!(left.len(), 5, "{left:?}");
    assert!(others.iter().chain(&LONG_AGO[1..]).all(|name| left.iter().any(|left| left == name)), "{left:?}");
    let newest = left.iter().rfind(|name| name.starts_with("agent-bus-") && name.ends_with(".db"));
    assert_ne!(newest.unwrap(), LONG_AGO[1], "{left:?}");
    assert!(lines[0].starts_with(newest.unwrap()), "{said}");
}

#[tokio::test]
async fn where_no_backup_can_be_taken_that_is_told_and_those_that_are_there_stay() {
    let (kept, to) = (data(["a".to_owned()]).await, tempfile::tempdir().unwrap());
    std::fs::write(to.path().join(LONG_AGO[0]), "old").unwrap();
    let nothing = tempfile::tempdir().unwrap();
    let one = ["--keep-newest", "1"];
    refused(&backup(nothing.path(), to.path(), &one), &["--data-dir: there is no ", "agent-bus.db"]);
    refused(&backup(kept.path(), &to.path().join("none"), &one), &["--to: ", "none is no folder"]);
    for flag in ["--keep-days", "--keep-newest"] {
        refused(&backup(kept.path(), to.path(), &[flag, "0"]), &[flag, "0 is not in 1..=99999"]);
    }
    let held = File::create(to.path().join(".lock")).unwrap();
    held.lock().unwrap();
    refused(&backup(kept.path(), to.path(), &one), &["another backup works in"]);
    drop(held);
    std::fs::write(kept.path().join("agent-bus.db"), "no database\n".repeat(1_000)).unwrap();
    refused(&backup(kept.path(), to.path(), &one), &["agent-bus.db cannot be copied", "stay"]);
    assert_eq!(names(to.path()), LONG_AGO[..1]);
}

/// Kills a backup once it writes: whether it was still at it.
fn killed_at_work(data: &Path, to: &Path) -> bool {
    let mut backup = command("backup", [("--data-dir", data), ("--to", to)], &[]);
    let mut child = backup.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while names(to).is_empty() && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    names(to).iter().any(|name| name.starts_with('.'))
}

#[tokio::test]
async fn a_backup_that_is_killed_leaves_nothing_that_looks_like_one() {
    const MIB: usize = 1024 * 1024;
    let (kept, to) = (data((0..32).map(|_| "x".repeat(MIB))).await, tempfile::tempdir().unwrap());
    // On a machine that is very busy here, the kill may come too late.
    let is_killed = (0..20).any(|_| {
        let is_killed = killed_at_work(kept.path(), to.path());
        if !is_killed {
            names(to.path()).iter().for_each(|name| std::fs::remove_file(to.path().join(name)).unwrap());
        }
        is_killed
    });
    assert!(is_killed, "it is always done before it is killed");
    let left = names(to.path());
    assert!(left.iter().all(|name| name.contains(".db.unfinished")), "{left:?}");
    let fresh = to.path().join("fresh");
    refused(&restore(to.path(), &fresh, &[]), &["there is no backup"]);
    done(&backup(kept.path(), to.path(), &[]));
    only(to.path());
    done(&restore(to.path(), &fresh, &[]));
    assert_eq!(notes(&fresh).await, 32);
}
