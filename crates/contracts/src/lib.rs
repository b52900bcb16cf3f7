//! The wire types: ids, topics, events and their Avro encoding.
//!
//! Everything that crosses a process boundary as an event is defined here, once. Not here: how events travel
//! (crate `bus`), what they mean for a student (crate `agent-core`), HTTP request and response types (each room's routes).

pub mod avro;
pub mod events;
pub mod ids;
pub mod metadata;
pub mod topics;

pub use avro::DecodeError;
pub use events::Event;
pub use ids::{
    ClassId, Component, ErrorName, EventId, IdError, IdempotencyKey, ProblemId, QuestionId, StudentId,
    SubjectId,
};
pub use topics::Topic;
