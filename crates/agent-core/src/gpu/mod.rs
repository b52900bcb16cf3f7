//! Work that needs a GPU, as a Kubernetes Job: what may be asked for, the Job that does it, what became of it, and
//! whether to try again. Values in, values out.
//!
//! The path of one task: [`Asked`] -> [`JobRequest`] (all mistakes told at once) -> [`job()`] -> the cluster -> [`observe`]
//! -> [`Outcome`] -> for a failure [`decide`] -> the next attempt, or the end.
//!
//! Not here: a cluster. Creating, watching and deleting Jobs, and when to do so, belongs to whoever launches them.

mod job;
mod name;
mod outcome;
mod request;
mod retry;
mod validate;

pub use job::{Site, job, recorded_patch};
pub use name::{DnsLabel, NotADnsLabel};
pub use outcome::{Failure, Outcome, observe};
pub use request::{
    Asked, Effect, Fault, Faults, JobRequest, Limits, MEMORY_GIB_MAX, Placement, Resources, Toleration,
};
pub use retry::{ATTEMPTS_MAX, Decision, GiveUp, decide};

#[cfg(test)]
mod tests;
