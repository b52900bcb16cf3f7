//! The agent's mind: sync and pure, (facts, question) → decision.
//!
//! In the order in which an event meets them: [`moment`] (its place in the order), [`entry`] (what the log keeps of it),
//! [`head`] (the state after it), [`timeline`] (what it did), [`struggle`] (whether it is a sign that the student does not
//! get on), and [`roster`] (who may say so). Not here: reading and writing (`journal`, `alerts`, `views`).

pub mod entry;
pub mod head;
pub mod moment;
pub mod roster;
pub mod struggle;
pub mod timeline;
