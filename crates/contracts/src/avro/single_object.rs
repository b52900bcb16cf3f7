//! A single object taken apart and put together again, for who carries the body in another frame.
//!
//! Not here: what is in a body (`read`, `write`), other frames (crate `schema-registry`).

use std::fmt;

use bytes::{BufMut, Bytes, BytesMut};

use super::schemas::{HEADER_BYTES, MARKER, SHIPPED, cause, header};

/// The longest schema of which a fingerprint is computed, in bytes. Ours take a tenth of it.
pub const SCHEMA_MAX_BYTES: usize = 64 << 10;

/// What tells one schema from another: CRC-64-AVRO of its parsing canonical form, in the order of the wire, low byte first.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub(super) [u8; 8]);

/// A text that is no Avro schema. With the reason.
#[derive(Debug, thiserror::Error)]
#[error("no Avro schema: {0}")]
pub struct NoSchema(String);

/// A version of a schema that this binary ships: it can be read, and if it is the current one it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shipped {
    /// The event's name: `QuizAnswered`.
    pub event: &'static str,
    /// The record's full name: `agentbus.events.QuizAnswered`.
    pub record: &'static str,
    /// The schema as JSON, with what a canonical form leaves out: defaults, logical types, documentation.
    pub schema: &'static str,
}

impl Fingerprint {
    /// The fingerprint of a schema's text, whoever wrote it. Documentation, defaults, logical types and layout do not count.
    ///
    /// # Errors
    /// When the text is no schema, or is longer than [`SCHEMA_MAX_BYTES`].
    pub fn of(schema: &str) -> Result<Self, NoSchema> {
        if schema.len() > SCHEMA_MAX_BYTES {
            return Err(NoSchema(format!("{} bytes, at most {SCHEMA_MAX_BYTES} are read", schema.len())));
        }
        let header = header(schema).map_err(|error| NoSchema(cause(&error)))?;
        let mut fingerprint = [0; 8];
        fingerprint.copy_from_slice(&header[MARKER.len()..]);
        Ok(Self(fingerprint))
    }
}

impl fmt::Debug for Fingerprint {
    /// As a number, in hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_le_bytes(self.0))
    }
}

/// Fingerprint and body of a single object, whoever's schema it is. `None` where the bytes do not open like one.
#[must_use]
pub fn split(bytes: &[u8]) -> Option<(Fingerprint, &[u8])> {
    let (fingerprint, body) = bytes.strip_prefix(&MARKER)?.split_first_chunk()?;
    Some((Fingerprint(*fingerprint), body))
}

/// The single object of a fingerprint and a body: what [`split`] takes apart.
#[must_use]
pub fn join(fingerprint: Fingerprint, body: &[u8]) -> Bytes {
    let mut bytes = BytesMut::with_capacity(HEADER_BYTES + body.len());
    bytes.put_slice(&MARKER);
    bytes.put_slice(&fingerprint.0);
    bytes.put_slice(body);
    bytes.freeze()
}

/// The schema of that fingerprint, if this binary ships it.
#[must_use]
pub fn shipped(fingerprint: Fingerprint) -> Option<Shipped> {
    SHIPPED.shipped(fingerprint)
}
