//! The command line as a person meets it: what cannot be read is told and the rest is done, and a reader who leaves early
//! is no failure.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use testkit::fleet::Fleet;
use testkit::{postgres, sandbox_binary};

const BINARY: &str = env!("CARGO_BIN_EXE_agent-bus");

fn run(args: &[&str]) -> Output {
    Command::new(BINARY).args(args).stdin(Stdio::null()).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn a_file_that_cannot_be_read_does_not_hide_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.py");
    std::fs::write(&broken, "print(1\n").unwrap();
    let missing = folder.path().join("missing.py");
    let binary = folder.path().join("binary.py");
    std::fs::write(&binary, [0xff]).unwrap();
    for command in ["check", "review"] {
        let files =
            [missing.as_path(), binary.as_path(), broken.as_path()].map(|path| path.to_str().unwrap());
        let output = run(&[&[command], &files[..]].concat());
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(text(&output.stdout).contains("broken.py:1"), "{output:?}");
        let told = text(&output.stderr);
        assert!(told.contains("missing.py: No such file") && told.contains("binary.py: not UTF-8"), "{told}");
    }
}

#[test]
fn a_reader_who_leaves_early_is_no_failure() {
    for args in [&["check", "--jsonl"][..], &["review", "--jsonl"], &["check"]] {
        let piped = Stdio::piped;
        let mut command = Command::new(BINARY);
        let mut child = command.args(args).stdin(piped()).stdout(piped()).stderr(piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(b"{\"id\": 1, \"code\": \"x = 1\"}\n").unwrap();
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(141), ""), "{args:?}");
    }
}

#[test]
fn the_help_says_what_the_program_is_for() {
    let output = run(&["--help"]);
    assert!(text(&output.stdout).starts_with("Python tutoring agents"), "{output:?}");
}

#[test]
fn health_takes_the_address_that_up_prints() {
    let fleet = Fleet::start(Path::new(BINARY), &[]);
    let address = fleet.address();
    assert!(address.starts_with("http://"), "{address}");
    for address in [address.to_owned(), format!("{address}/"), address.replace("http://", "")] {
        let output = run(&["health", "--address", &address]);
        assert!(output.status.success(), "{address}: {output:?}");
    }
}

/// Asks for exercises to be made ready in a database.
fn prepare(database: &str, args: &[&str]) -> Output {
    let sandbox = sandbox_binary();
    let common = ["exercises", "prepare", "--database", database, "--sandbox", sandbox.to_str().unwrap()];
    run(&[&common[..], args].concat())
}

#[tokio::test]
async fn exercises_are_made_ready_once() {
    let database = postgres::Database::fresh().await;
    let boxes = ["--only", "operators/boxes", "--seeds", "1"];
    for told in ["new=5 known=0 refused=0\n", "new=0 known=5 refused=0\n"] {
        let output = prepare(database.url(), &boxes);
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(0), told), "{output:?}");
    }
}

#[test]
fn exercises_that_cannot_be_made_ready_are_told() {
    let nowhere = "postgres://agent_bus@127.0.0.1:1/agent_bus";
    for (args, told) in [
        (&["--seeds", "17"][..], "invalid value '17' for '--seeds <SEEDS>': 17 is not in 1..=16"),
        (&["--only", "opera/"], "--only: no exercise's topic/template begins with \"opera/\""),
        (&[], "the database: "),
    ] {
        let output = prepare(nowhere, args);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(text(&output.stderr).contains(told), "{output:?}");
    }
}
