//! Servers of a test's own, by the scripts that know how each is started and stopped.
//!
//! Not here: what is asked of a server, and where the one for all tests is (`postgres`, `redis`, `kafka`).

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A server in a folder. It is stopped and removed with this.
pub(crate) struct Scripted {
    script: &'static str,
    folder: TempDir,
    address: String,
}

impl Scripted {
    /// Makes and starts a server by a script of scripts/.
    pub(crate) fn start_new(script: &'static str) -> Self {
        // The path of a socket must be short.
        let prefix = format!("agent-bus-{script}.");
        let folder = TempDir::with_prefix_in(prefix, "/tmp").expect("a folder for the server");
        let address = control(script, "start", folder.path(), &[]);
        Self { script, folder, address }
    }

    /// As the script told it.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// As a crash would.
    pub(crate) fn crash(&self) {
        control(self.script, "stop", self.folder.path(), &["immediate"]);
    }

    /// On what it holds, at the address that it had.
    pub(crate) fn start(&self) {
        control(self.script, "start", self.folder.path(), &[]);
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.crash();
    }
}

fn control(script: &str, verb: &str, folder: &Path, rest: &[&str]) -> String {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts").join(script);
    let output = Command::new(path).arg(verb).arg(folder).args(rest).output().expect("a script that runs");
    assert!(
        output.status.success(),
        "scripts/{script} {verb} failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
