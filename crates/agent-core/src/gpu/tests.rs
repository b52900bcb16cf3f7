//! The GPU job on the desk: what is refused, what Kubernetes gets to see, how its answers are read, when it is tried again.

mod names;
mod outcomes;
mod requests;
mod retries;

use super::{Asked, JobRequest, Limits, Placement, Resources, Site};
use crate::gpu::DnsLabel;

/// A small job that is fine as it is.
fn small() -> Asked {
    Asked {
        project_id: "prj-7".to_owned(),
        task_id: "train".to_owned(),
        image: "registry.example/ml/train:1.4.2".to_owned(),
        command: vec![],
        args: vec![],
        env: [].into(),
        resources: Resources {
            cpu_milli: 4000,
            memory_gib: 16,
            gpu_count: 1,
            gpu_memory_gib: None,
            shm_gib: 2,
            scratch_gib: 20,
        },
        placement: Placement::default(),
        limits: Limits::default(),
    }
}

fn valid(asked: Asked) -> JobRequest {
    JobRequest::try_from(asked).unwrap()
}

fn site() -> Site {
    Site { namespace: DnsLabel::new("agent-bus-jobs").unwrap(), release: DnsLabel::new("agent-bus").unwrap() }
}
