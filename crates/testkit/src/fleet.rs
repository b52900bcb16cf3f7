//! The real binary in a test: `agent-bus up` on a free port and a data folder of its own, asked over HTTP.
//!
//! The way in for stories and crash tests, which use public doors alone. Not here: rooms tested by themselves.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::asking::Asking;

/// A running fleet. Dropping it kills the process and removes the folder.
pub struct Fleet {
    binary: PathBuf,
    data_dir: TempDir,
    settings: Vec<String>,
    process: Child,
    asking: Asking,
}

impl Fleet {
    /// Starts `binary up` with these further settings and waits until it is ready.
    #[must_use]
    pub fn start(binary: &Path, settings: &[&str]) -> Self {
        Self::start_on(binary, tempfile::tempdir().expect("a folder for the fleet"), settings)
    }

    /// The same on a folder that holds something already. It goes with the fleet.
    #[must_use]
    pub fn start_on(binary: &Path, data_dir: TempDir, settings: &[&str]) -> Self {
        let settings: Vec<String> = settings.iter().map(|&setting| setting.to_owned()).collect();
        let (process, address) = spawn(binary, data_dir.path(), &settings);
        Self { binary: binary.to_owned(), data_dir, settings, process, asking: Asking::at(address) }
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
        self.asking = Asking::at(address);
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
        token(&self.binary, self.data_dir.path(), subject, role)
    }
}

/// A fleet is asked like any process.
impl Deref for Fleet {
    type Target = Asking;

    fn deref(&self) -> &Asking {
        &self.asking
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

/// A token of the data folder's keys, from the command line.
pub(crate) fn token(binary: &Path, data_dir: &Path, subject: &str, role: &str) -> String {
    let output = Command::new(binary)
        .args(["token", "--sub", subject, "--role", role, "--data-dir"])
        .arg(data_dir)
        .output()
        .expect("the binary runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("a token is text").trim().to_owned()
}

/// Starts the fleet; its address is in the first lines that it prints.
fn spawn(binary: &Path, data_dir: &Path, settings: &[String]) -> (Child, String) {
    let mut command = Command::new(binary);
    command.args(["up", "--port", "0", "--data-dir"]).arg(data_dir).args(settings);
    let (process, addresses) = spawn_and_read(command, &data_dir.join("test.log"), 1);
    (process, addresses.into_iter().next().expect("an address"))
}

/// Starts a process, and reads so many addresses, one a line, from what it prints first.
pub(crate) fn spawn_and_read(mut command: Command, log: &Path, count: usize) -> (Child, Vec<String>) {
    let log_file = OpenOptions::new().create(true).append(true).open(log).expect("a log file");
    let mut process = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log_file)
        .spawn()
        .expect("the binary starts");
    let output = process.stdout.take().expect("standard output is piped");
    let mut lines = BufReader::new(output).lines();
    let of_line = |line: String| {
        let (_, rest) = line.split_once("http://")?;
        Some(format!("http://{}", rest.split_whitespace().next()?))
    };
    let addresses: Vec<_> = lines.by_ref().map_while(Result::ok).filter_map(of_line).take(count).collect();
    if addresses.len() < count {
        panic!("it did not start:\n{}", std::fs::read_to_string(log).unwrap_or_default());
    }
    // Somebody must go on reading, or the process stalls on a full pipe.
    std::thread::spawn(move || lines.for_each(drop));
    (process, addresses)
}

/// Ends a process that may have ended already.
pub(crate) fn end(process: &mut Child) {
    if process.kill().is_ok() {
        drop(process.wait());
    }
}
