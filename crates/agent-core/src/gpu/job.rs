//! The Kubernetes Job of a request: one container, as locked down as the "restricted" pod security standard asks.
//!
//! Not here: sending it to a cluster, and what its parts mean to the asker ([`super::request`]).

use std::collections::BTreeMap;

use k8s_openapi::api::batch::v1::{
    Job, JobSpec, PodFailurePolicy, PodFailurePolicyOnExitCodesRequirement,
    PodFailurePolicyOnPodConditionsPattern, PodFailurePolicyRule,
};
use k8s_openapi::api::core::v1::{
    Affinity, Capabilities, Container, EmptyDirVolumeSource, EnvVar, NodeAffinity, NodeSelector,
    NodeSelectorRequirement, NodeSelectorTerm, PodSecurityContext, PodSpec, PodTemplateSpec,
    ResourceRequirements, SeccompProfile, SecurityContext, Toleration as KubeToleration, Volume, VolumeMount,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::json;

use super::name::{DnsLabel, label_of_id};
use super::request::{Asked, JobRequest, Resources, Toleration};

/// The resource that NVIDIA's device plugin offers, and the taint that keeps other work off its nodes.
const GPU: &str = "nvidia.com/gpu";
/// The node label of NVIDIA's feature discovery: the memory of each GPU in MiB.
const GPU_MEMORY_MIB: &str = "nvidia.com/gpu.memory";
/// The one container.
const CONTAINER: &str = "work";
/// Nobody in particular. Not root, and not a user that an image is likely to give rights to.
const USER: i64 = 65_532;
/// The exit code of a program ended by SIGKILL: nearly always for want of memory.
const EXIT_SIGKILL: i32 = 137;

/// Where Jobs go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The namespace.
    pub namespace: DnsLabel,
    /// The release that the Jobs belong to.
    pub release: DnsLabel,
}

/// The Job for one attempt (1 is the first) at a request. Equal arguments give an equal Job.
#[must_use]
pub fn job(request: &JobRequest, site: &Site, attempt: u8) -> Job {
    let asked = request.asked();
    let name = DnsLabel::of_attempt(&asked.project_id, &asked.task_id, attempt);
    let labels = labels(asked, site);
    // The labels have the form of labels; the ids as they are stand beside them.
    let annotations = strings([
        ("agent-bus/project-id", asked.project_id.clone()),
        ("agent-bus/task-id", asked.task_id.clone()),
        ("agent-bus/attempt", attempt.to_string()),
    ]);
    let meta = |name: Option<String>, namespace: Option<String>| ObjectMeta {
        name,
        namespace,
        labels: Some(labels.clone()),
        annotations: Some(annotations.clone()),
        ..ObjectMeta::default()
    };
    Job {
        metadata: meta(Some(name.into()), Some(site.namespace.to_string())),
        spec: Some(JobSpec {
            template: PodTemplateSpec { metadata: Some(meta(None, None)), spec: Some(pod(asked, attempt)) },
            backoff_limit: Some(i32::try_from(asked.limits.backoff_limit).unwrap_or(0)),
            active_deadline_seconds: Some(asked.limits.active_deadline_s.into()),
            ttl_seconds_after_finished: seconds(asked.limits.ttl_unrecorded_s),
            pod_failure_policy: Some(failure_policy()),
            // With a failure policy Kubernetes takes no other: the next pod waits for the end of the last one.
            pod_replacement_policy: Some("Failed".to_owned()),
            ..JobSpec::default()
        }),
        status: None,
    }
}

/// The merge patch for a Job whose result is recorded: it may go soon. Until then it stays for `ttl_unrecorded_s`, so that
/// a launcher that was away does not come back to nothing.
#[must_use]
pub fn recorded_patch(request: &JobRequest) -> serde_json::Value {
    json!({ "spec": { "ttlSecondsAfterFinished": request.asked().limits.ttl_recorded_s } })
}

fn labels(asked: &Asked, site: &Site) -> BTreeMap<String, String> {
    strings([
        ("app.kubernetes.io/name", "agent-bus".to_owned()),
        ("app.kubernetes.io/component", "gpu-job".to_owned()),
        ("app.kubernetes.io/instance", site.release.to_string()),
        ("agent-bus/project", label_of_id(&asked.project_id)),
        ("agent-bus/task", label_of_id(&asked.task_id)),
    ])
}

fn pod(asked: &Asked, attempt: u8) -> PodSpec {
    let resources = &asked.resources;
    PodSpec {
        containers: vec![container(asked, attempt)],
        restart_policy: Some("Never".to_owned()),
        // The work talks to its own data, not to the cluster.
        automount_service_account_token: Some(false),
        enable_service_links: Some(false),
        node_selector: Some(asked.placement.node_selector.clone()).filter(|selector| !selector.is_empty()),
        affinity: resources.gpu_memory_gib.map(gpus_of_at_least),
        tolerations: Some(tolerations(&asked.placement.tolerations)),
        security_context: Some(PodSecurityContext {
            run_as_non_root: Some(true),
            run_as_user: Some(USER),
            run_as_group: Some(USER),
            fs_group: Some(USER),
            seccomp_profile: Some(runtime_default()),
            ..PodSecurityContext::default()
        }),
        volumes: Some(vec![
            scratch_volume("shm", Some("Memory"), resources.shm_gib),
            scratch_volume("tmp", None, resources.scratch_gib),
        ]),
        ..PodSpec::default()
    }
}

