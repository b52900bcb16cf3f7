//! The examples in contracts/avro, as bytes: one single object for each file.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use contracts::{Event, Topic, avro};

/// One example.
pub(crate) struct Example {
    /// The file's name without its end: `StruggleDetected.no-exercise`.
    pub(crate) name: String,
    pub(crate) topic: Topic,
    /// The single object.
    pub(crate) object: Bytes,
}

impl Example {
    /// The event's name.
    pub(crate) fn event(&self) -> &str {
        self.name.split('.').next().unwrap()
    }

    /// What a registry calls it.
    pub(crate) fn subject(&self) -> String {
        format!("{}-agentbus.events.{}", self.topic, self.event())
    }

    /// What is behind marker and fingerprint.
    pub(crate) fn body(&self) -> &[u8] {
        &self.object[10..]
    }
}

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contracts/avro")
}

/// All examples, in the order of their names.
pub(crate) fn all() -> Vec<Example> {
    let entries = std::fs::read_dir(folder().join("examples")).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = entries.filter(|path| path.extension().is_some_and(|end| end == "hex")).collect();
    paths.sort();
    let examples: Vec<_> = paths.iter().map(|path| read(path)).collect();
    assert!(examples.len() >= 11, "every event has an example");
    examples
}

/// The example of that name.
pub(crate) fn named(name: &str) -> Example {
    read(&folder().join("examples").join(format!("{name}.hex")))
}

/// The bytes of a file of digits.
pub(crate) fn hex(path: &Path) -> Bytes {
    let text = std::fs::read_to_string(path).unwrap();
    let digits: Vec<u8> = text.trim_end().chars().map(|digit| digit.to_digit(16).unwrap() as u8).collect();
    digits.chunks(2).map(|pair| (pair[0] << 4) | pair[1]).collect()
}

fn read(path: &Path) -> Example {
    let object = hex(path);
    let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
    Example { name, topic: topic(&object), object }
}

/// Where such an event goes.
fn topic(object: &Bytes) -> Topic {
    match avro::decode(object).unwrap() {
        Event::StudentProgress(_) | Event::StudentErased(_) => Topic::LearningEvents,
        Event::AgentResponse(_) => Topic::AgentResponses,
        Event::ErrorEvent(_) => Topic::DeadLetterQueue,
        Event::StruggleDetected(_) => Topic::StruggleAlerts,
        _ => Topic::LearningEvidence,
    }
}
