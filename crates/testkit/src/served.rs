//! The real binary in a test as it runs in a cluster: `agent-bus serve`, one process an agent.
//!
//! Not here: the brokers and databases that it stands on (`kafka`, `postgres`, `redis`).

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use tempfile::TempDir;

use crate::asking::Asking;
use crate::fleet::{end, spawn_and_read, token};

/// What agents of one release share in a test: keys that sign tokens, the token between agents, and settings.
pub struct Release {
    binary: PathBuf,
    keys: TempDir,
    settings: Vec<(String, String)>,
}

impl Release {
    /// A release of the binary with these settings, by the names of their environment variables.
    #[must_use]
    pub fn new(binary: &Path, settings: &[(&str, &str)]) -> Self {
        let keys = tempfile::tempdir().expect("a folder for the keys");
        // The first token makes the keys.
        token(binary, keys.path(), "nobody", "student");
        let settings =
            settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { binary: binary.to_owned(), keys, settings }
    }

    /// A token that every agent of the release takes.
    #[must_use]
    pub fn token(&self, subject: &str, role: &str) -> String {
        token(&self.binary, self.keys.path(), subject, role)
    }

    /// Brings the release's database to its schema, as an installation does before agents run.
    ///
    /// # Panics
    /// If that fails.
    pub fn migrate(&self) {
        let output = Command::new(&self.binary)
            .arg("migrate")
            .envs(self.settings.iter().cloned())
            .output()
            .expect("the binary runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// What the agents of this name have told in their log so far: the lines that are JSON.
    #[must_use]
    pub fn log(&self, service: &str) -> Vec<serde_json::Value> {
        let text =
            std::fs::read_to_string(self.keys.path().join(format!("{service}.log"))).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// Starts an agent on free ports, and waits until it listens; whether it is ready is another question.
    #[must_use]
    pub fn serve(&self, service: &str, settings: &[(&str, &str)]) -> Served {
        let mut command = Command::new(&self.binary);
        command
            .args(["serve", service, "--port", "0", "--internal-port", "0"])
            .env("AGENT_BUS_JWKS", self.keys.path().join("jwks.json"))
            .env("APP_API_TOKEN", "between-agents")
            .envs(self.settings.iter().cloned())
            .envs(settings.iter().copied());
        let log = self.keys.path().join(format!("{service}.log"));
        let (process, addresses) = spawn_and_read(command, &log, 2);
        let [internal, public] = <[String; 2]>::try_from(addresses).expect("two addresses");
        Served { process, internal, log, asking: Asking::at(public) }
    }
}

/// A running agent. Dropping it kills the process.
pub struct Served {
    process: Child,
    internal: String,
    log: PathBuf,
    asking: Asking,
}

impl Served {
    /// Where other agents and a sidecar reach it.
    #[must_use]
    pub fn internal(&self) -> &str {
        &self.internal
    }

    /// The process id.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// Waits until it ends by itself: with which exit status, and what it said in all its life.
    ///
    /// # Panics
    /// If it left no log.
    #[must_use]
    pub fn ended(mut self) -> (Option<i32>, String) {
        let status = self.process.wait().expect("the agent has ended");
        (status.code(), std::fs::read_to_string(&self.log).expect("a log"))
    }

    /// SIGKILL: no goodbye.
    pub fn kill(mut self) {
        end(&mut self.process);
    }
}

/// An agent is asked at its public address.
impl Deref for Served {
    type Target = Asking;

    fn deref(&self) -> &Asking {
        &self.asking
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}
