//! Avro value to JSON, for people: times as text, bytes as hexadecimal digits, numbers that JSON does not know as text.
//!
//! Not here: the way to an event (`read`).

use apache_avro::types::Value;
use jiff::Timestamp;
use serde_json::Value as Json;

/// The value as JSON. Every value has one.
pub(super) fn json(value: Value) -> Json {
    match value {
        Value::Boolean(yes) => yes.into(),
        Value::Int(number) => number.into(),
        Value::Long(number) => number.into(),
        Value::Double(number) if number.is_finite() => number.into(),
        Value::Double(number) => number.to_string().into(),
        Value::String(text) | Value::Enum(_, text) => text.into(),
        Value::Bytes(bytes) => hexadecimal(&bytes).into(),
        Value::Union(_, inner) => json(*inner),
        Value::Array(items) => items.into_iter().map(json).collect(),
        Value::Map(members) => members.into_iter().map(|(name, value)| (name, json(value))).collect(),
        Value::Record(fields) => fields.into_iter().map(|(name, value)| (name, json(value))).collect(),
        Value::TimestampMillis(at_ms) => match Timestamp::from_millisecond(at_ms) {
            Ok(at) => at.to_string().into(),
            // A time that no calendar has.
            Err(_) => at_ms.into(),
        },
        Value::Null => Json::Null,
        // No schema of ours has another type; should one come to have it, it is shown as the library shows it.
        other => format!("{other:?}").into(),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
