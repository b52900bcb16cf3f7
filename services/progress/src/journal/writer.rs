//! Read, decide, commit: what a lane does with what waits in it.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use agent_core::mastery::{Dated, Fact, Level, Mastery, Moment, State, Target};
use clock::{Clock, Ids};
use contracts::{Component, StudentId};
use futures::future::join_all;
use jiff::Timestamp;
use ledger::{Document, Expected, Ledger, LedgerError, Outcome, Version, retry};

use super::draft::Draft;
use super::lanes::{Heads, Job, Reply};
use super::{Incoming, Origin, Recorded, Restored};
use crate::decide::entry::just_before;
use crate::decide::head::{Folding, Head};
use crate::decide::moment;
use crate::error::ProgressError;
use crate::ports::{LearningObserver, Ports};
use crate::views::{self, Answered, HEAD, Log, POSTED, Posted, Student};
use crate::walk::{Walk, corrupt};

/// A log, its head, and what the next change must find unchanged.
pub(super) struct Located {
    log: Log,
    head: Head,
    erased_at: Option<Timestamp>,
    place: Place,
}

/// Where a log stands.
pub(super) enum Place {
    /// It is there, its head at this version.
    Open(Version),
    /// It is to be begun: the student's document, and what is expected of it.
    New(Student, Expected),
    /// It is to be begun, and the student's document is written with something else.
    Begun,
}

impl Place {
    fn after_commit(&self) -> Self {
        Self::Open(match self {
            Self::Open(version) => version + 1,
            Self::New(..) | Self::Begun => 1,
        })
    }
}

impl Located {
    pub(super) fn student_id(&self) -> &StudentId {
        &self.head.student_id
    }
}

/// An event, and who waits for it.
struct Pending {
    incoming: Incoming,
    reply: Reply<Recorded>,
}

/// One student's events, and the heads that are remembered of the logs that they are for.
type Group = (Vec<Pending>, HashMap<String, Located>);

/// Writes what lanes hand to it.
pub(super) struct Writer {
    pub(super) ledger: Arc<dyn Ledger>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) ids: Arc<dyn Ids>,
    learning: Arc<dyn LearningObserver>,
}

impl Writer {
    pub(super) fn new(ports: &Ports) -> Self {
        Self {
            ledger: Arc::clone(&ports.ledger),
            clock: Arc::clone(&ports.clock),
            ids: Arc::clone(&ports.ids),
            learning: Arc::clone(&ports.learning),
        }
    }

    /// Takes the jobs to their end, each student's in their order.
    pub(super) async fn write(&self, jobs: Vec<Job>, heads: &mut Heads) {
        let mut pending = Vec::new();
        for job in jobs {
            match job {
                Job::Record { incoming, reply } => pending.push(Pending { incoming, reply }),
                Job::Erase { student_id, headers, reply } => {
                    self.record_all(std::mem::take(&mut pending), heads).await;
                    heads.forget(&student_id);
                    // Whoever asked may have gone; it is done all the same.
                    let _ = reply.send(self.erase(&student_id, &headers).await);
                }
                Job::EraseAsOf { erased, reply } => {
                    self.record_all(std::mem::take(&mut pending), heads).await;
                    heads.forget(&erased.student_id);
                    let _ = reply.send(self.erase_as_of(&erased).await);
                }
            }
        }
        self.record_all(pending, heads).await;
    }

    /// Students side by side: their commits share the price.
    async fn record_all(&self, pending: Vec<Pending>, heads: &mut Heads) {
        let mut students: BTreeMap<StudentId, Group> = BTreeMap::new();
        for pending in pending {
            let about = pending.incoming.about();
            let (waiting, remembered) = students.entry(pending.incoming.student_id.clone()).or_default();
            if let Some(located) = heads.take(&about) {
                remembered.insert(about, located);
            }
            waiting.push(pending);
        }
        for remembered in join_all(students.into_values().map(|group| self.record_students(group))).await {
            remembered.into_iter().for_each(|(about, located)| heads.keep(about, located));
        }
    }

    async fn record_students(&self, (pending, mut remembered): Group) -> HashMap<String, Located> {
        let mut rest = VecDeque::from(pending);
        while let Some(first) = rest.pop_front() {
            let about = first.incoming.about();
            let run = take_run(first, &mut rest);
            let located = remembered.remove(&about);
            if let Some(located) = self.record_run(run, located).await {
                remembered.insert(about, located);
            }
        }
        remembered
    }

