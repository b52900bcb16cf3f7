//! What the child says, and that nobody else can: lines on a descriptor of its own, each with the order's nonce.
//!
//! The last line, [`end`], is written by whoever stops the child: the watchdog, or the allocator in the middle of
//! anything. It is rendered beforehand and allocates nothing. Not here: what the lines mean (`sandbox::wire`).

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use sandbox::Ended;
use sandbox::wire::{LINE_MAX_BYTES, Line, Said};

use crate::{allocator, fork};

/// Where lines go. Standard output is something else by then.
static PIPE: OnceLock<File> = OnceLock::new();
static NONCE: OnceLock<String> = OnceLock::new();
/// For each way to end, the line that says so.
static LAST_WORDS: OnceLock<Vec<(Ended, Vec<u8>)>> = OnceLock::new();
/// Held while a line is written: the last one must not land in the middle of another.
static SPEAKING: AtomicBool = AtomicBool::new(false);

/// Where what is printed to descriptors 1 and 2 goes, opened while files can still be.
pub(crate) struct Nowhere(Option<File>);

impl Nowhere {
    pub(crate) fn open() -> Self {
        Self(OpenOptions::new().write(true).open("/dev/null").ok())
    }

    /// Without it a stray line would reach whoever listens, who would take it as a sign of a broken child.
    fn take_streams(&self) -> io::Result<()> {
        if let Some(nowhere) = &self.0 {
            rustix::stdio::dup2_stdout(nowhere)?;
            rustix::stdio::dup2_stderr(nowhere)?;
        }
        Ok(())
    }
}

/// Keeps standard output for lines alone: what is printed to descriptors 1 and 2 from here on goes nowhere.
///
/// # Errors
/// Where the descriptor cannot be copied.
pub(crate) fn take_standard_output(nowhere: &Nowhere) -> io::Result<()> {
    speak_to(io::stdout().as_fd().try_clone_to_owned()?)?;
    nowhere.take_streams()
}

/// Speaks and listens to this alone, and closes everything else: a forked child has its connection and nothing of the
/// nursery's.
///
/// # Errors
/// Where a descriptor cannot be copied.
pub(crate) fn take_connection(connection: OwnedFd, nowhere: Nowhere) -> io::Result<()> {
    rustix::stdio::dup2_stdin(&connection)?;
    nowhere.take_streams()?;
    drop(nowhere);
    fork::keep_only(connection.as_fd());
    speak_to(connection)
}

fn speak_to(pipe: OwnedFd) -> io::Result<()> {
    PIPE.set(File::from(pipe)).map_err(|_| io::Error::other("there is somebody to speak to already"))
}

/// The pipe's descriptor, for the list of what may be written to.
pub(crate) fn descriptor() -> Option<i32> {
    PIPE.get().map(AsRawFd::as_raw_fd)
}

/// Sets the nonce that every line from here on carries.
pub(crate) fn know(nonce: String) {
    const WAYS: [Ended; 5] =
        [Ended::Completed, Ended::TimedOut, Ended::OutOfMemory, Ended::TooMuchOutput, Ended::Crashed];
    let words = WAYS.into_iter().filter_map(|ended| {
        let line = Line { nonce: nonce.clone(), said: Said::Ended(ended) };
        rendered(&line).map(|bytes| (ended, bytes))
    });
    let words: Vec<_> = words.collect();
    let _first = LAST_WORDS.set(words);
    let _first = NONCE.set(nonce);
}

/// Says a line. One that the parent would not read, because it is too long or the pipe is gone, is the end.
pub(crate) fn say(said: Said) {
    let line = Line { nonce: NONCE.get().cloned().unwrap_or_default(), said };
    match rendered(&line) {
        Some(bytes) if bytes.len() <= LINE_MAX_BYTES => {
            begin();
            write(&bytes);
            SPEAKING.store(false, Ordering::Release);
        }
        _ => end(Ended::Crashed),
    }
}

/// Says how the child ended, and ends it.
pub(crate) fn end(ended: Ended) -> ! {
    begin();
    let words = LAST_WORDS.get().into_iter().flatten().find(|(way, _)| *way == ended);
    if let Some((_, bytes)) = words {
        write(bytes);
    }
    allocator::leave()
}

/// Whoever began to end never stops speaking, so that the second waits here until the process is gone.
fn begin() {
    while SPEAKING.swap(true, Ordering::Acquire) {
        std::thread::yield_now();
    }
}

fn write(bytes: &[u8]) {
    let written = PIPE.get().map(|mut pipe| pipe.write_all(bytes));
    if !matches!(written, Some(Ok(()))) {
        // Nobody listens.
        allocator::leave();
    }
}

/// A line as it is written.
pub(crate) fn rendered(line: &Line) -> Option<Vec<u8>> {
    let mut bytes = serde_json::to_vec(line).ok()?;
    bytes.push(b'\n');
    Some(bytes)
}
