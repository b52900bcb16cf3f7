//! What is asked of a sandbox.
//!
//! Not here: what should come out. A child never hears it, so that no program can find it there.

use serde::{Deserialize, Serialize};

use crate::Value;

/// Programs to run one after the other in one child, each apart from the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// In order. One that ends the child (time, memory) leaves those behind it unrun.
    pub programs: Vec<Program>,
    /// For the whole job, but for what says otherwise.
    pub limits: Limits,
    /// Who comes first.
    #[serde(default)]
    pub priority: Priority,
}

/// Who comes first, where there is more to run than the machine can.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Somebody waits for it.
    #[default]
    Awaited,
    /// Nobody does: it gets what the others leave of the processors, and takes no place of theirs.
    Background,
}

impl Job {
    /// A job that somebody waits for.
    #[must_use]
    pub const fn new(programs: Vec<Program>, limits: Limits) -> Self {
        Self { programs, limits, priority: Priority::Awaited }
    }
}

/// A program, and how to run it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Program {
    /// Its text.
    pub code: String,
    /// Each starts the program anew, in a module of its own.
    pub cases: Vec<Case>,
}

/// One run of a program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Case {
    /// From its first line to its last.
    Script {
        /// What it reads.
        stdin: String,
        /// Names of the module whose values are wanted at the end.
        globals: Vec<String>,
    },
    /// From its first line to its last, then calls, in order, in the same module. The calls end at the first that raises.
    Calls {
        /// What it reads.
        stdin: String,
        /// The calls.
        calls: Vec<Call>,
    },
    /// From its first line to its last, step by step.
    Trace {
        /// What it reads.
        stdin: String,
        /// After so many steps the trace is cut, and the program stopped. At most 1,000.
        steps_max: u32,
    },
}

/// A call of a function of the program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// The function's name in the module.
    pub function: String,
    /// By position.
    pub arguments: Vec<Value>,
}

/// Where a run ends at the latest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Processor time of each case, in milliseconds. Time spent waiting for a busy machine does not count: a verdict must
    /// not depend on the load.
    pub cpu_ms: u32,
    /// Wall-clock time of the whole job, in milliseconds: ends what hangs without computing.
    pub wall_ms: u32,
    /// What the programs may hold beyond the interpreter itself, in bytes.
    pub memory_bytes: u64,
    /// What a case may print, in bytes.
    pub output_bytes: u32,
    /// Whether the first case that runs out of processor time is the last one of the job: what does not end once will hardly
    /// end on other input, and each further case would take all of its time.
    #[serde(default)]
    pub stop_at_timeout: bool,
}

impl Limits {
    /// For an answer that is graded.
    pub const GRADED: Self = Self {
        cpu_ms: 2_000,
        wall_ms: 20_000,
        memory_bytes: 50 << 20,
        output_bytes: 64 << 10,
        stop_at_timeout: false,
    };

    /// For a program that is only shown.
    pub const SHOWN: Self = Self { cpu_ms: 5_000, ..Self::GRADED };
}
