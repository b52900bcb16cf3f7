//! The fork server: one process in which Python is warm, and which forks a child for each job.
//!
//! A warm interpreter costs a tenth of a second of processor time and some 45 MB; a copy of it costs a thousandth, and
//! the pages that the copy writes to. Whoever asks for children holds the other end of the nursery's standard input, a
//! socket: each message on it carries a connection, and each connection gets a child of its own.
//!
//! - *Nothing secret is in here*: orders, and so nonces and programs, cross connections, which only their children read.
//! - *Children end with their connections*: the far end closes its side, or both, and the child is killed. Each is known by
//!   a descriptor of its process, and is nobody else's before it is reaped here, so that no other process is ever hit.
//! - *A child is gone when its connection ends*: this end holds it open until the child is reaped. A child that a signal
//!   killed is told of on it.
//! - *Children end with the nursery*, by the kernel, and the nursery with its pool, when its socket ends.
//! - There are never more than it was told: who asks for one more waits until one is gone.
//!
//! Not here: what a child does (`main`), and how many run (the pool, crate `sandbox`).

use std::io::{self, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendFlags, recvmsg, send};
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, getpid, getppid, kill_process, pidfd_open,
    pidfd_send_signal, set_parent_process_death_signal, waitid, waitpid,
};
use sandbox::wire::{Line, Said};

use crate::{allocator, fork, speech};

/// No child lives longer, whatever its connection says: longer than any job may take.
const AGE_MAX: Duration = Duration::from_mins(20);

/// What becomes of a connection whose far end is gone, or has closed the side that we read.
const HUNG_UP: PollFlags = PollFlags::RDHUP.union(PollFlags::HUP).union(PollFlags::ERR);

/// Forks children.
pub(crate) struct Nursery {
    children_max: usize,
    children: Vec<Nursling>,
}

/// A child, as its nursery knows it.
struct Nursling {
    process: OwnedFd,
    connection: OwnedFd,
    born: Instant,
    /// It was sent its death, which need not be said again.
    condemned: bool,
}

impl Nursery {
    pub(crate) fn new(children_max: usize) -> Self {
        Self { children_max, children: Vec::new() }
    }

    /// Forks a child for each connection that comes. Returns in each child, with its connection; the nursery itself ends
    /// in here.
    pub(crate) fn attend(mut self) -> OwnedFd {
        loop {
            let Ok(comes) = self.wait() else { allocator::leave() };
            self.reap();
            self.condemn();
            if comes {
                let Ok(Some(connection)) = connection(io::stdin().as_fd()) else { allocator::leave() };
                if let Some(connection) = self.bear(connection) {
                    // What the nursery had is not the child's.
                    drop(self);
                    return connection;
                }
            }
        }
    }

    /// Waits until something is to be done: whether a connection comes.
    fn wait(&self) -> io::Result<bool> {
        let stdin = io::stdin();
        let wanted = if self.children.len() < self.children_max { PollFlags::IN } else { PollFlags::empty() };
        let mut watched = vec![PollFd::from_borrowed_fd(stdin.as_fd(), wanted)];
        for child in &self.children {
            watched.push(PollFd::new(&child.process, PollFlags::IN));
            if !child.condemned {
                watched.push(PollFd::new(&child.connection, PollFlags::RDHUP));
            }
        }
        // The first is the oldest.
        let left = self.children.iter().find(|child| !child.condemned);
        let left = left.map(|child| AGE_MAX.saturating_sub(child.born.elapsed()));
        let left = left.map(Timespec::try_from).transpose().map_err(io::Error::other)?;
        match poll(&mut watched, left.as_ref()) {
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        let seen = watched[0].revents();
        if seen.intersects(PollFlags::HUP | PollFlags::ERR) {
            // The pool is gone: what still waits to be born is nobody's.
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        Ok(seen.contains(PollFlags::IN))
    }

    /// Lets go of those that are dead.
    fn reap(&mut self) {
        self.children.retain(|child| {
            let id = WaitId::PidFd(child.process.as_fd());
            match waitid(id, WaitIdOptions::EXITED | WaitIdOptions::NOHANG) {
                Ok(None) => true,
                Ok(Some(status)) => {
                    if let Some(signal) = status.terminating_signal().filter(|_| !child.condemned) {
                        tell(&child.connection, signal);
                    }
                    false
                }
                // There is none: it cannot be waited for again.
                Err(_) => false,
            }
        });
    }

    /// Kills those that nobody listens to any more, and those that are too old.
    fn condemn(&mut self) {
        for child in &mut self.children {
            if !child.condemned && (hung_up(&child.connection) || child.born.elapsed() >= AGE_MAX) {
                // It may be dead already, which is as good.
                let _ = pidfd_send_signal(&child.process, Signal::KILL);
                child.condemned = true;
            }
        }
    }

    /// Forks: returns the connection in the child. Where that fails, the connection closes.
    fn bear(&mut self, connection: OwnedFd) -> Option<OwnedFd> {
        if hung_up(&connection) {
            return None;
        }
        let nursery = getpid();
        match fork::fork() {
            Ok(None) => {
                // It may have died before it was asked to take us with it.
                let bound = set_parent_process_death_signal(Some(Signal::KILL));
                if bound.is_err() || getppid() != Some(nursery) {
                    allocator::leave();
                }
                Some(connection)
            }
            Ok(Some(id)) => {
                match pidfd_open(id, PidfdFlags::empty()) {
                    Ok(process) => {
                        let born = Instant::now();
                        self.children.push(Nursling { process, connection, born, condemned: false });
                    }
                    Err(_) => abandon(id),
                }
                None
            }
            Err(_) => None,
        }
    }
}

/// Kills a child that cannot be watched.
fn abandon(id: Pid) {
    let _ = kill_process(id, Signal::KILL);
    let _ = waitpid(Some(id), rustix::process::WaitOptions::empty());
}

fn hung_up(connection: &OwnedFd) -> bool {
    let mut watched = [PollFd::new(connection, PollFlags::RDHUP)];
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    poll(&mut watched, Some(&now)).is_ok_and(|_| watched[0].revents().intersects(HUNG_UP))
}

/// Says for a child that a signal killed it. Where that cannot be said at once, it is left unsaid.
fn tell(connection: &OwnedFd, signal: i32) {
    let line = Line { nonce: String::new(), said: Said::Killed { signal } };
    if let Some(line) = speech::rendered(&line) {
        let _ = send(connection, &line, SendFlags::DONTWAIT | SendFlags::NOSIGNAL);
    }
}

/// The connection that the next message carries; none at the end.
fn connection(socket: BorrowedFd<'_>) -> io::Result<Option<OwnedFd>> {
    let mut byte = [0];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut carried = RecvAncillaryBuffer::new(&mut space);
    recvmsg(socket, &mut [IoSliceMut::new(&mut byte)], &mut carried, RecvFlags::CMSG_CLOEXEC)?;
    let mut connections = carried.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(connections) => Some(connections),
        _ => None,
    });
    Ok(connections.next().and_then(|mut connections| connections.next()))
}
