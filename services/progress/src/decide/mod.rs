//! The agent's mind: sync and pure, (facts, question) → decision.
//!
//! In the order in which an event meets them: [`moment`] (its place in the order), [`entry`] (what the log keeps of it),
//! [`head`] (the state after it), [`timeline`] (what it did), and [`roster`] (who may say so). Not here: reading and
//! writing (`journal`, `views`).

pub mod entry;
pub mod head;
pub mod moment;
pub mod roster;
pub mod timeline;
