//! How an event gets into a student's log: it waits in the student's lane, is decided on, and committed with all that it
//! causes; again if somebody was faster. Nothing is answered before it is durable.
//!
//! In reading order: [`lanes`] (who waits for whom), [`writer`] (read, decide, commit), [`draft`] (what a commit holds),
//! [`erase`] (the end of it all).
//! Not here: what an event does to a head (`decide`), who may say it (`routes`), what the bus is told when it fails
//! (`inbox`).

mod draft;
mod erase;
mod lanes;
mod writer;

use std::collections::HashSet;
use std::sync::Arc;

use agent_core::mastery::{Fact, Scores};
use bus::Headers;
use contracts::{Component, EventId, IdempotencyKey, StudentId, SubjectId};
use jiff::Timestamp;
use ledger::LedgerError;
use tokio::sync::oneshot;

use crate::error::ProgressError;
use crate::ports::Ports;
use crate::views::{Answered, about};
use lanes::{Job, Lanes};
use writer::Writer;

/// Something that happened, before it has its place in a log.
#[derive(Debug, Clone)]
pub(crate) struct Incoming {
    /// To whom.
    pub(crate) student_id: StudentId,
    /// In what.
    pub(crate) component: Component,
    /// What.
    pub(crate) fact: Fact,
    /// Who says so.
    pub(crate) origin: Origin,
    /// Correlation and trace of what caused it.
    pub(crate) headers: Headers,
}

/// Who says that something happened.
#[derive(Debug, Clone)]
pub(crate) enum Origin {
    /// An agent that saw it.
    Evidence {
        /// The event that told.
        event_id: EventId,
        /// When it was seen.
        occurred_at: Timestamp,
    },
    /// Somebody, now.
    Said {
        /// Who.
        by: SubjectId,
        /// The request's key, so that it may be sent twice.
        key: Option<IdempotencyKey>,
    },
    /// Somebody, then: it was in the log before, and is put there again.
    Restored(Restored),
}

/// What is known of an event that was in the log before.
#[derive(Debug, Clone)]
pub(crate) struct Restored {
    /// The event it was.
    pub(crate) event_id: EventId,
    /// When it happened.
    pub(crate) occurred_at: Timestamp,
    /// Who said so, where it was no evidence.
    pub(crate) by: Option<SubjectId>,
    /// The key that it came under.
    pub(crate) key: Option<IdempotencyKey>,
    /// The scores that it was answered with; what the log comes to where they are not known.
    pub(crate) breakdown: Option<Scores>,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Recorded {
    /// It is in the log.
    New(Answered),
    /// It was said before under the same key: what was answered then.
    Repeated(Answered),
    /// It was accepted before.
    Known,
    /// It happened before the student was erased.
    Void,
    /// The target is what it was.
    Unchanged,
}

/// A student's data is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Erased {
    /// The event that tells the others.
    pub(crate) event_id: EventId,
    /// Events up to this moment are void.
    pub(crate) erased_at: Timestamp,
}

/// An erasure that was told before.
#[derive(Debug, Clone)]
pub(crate) struct ErasedThen {
    /// Who was erased.
    pub(crate) student_id: StudentId,
    /// The event that told.
    pub(crate) told: EventId,
    /// Events up to this moment are void.
    pub(crate) erased_at: Timestamp,
    /// Of later ones these, which were there then.
    pub(crate) void: Arc<HashSet<EventId>>,
}

impl Incoming {
    fn about(&self) -> String {
        about(&self.student_id, &self.component)
    }

    /// The key of a post of scores, and the scores.
    fn keyed_scores(&self) -> Option<(&IdempotencyKey, Scores)> {
        let key = match &self.origin {
            Origin::Evidence { .. } => None,
            Origin::Said { key, .. } | Origin::Restored(Restored { key, .. }) => key.as_ref(),
        };
        match &self.fact {
            Fact::ExplicitScores { scores } => key.map(|key| (key, *scores)),
            _ => None,
        }
    }
}

/// Writes the logs.
pub(crate) struct Journal {
    writer: Arc<Writer>,
    lanes: Lanes,
}

impl Journal {
    pub(crate) fn new(ports: &Ports) -> Self {
        Self { writer: Arc::new(Writer::new(ports)), lanes: Lanes::new() }
    }

    /// Puts it into the log, once. Durable when it returns.
    pub(crate) async fn record(&self, incoming: Incoming) -> Result<Recorded, ProgressError> {
        let student_id = incoming.student_id.clone();
        self.done(&student_id, |reply| Job::Record { incoming, reply }).await
    }

    /// Deletes all that is kept about a student and tells everybody. Durable when it returns.
    pub(crate) async fn erase(
        &self,
        student_id: StudentId,
        headers: Headers,
    ) -> Result<Erased, ProgressError> {
        let lane_of = student_id.clone();
        self.done(&lane_of, |reply| Job::Erase { student_id, headers, reply }).await
    }

    /// Erases a student as of an earlier moment, when it was told: what happened since stays. The other agents are told
    /// again, under the event's own id. Whether that was news here. Durable when it returns.
    pub(crate) async fn erase_as_of(&self, erased: ErasedThen) -> Result<bool, ProgressError> {
        let lane_of = erased.student_id.clone();
        self.done(&lane_of, |reply| Job::EraseAsOf { erased, reply }).await
    }

    async fn done<T>(
        &self,
        student_id: &StudentId,
        job: impl FnOnce(oneshot::Sender<Result<T, ProgressError>>) -> Job,
    ) -> Result<T, ProgressError> {
        let (reply, answer) = oneshot::channel();
        self.lanes.submit(&self.writer, student_id, job(reply))?;
        let broken = |_| LedgerError::Unavailable("the student's lane broke off".to_owned());
        answer.await.map_err(broken)?
    }
}
