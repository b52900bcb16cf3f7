//! The schemas that this binary ships, found by fingerprint.
//!
//! Not here: how a field becomes bytes (`write`) or a value (`read`).

use std::io::Read;
use std::sync::LazyLock;

use apache_avro::error::Details;
use apache_avro::headers::{HeaderBuilder, RabinFingerprintHeader};
use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::types;
use apache_avro::{AvroResult, Schema};
use serde_json::Value;

use super::{DEAD_LETTER_MAX_BYTES, DecodeError, EVENT_MAX_BYTES, Fingerprint, Shipped, read};
use crate::events::Event;

/// Marker and fingerprint.
pub(super) const HEADER_BYTES: usize = 10;

/// The two bytes that open every single object.
pub(super) const MARKER: [u8; 2] = [0xC3, 0x01];

/// Longest text taken from the Avro library's own errors: it may quote the record.
const CAUSE_MAX_CHARS: usize = 200;

/// What the Avro library says, cut to its longest.
pub(super) fn cause(error: &apache_avro::Error) -> String {
    error.to_string().chars().take(CAUSE_MAX_CHARS).collect()
}

/// Which event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    ExerciseGraded,
    QuizAnswered,
    CodeReviewed,
    StudentProgress,
    StudentErased,
    AgentResponse,
    ErrorEvent,
    CodeAnalyzed,
    ExerciseOpened,
    LearnerSaid,
    StruggleDetected,
}

macro_rules! current {
    ($($kind:ident),*) => {
        [$((Kind::$kind, include_str!(concat!("../../../../contracts/avro/", stringify!($kind), ".avsc")))),*]
    };
}

/// What is written, one for each kind, in the kinds' order.
const CURRENT: [(Kind, &str); 11] = current!(
    ExerciseGraded,
    QuizAnswered,
    CodeReviewed,
    StudentProgress,
    StudentErased,
    AgentResponse,
    ErrorEvent,
    CodeAnalyzed,
    ExerciseOpened,
    LearnerSaid,
    StruggleDetected
);

/// What was written by releases and is no more: `(Kind, include_str!(".../released/<version>/<Kind>.avsc"))`. A schema
/// that has not changed since needs no line; a test names the line that is missing.
const OLDER: [(Kind, &str); 0] = [];

impl Kind {
    pub(super) fn of(event: &Event) -> Self {
        match event {
            Event::ExerciseGraded(_) => Self::ExerciseGraded,
            Event::QuizAnswered(_) => Self::QuizAnswered,
            Event::CodeReviewed(_) => Self::CodeReviewed,
            Event::StudentProgress(_) => Self::StudentProgress,
            Event::StudentErased(_) => Self::StudentErased,
            Event::AgentResponse(_) => Self::AgentResponse,
            Event::ErrorEvent(_) => Self::ErrorEvent,
            Event::CodeAnalyzed(_) => Self::CodeAnalyzed,
            Event::ExerciseOpened(_) => Self::ExerciseOpened,
            Event::LearnerSaid(_) => Self::LearnerSaid,
            Event::StruggleDetected(_) => Self::StruggleDetected,
        }
    }

    /// The schema's name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::ExerciseGraded => "ExerciseGraded",
            Self::QuizAnswered => "QuizAnswered",
            Self::CodeReviewed => "CodeReviewed",
            Self::StudentProgress => "StudentProgress",
            Self::StudentErased => "StudentErased",
            Self::AgentResponse => "AgentResponse",
            Self::ErrorEvent => "ErrorEvent",
            Self::CodeAnalyzed => "CodeAnalyzed",
            Self::ExerciseOpened => "ExerciseOpened",
            Self::LearnerSaid => "LearnerSaid",
            Self::StruggleDetected => "StruggleDetected",
        }
    }

    fn max_bytes(self) -> usize {
        if self == Self::ErrorEvent { DEAD_LETTER_MAX_BYTES } else { EVENT_MAX_BYTES }
    }
}

/// One version of one schema.
struct Version {
    kind: Kind,
    /// The schema's file.
    text: &'static str,
    /// The record's name in its namespace.
    full_name: &'static str,
    header: [u8; HEADER_BYTES],
    reader: GenericDatumReader<'static>,
}

