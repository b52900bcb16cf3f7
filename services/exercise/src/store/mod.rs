//! What this room keeps, one document kind a file. A problem is durable before it is shown, and a verdict before it is
//! told; with each goes out what the others must hear.
//!
//! Not here: choosing and judging (`decide`), the words of the events (`outbox`).

pub(crate) mod assignment;
pub(crate) mod learner;
pub(crate) mod problem;
