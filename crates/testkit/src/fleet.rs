//! The real binary in a test: `agent-bus up` on a free port and a data folder of its own, asked over HTTP.
//!
//! The way in for stories and crash tests, which use public doors alone. Not here: rooms tested by themselves.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use http::{Method, StatusCode};
use serde_json::Value;
use tempfile::TempDir;

/// A running fleet. Dropping it kills the process and removes the folder.
pub struct Fleet {
    binary: PathBuf,
    data_dir: TempDir,
    settings: Vec<String>,
    process: Child,
    address: String,
    client: reqwest::Client,
}

/// What a fleet answered.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: http::HeaderMap,
    /// The JSON body; null where there is none.
    pub body: Value,
}

impl Answer {
    /// The body of a 200.
    ///
    /// # Panics
    /// On another status: the test must fail then.
    #[expect(clippy::must_use_candidate, reason = "that it was a 200 is often all a test wants to know")]
    #[track_caller]
    pub fn ok(self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{:#}", self.body);
        self.body
    }
}

impl Fleet {
    /// Starts `binary up` with these further settings and waits until it is ready.
    #[must_use]
    pub fn start(binary: &Path, settings: &[&str]) -> Self {
        let data_dir = tempfile::tempdir().expect("a folder for the fleet");
        let settings: Vec<String> = settings.iter().map(|&setting| setting.to_owned()).collect();
        let (process, address) = spawn(binary, data_dir.path(), &settings);
        let client = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        Self { binary: binary.to_owned(), data_dir, settings, process, address, client }
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Where it keeps everything.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        self.data_dir.path()
    }

    /// The process id.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// SIGKILL: no goodbye. Then the same folder again.
    pub fn kill_and_restart(&mut self) {
        self.process.kill().expect("the fleet can be killed");
        self.process.wait().expect("the fleet has ended");
        let (process, address) = spawn(&self.binary, self.data_dir.path(), &self.settings);
        self.process = process;
        self.address = address;
    }

    /// SIGTERM.
    pub fn terminate(&self) {
        let process_id = i32::try_from(self.process.id()).expect("a process id");
        let process = rustix::process::Pid::from_raw(process_id).expect("a process id");
        rustix::process::kill_process(process, rustix::process::Signal::TERM)
            .expect("the fleet takes signals");
    }

    /// Waits for the end of the process: whether its exit status was 0.
    pub fn wait(&mut self) -> bool {
        self.process.wait().expect("the fleet has ended").success()
    }

    /// A token from the command line.
    #[must_use]
    pub fn token(&self, subject: &str, role: &str) -> String {
        let output = Command::new(&self.binary)
            .args(["token", "--sub", subject, "--role", role, "--data-dir"])
            .arg(self.data_dir.path())
            .output()
            .expect("the binary runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("a token is text").trim().to_owned()
    }

    /// One request with a token and a JSON body.
    pub async fn call(&self, method: Method, path: &str, token: &str, body: Option<Value>) -> Answer {
        let mut request = self.client.request(method, format!("{}{path}", self.address)).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        self.send(request).await
    }

    /// A request made by the caller with [`Fleet::client`].
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.expect("the fleet answers");
        let status = response.status();
        let headers = response.headers().clone();
        let bytes = response.bytes().await.expect("the answer has an end");
        Answer { status, headers, body: serde_json::from_slice(&bytes).unwrap_or_default() }
    }

    /// The client, for requests that are wrong on purpose.
    #[must_use]
    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// `GET` with a token.
    pub async fn get(&self, path: &str, token: &str) -> Answer {
        self.call(Method::GET, path, token, None).await
    }

    /// `POST` of JSON with a token.
    pub async fn post(&self, path: &str, token: &str, body: Value) -> Answer {
        self.call(Method::POST, path, token, Some(body)).await
    }

    /// Asks until the answer satisfies the condition. Fails with the last answer after 30 seconds.
    pub async fn get_until(&self, path: &str, token: &str, condition: impl Fn(&Value) -> bool) -> Value {
        let give_up = tokio::time::Instant::now() + tokio::time::Duration::from_secs(30);
        loop {
            let answer = self.get(path, token).await;
            if answer.status == StatusCode::OK && condition(&answer.body) {
                return answer.body;
            }
            assert!(tokio::time::Instant::now() < give_up, "{path} did not come to it: {answer:#?}");
            tokio::time::sleep(tokio::time::Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        // It may have ended already.
        if self.process.kill().is_ok() {
            drop(self.process.wait());
        }
    }
}

/// Starts the binary and reads its address from the first lines that it prints.
fn spawn(binary: &Path, data_dir: &Path, settings: &[String]) -> (Child, String) {
    let mut process = Command::new(binary)
        .args(["up", "--port", "0", "--data-dir"])
        .arg(data_dir)
        .args(settings)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log_file(data_dir))
        .spawn()
        .expect("the binary starts");
    let output = process.stdout.take().expect("standard output is piped");
    let mut lines = BufReader::new(output).lines();
    let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
        let (_, rest) = line.split_once("http://")?;
        Some(format!("http://{}", rest.split_whitespace().next()?))
    });
    let Some(address) = address else {
        let log = std::fs::read_to_string(data_dir.join("test.log")).unwrap_or_default();
        panic!("the fleet did not start:\n{log}");
    };
    // Somebody must go on reading, or the fleet stalls on a full pipe.
    std::thread::spawn(move || lines.for_each(drop));
    (process, address)
}

fn log_file(data_dir: &Path) -> Stdio {
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(data_dir.join("test.log"))
        .expect("a log file")
        .into()
}
