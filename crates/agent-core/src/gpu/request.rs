//! What may be asked of a GPU Job: [`Asked`] as it comes, [`JobRequest`] once it holds water.
//!
//! Not here: the rules themselves ([`super::validate`]), Kubernetes' own types ([`super::job()`]).

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::validate;

/// The most memory that a request may ask for, in GiB: the largest machines of the public clouds hold about this.
pub const MEMORY_GIB_MAX: u32 = 2048;

/// A wish for a GPU Job, unchecked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The project that the work is for.
    pub project_id: String,
    /// The task within the project.
    pub task_id: String,
    /// The container image, with a digest or a tag that stands still.
    pub image: String,
    /// The program and what leads it; empty: the image's own.
    #[serde(default)]
    pub command: Vec<String>,
    /// Its arguments.
    #[serde(default)]
    pub args: Vec<String>,
    /// Environment variables, beside those that [`super::job()`] sets.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// What it needs.
    pub resources: Resources,
    /// Where it may run.
    #[serde(default)]
    pub placement: Placement,
    /// How long and how often.
    #[serde(default)]
    pub limits: Limits,
}

/// What a Job needs. It gets exactly that: requests equal limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resources {
    /// Thousandths of a core, 100 to 256,000.
    pub cpu_milli: u32,
    /// Memory in GiB, 1 to [`MEMORY_GIB_MAX`]. What is written to /dev/shm counts against it.
    pub memory_gib: u32,
    /// Whole GPUs, 1 to 16.
    pub gpu_count: u32,
    /// The memory that each GPU must have at least, in GiB as on its data sheet, 1 to 512. None: any GPU will do.
    #[serde(default)]
    pub gpu_memory_gib: Option<u32>,
    /// The size of /dev/shm in GiB, 1 to `memory_gib`: data loaders of several processes talk through it, and the 64 MiB
    /// that a container has by default end them with a bus error.
    pub shm_gib: u32,
    /// The size of /tmp in GiB, 1 to 1024: the only folder that can be written to.
    pub scratch_gib: u32,
}

/// Where a Job may run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placement {
    /// Labels that a node must have.
    #[serde(default)]
    pub node_selector: BTreeMap<String, String>,
    /// Taints that it puts up with, beside `nvidia.com/gpu`, which every Job here does.
    #[serde(default)]
    pub tolerations: Vec<Toleration>,
}

/// A taint that a Job puts up with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Toleration {
    /// The taint's key.
    pub key: String,
    /// The taint's value; None: any.
    #[serde(default)]
    pub value: Option<String>,
    /// The taint's effect; None: all.
    #[serde(default)]
    pub effect: Option<Effect>,
}

/// What a taint does to a pod that does not put up with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// Nothing new is placed there.
    NoSchedule,
    /// Something new is placed there when there is no other way.
    PreferNoSchedule,
    /// What is there is driven out.
    NoExecute,
}

impl Effect {
    /// As Kubernetes writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoSchedule => "NoSchedule",
            Self::PreferNoSchedule => "PreferNoSchedule",
            Self::NoExecute => "NoExecute",
        }
    }
}

/// How long a Job may take, and what Kubernetes does by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// How often Kubernetes starts the program again after it ended with an error of its own, 0 to 6.
    pub backoff_limit: u32,
    /// From the Job's start to its forced end, waiting for a node included, in seconds, 60 to 604,800 (7 days).
    pub active_deadline_s: u32,
    /// How long a finished Job stays once its result is recorded, in seconds, 60 to 604,800.
    pub ttl_recorded_s: u32,
    /// How long a finished Job stays whose result nobody recorded, in seconds, at least `ttl_recorded_s`, at most 604,800.
    pub ttl_unrecorded_s: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            backoff_limit: 2,
            active_deadline_s: 6 * 3600,
            ttl_recorded_s: 600,
            ttl_unrecorded_s: 7 * 86_400,
        }
    }
}

/// One thing that is wrong with a wish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The field, as in `resources.memory_gib` or `env.HOME`.
    pub field: String,
    /// What it must be.
    pub problem: String,
}

/// All that is wrong with a wish. Never empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "; " };
            write!(f, "{comma}{}: {}", fault.field, fault.problem)?;
        }
        Ok(())
    }
}

/// A wish that Kubernetes will take. [`JobRequest::try_from`] is the only way in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Asked", into = "Asked")]
pub struct JobRequest(Asked);

impl JobRequest {
    /// What was asked for.
    #[must_use]
    pub fn asked(&self) -> &Asked {
        &self.0
    }

    /// The same with twice the memory, at most [`MEMORY_GIB_MAX`]; None where there is no more to give.
    #[must_use]
    pub fn with_more_memory(&self) -> Option<Self> {
        let memory_gib = self.0.resources.memory_gib.saturating_mul(2).min(MEMORY_GIB_MAX);
        if memory_gib == self.0.resources.memory_gib {
            return None;
        }
        let mut more = self.clone();
        more.0.resources.memory_gib = memory_gib;
        Some(more)
    }
}

impl TryFrom<Asked> for JobRequest {
    type Error = Faults;
    fn try_from(asked: Asked) -> Result<Self, Faults> {
        let faults = validate::faults(&asked);
        if faults.is_empty() { Ok(Self(asked)) } else { Err(Faults(faults)) }
    }
}

impl From<JobRequest> for Asked {
    fn from(request: JobRequest) -> Self {
        request.0
    }
}
