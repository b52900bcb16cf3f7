//! What an adapter's writer takes at once: the writes that wait go together, so that the price of a COMMIT is shared.
//!
//! For adapters that commit several changes in one transaction. Not here: what is decided about them ([`crate::plan`]), and
//! the transaction (the adapters).

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::Change;

/// The most changes that share one COMMIT.
pub const BATCH_MAX: usize = 256;

/// The most changes that wait for a writer; whoever comes later waits for a place.
pub const WAITING_MAX: usize = 1024;

/// How long messages that the bus has taken may wait for a change to share a COMMIT with. They are forgotten late at no
/// loss: a crash in between publishes them again, as it may anyway.
const FORGET_WITHIN: Duration = Duration::from_millis(20);

/// What is written.
pub enum Work {
    /// A room's change.
    Change(Box<Change>),
    /// Messages that the bus has taken.
    Published(Vec<i64>),
}

/// A write, with whatever the adapter needs to answer it.
pub trait Waiting {
    /// What is written.
    fn work(&self) -> &Work;
}

/// What a writer is asked to do.
pub enum Job<W, O> {
    /// Write.
    Write(W),
    /// Something else, once what came before is written.
    Order(O),
}

/// What is to be done next: the writes in one transaction, then the order.
pub struct Gathered<W, O> {
    /// In the order in which they came.
    pub writes: Vec<W>,
    /// What came behind them.
    pub order: Option<O>,
}

/// A writer's queue. Dropped, it drops what waits in it, and whoever waits for an answer sees that.
pub struct Gather<W, O> {
    waiting: mpsc::Receiver<Job<W, O>>,
    /// Taken out of the queue and not given yet.
    taken: VecDeque<Job<W, O>>,
}

impl<W: Waiting, O> Gather<W, O> {
    /// The queue of a writer.
    #[must_use]
    pub fn new(waiting: mpsc::Receiver<Job<W, O>>) -> Self {
        Self { waiting, taken: VecDeque::new() }
    }

    /// Waits for something to do; `None` when nobody is left who could ask.
    pub async fn next(&mut self) -> Option<Gathered<W, O>> {
        let mut writes: Vec<W> = Vec::new();
        let mut jobs = Vec::new();
        loop {
            while let Some(job) = self.taken.pop_front() {
                match job {
                    Job::Write(write) => writes.push(write),
                    Job::Order(order) => return Some(Gathered { writes, order: Some(order) }),
                }
            }
            let can_wait = writes.iter().all(|write| matches!(write.work(), Work::Published(_)));
            if !can_wait || writes.len() >= BATCH_MAX {
                return Some(Gathered { writes, order: None });
            }
            let patience = if writes.is_empty() { Duration::MAX } else { FORGET_WITHIN };
            match timeout(patience, self.waiting.recv_many(&mut jobs, BATCH_MAX)).await {
                Ok(0) if writes.is_empty() => return None,
                Ok(0) | Err(_) => return Some(Gathered { writes, order: None }),
                Ok(_) => self.taken.extend(jobs.drain(..)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Said(u32, Work);

    impl Waiting for Said {
        fn work(&self) -> &Work {
            &self.1
        }
    }

    fn change(number: u32) -> Job<Said, char> {
        Job::Write(Said(number, Work::Change(Box::default())))
    }

    fn published(number: u32) -> Job<Said, char> {
        Job::Write(Said(number, Work::Published(vec![])))
    }

    async fn next(gather: &mut Gather<Said, char>) -> Option<(Vec<u32>, Option<char>)> {
        let Gathered { writes, order } = gather.next().await?;
        Some((writes.iter().map(|write| write.0).collect(), order))
    }

    #[tokio::test(start_paused = true)]
    async fn what_waits_goes_together_up_to_an_order() {
        let (jobs, waiting) = mpsc::channel(WAITING_MAX);
        let mut gather = Gather::new(waiting);
        for job in [change(1), published(2), Job::Order('a'), Job::Order('b'), change(3)] {
            assert!(jobs.send(job).await.is_ok());
        }
        drop(jobs);
        assert_eq!(next(&mut gather).await, Some((vec![1, 2], Some('a'))));
        assert_eq!(next(&mut gather).await, Some((vec![], Some('b'))));
        assert_eq!(next(&mut gather).await, Some((vec![3], None)));
        assert_eq!(next(&mut gather).await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn published_messages_wait_for_a_change_but_not_for_ever() {
        let (jobs, waiting) = mpsc::channel(WAITING_MAX);
        let mut gather = Gather::new(waiting);
        assert!(jobs.send(published(1)).await.is_ok());
        assert_eq!(next(&mut gather).await, Some((vec![1], None)), "nothing came");
        assert!(jobs.send(published(2)).await.is_ok());
        let later = async {
            tokio::time::sleep(FORGET_WITHIN / 2).await;
            assert!(jobs.send(change(3)).await.is_ok());
        };
        let (together, ()) = tokio::join!(next(&mut gather), later);
        assert_eq!(together, Some((vec![2, 3], None)));
    }

    #[tokio::test(start_paused = true)]
    async fn no_batch_is_without_end() {
        let (jobs, waiting) = mpsc::channel(WAITING_MAX);
        let mut gather = Gather::new(waiting);
        for number in 0..600 {
            assert!(jobs.send(change(number)).await.is_ok());
        }
        let mut sizes = Vec::new();
        for _ in 0..3 {
            sizes.extend(next(&mut gather).await.map(|(writes, _)| writes.len()));
        }
        assert_eq!(sizes, [BATCH_MAX, BATCH_MAX, 600 - 2 * BATCH_MAX]);
    }
}
