//! How the fleet ends: SIGTERM lets requests finish, SIGKILL loses nothing that was answered, and a data folder has one
//! holder at a time.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

use http::Method;
use serde_json::{Value, json};
use testkit::fleet::Fleet;

const BINARY: &str = env!("CARGO_BIN_EXE_agent-bus");

fn scores(value: f64) -> Value {
    json!({"completion": value, "quiz": value, "quality": value, "consistency": value})
}

async fn with_class(fleet: &Fleet, teacher: &str) {
    let class = json!({"name": "Python 1", "students": ["ada"]});
    fleet.call(Method::PUT, "/api/v1/progress/classes/python-1", teacher, Some(class)).await.ok();
}

#[tokio::test]
async fn what_was_answered_is_there_after_sigkill() {
    let mut fleet = Fleet::start(Path::new(BINARY), &[]);
    let teacher = fleet.token("ms-lovelace", "teacher");
    with_class(&fleet, &teacher).await;
    let mut answered = Vec::new();
    for round in 0..3 {
        for number in 0..5 {
            let component = format!("topic-{round}-{number}");
            let update = json!({"component": component, "scores": scores(0.5), "idempotency_key": component});
            answered.push(fleet.post("/api/v1/progress/ada", &teacher, update).await.ok());
        }
        fleet.kill_and_restart();
    }
    let progress = fleet.get("/api/v1/progress/ada", &teacher).await.ok();
    for answer in answered {
        let component = answer["component"].as_str().unwrap();
        assert_eq!(progress["components"][component]["mastery"], json!(0.5), "{component} is there");
        let again = json!({"component": component, "scores": scores(0.5), "idempotency_key": component});
        let again = fleet.post("/api/v1/progress/ada", &teacher, again).await.ok();
        assert_eq!((&again["event_id"], &again["duplicate"]), (&answer["event_id"], &json!(true)));
    }
}

#[tokio::test]
async fn sigterm_lets_a_request_end() {
    let mut fleet = Fleet::start(Path::new(BINARY), &[]);
    let token = fleet.token("ada", "student");
    let body = json!({"code": "x = 1\n"}).to_string();
    let mut stream = TcpStream::connect(fleet.address().trim_start_matches("http://")).unwrap();
    write!(
        stream,
        "POST /api/v1/debug/analyze HTTP/1.1\r\nHost: fleet\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
        body.len()
    )
    .unwrap();
    // The server asks for the body: from here on the request is being handled.
    let mut start = [0; 25];
    stream.read_exact(&mut start).unwrap();
    assert_eq!(&start, b"HTTP/1.1 100 Continue\r\n\r\n");
    fleet.terminate();
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("\"valid\":true"), "{answer}");
    assert!(fleet.wait(), "a stop on request is exit status 0");
}

#[tokio::test]
async fn a_second_fleet_on_a_folder_in_use_is_refused() {
    let fleet = Fleet::start(Path::new(BINARY), &[]);
    let output = Command::new(BINARY)
        .args(["up", "--port", "0", "--data-dir"])
        .arg(fleet.data_dir())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(said.contains("in use") && said.contains(&fleet.process_id().to_string()), "{said}");
}

#[cfg(unix)]
#[tokio::test]
async fn the_signing_key_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let fleet = Fleet::start(Path::new(BINARY), &[]);
    let modes: Vec<(String, u32)> = std::fs::read_dir(fleet.data_dir())
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().permissions().mode())
        })
        .filter(|(name, _)| name.contains("key") && !name.contains("jwks"))
        .collect();
    assert!(!modes.is_empty());
    for (name, mode) in modes {
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}