fn container(asked: &Asked, attempt: u8) -> Container {
    let amounts = amounts(&asked.resources);
    Container {
        name: CONTAINER.to_owned(),
        image: Some(asked.image.clone()),
        command: Some(asked.command.clone()).filter(|command| !command.is_empty()),
        args: Some(asked.args.clone()).filter(|args| !args.is_empty()),
        env: Some(env(asked, attempt)),
        // Equal, so that the pod is the last to be driven out when a node runs short.
        resources: Some(ResourceRequirements {
            requests: Some(amounts.clone()),
            limits: Some(amounts),
            ..ResourceRequirements::default()
        }),
        volume_mounts: Some(vec![mount("shm", "/dev/shm"), mount("tmp", "/tmp")]),
        security_context: Some(SecurityContext {
            allow_privilege_escalation: Some(false),
            capabilities: Some(Capabilities { drop: Some(vec!["ALL".to_owned()]), add: None }),
            read_only_root_filesystem: Some(true),
            run_as_non_root: Some(true),
            seccomp_profile: Some(runtime_default()),
            ..SecurityContext::default()
        }),
        ..Container::default()
    }
}

fn env(asked: &Asked, attempt: u8) -> Vec<EnvVar> {
    let own = strings([
        // The user has no home in the image, and libraries want to write there.
        ("HOME", "/tmp".to_owned()),
        ("AGENT_BUS_PROJECT_ID", asked.project_id.clone()),
        ("AGENT_BUS_TASK_ID", asked.task_id.clone()),
        ("AGENT_BUS_ATTEMPT", attempt.to_string()),
    ]);
    own.into_iter()
        .chain(asked.env.clone())
        .map(|(name, value)| EnvVar { name, value: Some(value), value_from: None })
        .collect()
}

fn amounts(resources: &Resources) -> BTreeMap<String, Quantity> {
    [
        ("cpu", format!("{}m", resources.cpu_milli)),
        ("memory", gib(resources.memory_gib).0),
        (GPU, resources.gpu_count.to_string()),
    ]
    .into_iter()
    .map(|(name, amount)| (name.to_owned(), Quantity(amount)))
    .collect()
}

fn tolerations(asked: &[Toleration]) -> Vec<KubeToleration> {
    let gpu = Toleration { key: GPU.to_owned(), value: None, effect: None };
    std::iter::once(&gpu)
        .chain(asked)
        .map(|toleration| KubeToleration {
            key: Some(toleration.key.clone()),
            operator: Some(if toleration.value.is_some() { "Equal" } else { "Exists" }.to_owned()),
            value: toleration.value.clone(),
            effect: toleration.effect.map(|effect| effect.as_str().to_owned()),
            toleration_seconds: None,
        })
        .collect()
}

/// Nodes whose GPUs have the memory. A card sold as 24 GiB reports 23,028 MiB to the driver, one of 16 GiB 15,360: what is
/// kept for error correction is left out there. A tenth less than the data sheet is therefore still the card asked for.
fn gpus_of_at_least(gpu_memory_gib: u32) -> Affinity {
    let mib_min = gpu_memory_gib * 1024 * 9 / 10;
    let requirement = NodeSelectorRequirement {
        key: GPU_MEMORY_MIB.to_owned(),
        operator: "Gt".to_owned(),
        values: Some(vec![mib_min.to_string()]),
    };
    let term = NodeSelectorTerm { match_expressions: Some(vec![requirement]), match_fields: None };
    Affinity {
        node_affinity: Some(NodeAffinity {
            required_during_scheduling_ignored_during_execution: Some(NodeSelector {
                node_selector_terms: vec![term],
            }),
            ..NodeAffinity::default()
        }),
        ..Affinity::default()
    }
}

/// What Kubernetes does by itself when a pod fails: a pod driven out is started again and not counted; one killed for want
/// of memory ends the Job, because more of the same would end the same way; any other error is counted against the backoff
/// limit.
fn failure_policy() -> PodFailurePolicy {
    let disrupted = PodFailurePolicyOnPodConditionsPattern {
        type_: "DisruptionTarget".to_owned(),
        status: "True".to_owned(),
    };
    let killed = PodFailurePolicyOnExitCodesRequirement {
        container_name: Some(CONTAINER.to_owned()),
        operator: "In".to_owned(),
        values: vec![EXIT_SIGKILL],
    };
    PodFailurePolicy {
        rules: vec![
            PodFailurePolicyRule {
                action: "Ignore".to_owned(),
                on_pod_conditions: Some(vec![disrupted]),
                on_exit_codes: None,
            },
            PodFailurePolicyRule {
                action: "FailJob".to_owned(),
                on_exit_codes: Some(killed),
                on_pod_conditions: None,
            },
        ],
    }
}

fn scratch_volume(name: &str, medium: Option<&str>, size_gib: u32) -> Volume {
    Volume {
        name: name.to_owned(),
        empty_dir: Some(EmptyDirVolumeSource {
            medium: medium.map(str::to_owned),
            size_limit: Some(gib(size_gib)),
        }),
        ..Volume::default()
    }
}

fn mount(name: &str, path: &str) -> VolumeMount {
    VolumeMount { name: name.to_owned(), mount_path: path.to_owned(), ..VolumeMount::default() }
}

fn runtime_default() -> SeccompProfile {
    SeccompProfile { type_: "RuntimeDefault".to_owned(), localhost_profile: None }
}

fn gib(amount: u32) -> Quantity {
    Quantity(format!("{amount}Gi"))
}

fn seconds(amount_s: u32) -> Option<i32> {
    i32::try_from(amount_s).ok()
}

fn strings<const N: usize>(pairs: [(&str, String); N]) -> BTreeMap<String, String> {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
