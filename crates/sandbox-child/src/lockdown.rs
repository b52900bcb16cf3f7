//! What holds the child whatever the interpreter does: no files, no addresses, no system call but those that computing
//! needs, and no more of the machine than its share.
//!
//! All of it is in force before a learner's first byte is read, so that a child that says it is ready is one that is
//! locked. Not here: limits that a program can reach in good faith (`watchdog`).

use std::collections::BTreeMap;

use landlock::{ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetStatus, Scope};
use rustix::process::{Resource, Rlimit, getrlimit, setpriority_process, setrlimit};
use sandbox::wire::{Layer, Lockdown};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch,
};

use crate::syscalls;

/// Address space, in bytes: the interpreter, its stack (reserved, rarely used), the 50 MB of a program, and what the
/// system's allocator loses between them.
const ADDRESS_SPACE_BYTES: u64 = 512 << 20;
/// Processor time of the process, in seconds: only where the watchdog itself is stuck.
const PROCESSOR_S: u64 = 300;
/// Descriptors: the three standard ones, the pipe, and one to spare.
const DESCRIPTORS: u64 = 8;

/// The least a thread can ask for: beside any other work it gets a sixtieth of a processor.
const NICEST: i32 = 19;

const LIMITS: [(Resource, u64); 5] = [
    (Resource::As, ADDRESS_SPACE_BYTES),
    (Resource::Cpu, PROCESSOR_S),
    (Resource::Fsize, 0),
    (Resource::Core, 0),
    (Resource::Nofile, DESCRIPTORS),
];

/// Denies files and addresses to this thread and all that it starts.
pub(crate) fn restrict_files() -> Layer {
    let restricted = || -> Result<_, landlock::RulesetError> {
        Ruleset::default()
            .handle_access(AccessFs::from_all(ABI::V6))?
            .handle_access(AccessNet::from_all(ABI::V6))?
            .scope(Scope::from_all(ABI::V6))?
            .create()?
            .restrict_self()
    };
    match restricted() {
        // An older kernel knows fewer rights; files are what counts, addresses are seccomp's as well.
        Ok(status) if status.ruleset != RulesetStatus::NotEnforced => Layer::Present,
        Ok(_) => Layer::Missing("this kernel has no Landlock, or it is switched off".to_owned()),
        Err(error) => Layer::Missing(error.to_string()),
    }
}

/// Sets the resource limits of the process.
pub(crate) fn restrict_resources() -> Layer {
    for (resource, most) in LIMITS {
        let limit = Rlimit { current: Some(most), maximum: Some(most) };
        if let Err(error) = setrlimit(resource, limit) {
            return Layer::Missing(format!("{resource:?}: {error}"));
        }
    }
    Layer::Present
}

/// Denies all system calls but those in [`syscalls`] to all threads. Lines may be written to `pipe` alone.
pub(crate) fn restrict_calls(pipe: i32) -> Layer {
    let applied = filter(pipe).and_then(|program| {
        seccompiler::apply_filter_all_threads(&program).map_err(|error| format!("it was refused: {error}"))
    });
    match applied {
        Ok(()) => Layer::Present,
        Err(why) => Layer::Missing(why),
    }
}

/// As [`restrict_calls`], for this thread alone.
pub(crate) fn try_calls() -> Layer {
    let applied = filter(1).and_then(|program| {
        seccompiler::apply_filter(&program).map_err(|error| format!("it was refused: {error}"))
    });
    match applied {
        Ok(()) => Layer::Present,
        Err(why) => Layer::Missing(why),
    }
}

/// Whether limits can be set at all: each is set to what it is.
pub(crate) fn try_resources() -> Layer {
    let mut refused = LIMITS.iter().filter_map(|(resource, _)| {
        let error = setrlimit(*resource, getrlimit(*resource)).err()?;
        Some(format!("{resource:?}: {error}"))
    });
    refused.next().map_or(Layer::Present, Layer::Missing)
}

fn filter(pipe: i32) -> Result<BpfProgram, String> {
    let arch = TargetArch::try_from(std::env::consts::ARCH).map_err(|error| error.to_string())?;
    let rules = rules(pipe).map_err(|error| error.to_string())?;
    let refused = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let filter = SeccompFilter::new(rules, refused, SeccompAction::Allow, arch);
    filter.and_then(TryInto::try_into).map_err(|error| error.to_string())
}

fn rules(pipe: i32) -> Result<BTreeMap<i64, Vec<SeccompRule>>, seccompiler::BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        syscalls::FREE.iter().map(|&call| (call, Vec::new())).collect();
    // What goes to standard output and error is thrown away, see `speech`.
    let to: Result<Vec<_>, _> =
        [1, 2, pipe].into_iter().map(|fd| on_argument(0, fd.unsigned_abs().into())).collect();
    rules.insert(libc::SYS_write, to?);
    rules.insert(libc::SYS_read, vec![on_argument(0, 0)?]);
    for call in [libc::SYS_mmap, libc::SYS_mprotect] {
        rules.insert(call, vec![not_executable()?]);
    }
    rules.insert(libc::SYS_setpriority, vec![only_nicest()?]);
    Ok(rules)
}

fn on_argument(place: u8, value: u64) -> Result<SeccompRule, seccompiler::BackendError> {
    let same = SeccompCondition::new(place, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, value)?;
    SeccompRule::new(vec![same])
}

/// A thread may stand back itself, and do nothing else to any priority.
fn only_nicest() -> Result<SeccompRule, seccompiler::BackendError> {
    let same = |place, value| SeccompCondition::new(place, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, value);
    SeccompRule::new(vec![
        same(0, libc::PRIO_PROCESS.into())?,
        same(1, 0)?,
        same(2, NICEST.unsigned_abs().into())?,
    ])
}

/// The third argument of both calls says what the memory is for. No new code, ever.
fn not_executable() -> Result<SeccompRule, seccompiler::BackendError> {
    let executable = u64::from(libc::PROT_EXEC.unsigned_abs());
    let masked = SeccompCmpOp::MaskedEq(executable);
    SeccompRule::new(vec![SeccompCondition::new(2, SeccompCmpArgLen::Dword, masked, 0)?])
}

/// Has this thread compute only when the processors have nothing else to do, or nearly. The watchdog's stays as it is.
pub(crate) fn stand_back() {
    // Where it may not, the work is done all the same.
    let _ = setpriority_process(None, NICEST);
}

/// Locks this process down, for good.
pub(crate) fn lock(files: Layer, pipe: i32) -> Lockdown {
    let limits = restrict_resources();
    Lockdown { landlock: files, seccomp: restrict_calls(pipe), limits }
}
