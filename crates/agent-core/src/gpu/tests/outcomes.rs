//! Statuses as Kubernetes writes them, and what is read from them.

use k8s_openapi::api::batch::v1::JobStatus;
use k8s_openapi::api::core::v1::PodStatus;
use serde_json::{Value, json};

use crate::gpu::{Failure, Outcome, observe};

fn read(job: &Value, pods: &[Value]) -> Outcome {
    let job: JobStatus = serde_json::from_value(job.clone()).unwrap();
    let pods: Vec<PodStatus> = pods.iter().map(|pod| serde_json::from_value(pod.clone()).unwrap()).collect();
    observe(&job, &pods)
}

fn ended(kind: &str, reason: &str) -> Value {
    json!({ "conditions": [
        { "type": "FailureTarget", "status": "True", "reason": reason },
        { "type": kind, "status": "True", "reason": reason },
    ] })
}

fn pod(phase: &str, start: &str, state: &Value) -> Value {
    json!({ "phase": phase, "startTime": start, "containerStatuses": [
        { "name": "work", "image": "i", "imageID": "", "ready": false, "restartCount": 0, "state": state },
    ] })
}

fn exited(start: &str, code: i32, reason: &str) -> Value {
    let state = json!({ "terminated": { "exitCode": code, "reason": reason } });
    pod(if code == 0 { "Succeeded" } else { "Failed" }, start, &state)
}

fn held_up(reason: &str) -> Value {
    pod("Pending", "2026-03-01T10:00:00Z", &json!({ "waiting": { "reason": reason } }))
}

#[test]
fn a_job_on_its_way() {
    let going = json!({ "active": 1 });
    let waiting = Outcome::Waiting { unschedulable: false };
    let unscheduled = json!({ "phase": "Pending", "conditions": [
        { "type": "PodScheduled", "status": "False", "reason": "Unschedulable" },
    ] });
    let running = pod("Running", "2026-03-01T10:00:00Z", &json!({ "running": {} }));
    let table = [
        ("nothing yet", vec![], waiting),
        ("no node", vec![unscheduled], Outcome::Waiting { unschedulable: true }),
        ("its image comes", vec![held_up("ContainerCreating")], waiting),
        ("its image did not come at once", vec![held_up("ErrImagePull")], waiting),
        ("at work", vec![running.clone()], Outcome::Running),
        ("between two pods", vec![exited("2026-03-01T10:00:00Z", 1, "Error")], Outcome::Running),
        ("its second pod works", vec![exited("2026-03-01T10:00:00Z", 1, "Error"), running], Outcome::Running),
    ];
    for (case, pods, expected) in table {
        assert_eq!(read(&going, &pods), expected, "{case}");
    }
    let failing = json!({ "conditions": [{ "type": "FailureTarget", "status": "True" }], "active": 1 });
    let last = pod("Running", "2026-03-01T10:00:00Z", &json!({ "running": {} }));
    assert_eq!(read(&failing, &[last]), Outcome::Running, "its last pod is being ended");
}

#[test]
fn a_job_that_is_done() {
    let pods = [exited("2026-03-01T10:00:00Z", 1, "Error"), exited("2026-03-01T10:05:00Z", 0, "Completed")];
    assert_eq!(read(&ended("Complete", "CompletionsReached"), &pods), Outcome::Succeeded);
    assert_eq!(read(&ended("Complete", "CompletionsReached"), &[]), Outcome::Succeeded, "its pods are gone");
}

#[test]
fn a_job_that_failed_says_why() {
    let limit = ended("Failed", "BackoffLimitExceeded");
    let policy = ended("Failed", "PodFailurePolicy");
    let deadline = ended("Failed", "DeadlineExceeded");
    let evicted = json!({ "phase": "Failed", "reason": "Evicted", "startTime": "2026-03-01T11:00:00Z" });
    let mut preempted = exited("2026-03-01T11:00:00Z", 143, "Error");
    preempted["conditions"] =
        json!([{ "type": "DisruptionTarget", "status": "True", "reason": "PreemptionByScheduler" }]);
    let turned_away = json!({ "phase": "Failed", "reason": "UnexpectedAdmissionError" });
    let late =
        json!({ "phase": "Failed", "reason": "DeadlineExceeded", "startTime": "2026-03-01T11:00:00Z" });
    let early_oom = exited("2026-03-01T10:00:00Z", 137, "OOMKilled");
    let table = [
        ("out of memory", &policy, vec![early_oom.clone()], Failure::OutOfMemory),
        (
            "killed, but not for memory",
            &policy,
            vec![exited("2026-03-01T10:00:00Z", 137, "Error")],
            Failure::ExitCode(137),
        ),
        ("its own error", &limit, vec![exited("2026-03-01T10:00:00Z", 3, "Error")], Failure::ExitCode(3)),
        (
            "the last pod counts",
            &limit,
            vec![exited("2026-03-01T11:00:00Z", 2, "Error"), early_oom.clone()],
            Failure::ExitCode(2),
        ),
        ("driven out", &limit, vec![early_oom.clone(), evicted], Failure::Disrupted),
        ("preempted", &limit, vec![preempted], Failure::Disrupted),
        ("the GPU had gone", &limit, vec![early_oom, turned_away], Failure::Disrupted),
        (
            "the program cannot be started",
            &limit,
            vec![exited("2026-03-01T10:00:00Z", 128, "StartError")],
            Failure::Misconfigured,
        ),
        ("too long", &deadline, vec![exited("2026-03-01T10:00:00Z", 137, "Error")], Failure::Deadline),
        ("its pod took too long", &limit, vec![late], Failure::Deadline),
        ("its pods are gone", &limit, vec![], Failure::Unknown),
    ];
    for (case, job, pods, expected) in table {
        assert_eq!(read(job, &pods), Outcome::Failed(expected), "{case}");
    }
}

#[test]
fn a_job_that_can_never_start_has_failed_before_its_deadline() {
    let going = json!({ "active": 1 });
    let table = [
        ("ImagePullBackOff", Failure::ImagePull),
        ("InvalidImageName", Failure::ImagePull),
        ("ErrImageNeverPull", Failure::ImagePull),
        ("CreateContainerConfigError", Failure::Misconfigured),
        ("CreateContainerError", Failure::Misconfigured),
    ];
    for (reason, expected) in table {
        assert_eq!(read(&going, &[held_up(reason)]), Outcome::Failed(expected), "{reason}");
    }
}
