//! What was seen of a job.
//!
//! Not here: whether it was right.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Value;

/// What came of a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// One for each program that was begun, in order.
    pub programs: Vec<ProgramReport>,
    /// How the child ended. If not [`Ended::Completed`], it was over the case that follows the last one reported; or over
    /// that one, where it ran out of time and the job was to stop at that
    /// ([`Limits::stop_at_timeout`](crate::Limits::stop_at_timeout)).
    pub ended: Ended,
}

/// What came of a program.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ProgramReport {
    /// One for each case that ended by itself, in order.
    pub cases: Vec<CaseReport>,
}

/// What came of a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseReport {
    /// How it ended.
    pub outcome: Outcome,
    /// What it printed, errors' texts not included.
    pub stdout: String,
    /// One for each call that returned.
    pub calls: Vec<Observed>,
    /// The names that were asked for and are there.
    pub globals: BTreeMap<String, Value>,
    /// The trace, if it was asked for.
    pub steps: Vec<Step>,
    /// Whether the trace was cut.
    pub steps_cut: bool,
}

impl CaseReport {
    /// Whether the program was told that its time was up, and ended by that.
    #[must_use]
    pub fn is_timed_out(&self) -> bool {
        matches!(&self.outcome, Outcome::Raised(raised) if raised.limit == Some(Limit::Time))
    }
}

/// What a call came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// What it returned.
    pub returned: Value,
    /// The arguments as they are afterwards.
    pub arguments: Vec<Value>,
    /// What this call printed, as a range of bytes in the case's output.
    pub printed: (u32, u32),
}

/// How a case ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// At its last line.
    Finished,
    /// By `exit()` or `SystemExit`.
    Exited {
        /// The status that a shell would have seen.
        status: i32,
    },
    /// By an exception that nobody caught, a syntax error among them.
    Raised(Raised),
    /// The module has no such function, or the name is not one.
    NotAFunction {
        /// The name that was called.
        name: String,
        /// The type of what has the name, if anything does.
        found: Option<String>,
    },
}

/// An exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raised {
    /// Its class: `ZeroDivisionError`.
    pub type_name: String,
    /// The limit that it stands for, if it was raised in the program's way and not by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    /// Its text, cut at 2,000 characters; empty where asking for it failed.
    pub message: String,
    /// The innermost line of the learner's program, from 1.
    pub line: Option<u32>,
    /// The learner's frames, outermost first, the innermost 20 at most.
    pub frames: Vec<Frame>,
}

/// A limit that a program is first told of by an exception.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Limit {
    /// Processor time: told by `TimeoutError`. One without a limit is the program's own.
    Time,
    /// Memory: told by `MemoryError`. One without a limit is the interpreter's, which was asked for more at once than there
    /// is, or the program's own.
    Memory,
}

/// A place in the learner's program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// The function, or `<module>`.
    pub function: String,
    /// The line, from 1.
    pub line: u32,
}

/// A step of a trace: the line that comes next, and what the names stand for before it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The line, from 1.
    pub line: u32,
    /// The function, or `<module>`.
    pub function: String,
    /// The names of the innermost frame that are new or changed since this frame's step before, with their values as
    /// Python writes them, cut at 80 characters. Values of the learner's own classes are named by their class.
    pub changed: BTreeMap<String, String>,
    /// What the function returned, if this step is its return.
    pub returned: Option<String>,
    /// How much had been printed, in bytes.
    pub printed_bytes: u32,
}

/// How a child ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ended {
    /// All was run.
    Completed,
    /// Over the processor time of a case, or the wall-clock time of the job.
    TimedOut,
    /// Over the memory.
    OutOfMemory,
    /// Over the output.
    TooMuchOutput,
    /// Otherwise: the interpreter broke, or was stopped by the lockdown.
    Crashed,
}
