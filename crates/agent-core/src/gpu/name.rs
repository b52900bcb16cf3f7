//! Names that Kubernetes accepts (RFC 1123 labels, label keys and values), and how ids of ours become such names.
//!
//! Not here: which ids are valid in the first place (`contracts`), what the names are put on ([`super::job()`]).

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The longest RFC 1123 label and the longest label value, in bytes (all ASCII).
const LABEL_MAX_BYTES: usize = 63;

/// An RFC 1123 label: lower-case letters, digits and inner dashes, 1 to 63 of them. Names of Jobs and namespaces are such.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DnsLabel(String);

/// A text that is no RFC 1123 label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 63 lower-case letters, digits and dashes, with no dash at an end")]
pub struct NotADnsLabel;

impl DnsLabel {
    /// The label, if the text is one.
    pub fn new(text: impl Into<String>) -> Result<Self, NotADnsLabel> {
        let text = text.into();
        let fits = (1..=LABEL_MAX_BYTES).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-');
        if fits { Ok(Self(text)) } else { Err(NotADnsLabel) }
    }

    /// The name of the Job for one attempt at one task. The same three give the same name, so that creating a Job twice
    /// meets itself; others never share one, whatever the ids look like.
    #[must_use]
    pub fn of_attempt(project_id: &str, task_id: &str, attempt: u8) -> Self {
        // Readable first, for a person with kubectl; the digest makes it unique. 20 + 16 + 16 + 4 and the dashes: at most 59.
        let readable = [slug(project_id, 20), slug(task_id, 16)].concat();
        Self(format!("{readable}{}-a{attempt}", digest(&[project_id, task_id])))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DnsLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for DnsLabel {
    type Error = NotADnsLabel;
    fn try_from(text: String) -> Result<Self, NotADnsLabel> {
        Self::new(text)
    }
}

impl From<DnsLabel> for String {
    fn from(label: DnsLabel) -> Self {
        label.0
    }
}

/// The value of a label that stands for an id: the id itself where it is a label value, else a readable part of it and a
/// digest. (An id of ours may be 64 long and may end in a dot.)
pub(super) fn label_of_id(id: &str) -> String {
    if is_label_value(id) && !id.is_empty() {
        return id.to_owned();
    }
    format!("{}{}", slug(id, 40), digest(&[id]))
}

/// Whether a text may be the value of a label: empty, or up to 63 of `A-Za-z0-9._-` between two letters or digits.
pub(super) fn is_label_value(text: &str) -> bool {
    text.is_empty() || is_label_name(text)
}

/// Whether a text may be the key of a label: a name, perhaps after a DNS subdomain and a slash.
pub(super) fn is_label_key(text: &str) -> bool {
    match text.split_once('/') {
        None => is_label_name(text),
        Some((prefix, name)) => is_subdomain(prefix) && is_label_name(name),
    }
}

fn is_label_name(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    let ends = |c: char| c.is_ascii_alphanumeric();
    (1..=LABEL_MAX_BYTES).contains(&text.len())
        && text.bytes().all(inner)
        && text.starts_with(ends)
        && text.ends_with(ends)
}

fn is_subdomain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(|part| DnsLabel::new(part).is_ok())
}

/// The letters and digits of an id in lower case, runs of others as one dash, at most `max_bytes`, with a dash behind.
/// Empty where nothing is left.
fn slug(id: &str, max_bytes: usize) -> String {
    let mut slug = String::new();
    for c in id.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() == max_bytes {
            break;
        }
    }
    if !slug.is_empty() && !slug.ends_with('-') {
        slug.push('-');
    }
    slug
}

/// 64 bits of SHA-256 in hex. Not a cheaper hash: whoever may choose an id must not be able to meet another's Job.
fn digest(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        // The length in front keeps ("ab", "c") and ("a", "bc") apart.
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
