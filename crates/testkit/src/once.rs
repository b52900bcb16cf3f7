//! Waiting for a condition: the one loop that looks again. What becomes of a test whose time is up is its own to say.

use std::time::Duration;

/// The pause between two looks.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Looks again and again until there is something; nothing where that does not come within the time.
pub async fn once<T>(within: Duration, mut look: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let looking = async {
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    tokio::time::timeout(within, looking).await.ok()
}
