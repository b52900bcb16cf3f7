//! Many who want the same answer at the same time share one question, and its answer, be it a failure.
//!
//! Not here: answers that are kept (`framing`).

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};

type Question<T> = Shared<BoxFuture<'static, T>>;

/// The questions that are being asked. As many as there are askers at most: a question goes with its last one.
pub(crate) struct Once<K: Eq + Hash + Copy, T: Clone> {
    asked: Mutex<HashMap<K, Question<T>>>,
}

impl<K: Eq + Hash + Copy, T: Clone> Once<K, T> {
    pub(crate) fn new() -> Self {
        Self { asked: Mutex::default() }
    }

    /// The answer to the question that is being asked about the key, or else to this one.
    pub(crate) async fn ask(&self, key: K, question: impl FnOnce() -> BoxFuture<'static, T>) -> T {
        let question = self.asked().entry(key).or_insert_with(|| question().shared()).clone();
        let asker = Asker { once: self, key, question };
        asker.question.clone().await
    }

    fn asked(&self) -> MutexGuard<'_, HashMap<K, Question<T>>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One who waits. The last to go, and the first to have the answer, takes the question down.
struct Asker<'a, K: Eq + Hash + Copy, T: Clone> {
    once: &'a Once<K, T>,
    key: K,
    question: Question<T>,
}

impl<K: Eq + Hash + Copy, T: Clone> Drop for Asker<'_, K, T> {
    fn drop(&mut self) {
        let mut asked = self.once.asked();
        // Two are this one and the one in the table: under its lock nobody else comes.
        let over = self.question.peek().is_some() || self.question.strong_count() == Some(2);
        if over && asked.get(&self.key).is_some_and(|question| question.ptr_eq(&self.question)) {
            asked.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use futures::poll;
    use tokio::sync::Semaphore;

    use super::*;

    /// A question that waits for the gate; its answer is how many were asked before it.
    fn question(gate: &Arc<Semaphore>, count: &Arc<AtomicU32>) -> BoxFuture<'static, u32> {
        let (gate, count) = (Arc::clone(gate), Arc::clone(count));
        async move {
            let number = count.fetch_add(1, Ordering::SeqCst);
            gate.acquire().await.unwrap().forget();
            number
        }
        .boxed()
    }

    #[tokio::test]
    async fn who_asks_at_the_same_time_shares_the_answer_and_who_comes_later_asks_again() {
        let (once, gate, count) = (Once::new(), Arc::new(Semaphore::new(0)), Arc::new(AtomicU32::new(0)));
        let askers = (0..9).map(|_| once.ask("a", || question(&gate, &count)));
        let mut together = futures::future::join_all(askers);
        assert!(poll!(&mut together).is_pending());
        gate.add_permits(1);
        assert_eq!(together.await, [0; 9]);
        gate.add_permits(1);
        assert_eq!(once.ask("a", || question(&gate, &count)).await, 1);
        assert!(once.asked().is_empty());
    }

    #[tokio::test]
    async fn a_question_goes_with_its_last_asker() {
        let (once, gate, count) = (Once::new(), Arc::new(Semaphore::new(0)), Arc::new(AtomicU32::new(0)));
        let mut first = Box::pin(once.ask("a", || question(&gate, &count)));
        let mut second = Box::pin(once.ask("a", || question(&gate, &count)));
        assert!(poll!(&mut first).is_pending() && poll!(&mut second).is_pending());
        drop(first);
        assert_eq!(once.asked().len(), 1);
        drop(second);
        assert!(once.asked().is_empty());
        assert_eq!(count.load(Ordering::SeqCst), 1);
    }
}
