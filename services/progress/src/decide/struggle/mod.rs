//! Struggle: the five signs that a student does not get on with a component, and the alerts that follow from them.
//!
//! Each sign is a rule in a file of its own: it takes the facts one by one, in the order (occurred_at, event id), and says
//! when they show it. [`state`] runs the rules, opens an alert where a sign is shown and closes it where the student gets
//! on; [`notes`] is what is kept of a student and component: facts may come in any order and any number of times.
//!
//! Signs look back over a day and no further: three errors in a year are none. Not here: who is told and how (`alerts`).

pub mod alert;
pub mod asked_for_help;
pub mod fact;
pub mod failed_in_a_row;
pub mod gentle;
pub mod long_open;
pub mod low_quiz;
pub mod notes;
pub mod repeated_error;
pub mod state;

/// How far back a sign looks. A sign that is older is no news either.
pub const WINDOW_MS: i64 = 24 * 60 * 60 * 1000;
/// So long after an alert was closed there is no other of the same cause.
pub const COOL_DOWN_MS: i64 = 60 * 60 * 1000;

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
