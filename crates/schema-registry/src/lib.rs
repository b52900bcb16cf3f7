//! Events in Confluent's wire format, for a fleet that shares its topics with others: with a schema registry, the bytes on the
//! broker are `00`, the schema's id in four bytes with the high one first, and the body.
//!
//! Rooms know nothing of it: they encode single objects (`contracts::avro`) and are handed single objects. [`Framed`] stands
//! around the bus and translates on the way out and on the way in; the body is the same in both frames, so that nothing is
//! decoded. Dead letters, which a bus makes itself, go through the same gate.
//!
//! # Out
//!
//! A schema is registered once under `<topic>-<record's full name>` (Confluent's TopicRecordNameStrategy: a topic carries
//! several records), with the text of its file in `contracts/avro`. Whoever wants the same id at the same time shares one
//! question. A registry that is away, slow or refuses is [`bus::PublishError::Unavailable`]: the outbox keeps the message. What
//! is no single object of ours goes as it came.
//!
//! # In
//!
//! The id tells the schema, the schema's fingerprint the version, and that is what the room gets. Ids never change their
//! meaning, so that each is asked for once. An id that the registry does not know and a schema that this version does not
//! ship are dead letters of the type `schema`, with the original bytes, frame and all. While the registry is away the record
//! is held. What has no frame is handed on as it is: a fleet may change over with records of both kinds in its topics.
//!
//! `dead-letter.raw` holds records as they came, and passes as it is in both directions.
//!
//! Not here: single objects and schemas (crate `contracts`), brokers (the adapters of `bus`).

mod client;
mod frame;
mod framed;
mod framing;
mod once;
mod settings;

pub use frame::is_framed;
pub use framed::Framed;
pub use framing::{Framing, SCHEMAS_MAX, UNKNOWN_FOR, UnframeError};
pub use settings::{Settings, SettingsError};
