//! A program in the place of a nursery, for the tests of the pool: each connection that it is handed is given to a shell of
//! its own, which runs the script that the argument names.
//!
//! Not here: what the scripts do, and who starts it (tests/pool).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, and what it starts too")]

use std::io::{self, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

fn main() {
    let script = std::env::args_os().nth(1).map(PathBuf::from).unwrap();
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
