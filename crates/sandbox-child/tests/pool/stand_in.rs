//! A script in the place of a child.
//!
//! A script cannot take a connection from its standard input as a nursery does: this test binary does, started once more
//! by a script that names one test, and gives each connection to a shell of its own. Not here: what the scripts do
//! (`strange`).

use std::fs;
use std::io::{self, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use rustix::process::{Pid, PidfdFlags, pidfd_open};
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

/// Names the script of a child to the test that stands in for a nursery.
const SCRIPT: &str = "STAND_IN";

/// A folder with a stand-in for a nursery in it. Each of its children leaves a file there, named by its id.
pub(crate) struct StandIn {
    pub(crate) folder: tempfile::TempDir,
}

impl StandIn {
    /// Of what a child does behind writing its id.
    pub(crate) fn new(body: &str) -> Self {
        let tests = std::env::current_exe().unwrap();
        let test = format!("{}::stands_in_for_a_nursery", module_path!().split_once("::").unwrap().1);
        let new = Self::nursery(&format!(
            "{SCRIPT}=\"${{0%/*}}/child\" exec '{}' --ignored --exact {test} --nocapture\n",
            tests.display()
        ));
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

#[test]
#[ignore = "no test of anything: the process that other tests start in the place of a nursery"]
fn stands_in_for_a_nursery() {
    let Some(script) = std::env::var_os(SCRIPT).map(PathBuf::from) else { return };
    std::thread::scope(|scope| {
        while let Some(connection) = connection() {
            let script = &script;
            scope.spawn(move || stands_in_for_a_child(&connection, script));
        }
    });
}

/// The next connection, as a nursery takes it.
fn connection() -> Option<OwnedFd> {
    let mut byte = [0];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut carried = RecvAncillaryBuffer::new(&mut space);
    let mut bytes = [IoSliceMut::new(&mut byte)];
    recvmsg(io::stdin().as_fd(), &mut bytes, &mut carried, RecvFlags::CMSG_CLOEXEC).unwrap();
    carried.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut connections) => connections.next(),
        _ => None,
    })
}

/// A shell at the other end, which lives no longer than somebody listens.
fn stands_in_for_a_child(connection: &OwnedFd, script: &Path) {
    let stdio = || Stdio::from(connection.try_clone().unwrap());
    let mut child = Command::new("/bin/sh")
        .arg(script)
        .stdin(stdio())
        .stdout(stdio())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let process = pidfd_open(Pid::from_child(&child), PidfdFlags::empty()).unwrap();
    let mut watched = [PollFd::new(&process, PollFlags::IN), PollFd::new(connection, PollFlags::RDHUP)];
    poll(&mut watched, None).unwrap();
    if watched[0].revents().is_empty() {
        child.kill().unwrap();
    }
    let signal = child.wait().unwrap().signal().filter(|_| watched[1].revents().is_empty());
    if let Some(signal) = signal {
        let line = format!("{{\"nonce\":\"\",\"said\":{{\"Killed\":{{\"signal\":{signal}}}}}}}\n");
        // Nobody may listen any more.
        let _ = rustix::io::write(connection, line.as_bytes());
    }
}
