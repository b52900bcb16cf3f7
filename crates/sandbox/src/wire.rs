//! How a job and what comes of it cross between the pool and a child: one JSON object a line.
//!
//! A child says [`Said::Ready`] once it can take a job, reads one line, [`Order`], says [`Said::Taken`], and answers with
//! lines that carry the order's nonce; a line without it is not the child's own, and is the end of it. Whoever asked
//! keeps its side open for as long as it wants the child to live. Not here: who reads and who writes.

use serde::{Deserialize, Serialize};

use crate::{CaseReport, Ended, Job};

/// The longest line that a child writes, in bytes: a case may print 64 KiB, which JSON may escape six times as long, and
/// show 10,000 parts of a value.
pub const LINE_MAX_BYTES: usize = 4 << 20;

/// What a child is told: one line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// Fresh for each job; no program can know it.
    pub nonce: String,
    /// What to run.
    pub job: Job,
}

/// A line of a child's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The order's nonce; empty in [`Said::Ready`], which comes before the order, and in [`Said::Killed`], which is not
    /// the child's own.
    pub nonce: String,
    /// What it says.
    pub said: Said,
}

/// What a child says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Said {
    /// It can take a job.
    Ready {
        /// What will hold it once it has one.
        lockdown: Lockdown,
    },
    /// It has read the order whole, and begins.
    Taken,
    /// A case ended by itself.
    Case {
        /// The program's place in the job.
        program: u32,
        /// What came of the case.
        report: CaseReport,
    },
    /// There is no more to come.
    Ended(Ended),
    /// It died by a signal. The nursery says so, in its stead; a child that said it of itself would be believed, and
    /// ended.
    Killed {
        /// The signal's number.
        signal: i32,
    },
}

/// The layers that hold a child, as the kernel offers them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lockdown {
    /// No file can be opened and no address reached: Landlock.
    pub landlock: Layer,
    /// No system call but those that computing needs: seccomp.
    pub seccomp: Layer,
    /// Address space, processor time, file size: resource limits.
    pub limits: Layer,
}

/// Whether a layer is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Layer {
    /// It is.
    Present,
    /// It is not: why.
    Missing(String),
}

impl Lockdown {
    /// The layers that are missing, each with its reason.
    pub fn missing(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [("landlock", &self.landlock), ("seccomp", &self.seccomp), ("resource limits", &self.limits)]
            .into_iter()
            .filter_map(|(name, layer)| match layer {
                Layer::Present => None,
                Layer::Missing(why) => Some((name, why.as_str())),
            })
    }
}
