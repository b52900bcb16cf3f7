//! Ends what does not end by itself: first by an exception in the program, so that its line is known, then by the end of
//! the process.
//!
//! Time is the process's own processor time, case by case: a busy machine costs nobody a case. The wall clock decides
//! only where a program hangs without computing. Not here: the lockdown, which would hold without a watchdog.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use rustpython_vm::VirtualMachine;
use rustpython_vm::bytecode::{CodeUnits, Instruction};
use rustpython_vm::signal::UserSignalSender;
use sandbox::{Ended, Limit, Limits};

use crate::{allocator, interpreter, speech};

/// How often it looks.
const PERIOD: Duration = Duration::from_millis(2);
/// How much longer, in processor time, a program may run that does not heed the exception: a bare `except`, or one long
/// call of the interpreter's own.
const GRACE_NS: u64 = 300_000_000;
/// How long it waits before it raises the exception anew.
const AGAIN: Duration = Duration::from_millis(30);

/// Which case runs, from 1; 0 between cases. An exception meant for one case must not reach the next.
static RUNNING: AtomicU64 = AtomicU64::new(0);
static CASES: AtomicU64 = AtomicU64::new(0);
/// The processor time at which the case that runs began, in nanoseconds.
static BEGAN_NS: AtomicU64 = AtomicU64::new(0);

/// The exception came where the interpreter could not take it, and has to be raised once more.
static UNTAKEN: AtomicBool = AtomicBool::new(false);

/// The processor time of the process, in nanoseconds. The interpreter's thread is nearly all of it.
pub(crate) fn processor_ns() -> u64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    seconds.saturating_mul(1_000_000_000).saturating_add(u64::try_from(time.tv_nsec).unwrap_or(0))
}

/// The processor time of the case that runs, in nanoseconds.
pub(crate) fn case_ns() -> u64 {
    processor_ns().saturating_sub(BEGAN_NS.load(Ordering::Relaxed))
}

/// The time of a case begins.
pub(crate) fn arm() {
    BEGAN_NS.store(processor_ns(), Ordering::Relaxed);
    let case = CASES.fetch_add(1, Ordering::Relaxed) + 1;
    RUNNING.store(case, Ordering::SeqCst);
}

/// The case is over: what remains is ours.
pub(crate) fn disarm() {
    RUNNING.store(0, Ordering::SeqCst);
}

/// What the watchdog knows of a job.
pub(crate) struct Watch {
    /// The job's limits.
    pub(crate) limits: Limits,
    /// When the job began.
    pub(crate) began: Instant,
    /// What was held before the job, in bytes.
    pub(crate) baseline_bytes: usize,
    /// How exceptions reach the program.
    pub(crate) signals: UserSignalSender,
}

impl Watch {
    /// More than this and the program is told, in bytes: 70 % of what it may hold.
    fn told_bytes(&self) -> usize {
        let most = usize::try_from(self.limits.memory_bytes).unwrap_or(usize::MAX);
        self.baseline_bytes.saturating_add(most / 10 * 7)
    }

    /// More than this and the process ends, in bytes.
    pub(crate) fn ceiling_bytes(&self) -> usize {
        let most = usize::try_from(self.limits.memory_bytes).unwrap_or(usize::MAX);
        self.baseline_bytes.saturating_add(most)
    }

    /// Watches until the process ends.
    pub(crate) fn run(self) -> ! {
        let allowed_ns = u64::from(self.limits.cpu_ms) * 1_000_000;
        let mut told: Option<(u64, Instant)> = None;
        loop {
            // Nobody unparks it: there is nothing to be woken for that the next look would not see.
            thread::park_timeout(PERIOD);
            if self.began.elapsed() > Duration::from_millis(self.limits.wall_ms.into()) {
                speech::end(Ended::TimedOut);
            }
            let case = RUNNING.load(Ordering::SeqCst);
            if case == 0 {
                continue;
            }
            let spent_ns = case_ns();
            // Read once more: a case that ended meanwhile lends its time to the next.
            if RUNNING.load(Ordering::SeqCst) != case {
                continue;
            }
            if spent_ns > allowed_ns + GRACE_NS {
                speech::end(Ended::TimedOut);
            }
            let just_told = told.is_some_and(|(to, at)| to == case && at.elapsed() < AGAIN);
            if just_told && !UNTAKEN.swap(false, Ordering::Relaxed) {
                continue;
            }
            if spent_ns > allowed_ns {
                self.raise(case, Limit::Time);
                told = Some((case, Instant::now()));
            } else if allocator::live_bytes() > self.told_bytes() {
                self.raise(case, Limit::Memory);
                told = Some((case, Instant::now()));
            }
        }
    }

    fn raise(&self, case: u64, limit: Limit) {
        let signal = move |vm: &VirtualMachine| {
            if RUNNING.load(Ordering::SeqCst) != case {
                return Ok(());
            }
            if !takes_exceptions(vm) {
                UNTAKEN.store(true, Ordering::Relaxed);
                return Ok(());
            }
            Err(interpreter::limit(limit, vm))
        };
        // The interpreter is gone only when the process is about to be.
        let _gone = self.signals.send(Box::new(signal));
    }
}

/// Whether an exception can be raised before the instruction that comes next. The interpreter has read its argument by
/// then, and would take it for that of the handler's first instruction, which it does not survive: only an instruction
/// without one will do.
fn takes_exceptions(vm: &VirtualMachine) -> bool {
    let Some(frame) = vm.current_frame() else { return true };
    let Some(next) = (frame.lasti() as usize).checked_sub(1) else { return true };
    let instructions = &frame.code.instructions;
    next < instructions.len()
        && u8::from(instructions.read_arg(next)) == 0
        && !(next > 0 && may_extend(instructions, next - 1))
}

/// Whether the unit at this place may be the first half of an argument. It is read as a number, not as an instruction: it
/// may as well be what an instruction remembers, which is any number, and no instruction to be taken for one.
fn may_extend(instructions: &CodeUnits, at: usize) -> bool {
    instructions.read_cache_u16(at).to_ne_bytes()[0] == u8::from(Instruction::ExtendedArg)
}