    /// A run in one commit if it can be, else one by one.
    async fn record_run(&self, run: Vec<Pending>, mut located: Option<Located>) -> Option<Located> {
        if run.len() > 1 {
            match self.together(&run, located.take()).await {
                Ok((recorded, located)) => {
                    for (pending, recorded) in run.into_iter().zip(recorded) {
                        let _ = pending.reply.send(Ok(recorded));
                    }
                    return located;
                }
                // It may be written, and it may not: nobody may be told to be in the log twice.
                Err(ProgressError::Ledger(LedgerError::Unavailable(why))) => {
                    for pending in run {
                        let _ = pending.reply.send(Err(LedgerError::Unavailable(why.clone()).into()));
                    }
                    return None;
                }
                // Nothing is written, and perhaps one of them is at fault: each finds out for itself.
                Err(error) => tracing::debug!(%error, events = run.len(), "not in one commit"),
            }
        }
        for pending in run {
            let mut remembered = located.take();
            let incoming = &pending.incoming;
            let done = retry::on_conflict(retry::ATTEMPTS_MAX, || {
                let remembered = remembered.take();
                async move { self.alone(incoming, remembered).await }
            });
            let done = done.await.map(|(recorded, next)| {
                located = next;
                recorded
            });
            let _ = pending.reply.send(done);
        }
        located
    }

    /// What several said of one log, in one commit.
    async fn together(
        &self,
        run: &[Pending],
        remembered: Option<Located>,
    ) -> Result<(Vec<Recorded>, Option<Located>), ProgressError> {
        let first = &run[0].incoming;
        let is_remembered = remembered.is_some();
        let Located { log, head, erased_at, place } = self.located(first, remembered).await?;
        let level_before = level(&head.state);
        let mut draft = Draft::new(&log, self.ids.as_ref());
        let mut folding = Folding::on(head);
        let mut recorded = Vec::with_capacity(run.len());
        for Pending { incoming, .. } in run {
            if is_target_already(&incoming.fact, folding.state().target()) {
                recorded.push(Recorded::Unchanged);
                continue;
            }
            let event = self.event(incoming, folding.state().last(), erased_at);
            // Evidence of a fast clock is ahead: that one goes by itself.
            folding.apply(&event).map_err(|error| LedgerError::Conflict(error.to_string()))?;
            recorded.push(Recorded::New(draft.add(incoming, &event, folding.state())?));
        }
        if draft.is_empty() {
            return unchanged(is_remembered, recorded);
        }
        let (change, head) = draft.close(folding, &place)?;
        let _committed = self.ledger.commit(change).await?;
        self.tell_level(level_before, &head);
        let place = place.after_commit();
        Ok((recorded, Some(Located { log, head, erased_at, place })))
    }

    /// One event in one commit, wherever it belongs in the log.
    async fn alone(
        &self,
        incoming: &Incoming,
        remembered: Option<Located>,
    ) -> Result<(Recorded, Option<Located>), ProgressError> {
        let is_remembered = remembered.is_some();
        let Located { log, head, erased_at, place } = self.located(incoming, remembered).await?;
        let event = self.event(incoming, head.state.last(), erased_at);
        if erased_at.is_some_and(|erased_at| moment::occurred_at(event.moment()) <= erased_at) {
            return Ok((Recorded::Void, None));
        }
        if matches!(incoming.origin, Origin::Said { .. })
            && is_target_already(&event.fact, head.state.target())
        {
            return unchanged(is_remembered, Recorded::Unchanged);
        }
        let level_before = level(&head.state);
        let Some(folding) = self.fold(&log, head, &event).await? else {
            return Ok((Recorded::Known, None));
        };
        let mut draft = Draft::new(&log, self.ids.as_ref());
        let answered = draft.add(incoming, &event, folding.state())?;
        let (change, head) = draft.close(folding, &place)?;
        match self.ledger.commit(change).await {
            Ok(Outcome::Committed) => {
                self.tell_level(level_before, &head);
                let place = place.after_commit();
                Ok((Recorded::New(answered), Some(Located { log, head, erased_at, place })))
            }
            Ok(Outcome::Duplicate) => Ok((Recorded::Known, None)),
            Err(LedgerError::Conflict(why)) => match self.said_before(incoming).await? {
                Some(answered) => Ok((Recorded::Repeated(answered), None)),
                None => Err(LedgerError::Conflict(why).into()),
            },
            Err(error) => Err(error.into()),
        }
    }

    /// Counts a change of the level that a commit made.
    fn tell_level(&self, before: Level, head: &Head) {
        let after = level(&head.state);
        if after != before {
            self.learning.level_changed(after);
        }
    }

    async fn located(
        &self,
        incoming: &Incoming,
        remembered: Option<Located>,
    ) -> Result<Located, LedgerError> {
        match remembered {
            Some(located) => Ok(located),
            None => self.locate(&incoming.student_id, &incoming.component).await,
        }
    }

