//! `agent-bus story` against a running fleet: it goes through, again and again, and where it does not it says which step.
//!
//! Not here: the story over agents in processes of their own (`awaited`).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::{Command, Output};

use http::Method;
use serde_json::json;
use testkit::fleet::Fleet;

const BINARY: &str = env!("CARGO_BIN_EXE_agent-bus");
const AGENTS: [&str; 5] = ["progress", "debug", "concepts", "exercise", "review"];

fn fleet() -> Fleet {
    Fleet::start(Path::new(BINARY), &[])
}

fn addresses(of: impl Fn(&str) -> String) -> String {
    AGENTS.map(|agent| format!("{agent}={}", of(agent))).join(",")
}

fn story(fleet: &Fleet, agents: &str, args: &[&str]) -> Output {
    Command::new(BINARY)
        .arg("story")
        .args(args)
        .env("AGENT_BUS_STORY_AGENTS", agents)
        .env("AGENT_BUS_STORY_STUDENT_TOKEN", fleet.token("ada", "student"))
        .env("AGENT_BUS_STORY_TEACHER_TOKEN", fleet.token("ms-lovelace", "teacher"))
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn it_goes_through_and_may_be_told_again() {
    let fleet = fleet();
    let agents = addresses(|_| fleet.address().to_owned());
    for _ in 0..2 {
        let told = story(&fleet, &agents, &[]);
        assert!(told.status.success(), "{told:?}");
        let lines: Vec<&str> = text(&told.stdout).lines().collect();
        assert_eq!(lines.len(), 9, "{told:?}");
        assert!(lines.iter().all(|line| line.ends_with(" ms")), "{told:?}");
        assert!(lines[8].starts_with("the mastery shows them: "), "{told:?}");
    }
    // What it says happened did.
    let progress = fleet.get("/api/v1/progress/ada", &fleet.token("ada", "student")).await.ok();
    assert_eq!(progress["components"]["variables"]["mastery"], json!(0.84), "{progress:#}");
    let class = "/api/v1/progress/classes/story-ms-lovelace";
    let class = fleet.call(Method::GET, class, &fleet.token("ms-lovelace", "teacher"), None).await.ok();
    assert_eq!(class["students"], json!(["ada"]));
}

#[tokio::test]
async fn the_step_that_fails_is_named() {
    let fleet = fleet();
    let nobody = |agent: &str| match agent {
        "review" => "http://127.0.0.1:1".to_owned(),
        _ => fleet.address().to_owned(),
    };
    let told = story(&fleet, &addresses(nobody), &["--step-within-s", "1"]);
    assert_eq!(told.status.code(), Some(1), "{told:?}");
    let said = text(&told.stderr);
    assert!(said.starts_with("agent-bus: code is reviewed: failed after "), "{said}");
    assert!(said.contains("POST /api/v1/review/quality"), "{said}");
    assert_eq!(text(&told.stdout).lines().count(), 5, "what went well is told: {told:?}");
}

#[test]
fn what_is_missing_or_no_token_is_named_and_never_shown() {
    let run = |agents: &str, token: &str| {
        let mut command = Command::new(BINARY);
        command.args(["story", "--agents", agents, "--student-token", token, "--teacher-token", "b"]);
        command.output().unwrap()
    };
    let all = addresses(|_| "http://127.0.0.1:1".to_owned());
    for (agents, expected) in [
        (all.as_str(), "--student-token: this is no token"),
        ("progress", "\"progress\" is not agent=address"),
    ] {
        let refused = run(agents, "s3cret");
        assert_eq!(refused.status.code(), Some(2), "{refused:?}");
        let said = text(&refused.stderr);
        assert!(said.contains(expected) && !said.contains("s3cret"), "{said}");
    }
}
