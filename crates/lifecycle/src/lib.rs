//! From the first bind to the exit code.
//!
//! A process has one [`Shutdown`]. Its tasks run under it: [`Shutdown::spawn`] for whatever works in the background,
//! [`serve`] for HTTP. It stops in two stages: soft (take no more work, finish what is in hand), then hard (drop it). A
//! signal, a task that fails and a task that panics all begin the first; a second signal or the end of patience begins
//! the second. [`Shutdown::run`] waits for all of it and says how the process ends.
//!
//! Not here: what is served, and in which order a service's parts are put together (crate `agent-bus`).

mod bind;
mod server;
mod shutdown;
mod signals;

pub use bind::{BindError, bind};
pub use server::{ServerSettings, serve};
pub use shutdown::{Ending, Shutdown};
pub use signals::signals;
