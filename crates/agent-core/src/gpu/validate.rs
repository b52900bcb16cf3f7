//! The rules of a wish for a GPU Job. All are looked at, so that one answer tells all that is wrong.
//!
//! Not here: the wish itself ([`super::request`]), what makes a name valid ([`super::name`]).

use std::ops::RangeInclusive;

use super::name::{is_label_key, is_label_value};
use super::request::{Asked, Fault, Limits, MEMORY_GIB_MAX, Placement, Resources};

/// Programs, arguments, variables, selectors and tolerations: at most this many of each.
const ENTRIES_MAX: usize = 64;
/// The longest program, argument or value of a variable.
const TEXT_MAX_BYTES: usize = 8 * 1024;
/// A week.
const WEEK_S: u32 = 7 * 86_400;
/// Variables that the Job sets itself.
const OWN_VARIABLES: [&str; 4] = ["HOME", "AGENT_BUS_PROJECT_ID", "AGENT_BUS_TASK_ID", "AGENT_BUS_ATTEMPT"];

/// All that is wrong.
pub(super) fn faults(asked: &Asked) -> Vec<Fault> {
    let mut found = Found(Vec::new());
    found.id("project_id", &asked.project_id);
    found.id("task_id", &asked.task_id);
    found.unless(
        stands_still(&asked.image),
        "image",
        "must name a digest, or a tag other than latest: a second try must run what the first did",
    );
    found.texts("command", &asked.command);
    found.texts("args", &asked.args);
    found.env(asked);
    found.resources(&asked.resources);
    found.placement(&asked.placement);
    found.limits(&asked.limits);
    found.0
}

struct Found(Vec<Fault>);

impl Found {
    fn unless(&mut self, fine: bool, field: impl Into<String>, problem: impl Into<String>) {
        if !fine {
            self.0.push(Fault { field: field.into(), problem: problem.into() });
        }
    }

    fn within(&mut self, range: RangeInclusive<u32>, value: u32, field: &str) {
        self.unless(
            range.contains(&value),
            field,
            format!("must be from {} to {}", range.start(), range.end()),
        );
    }

    fn id(&mut self, field: &str, id: &str) {
        let fits = (1..=64).contains(&id.len())
            && id.starts_with(|c: char| c.is_ascii_alphanumeric())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
        self.unless(fits, field, "must match [A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    }

    fn count(&mut self, field: &str, count: usize) {
        self.unless(count <= ENTRIES_MAX, field, format!("must have at most {ENTRIES_MAX} entries"));
    }

    fn text(&mut self, field: impl Into<String>, text: &str) {
        let fits = text.len() <= TEXT_MAX_BYTES && !text.contains('\0');
        self.unless(fits, field, format!("must have no NUL, and at most {TEXT_MAX_BYTES} bytes"));
    }

    fn texts(&mut self, field: &str, texts: &[String]) {
        self.count(field, texts.len());
        for (index, text) in texts.iter().enumerate() {
            self.text(format!("{field}[{index}]"), text);
        }
    }

    fn env(&mut self, asked: &Asked) {
        self.count("env", asked.env.len());
        for (name, value) in &asked.env {
            let field = format!("env.{name}");
            let fits = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            self.unless(fits, &field, "must be named by letters, digits and underscores, no digit first");
            self.unless(!OWN_VARIABLES.contains(&name.as_str()), &field, "is set by the job itself");
            self.text(field, value);
        }
    }

    fn resources(&mut self, resources: &Resources) {
        self.within(100..=256_000, resources.cpu_milli, "resources.cpu_milli");
        self.within(1..=MEMORY_GIB_MAX, resources.memory_gib, "resources.memory_gib");
        self.within(1..=16, resources.gpu_count, "resources.gpu_count");
        if let Some(gpu_memory_gib) = resources.gpu_memory_gib {
            self.within(1..=512, gpu_memory_gib, "resources.gpu_memory_gib");
        }
        let shm_fits = (1..=resources.memory_gib).contains(&resources.shm_gib);
        self.unless(shm_fits, "resources.shm_gib", "must be from 1 to memory_gib, which it counts against");
        self.within(1..=1024, resources.scratch_gib, "resources.scratch_gib");
    }

    fn placement(&mut self, placement: &Placement) {
        self.count("placement.node_selector", placement.node_selector.len());
        for (key, value) in &placement.node_selector {
            let field = format!("placement.node_selector.{key}");
            self.unless(is_label_key(key), &field, "must have the form of a label's key");
            self.unless(is_label_value(value), field, "must have the form of a label's value");
        }
        self.count("placement.tolerations", placement.tolerations.len());
        for (index, toleration) in placement.tolerations.iter().enumerate() {
            let field = format!("placement.tolerations[{index}]");
            self.unless(
                is_label_key(&toleration.key),
                format!("{field}.key"),
                "must have the form of a label's key",
            );
            let value = toleration.value.as_deref().unwrap_or_default();
            self.unless(
                is_label_value(value),
                format!("{field}.value"),
                "must have the form of a label's value",
            );
        }
    }

    fn limits(&mut self, limits: &Limits) {
        self.within(0..=6, limits.backoff_limit, "limits.backoff_limit");
        self.within(60..=WEEK_S, limits.active_deadline_s, "limits.active_deadline_s");
        self.within(60..=WEEK_S, limits.ttl_recorded_s, "limits.ttl_recorded_s");
        let unrecorded_fits = (limits.ttl_recorded_s..=WEEK_S).contains(&limits.ttl_unrecorded_s);
        self.unless(
            unrecorded_fits,
            "limits.ttl_unrecorded_s",
            format!("must be from ttl_recorded_s to {WEEK_S}"),
        );
    }
}

/// Whether an image's name will mean the same image tomorrow.
fn stands_still(image: &str) -> bool {
    let printable = !image.is_empty() && image.len() <= 512 && image.bytes().all(|b| b.is_ascii_graphic());
    let (name, digest) = image.split_once('@').unwrap_or((image, ""));
    if !digest.is_empty() {
        let hex = digest.strip_prefix("sha256:").unwrap_or_default();
        return printable
            && !name.is_empty()
            && hex.len() == 64
            && hex.bytes().all(|b| b.is_ascii_hexdigit());
    }
    // A colon before the last slash is a registry's port.
    let last = name.rsplit('/').next().unwrap_or_default();
    let (base, tag) = last.split_once(':').unwrap_or((last, ""));
    printable && !image.contains('@') && !base.is_empty() && !tag.is_empty() && tag != "latest"
}
