//! Running a learner's program where it can do no harm.
//!
//! Reading order: `job` (what is asked) → `report` (what was seen) → `value` (Python values outside of Python) → `wire`
//! (how both cross to a child and back) → `pool` (behind the feature of that name: the nursery, and the near end of a
//! conversation). A job is run by `agent-bus-sandbox` (crate `sandbox-child`): one process gets Python warm and forks a
//! child for each job, which locks itself down, serves once and dies. What an answer should have been never goes there:
//! whoever asks compares.
//!
//! Not here: Python itself, and the lockdown (crate `sandbox-child`); what is right and wrong (room `exercise`).

mod job;
#[cfg(feature = "pool")]
pub mod pool;
mod report;
mod value;
pub mod wire;

pub use job::{Call, Case, Job, Limits, Priority, Program};
pub use report::{CaseReport, Ended, Frame, Limit, Observed, Outcome, ProgramReport, Raised, Report, Step};
pub use value::Value;

use std::sync::Arc;

use async_trait::async_trait;

/// Runs jobs.
#[async_trait]
pub trait Sandbox: Send + Sync + 'static {
    /// Runs a job to its end, within its limits. What the program does wrong is in the report.
    ///
    /// # Errors
    /// Where the job was not run: the same job may be asked for again.
    async fn run(&self, job: Job) -> Result<Report, SandboxError>;
}

/// Runs every job in the background, whatever it says of itself.
pub struct Background(pub Arc<dyn Sandbox>);

#[async_trait]
impl Sandbox for Background {
    async fn run(&self, job: Job) -> Result<Report, SandboxError> {
        self.0.run(Job { priority: Priority::Background, ..job }).await
    }
}

/// Why a job was not run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SandboxError {
    /// All children are at work, and enough wait already.
    #[error("all sandboxes are busy; try again in {retry_after_s} s")]
    Busy {
        /// When a place may be free, in seconds.
        retry_after_s: u32,
    },
    /// No child can be had: the binary is missing, or the lockdown is not complete and must be.
    #[error("no sandbox: {0}")]
    Unavailable(String),
}
