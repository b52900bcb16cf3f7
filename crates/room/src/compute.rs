//! Runs a computation without stalling the threads that serve requests.
//!
//! A short text is worked on where it is. A long one goes to the blocking pool, as many at once as there are cores: the
//! others wait their turn, so that hostile bodies cannot fill memory with work in progress.

use std::sync::LazyLock;

use problem::Problem;
use tokio::sync::Semaphore;

/// Up to this size a computation is done in place: about a millisecond of work.
const IN_PLACE_MAX_BYTES: usize = 16 * 1024;

static CORES: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from)));

/// Runs `work` over an input of `size_bytes`. A panic in `work` is a 500.
pub async fn run<T, F>(size_bytes: usize, work: F) -> Result<T, Problem>
where
    T: Send + 'static,
    F: FnOnce() -> T + Send + 'static,
{
    if size_bytes <= IN_PLACE_MAX_BYTES {
        return Ok(work());
    }
    let turn = CORES.acquire().await.map_err(|closed| Problem::internal(closed.to_string()))?;
    // The turn ends with the work and not with the wait for it: a client that hangs up leaves the work running.
    let held = move || {
        let _turn = turn;
        work()
    };
    tokio::task::spawn_blocking(held).await.map_err(|died| Problem::internal(died.to_string()))
}
