//! A script in the place of a child.
//!
//! A script cannot take a connection from its standard input as a nursery does: the example `stand_in_nursery` does, and
//! gives each connection to a shell of its own. Not here: what the scripts do (`strange`).

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use sandbox::pool::Pool;

use crate::ground;

/// Says that it is ready.
pub(crate) const READY: &str = r#"
echo '{"nonce":"","said":{"Ready":{"lockdown":{"landlock":"Present","seccomp":"Present","limits":"Present"}}}}'
"#;

/// Takes the order, and has ways to answer it.
pub(crate) const ORDER: &str = r#"
read -r order
nonce=${order#*'"nonce":"'}
nonce=${nonce%%'"'*}
say() { printf '{"nonce":"%s","said":%s}\n' "$nonce" "$1"; }
report() { printf '{"Case":{"program":%s,"report":{"outcome":"Finished","stdout":"%s","calls":[],"globals":{},"steps":[],"steps_cut":false}}}' "$1" "$2"; }
ended() { say "{\"Ended\":\"$1\"}"; }
say '"Taken"'
"#;

/// Does nothing until nobody wants it any more.
pub(crate) const HANGS: &str = "exec /bin/sh -c 'kill -STOP $$'";

/// A folder with a stand-in for a nursery in it. Each of its children leaves a file there, named by its id.
pub(crate) struct StandIn {
    pub(crate) folder: tempfile::TempDir,
}

impl StandIn {
    /// Of what a child does behind writing its id.
    pub(crate) fn new(body: &str) -> Self {
        let tests = std::env::current_exe().unwrap();
        // Examples are built with the tests, into a folder beside theirs.
        let nursery = tests.ancestors().nth(2).unwrap().join("examples/stand_in_nursery");
        let new = Self::nursery(&format!("exec '{}' \"${{0%/*}}/child\"\n", nursery.display()));
        let folder = new.folder.path().display();
        fs::write(new.folder.path().join("child"), format!(": > '{folder}'/pid.$$\n{body}")).unwrap();
        new
    }

    /// Of what the nursery itself does.
    pub(crate) fn nursery(body: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nursery");
        fs::write(&path, format!("#!/bin/sh\n{body}")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
        Self { folder }
    }

    /// Of what a child does with an order.
    pub(crate) fn answering(answer: &str) -> Self {
        Self::new(&format!("{READY}{ORDER}{answer}"))
    }

    pub(crate) fn binary(&self) -> PathBuf {
        self.folder.path().join("nursery")
    }

    pub(crate) fn pool(&self) -> Pool {
        ground::start(ground::settings(self.binary(), 1))
    }

    pub(crate) fn pids(&self) -> Vec<String> {
        let names = fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter_map(|name| Some(name.to_str()?.strip_prefix("pid.")?.to_owned())).collect()
    }

    /// Children of it that still run.
    pub(crate) fn alive(&self) -> usize {
        let runs = |pid: &String| {
            let text = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            // A dead one that nobody has asked about yet is dead all the same; another process may have the id by now.
            let line = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            !text.is_empty() && !text.contains(") Z ") && line.contains(self.folder.path().to_str().unwrap())
        };
        self.pids().iter().filter(|pid| runs(pid)).count()
    }
}
