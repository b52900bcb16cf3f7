//! The pool with real children: programs that harm, programs that reach out, many at once. Where a real child does not
//! misbehave on demand, a script stands in for it (`strange`). How real ones live and die together is in `kin`.
//!
//! Not here: what a child makes of programs that mean well (the tests of the child), and the reading of single lines
//! (crate `sandbox`).
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test: what is not there or not so must stop it")]

mod escapes;
mod ground;
mod hostile;
mod kin;
mod places;
mod stand_in;
mod strange;
