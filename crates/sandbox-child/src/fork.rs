//! Makes two processes of one.
//!
//! One of two places that need `unsafe`, the other is `allocator`. Not here: what the two do then (`nursery`).
#![expect(unsafe_code, reason = "a process cannot be forked without")]

use std::io;
use std::os::fd::{AsRawFd as _, BorrowedFd};

use rustix::process::Pid;

/// Forks: the parent gets the child's id, the child nothing.
///
/// By the C library's `fork` and not by the bare system call: its allocator, which is ours below the counting, is made
/// whole in the child by what the library does around the call.
///
/// # Errors
/// Where the system has no room for one more process.
pub(crate) fn fork() -> io::Result<Option<Pid>> {
    // SAFETY: the child goes on with this thread alone. The only other thread of a nursery is the first, which waits for
    // this one to end from before the first fork, and so holds no lock that the child could wait for; what the C library
    // locks itself it unlocks in the child.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        id => Ok(Pid::from_raw(id)),
    }
}

/// Closes every descriptor but the standard three and this one: what a child was not given on purpose it must not have.
pub(crate) fn keep_only(kept: BorrowedFd<'_>) {
    let kept = kept.as_raw_fd().unsigned_abs();
    let below = (libc::STDERR_FILENO.unsigned_abs() + 1, kept.saturating_sub(1));
    for (first, last) in [below, (kept + 1, libc::c_uint::MAX)] {
        if first <= last {
            // SAFETY: nothing in the child owns a descriptor in these ranges: the nursery's were dropped before.
            let _as_closed_as_can_be = unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) };
        }
    }
}
