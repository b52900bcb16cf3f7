//! What became of a Job, read from its status and its pods'.
//!
//! Not here: watching them, and what to do about a failure ([`super::retry`]).

use k8s_openapi::api::batch::v1::JobStatus;
use k8s_openapi::api::core::v1::{ContainerState, PodStatus};
use k8s_openapi::jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a Job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// No pod runs yet.
    Waiting {
        /// No node has room, or none fits: it may stay so until the deadline.
        unschedulable: bool,
    },
    /// It is at work, or on its way from one pod to the next.
    Running,
    /// Done.
    Succeeded,
    /// It will come to nothing. Where the Job itself is not finished (an image that cannot be pulled), delete it.
    Failed(Failure),
}

/// Why a Job failed, as far as the next step depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// It wanted more memory than it had asked for.
    OutOfMemory,
    /// It was driven out: preempted, evicted, its node went away.
    Disrupted,
    /// The image cannot be had.
    ImagePull,
    /// The container cannot be made or started as described.
    Misconfigured,
    /// It ran past the deadline, or waited past it.
    Deadline,
    /// The program ended with this code, once more than the backoff limit allows.
    ExitCode(i32),
    /// Kubernetes says that it failed, and nothing says why: its pods are gone.
    Unknown,
}

/// Reads where a Job stands from its status and those of its pods, in any order.
#[must_use]
pub fn observe(job: &JobStatus, pods: &[PodStatus]) -> Outcome {
    let condition = |kind: &str| {
        let mut conditions = job.conditions.iter().flatten();
        conditions.find(|condition| condition.type_ == kind && condition.status == "True")
    };
    if condition("Complete").is_some() {
        return Outcome::Succeeded;
    }
    if let Some(failed) = condition("Failed") {
        return Outcome::Failed(match failed.reason.as_deref() {
            Some("DeadlineExceeded") => Failure::Deadline,
            _ => last_failure(pods).unwrap_or(Failure::Unknown),
        });
    }
    if let Some(failure) = pods.iter().find_map(stuck) {
        return Outcome::Failed(failure);
    }
    if pods.iter().any(|pod| matches!(pod.phase.as_deref(), Some("Running" | "Succeeded" | "Failed"))) {
        return Outcome::Running;
    }
    Outcome::Waiting { unschedulable: pods.iter().any(is_unschedulable) }
}

/// Why the pod that started last failed, of those that did.
fn last_failure(pods: &[PodStatus]) -> Option<Failure> {
    let failed = pods.iter().filter(|pod| pod.phase.as_deref() == Some("Failed"));
    // A pod turned away before its start has no start time; nothing came after it.
    let last = failed.max_by_key(|pod| pod.start_time.as_ref().map_or(Timestamp::MAX, |time| time.0));
    last.map(pod_failure)
}

fn pod_failure(pod: &PodStatus) -> Failure {
    let disrupted = has_condition(pod, "DisruptionTarget", "True");
    match pod.reason.as_deref() {
        _ if disrupted => return Failure::Disrupted,
        // The last one is the device plugin's: the node had lost its GPU when the pod came.
        Some(
            "Evicted"
            | "Preempting"
            | "NodeLost"
            | "NodeShutdown"
            | "NodeAffinity"
            | "Shutdown"
            | "Terminated"
            | "UnexpectedAdmissionError",
        ) => return Failure::Disrupted,
        Some("DeadlineExceeded") => return Failure::Deadline,
        _ => {}
    }
    let ended = states(pod).find_map(|state| state.terminated.as_ref().filter(|ended| ended.exit_code != 0));
    match ended.map(|ended| (ended.reason.as_deref(), ended.exit_code)) {
        Some((Some("OOMKilled"), _)) => Failure::OutOfMemory,
        Some((Some("ContainerCannotRun" | "StartError"), _)) => Failure::Misconfigured,
        Some((_, code)) => Failure::ExitCode(code),
        None => Failure::Unknown,
    }
}

/// What keeps a pod from ever starting.
fn stuck(pod: &PodStatus) -> Option<Failure> {
    let reason = states(pod).find_map(|state| state.waiting.as_ref()?.reason.as_deref())?;
    match reason {
        // ErrImagePull alone is not here: it is the first try, and the next may do better.
        "ImagePullBackOff" | "InvalidImageName" | "ErrImageNeverPull" => Some(Failure::ImagePull),
        "CreateContainerConfigError" | "CreateContainerError" | "RunContainerError" => {
            Some(Failure::Misconfigured)
        }
        _ => None,
    }
}

fn is_unschedulable(pod: &PodStatus) -> bool {
    has_condition(pod, "PodScheduled", "False")
}

fn has_condition(pod: &PodStatus, kind: &str, status: &str) -> bool {
    pod.conditions.iter().flatten().any(|condition| condition.type_ == kind && condition.status == status)
}

fn states(pod: &PodStatus) -> impl Iterator<Item = &ContainerState> {
    pod.container_statuses.iter().flatten().filter_map(|status| status.state.as_ref())
}
