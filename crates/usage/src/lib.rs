//! What a call costs in tokens, and the record of it.
//!
//! Tokens are counted by a real tokenizer, never estimated from constants; what a call saves is said against a baseline that is
//! an assumption, named so and settable. The learner's own text is left out of the count: a language model would have to
//! read it too. Records ([`Meter`]) are made off the request path, and may be lost under load; that is counted.
//!
//! Not here: which calls are recorded (crate `room`), what a language model costs in money.

mod body;
mod meter;
mod metrics;
mod pieces;
mod tokenizer;
pub mod verify;

pub use body::LEARNER_TEXT_FIELDS;
pub use meter::{Call, Meter, Settings, StartError, response_status};
pub use tokenizer::{BASELINE_TOKENS, TEXT_MAX_BYTES, Tokenizer, Tokens};
