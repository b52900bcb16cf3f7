//! What is refused, and the Jobs of what is not, as snapshots.

use crate::gpu::{
    Asked, DnsLabel, Effect, JobRequest, MEMORY_GIB_MAX, Site, Toleration, job, recorded_patch,
};

use super::{site, small, valid};

#[test]
fn the_job_of_a_small_request() {
    insta::assert_yaml_snapshot!(job(&valid(small()), &site(), 1));
}

#[test]
fn the_job_of_a_request_that_uses_everything() {
    let mut asked = small();
    // The longest id that there is, ending in what no label may end in.
    asked.project_id = format!("{}-", "P".repeat(63));
    asked.task_id = "Fine_Tune.2".to_owned();
    asked.image = format!("registry.example:5000/ml/train@sha256:{}", "ab".repeat(32));
    asked.command = vec!["python".to_owned(), "-m".to_owned(), "train".to_owned()];
    asked.args = vec!["--epochs".to_owned(), "3".to_owned()];
    asked.env = [("NCCL_DEBUG".to_owned(), "WARN".to_owned())].into();
    asked.resources.gpu_count = 4;
    asked.resources.gpu_memory_gib = Some(24);
    asked.placement.node_selector = [("topology.kubernetes.io/zone".to_owned(), "eu-1a".to_owned())].into();
    asked.placement.tolerations = vec![
        Toleration {
            key: "spot".to_owned(),
            value: Some("true".to_owned()),
            effect: Some(Effect::NoExecute),
        },
        Toleration { key: "team".to_owned(), value: None, effect: None },
    ];
    let site = Site { release: DnsLabel::new("school-2").unwrap(), ..site() };
    insta::assert_yaml_snapshot!(job(&valid(asked), &site, 3));
}

#[test]
fn a_recorded_job_may_go_soon() {
    let patch = recorded_patch(&valid(small()));
    assert_eq!(patch, serde_json::json!({ "spec": { "ttlSecondsAfterFinished": 600 } }));
}

#[test]
fn each_mistake_is_told_with_its_field() {
    type Mistake = fn(&mut Asked);
    let table: [(&str, Mistake); 24] = [
        ("project_id", |asked| asked.project_id = String::new()),
        ("task_id", |asked| asked.task_id = "a/b".to_owned()),
        ("image", |asked| asked.image = "train".to_owned()),
        ("image", |asked| asked.image = "registry.example:5000/train".to_owned()),
        ("image", |asked| asked.image = "train:latest".to_owned()),
        ("image", |asked| asked.image = "train@sha256:abc".to_owned()),
        ("image", |asked| asked.image = "train@".to_owned()),
        ("command", |asked| asked.command = vec![String::new(); 65]),
        ("args[1]", |asked| asked.args = vec!["fine".to_owned(), "nul\0".to_owned()]),
        ("env.1X", |asked| asked.env = [("1X".to_owned(), String::new())].into()),
        ("env.HOME", |asked| asked.env = [("HOME".to_owned(), String::new())].into()),
        ("resources.cpu_milli", |asked| asked.resources.cpu_milli = 99),
        ("resources.memory_gib", |asked| asked.resources.memory_gib = MEMORY_GIB_MAX + 1),
        ("resources.gpu_count", |asked| asked.resources.gpu_count = 0),
        ("resources.gpu_memory_gib", |asked| asked.resources.gpu_memory_gib = Some(u32::MAX)),
        ("resources.shm_gib", |asked| asked.resources.shm_gib = 17),
        ("resources.scratch_gib", |asked| asked.resources.scratch_gib = 0),
        ("placement.node_selector.a b", |asked| {
            asked.placement.node_selector = [("a b".to_owned(), "c".to_owned())].into();
        }),
        ("placement.tolerations[0].key", |asked| {
            asked.placement.tolerations = vec![Toleration { key: String::new(), value: None, effect: None }];
        }),
        ("placement.tolerations[0].value", |asked| {
            let value = Some("no spaces".to_owned());
            asked.placement.tolerations = vec![Toleration { key: "k".to_owned(), value, effect: None }];
        }),
        ("limits.backoff_limit", |asked| asked.limits.backoff_limit = 7),
        ("limits.active_deadline_s", |asked| asked.limits.active_deadline_s = 59),
        ("limits.ttl_recorded_s", |asked| asked.limits.ttl_recorded_s = 59),
        ("limits.ttl_unrecorded_s", |asked| asked.limits.ttl_unrecorded_s = 599),
    ];
    for (field, mistake) in table {
        let mut asked = small();
        mistake(&mut asked);
        let faults = JobRequest::try_from(asked).unwrap_err();
        let fields: Vec<_> = faults.0.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, [field]);
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let mut asked = small();
    asked.image = "train".to_owned();
    asked.resources.gpu_count = 17;
    asked.limits.backoff_limit = 100;
    let faults = JobRequest::try_from(asked).unwrap_err();
    assert_eq!(
        faults.to_string(),
        "image: must name a digest, or a tag other than latest: a second try must run what the first did; \
         resources.gpu_count: must be from 1 to 16; limits.backoff_limit: must be from 0 to 6"
    );
}

#[test]
fn a_request_goes_through_json_and_no_invalid_one_comes_out() {
    let request = valid(small());
    let text = serde_json::to_string(&request).unwrap();
    assert_eq!(serde_json::from_str::<JobRequest>(&text).unwrap(), request);
    let refused = serde_json::from_str::<JobRequest>(&text.replace("1.4.2", "latest")).unwrap_err();
    assert!(refused.to_string().contains("image"), "{refused}");
    assert!(serde_json::from_str::<JobRequest>(&text.replace("\"args\"", "\"arguments\"")).is_err());
}
