//! Counts what the process holds, and ends it where that is too much: the interpreter has no limit of its own.
//!
//! One of two places that need `unsafe`, the other is `fork`: an allocator is unsafe to write, and so is leaving without
//! unwinding. What a forked child holds at its birth is counted as before: it is the baseline of its job. Not here: how
//! much is too much (`watchdog`).
#![expect(unsafe_code, reason = "a global allocator cannot be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use sandbox::Ended;

use crate::speech;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static CEILING: AtomicUsize = AtomicUsize::new(usize::MAX);

/// What is held now, in bytes.
pub(crate) fn live_bytes() -> usize {
    LIVE.load(Relaxed)
}

/// From now on the process ends where it would hold more than this.
pub(crate) fn set_ceiling_bytes(bytes: usize) {
    CEILING.store(bytes, Relaxed);
}

/// Ends the process at once: nothing is unwound, flushed or run that could hang or speak.
pub(crate) fn leave() -> ! {
    // SAFETY: ends the process; there is no state left that could be broken by it.
    unsafe { libc::_exit(0) }
}

struct Counting;

fn charge(bytes: usize) {
    if LIVE.fetch_add(bytes, Relaxed).saturating_add(bytes) > CEILING.load(Relaxed) {
        speech::end(Ended::OutOfMemory);
    }
}

/// The system has no more, though we would allow it.
fn given(pointer: *mut u8) -> *mut u8 {
    if pointer.is_null() && CEILING.load(Relaxed) != usize::MAX {
        speech::end(Ended::OutOfMemory);
    }
    pointer
}

// SAFETY: every call goes to `System` as it came; counting touches nothing but atomics, and `speech::end` allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        charge(layout.size());
        // SAFETY: the caller keeps the contract of `GlobalAlloc`.
        given(unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        charge(layout.size());
        // SAFETY: as above.
        given(unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if size > layout.size() {
            charge(size - layout.size());
        } else {
            LIVE.fetch_sub(layout.size() - size, Relaxed);
        }
        // SAFETY: as above.
        given(unsafe { System.realloc(pointer, layout, size) })
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;
