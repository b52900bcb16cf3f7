//! The system calls that computing needs.
//!
//! Numbers differ between processors, names hardly do: `libc` has both. Not here: calls that are allowed with some
//! arguments alone (`lockdown`).

/// Allowed with any arguments. Everything that is not here and not in `lockdown` fails with `EPERM`: files, sockets,
/// processes, signals to others, tracing, mounts, keys, clocks to be set.
pub(crate) const FREE: &[libc::c_long] = &[
    // Memory. What is mapped must not be executable, see `lockdown`.
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_brk,
    libc::SYS_madvise,
    // Threads of our own, waiting for each other.
    libc::SYS_futex,
    libc::SYS_sched_yield,
    libc::SYS_gettid,
    libc::SYS_getpid,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    // Handlers of signals, for the stack's guard page.
    libc::SYS_rt_sigreturn,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigaction,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    // Time, read and waited for.
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    // Seeds of hash maps.
    libc::SYS_getrandom,
    // The end.
    libc::SYS_exit,
    libc::SYS_exit_group,
];

#[cfg(test)]
mod tests {
    use super::FREE;

    /// Calls that reach beyond the process. All exist under both processors.
    const DENIED: &[(&str, libc::c_long)] = &[
        ("openat", libc::SYS_openat),
        ("socket", libc::SYS_socket),
        ("connect", libc::SYS_connect),
        ("clone", libc::SYS_clone),
        ("clone3", libc::SYS_clone3),
        ("execve", libc::SYS_execve),
        ("execveat", libc::SYS_execveat),
        ("kill", libc::SYS_kill),
        ("tkill", libc::SYS_tkill),
        ("tgkill", libc::SYS_tgkill),
        ("ptrace", libc::SYS_ptrace),
        ("process_vm_readv", libc::SYS_process_vm_readv),
        ("process_vm_writev", libc::SYS_process_vm_writev),
        ("mount", libc::SYS_mount),
        ("unshare", libc::SYS_unshare),
        ("setns", libc::SYS_setns),
        ("bpf", libc::SYS_bpf),
        ("io_uring_setup", libc::SYS_io_uring_setup),
        ("userfaultfd", libc::SYS_userfaultfd),
        ("perf_event_open", libc::SYS_perf_event_open),
        ("memfd_create", libc::SYS_memfd_create),
        ("prlimit64", libc::SYS_prlimit64),
        ("prctl", libc::SYS_prctl),
        ("ioctl", libc::SYS_ioctl),
        ("dup", libc::SYS_dup),
        ("dup3", libc::SYS_dup3),
        ("sendmsg", libc::SYS_sendmsg),
        ("writev", libc::SYS_writev),
        ("pwrite64", libc::SYS_pwrite64),
        ("mmap", libc::SYS_mmap),
        ("mprotect", libc::SYS_mprotect),
        ("write", libc::SYS_write),
        ("read", libc::SYS_read),
    ];

    #[test]
    fn nothing_that_reaches_beyond_the_process_is_free() {
        let free: Vec<_> = DENIED.iter().filter(|(_, call)| FREE.contains(call)).collect();
        assert!(free.is_empty(), "{free:?}");
    }

    #[test]
    fn no_call_is_listed_twice() {
        let mut calls = FREE.to_vec();
        calls.sort_unstable();
        calls.dedup();
        assert_eq!(calls.len(), FREE.len());
    }

    #[test]
    fn the_numbers_are_those_of_this_processor() {
        // From the kernel's own tables: the generic one, which aarch64 has, and the old one of x86_64.
        let (futex, exit_group, read) =
            if cfg!(target_arch = "aarch64") { (98, 94, 63) } else { (202, 231, 0) };
        assert_eq!((libc::SYS_futex, libc::SYS_exit_group, libc::SYS_read), (futex, exit_group, read));
    }
}