    /// The log as the ledger has it.
    async fn locate(&self, student_id: &StudentId, component: &Component) -> Result<Located, LedgerError> {
        let (document, student) = views::student(self.ledger.as_ref(), student_id).await?;
        let log = Log::new(student_id, component, student.generation);
        let erased_at = student.erased_at;
        if student.components.contains(component) {
            let head = self.ledger.document(HEAD, log.name()).await?;
            let head = head.ok_or_else(|| LedgerError::Conflict(format!("log {} is gone", log.name())))?;
            return Ok(Located { log, erased_at, place: Place::Open(head.version), head: head.read()? });
        }
        let expected = Expected::as_read(document.as_ref());
        let head = Head::new(student_id.clone(), component.clone());
        Ok(Located { log, head, erased_at, place: Place::New(student, expected) })
    }

    /// What came in, at its place in the order.
    fn event(&self, incoming: &Incoming, last: Option<Moment>, erased_at: Option<Timestamp>) -> Dated {
        let Moment { occurred_at_ms, event_id } = match &incoming.origin {
            Origin::Evidence { event_id, occurred_at }
            | Origin::Restored(Restored { event_id, occurred_at, .. }) => moment::of(*occurred_at, *event_id),
            Origin::Said { .. } => moment::next(self.clock.now(), last, erased_at, || self.ids.event_id()),
        };
        Dated { occurred_at_ms, event_id, fact: incoming.fact.clone() }
    }

    /// The head with the event in its place; `None` if the event is in the log already.
    async fn fold(&self, log: &Log, head: Head, event: &Dated) -> Result<Option<Folding>, LedgerError> {
        let moment = event.moment();
        if head.state.may_follow(moment) {
            let mut folding = Folding::on(head);
            folding.apply(event).map_err(|error| corrupt(log, &error))?;
            return Ok(Some(folding));
        }
        let ledger = self.ledger.as_ref();
        let mut before = Walk::after(ledger, log, Some(just_before(moment))).by(1);
        if before.next().await?.is_some_and(|known| known.event.moment() == moment) {
            return Ok(None);
        }
        let from = match head.checkpoint_before(moment) {
            Some(checkpoint) => Some(views::checkpoint(ledger, log, checkpoint.accepted).await?),
            None => None,
        };
        let mut folding = Folding::again(head, from);
        let mut walk = Walk::after(ledger, log, folding.state().last());
        let mut late = Some(event);
        while let Some(next) = walk.next().await? {
            if let Some(event) = late.take_if(|late| late.moment() < next.event.moment()) {
                folding.apply(event).map_err(|error| corrupt(log, &error))?;
            }
            folding.apply(&next.event).map_err(|error| corrupt(log, &error))?;
        }
        if let Some(event) = late {
            folding.apply(event).map_err(|error| corrupt(log, &error))?;
        }
        Ok(Some(folding))
    }

    /// What was answered to this key before, if it was used.
    async fn said_before(&self, incoming: &Incoming) -> Result<Option<Answered>, ProgressError> {
        let Some((key, scores)) = incoming.keyed_scores() else { return Ok(None) };
        let key = views::posted_key(&incoming.student_id, key);
        let Some(document) = self.ledger.document(POSTED, &key).await? else { return Ok(None) };
        let posted: Posted = Document::read(&document)?;
        if posted.component == incoming.component && posted.scores == scores {
            Ok(Some(posted.answer))
        } else {
            Err(ProgressError::KeyTaken)
        }
    }
}

/// The level of a log; of one without evidence the lowest.
fn level(state: &State) -> Level {
    Mastery::of(&state.scores().scores).level()
}

/// Whether the fact is a target that holds already: no event then.
fn is_target_already(fact: &Fact, holds: Target) -> bool {
    matches!(fact, Fact::TargetSet { target } if *target == holds)
}

/// Nothing is to be written, so that the ledger is not asked whether the head is still the newest: what is only remembered
/// may be older than what another process wrote, and must be read first.
fn unchanged<T>(is_remembered: bool, recorded: T) -> Result<(T, Option<Located>), ProgressError> {
    if is_remembered {
        return Err(LedgerError::Conflict("the target is only remembered".to_owned()).into());
    }
    Ok((recorded, None))
}

/// The first, and what follows it that can be written with it: said of the same component, each under a key of its own.
/// Evidence goes alone: a commit accepts one event.
fn take_run(first: Pending, rest: &mut VecDeque<Pending>) -> Vec<Pending> {
    let mut run = vec![first];
    let fits = |run: &[Pending], next: &Pending| {
        run.iter().all(|earlier| may_go_together(&earlier.incoming, &next.incoming))
    };
    while rest.front().is_some_and(|next| fits(&run, next)) {
        run.extend(rest.pop_front());
    }
    run
}

fn may_go_together(one: &Incoming, other: &Incoming) -> bool {
    match (&one.origin, &other.origin) {
        (Origin::Said { key: one_key, .. }, Origin::Said { key: other_key, .. }) => {
            one.component == other.component && (one_key.is_none() || one_key != other_key)
        }
        _ => false,
    }
}
