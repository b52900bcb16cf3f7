//! `agent-bus-sandbox`: runs learners' jobs where they can do no harm.
//!
//! `--nursery N` gets Python warm once and forks a child for each job, N at once at most (`nursery`). Without it, the
//! process is itself the one child of one job, by its standard input and output; tests drive one so. `--probe` says what
//! the kernel offers, and ends.
//!
//! Reading order: this file (what happens when) → `nursery` (how a child comes to be) → `lockdown` (what holds it) →
//! `interpreter` (Python, and what we make of it) → `cases` (what is run) → `speech` (what is said).
//!
//! Not here: who asks, and what the right answers are; a child never hears them.

mod allocator;
mod cases;
mod console;
mod fork;
mod imports;
mod interpreter;
mod lockdown;
mod marking;
mod moment;
mod natives;
mod nesting;
mod nursery;
mod raised;
mod speech;
mod syscalls;
mod tidy;
mod trace;
mod values;
mod watchdog;
mod written;

use std::io::BufRead as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::Instant;

use rustpython_vm::VirtualMachine;
use rustpython_vm::signal::{UserSignalSender, user_signal_channel};
use sandbox::wire::{Layer, Lockdown, Order, Said};
use sandbox::{Ended, Priority};

use cases::Stage;
use nursery::Nursery;
use speech::Nowhere;
use tidy::Before;
use watchdog::Watch;

/// The interpreter's stack, in bytes: reserved, and used only by programs that go deep.
const STACK_BYTES: usize = 64 << 20;

/// The watchdog's stack, in bytes: it calls little.
const WATCHDOG_STACK_BYTES: usize = 256 << 10;

/// Whose child this process is.
enum Birth {
    /// Nobody's: it serves one job itself.
    Single,
    /// It forks children, and is one itself afterwards.
    Forked(Nursery, Nowhere),
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (mode, most) = (arguments.next(), arguments.next());
    if mode.as_deref() == Some("--probe") {
        return probe();
    }
    // A panic is the interpreter's, and what it would print is nobody's.
    std::panic::set_hook(Box::new(|panic| {
        // Asking for more than there are addresses is asking for too much memory.
        if panic.payload_as_str().is_some_and(|text| text.contains("capacity overflow")) {
            speech::end(Ended::OutOfMemory);
        }
    }));
    let nowhere = Nowhere::open();
    let birth = match (mode.as_deref(), most.and_then(|most| most.parse().ok())) {
        (Some("--nursery"), Some(most)) => Birth::Forked(Nursery::new(most), nowhere),
        _ if speech::take_standard_output(&nowhere).is_ok() => Birth::Single,
        _ => allocator::leave(),
    };
    // Before any other thread: what they start with, they keep.
    let files = lockdown::restrict_files();
    // A thread of its own for the sake of its stack. From here on this one only waits, so that a fork finds no lock held.
    let interpreting =
        thread::Builder::new().name("interpreter".to_owned()).stack_size(STACK_BYTES).spawn(move || {
            let _broke = catch_unwind(AssertUnwindSafe(|| interpret(birth, files)));
            speech::end(Ended::Crashed);
        });
    if let Ok(interpreting) = interpreting {
        let _it_never_returns = interpreting.join();
    }
    allocator::leave();
}

/// Gets warm, and serves: in the nursery's case, once in each child.
fn interpret(birth: Birth, files: Layer) {
    let (signals, taken) = user_signal_channel();
    interpreter::build(taken).enter(|vm| {
        // A mistake of ours in the prelude: `interpreter`'s tests say which.
        let Ok(before) = interpreter::prepare(vm).and_then(|()| Before::now(vm)) else {
            speech::end(Ended::Crashed)
        };
        interpreter::settle();
        let files = match birth {
            Birth::Single => files,
            Birth::Forked(nursery, nowhere) => {
                let connection = nursery.attend();
                if speech::take_connection(connection, nowhere).is_err() {
                    allocator::leave();
                }
                // Once more, for itself alone: what is the nursery's, and its siblings', is beyond its own bounds then.
                lockdown::restrict_files()
            }
        };
        serve(vm, before, files, signals);
    });
}

/// Takes one order, and runs it.
fn serve(vm: &VirtualMachine, before: Before, files: Layer, signals: UserSignalSender) -> ! {
    // Before the lockdown, under which no thread starts.
    let Some(watches) = watchdog() else { allocator::leave() };
    let Some(pipe) = speech::descriptor() else { allocator::leave() };
    let lockdown = lockdown::lock(files, pipe);
    speech::say(Said::Ready { lockdown });
    let Some(order) = order() else { allocator::leave() };
    let began = Instant::now();
    speech::know(order.nonce);
    speech::say(Said::Taken);
    if order.job.priority == Priority::Background {
        lockdown::stand_back();
    }
    let limits = order.job.limits;
    let baseline_bytes = allocator::live_bytes();
    imports::beforehand(&order.job, vm);
    let before = before.and_now();
    let watch = Watch { limits, began, baseline_bytes, signals };
    let ceiling_bytes = watch.ceiling_bytes();
    if watches.send(watch).is_err() {
        speech::end(Ended::Crashed);
    }
    let output_bytes = limits.output_bytes as usize;
    let stage = Stage { vm, before, baseline_bytes, output_bytes, ceiling_bytes };
    let run = stage.run(&order.job);
    // Here, and not where the interpreter has been taken down: that takes longer than a small program, and is nobody's good.
    speech::end(if run.is_ok() { Ended::Completed } else { Ended::Crashed })
}

/// Starts the thread that watches the one that interprets, from when there is something to watch.
fn watchdog() -> Option<SyncSender<Watch>> {
    let (watches, watch) = sync_channel::<Watch>(1);
    let (started, starts) = sync_channel(1);
    let watching = move || {
        let _the_other_waits = started.send(());
        if let Ok(watch) = watch.recv() {
            watch.run();
        }
    };
    let builder = thread::Builder::new().name("watchdog".to_owned()).stack_size(WATCHDOG_STACK_BYTES);
    builder.spawn(watching).ok()?;
    // A thread needs more on its way up than the lockdown leaves it.
    starts.recv().ok()?;
    Some(watches)
}

/// One line of standard input.
fn order() -> Option<Order> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).ok()?;
    serde_json::from_str(&line).ok()
}

/// Says what the kernel offers, by taking it.
#[expect(clippy::print_stdout, reason = "what it is for")]
fn probe() {
    let files = lockdown::restrict_files();
    // On a thread that is then gone, as this one has something to say.
    let calls = thread::spawn(lockdown::try_calls).join();
    let seccomp = calls.unwrap_or_else(|_| Layer::Missing("the thread that tried it broke".to_owned()));
    let lockdown = Lockdown { landlock: files, seccomp, limits: lockdown::try_resources() };
    if let Ok(text) = serde_json::to_string(&lockdown) {
        println!("{text}");
    }
}
