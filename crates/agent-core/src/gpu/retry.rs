//! Whether a failed Job is worth another attempt, by what failed.
//!
//! Kubernetes has already started the program again after errors of its own (the backoff limit) and after disruptions;
//! this is the rule for the Job that failed all the same. Not here: waiting, and making the next Job.

use super::outcome::Failure;
use super::request::JobRequest;

/// Jobs for one task, the first included. No mix of failures leads past it.
pub const ATTEMPTS_MAX: usize = 6;

/// The pause after the first disruption, in seconds; it doubles with each, at most [`PAUSE_MAX_S`].
const PAUSE_S: u32 = 30;
/// The longest pause, in seconds.
const PAUSE_MAX_S: u32 = 600;

/// What comes after a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Another Job.
    Again {
        /// What to ask for this time.
        request: Box<JobRequest>,
        /// How long to wait before it, in seconds.
        after_s: u32,
    },
    /// The task has failed.
    GiveUp(GiveUp),
}

/// Why there is no further attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GiveUp {
    /// The same would happen again: somebody must change the image, the description or the program.
    #[error("another attempt would end the same way")]
    Hopeless,
    /// It had more memory, and that was not enough; or there is no more to give.
    #[error("it does not fit into the memory that can be given to it")]
    NoMoreMemory,
    /// It has been tried often enough.
    #[error("it has been tried {ATTEMPTS_MAX} times, or failed twice for no known reason")]
    TriedEnough,
}

/// Decides after the last of `failures`, which are all of the task's, oldest first. `request` is what the last attempt
/// asked for. No failure: nothing to try again.
#[must_use]
pub fn decide(request: &JobRequest, failures: &[Failure]) -> Decision {
    let Some(&last) = failures.last() else { return Decision::GiveUp(GiveUp::Hopeless) };
    let times = failures.iter().filter(|&&failure| failure == last).count();
    if failures.len() >= ATTEMPTS_MAX {
        return Decision::GiveUp(GiveUp::TriedEnough);
    }
    match last {
        Failure::OutOfMemory if times > 1 => Decision::GiveUp(GiveUp::NoMoreMemory),
        Failure::OutOfMemory => match request.with_more_memory() {
            Some(more) => Decision::Again { request: Box::new(more), after_s: 0 },
            None => Decision::GiveUp(GiveUp::NoMoreMemory),
        },
        Failure::Disrupted => again(request, pause_s(times)),
        Failure::Unknown if times > 1 => Decision::GiveUp(GiveUp::TriedEnough),
        Failure::Unknown => again(request, PAUSE_S),
        Failure::ImagePull | Failure::Misconfigured | Failure::Deadline | Failure::ExitCode(_) => {
            Decision::GiveUp(GiveUp::Hopeless)
        }
    }
}

fn again(request: &JobRequest, after_s: u32) -> Decision {
    Decision::Again { request: Box::new(request.clone()), after_s }
}

fn pause_s(times: usize) -> u32 {
    let doublings = u32::try_from(times.saturating_sub(1)).unwrap_or(u32::MAX).min(16);
    (PAUSE_S << doublings).min(PAUSE_MAX_S)
}