impl Version {
    fn new(
        kind: Kind,
        text: &'static str,
        schema: &'static Schema,
        reader: GenericDatumReader<'static>,
    ) -> AvroResult<Self> {
        let full_name = schema.name().map_or_else(|| kind.name(), AsRef::as_ref);
        Ok(Self { kind, text, full_name, header: header(text)?, reader })
    }
}

/// Every version that can be read.
pub(super) struct Schemas {
    /// The current ones first, in the kinds' order.
    versions: Vec<Version>,
}

/// What this binary ships.
#[expect(clippy::expect_used, reason = "the schemas are part of the binary: a test loads them")]
pub(super) static SHIPPED: LazyLock<Schemas> =
    LazyLock::new(|| Schemas::load(&CURRENT, &OLDER).expect("the schemas that are compiled in are valid"));

impl Schemas {
    /// The readers live as long as the process and borrow their schemas: these are leaked, once.
    fn load(current: &[(Kind, &'static str)], older: &[(Kind, &'static str)]) -> AvroResult<Self> {
        // A process-wide limit on what one length field may claim; the first caller sets it.
        apache_avro::util::max_allocation_bytes(DEAD_LETTER_MAX_BYTES);
        let mut versions = Vec::with_capacity(current.len() + older.len());
        let mut current_schemas: Vec<(Kind, &'static Schema)> = Vec::with_capacity(current.len());
        for (kind, text) in current {
            let schema: &'static Schema = Box::leak(Box::new(Schema::parse_str(text)?));
            current_schemas.push((*kind, schema));
            let reader = GenericDatumReader::builder(schema).build()?;
            versions.push(Version::new(*kind, text, schema, reader)?);
        }
        for (kind, text) in older {
            let schema: &'static Schema = Box::leak(Box::new(Schema::parse_str(text)?));
            let current = current_schemas.iter().find(|(known, _)| known == kind).map(|(_, schema)| *schema);
            let reader = GenericDatumReader::builder(schema).maybe_reader_schema(current).build()?;
            versions.push(Version::new(*kind, text, schema, reader)?);
        }
        Ok(Self { versions })
    }

    /// The header that opens an event of the kind.
    pub(super) fn header(&self, kind: Kind) -> [u8; HEADER_BYTES] {
        self.versions[kind as usize].header
    }

    /// The kind that the header names.
    pub(super) fn kind(&self, bytes: &[u8]) -> Option<Kind> {
        self.version(bytes).map(|version| version.kind)
    }

    /// The version of the fingerprint, as it is told to others.
    pub(super) fn shipped(&self, fingerprint: Fingerprint) -> Option<Shipped> {
        let version = self.versions.iter().find(|version| version.header[MARKER.len()..] == fingerprint.0)?;
        Some(Shipped { event: version.kind.name(), record: version.full_name, schema: version.text })
    }

    fn version(&self, bytes: &[u8]) -> Option<&Version> {
        let header = bytes.first_chunk::<HEADER_BYTES>()?;
        self.versions.iter().find(|version| version.header == *header)
    }

    pub(super) fn decode(&self, bytes: &[u8]) -> Result<Event, DecodeError> {
        let (kind, value) = self.value(bytes)?;
        read::event(kind, value)
    }

    /// What the bytes hold, whether or not its values are in their range.
    pub(super) fn value(&self, bytes: &[u8]) -> Result<(Kind, types::Value), DecodeError> {
        if !bytes.starts_with(&MARKER) {
            return Err(DecodeError::Schema("no single-object header".to_owned()));
        }
        let Some(version) = self.version(bytes) else {
            return Err(DecodeError::Schema("no schema of this fingerprint".to_owned()));
        };
        let (name, max_bytes) = (version.kind.name(), version.kind.max_bytes());
        if bytes.len() > max_bytes {
            let problem = format!("{name} of {} bytes, at most {max_bytes} are read", bytes.len());
            return Err(DecodeError::Schema(problem));
        }
        let mut body = Body { rest: &bytes[HEADER_BYTES..], overrun: false };
        let value = version.reader.read_value(&mut body);
        if body.overrun {
            return Err(DecodeError::Schema(format!("{name} ends early")));
        }
        let value = value.map_err(|error| DecodeError::Schema(format!("{name}: {}", cause(&error))))?;
        if !body.rest.is_empty() {
            return Err(DecodeError::Schema(format!("{} bytes after {name}", body.rest.len())));
        }
        Ok((version.kind, value))
    }
}

/// Marker and fingerprint of a schema.
pub(super) fn header(schema: &str) -> AvroResult<[u8; HEADER_BYTES]> {
    let mut plain = serde_json::from_str(schema).map_err(Details::ParseSchemaJson)?;
    strip(&mut plain);
    let built = RabinFingerprintHeader::from_schema(&Schema::parse(&plain)?).build_header();
    let mut header = [0; HEADER_BYTES];
    header.iter_mut().zip(built).for_each(|(slot, byte)| *slot = byte);
    Ok(header)
}

/// What a canonical form is made from.
const CANONICAL: [&str; 8] = ["type", "name", "namespace", "fields", "symbols", "items", "values", "size"];

/// Leaves what the canonical form is made from. Logical types must go here: `{"type": "long", "logicalType":
/// "timestamp-millis"}` is `"long"` in that form, and the Avro library makes it `{"type": "long"}`, which gives a fingerprint
/// that no other implementation computes. Aliases must, too: the library's memory grows with the square of their number.
fn strip(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.retain(|name, _| CANONICAL.contains(&name.as_str()));
            members.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

/// Bytes that remember whether somebody asked for more than there were: the Avro library reads null, and no error, where
/// a text or a union is cut off.
struct Body<'a> {
    rest: &'a [u8],
    overrun: bool,
}

impl Read for Body<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.rest.read(buffer)?;
        self.overrun |= read < buffer.len();
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use apache_avro::writer::datum::GenericDatumWriter;

