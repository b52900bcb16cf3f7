//! Events as bytes: Avro single-object encoding (C3 01, CRC-64-AVRO fingerprint, body).
//!
//! The fingerprint tells the schema, so a binary reads every version it ships without a registry. What is read in an older
//! version is resolved to the current one. The schemas are `contracts/avro/*.avsc`; how one changes is told beside them.

use bytes::Bytes;

use crate::events::Event;

mod read;
mod schemas;
mod show;
mod single_object;
mod write;

use schemas::{Kind, SHIPPED};
pub use single_object::{Fingerprint, NoSchema, SCHEMA_MAX_BYTES, Shipped, join, shipped, split};

/// The largest event that is decoded, in bytes: what a 1 MiB request can cause, and room for what stands around it.
pub const EVENT_MAX_BYTES: usize = (1 << 20) + (64 << 10);

/// The largest dead letter that is decoded, in bytes: it holds a record that may itself have been too large for an event, as
/// long as a broker takes it ([`Topic::record_max_bytes`](crate::Topic::record_max_bytes)).
pub const DEAD_LETTER_MAX_BYTES: usize = 8 << 20;

/// Why bytes are not an event.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// Not single-object encoded, an unknown fingerprint, or a body that does not fit its schema. Error type `schema`.
    #[error("not a known event: {0}")]
    Schema(String),
    /// The schema fits, a value does not: a score outside [0, 1], an id that is none. Error type `validation`.
    #[error("{field}: {problem}")]
    Validation {
        /// The event's name.
        event: &'static str,
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
}

/// The event as bytes. The same event gives the same bytes each time.
#[must_use]
pub fn encode(event: &Event) -> Bytes {
    let header = SHIPPED.header(Kind::of(event));
    write::event(header, event).into()
}

/// The event in the bytes.
///
/// Total: whatever the bytes, it returns, in time and memory bounded by [`DEAD_LETTER_MAX_BYTES`].
///
/// # Errors
/// [`DecodeError::Schema`] where the bytes cannot be read to their end, [`DecodeError::Validation`] where a value is out of
/// its range.
pub fn decode(bytes: &[u8]) -> Result<Event, DecodeError> {
    SHIPPED.decode(bytes)
}

/// The event in the bytes as JSON, for somebody who looks at it: a value out of its range is shown as it is.
///
/// # Errors
/// [`DecodeError::Schema`] where the bytes cannot be read to their end.
pub fn show(bytes: &[u8]) -> Result<serde_json::Value, DecodeError> {
    SHIPPED.value(bytes).map(|(_, value)| show::json(value))
}

/// The name of the event in the bytes, by the fingerprint alone. `None` where it is not known.
#[must_use]
pub fn event_name(bytes: &[u8]) -> Option<&'static str> {
    SHIPPED.kind(bytes).map(Kind::name)
}
