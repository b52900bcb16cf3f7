//! The real sandboxes in a test: the program that was built beside it, and a pool of its processes.
//!
//! Not here: sandboxes that refuse, which are a few lines in the test that needs them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clock::RandomIds;
use sandbox::pool::{Lockdowned, Pool, Settings};

/// The program that runs learners' code: what AGENT_BUS_SANDBOX names, or what was built beside this test.
///
/// # Panics
/// If it is not there.
#[must_use]
pub fn sandbox_binary() -> PathBuf {
    let beside = || {
        let test = std::env::current_exe().expect("a test knows where it is");
        test.ancestors().nth(2).expect("a folder of what was built").join("agent-bus-sandbox")
    };
    let binary = std::env::var_os("AGENT_BUS_SANDBOX").map_or_else(beside, PathBuf::from);
    assert!(binary.exists(), "{} is not there: `cargo build -p sandbox-child` makes it", binary.display());
    binary
}

/// A pool with the patience of a test, under as much of a lockdown as this machine gives.
///
/// # Panics
/// If the program is not there.
#[must_use]
pub fn sandbox_pool() -> Pool {
    let settings = Settings {
        waiting_max: 1_000,
        wait_max: Duration::from_mins(5),
        lockdown: Lockdowned::BestEffort,
        ..Settings::new(sandbox_binary())
    };
    Pool::start(settings, Arc::new(RandomIds), Arc::new(()))
}