    use super::*;

    /// As StudentErased might have been: no version, and a time in whole seconds as an int.
    const ERASED_BEFORE: &str = r#"{
        "type": "record", "name": "StudentErased", "namespace": "agentbus.events", "fields": [
            { "name": "student_id", "type": "string" },
            { "name": "event_id", "type": "string" },
            { "name": "timestamp", "type": "int" }
        ]
    }"#;

    /// As it might become: reordered, a wider time, what is new has a default.
    const ERASED_AFTER: &str = r#"{
        "type": "record", "name": "StudentErased", "namespace": "agentbus.events", "fields": [
            { "name": "event_id", "type": "string" },
            { "name": "event_type", "type": "string", "default": "student.erased" },
            { "name": "timestamp", "type": { "type": "long", "logicalType": "timestamp-millis" } },
            { "name": "version", "type": "string", "default": "1.0" },
            { "name": "student_id", "type": "string" }
        ]
    }"#;

    #[test]
    fn the_kinds_are_in_the_order_of_their_schemas() {
        for (place, (kind, _)) in CURRENT.iter().enumerate() {
            assert_eq!(*kind as usize, place);
            assert_eq!(SHIPPED.versions[place].kind, *kind);
        }
    }

    #[test]
    fn what_an_older_schema_wrote_is_read_as_the_current_one() {
        let schemas =
            Schemas::load(&[(Kind::StudentErased, ERASED_AFTER)], &[(Kind::StudentErased, ERASED_BEFORE)])
                .unwrap();
        let written = types::Value::Record(vec![
            ("student_id".into(), types::Value::String("ada".into())),
            ("event_id".into(), types::Value::String("0b9c1f6e-2a51-4d0e-9f43-5d6b7a8c9e06".into())),
            ("timestamp".into(), types::Value::Int(1_767_225)),
        ]);
        let before = Schema::parse_str(ERASED_BEFORE).unwrap();
        let mut bytes = RabinFingerprintHeader::from_schema(&before).build_header();
        bytes.extend(
            GenericDatumWriter::builder(&before).build().unwrap().write_value_to_vec(written).unwrap(),
        );

        let Event::StudentErased(erased) = schemas.decode(&bytes).unwrap() else { panic!("another event") };
        assert_eq!(erased.student_id.as_str(), "ada");
        assert_eq!(erased.timestamp.as_millisecond(), 1_767_225);
        assert!(matches!(SHIPPED.decode(&bytes), Err(DecodeError::Schema(_))), "it is no schema of ours");
    }
}
