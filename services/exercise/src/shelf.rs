//! The shelf: exercises that were admitted, ready to be given.
//!
//! Admission tries an exercise on its reference and on a dozen bugs: a second of work, not for a request that waits. So a
//! shelf is kept for each topic, exercises in the ledger and what choosing needs of them in memory; the first who asks for a
//! topic waits for one exercise, and the rest are admitted in the background (`run`), behind whatever students run: a few of
//! each template and kind, and more as students have had them. It has an end: what seeds beyond [`SEEDS_KEPT`] make is not
//! kept for good. Not here: filling it before anybody asks (`prepare`), what is admitted (`decide::admit`), and which of
//! them a student gets (`decide::adapt`).

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use agent_core::curriculum::Topic;
use ledger::retry::MayConflict;
use ledger::{Change, Document, Expected, Ledger, LedgerError, Put, Query};
use room::Stop;
use sandbox::{Background, Sandbox, SandboxError};
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, MutexGuard, Notify, OnceCell};
use tokio::time::{Duration, sleep, timeout};

use crate::admission::{Admitted, NotAdmitted, Trial};
use crate::decide::adapt::{Candidate, History};
use crate::decide::exercise::{Difficulty, Exercise, Kind, Name, Seed};
use crate::decide::template::{Generator, Templates};
use crate::ports::SHELF;

/// How many exercises of each template and kind are made ready at a time.
pub const STEP: u32 = 4;

/// Of each template and kind, what the first so many seeds make may stand on the shelf.
pub const SEEDS_KEPT: u32 = 16;

/// How many of other seeds are remembered until the next start.
const OTHERS_KEPT: usize = 64;

/// How many seeds are tried for one exercise.
const SEEDS_MAX: u32 = 8;

/// How many of a difficulty are drawn to find one that a student has not had.
const DRAWN_MAX: usize = 16;

/// The most exercises of a topic that are read from the ledger.
const READ_MAX: u32 = 5000;

/// How long who finds nothing on the shelf waits for those before; then it is told to come again.
const TURN_WAIT_MAX: Duration = Duration::from_secs(5);

/// When it is told to come again: an exercise takes a second or two.
const BUSY_RETRY_S: u32 = 2;

/// How long the background waits when the sandbox or the ledger cannot be had.
const STAND_BACK: Duration = Duration::from_secs(2);

/// An exercise on the shelf.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Item {
    exercise: Exercise,
    candidate: Candidate,
    /// What the template was when it was admitted.
    made_from: String,
}

/// Why there is nothing to give.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// No template of this topic has this kind.
    #[error("there is no exercise of this kind on this topic")]
    NoSuch,
    /// Everything that was tried was refused: a fault of the templates.
    #[error("nothing could be admitted: {0}")]
    Refused(String),
    /// It could not be tried.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// The store.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl MayConflict for ShelfError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Ledger(error) if error.is_conflict())
    }
}

/// What is asked of the shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) topic: Topic,
    pub(crate) kind: Option<Kind>,
    pub(crate) difficulty: Difficulty,
}

/// What there is of a topic.
#[derive(Default)]
struct Part {
    /// What the ledger has was read.
    read: OnceCell<()>,
    /// Only one asker at a time tries new ones: the others find what it put here.
    trying: Mutex<()>,
    /// So many seeds of each template and kind are to be tried in the background.
    wanted: AtomicU32,
    /// So many were.
    filled: AtomicU32,
}

impl Part {
    /// The turn to try new ones. `None` where others have it: at once if there is something to give instead.
    async fn turn(&self, has_nothing: bool) -> Option<MutexGuard<'_, ()>> {
        if has_nothing {
            timeout(TURN_WAIT_MAX, self.trying.lock()).await.ok()
        } else {
            self.trying.try_lock().ok()
        }
    }

    fn lacks(&self) -> bool {
        self.wanted.load(Ordering::Acquire) > self.filled.load(Ordering::Acquire)
    }
}

/// The exercises that are ready.
pub(crate) struct Shelf {
    templates: Templates,
    ledger: Arc<dyn Ledger>,
    sandbox: Arc<dyn Sandbox>,
    /// What the ledger has: a topic's, once it was asked for.
    candidates: RwLock<BTreeMap<Name, Arc<Candidate>>>,
    /// The latest that are not kept for good.
    others: RwLock<VecDeque<Exercise>>,
    /// What was tried and refused: bounded as the candidates are.
    refused: RwLock<BTreeSet<Name>>,
    parts: BTreeMap<Topic, Part>,
    more_wanted: Notify,
}

impl Shelf {
    /// An empty shelf for these templates.
    pub(crate) fn new(templates: Templates, ledger: Arc<dyn Ledger>, sandbox: Arc<dyn Sandbox>) -> Self {
        let parts = templates.topics().map(|topic| (topic, Part::default())).collect();
        Self {
            templates,
            ledger,
            sandbox,
            candidates: RwLock::default(),
            others: RwLock::default(),
            refused: RwLock::default(),
            parts,
            more_wanted: Notify::new(),
        }
    }

    /// What it makes exercises of.
    pub(crate) const fn templates(&self) -> &Templates {
        &self.templates
    }

    /// The topics that have exercises.
    pub(crate) fn topics(&self) -> BTreeSet<Topic> {
        self.templates.topics().collect()
    }

    /// What is ready on a topic and of a kind; among it one that is as hard as asked (or as any template can make one) and
    /// new to this student, unless there is none to be had soon.
    pub(crate) async fn ready(
        &self,
        asked: Asked,
        chance: Seed,
        history: &History,
    ) -> Result<Vec<Arc<Candidate>>, ShelfError> {
        let part = self.parts.get(&asked.topic).ok_or(ShelfError::NoSuch)?;
        self.read(part, asked.topic).await?;
        self.want(part, STEP);
        let nearest = self.generators(asked).first().ok_or(ShelfError::NoSuch)?.difficulty();
        let fits =
            |candidate: &Arc<Candidate>| candidate.difficulty == nearest && !candidate.is_repeat(history);
        let found = self.found(asked);
        if found.iter().any(fits) {
            return Ok(found);
        }
        let filled = part.filled.load(Ordering::Acquire);
        if filled > 0 {
            // A few of everything are here, and this student had them: the next time there will be more.
            self.want(part, filled.saturating_add(STEP).min(SEEDS_KEPT));
        }
        let is_new = |candidate: &Arc<Candidate>| !candidate.is_repeat(history);
        if !found.is_empty() && (filled > 0 || found.iter().any(is_new)) {
            return Ok(found);
        }
        let Some(_one_at_a_time) = part.turn(found.is_empty()).await else { return at_hand(found) };
        let found = self.found(asked);
        if found.iter().any(fits) {
            return Ok(found);
        }
        match self.another(asked, chance, history, found.is_empty()).await {
            Ok(()) => Ok(self.found(asked)),
            Err(error) if found.is_empty() => Err(error),
            Err(error) => {
                tracing::debug!(%error, "what is on the shelf must do");
                Ok(found)
            }
        }
    }

    /// The exercise that this seed makes of what is asked. The same question gives the same exercise.
    pub(crate) async fn of_seed(&self, asked: Asked, seed: Seed) -> Result<Exercise, ShelfError> {
        let part = self.parts.get(&asked.topic).ok_or(ShelfError::NoSuch)?;
        self.read(part, asked.topic).await?;
        let fitting = self.generators(asked);
        let generator = fitting.get(seed.0 as usize % fitting.len().max(1)).ok_or(ShelfError::NoSuch)?;
        // Where it is refused, the next seed stands in for it.
        let names = (0..SEEDS_MAX).map(|step| generator.name(Seed(seed.0.wrapping_add(step))));
        self.first_admitted(names).await
    }

    /// The exercise of a candidate that was ready.
    pub(crate) async fn exercise(&self, name: Name) -> Result<Exercise, ShelfError> {
        self.first_admitted([name].into_iter()).await
    }

    /// All of the topic and kind.
    fn found(&self, asked: Asked) -> Vec<Arc<Candidate>> {
        let candidates = self.candidates.read().unwrap_or_else(PoisonError::into_inner);
        let fits = |name: &Name| name.topic == asked.topic && asked.kind.is_none_or(|kind| name.kind == kind);
        candidates.values().filter(|candidate| fits(&candidate.name)).cloned().collect()
    }

    /// What there is for the question, as near to its difficulty as there is anything.
    fn generators(&self, asked: Asked) -> Vec<Generator<'_>> {
        let mut fitting = self.templates.fitting(asked.topic, asked.kind, asked.difficulty);
        if let Some(nearest) = fitting.first().map(Generator::difficulty) {
            fitting.retain(|generator| generator.difficulty() == nearest);
        }
        fitting
    }

    /// Puts one more exercise here for what is asked: one that is new to the student, as near to the difficulty as there is
    /// one; any at all only where there is none (`is_any`).
    async fn another(
        &self,
        asked: Asked,
        chance: Seed,
        history: &History,
        is_any: bool,
    ) -> Result<(), ShelfError> {
        let fitting = self.templates.fitting(asked.topic, asked.kind, asked.difficulty);
        let untried: Vec<Vec<Name>> = fitting
            .chunk_by(|one, next| one.difficulty() == next.difficulty())
            .map(|alike| {
                let mut alike = alike.to_vec();
                let turn = chance.0 as usize % alike.len();
                alike.rotate_left(turn);
                self.untried(&alike, SEEDS_KEPT)
            })
            .collect();
        // The kinds of a template share their solution: much of what was not tried would be the same again.
        let is_new = |name: &&Name| {
            let draft = self.templates.draft(name);
            draft.is_ok_and(|draft| !Candidate::of(&draft.exercise, []).is_repeat(history))
        };
        let new = untried.iter().flat_map(|alike| alike.iter().take(DRAWN_MAX)).filter(is_new);
        let rather_than_nothing = untried.iter().flatten().filter(|_| is_any);
        let names = new.chain(rather_than_nothing).take(SEEDS_MAX as usize).cloned();
        self.first_admitted(names).await.map(|_| ())
    }

    /// The exercises of the first seeds that nothing is known of: the first of each generator, then the second of each.
    fn untried(&self, generators: &[Generator<'_>], seeds: u32) -> Vec<Name> {
        let candidates = self.candidates.read().unwrap_or_else(PoisonError::into_inner);
        let refused = self.refused.read().unwrap_or_else(PoisonError::into_inner);
        (0..seeds)
            .flat_map(|seed| generators.iter().map(move |generator| generator.name(Seed(seed))))
            .filter(|name| !candidates.contains_key(name) && !refused.contains(name))
            .collect()
    }

    async fn first_admitted(&self, names: impl Iterator<Item = Name>) -> Result<Exercise, ShelfError> {
        let mut reasons = Vec::new();
        for name in names {
            match self.admit(&Trial::new(self.sandbox.as_ref()), name).await? {
                Ok(exercise) => return Ok(exercise),
                Err(reason) => reasons.push(reason),
            }
        }
        Err(ShelfError::Refused(reasons.join("; ")))
    }

    /// Admits an exercise, unless it stands here already; why not, if it is refused.
    async fn admit(&self, trial: &Trial<'_>, name: Name) -> Result<Result<Exercise, String>, ShelfError> {
        match self.known(&name).await? {
            Some(exercise) => Ok(Ok(exercise)),
            None => self.try_out(trial, name).await,
        }
    }

    /// Tries an exercise, and puts it here; why not, if it is refused.
    pub(crate) async fn try_out(
        &self,
        trial: &Trial<'_>,
        name: Name,
    ) -> Result<Result<Exercise, String>, ShelfError> {
        let admitted = match trial.admit(&self.templates, &name, None).await {
            Ok(admitted) => admitted,
            Err(NotAdmitted::Sandbox(error)) => return Err(error.into()),
            Err(NotAdmitted::Refused(refused)) => {
                tracing::info!(exercise = %name, %refused, "not admitted");
                let reason = format!("{name}: {refused}");
                if is_kept(&name) {
                    self.refused.write().unwrap_or_else(PoisonError::into_inner).insert(name);
                }
                return Ok(Err(reason));
            }
        };
        let item = self.item(admitted);
        let exercise = item.exercise.clone();
        if is_kept(&name) {
            self.keep(&item).await?;
            self.put(item.candidate);
        } else {
            self.remember(item.exercise);
        }
        Ok(Ok(exercise))
    }

    /// The exercise of this name, if it was admitted: here, or by another process on the same ledger.
    pub(crate) async fn known(&self, name: &Name) -> Result<Option<Exercise>, LedgerError> {
        if !is_kept(name) {
            let others = self.others.read().unwrap_or_else(PoisonError::into_inner);
            return Ok(others.iter().find(|exercise| exercise.name == *name).cloned());
        }
        let document = self.ledger.document(SHELF, &name.to_string()).await?;
        let Some(item) = document.and_then(|document| self.item_of(&document)) else { return Ok(None) };
        let is_here = self.candidates.read().unwrap_or_else(PoisonError::into_inner).contains_key(name);
        if !is_here {
            self.put(item.candidate);
        }
        Ok(Some(item.exercise))
    }

    fn item(&self, admitted: Admitted) -> Item {
        let candidate = Candidate::of(&admitted.exercise, admitted.caught.iter().map(String::as_str));
        let made_from = self.templates.fingerprint(&admitted.exercise.name);
        Item { exercise: admitted.exercise, candidate, made_from }
    }

    fn put(&self, candidate: Candidate) {
        let mut candidates = self.candidates.write().unwrap_or_else(PoisonError::into_inner);
        candidates.insert(candidate.name.clone(), Arc::new(candidate));
    }

    fn remember(&self, exercise: Exercise) {
        let mut others = self.others.write().unwrap_or_else(PoisonError::into_inner);
        others.push_back(exercise);
        while others.len() > OTHERS_KEPT {
            others.pop_front();
        }
    }

    async fn keep(&self, item: &Item) -> Result<(), LedgerError> {
        let name = &item.exercise.name;
        let indexed = vec![name.topic.slug().to_owned()];
        let puts = vec![Put::json(SHELF, name.to_string(), None, indexed, Expected::Any, item)?];
        // No event is accepted here, so the outcome can only be Committed.
        let _ = self.ledger.commit(Change { puts, ..Change::default() }).await?;
        Ok(())
    }

    /// Takes over what the ledger has of a topic, once. What was made from other templates is left there.
    async fn read(&self, part: &Part, topic: Topic) -> Result<(), LedgerError> {
        let read = || async {
            let values = vec![topic.slug().to_owned()];
            let query = Query { field: "topic", values, limit: READ_MAX, offset: 0 };
            for document in self.ledger.documents(SHELF, query).await? {
                if let Some(item) = self.item_of(&document) {
                    self.put(item.candidate);
                }
            }
            Ok::<_, LedgerError>(())
        };
        part.read.get_or_try_init(read).await?;
        Ok(())
    }

    /// What the document holds, unless it was made from other templates or by another version.
    fn item_of(&self, document: &Document) -> Option<Item> {
        match document.read::<Item>() {
            Ok(item) => (item.made_from == self.templates.fingerprint(&item.exercise.name)).then_some(item),
            Err(error) => {
                tracing::info!(%error, "an exercise of an older version is left where it is");
                None
            }
        }
    }

    fn want(&self, part: &Part, seeds: u32) {
        if part.wanted.fetch_max(seeds, Ordering::AcqRel) < seeds {
            self.more_wanted.notify_one();
        }
    }

    /// Fills the shelf for every topic that was asked for, one exercise at a time, until the stop.
    pub(crate) async fn run(self: Arc<Self>, stop: Stop) {
        loop {
            let lacking = self.parts.iter().filter(|(_, part)| part.lacks());
            let went_on = match lacking.min_by_key(|(_, part)| part.filled.load(Ordering::Acquire)) {
                Some((topic, part)) => stop.run_until_cancelled(self.fill(*topic, part)).await,
                None => stop.run_until_cancelled(self.more_wanted.notified()).await,
            };
            if went_on.is_none() {
                return;
            }
        }
    }

    async fn fill(&self, topic: Topic, part: &Part) {
        let wanted = part.wanted.load(Ordering::Acquire);
        let generators: Vec<_> =
            self.templates.generators().filter(|generator| generator.template.topic == topic).collect();
        let sandbox = Background(Arc::clone(&self.sandbox));
        for akin in self.untried(&generators, wanted).chunk_by(Name::is_akin) {
            let trial = Trial::new(&sandbox);
            for name in akin {
                while let Err(error) = self.admit(&trial, name.clone()).await {
                    tracing::debug!(exercise = %name, %error, "the shelf is filled later");
                    sleep(STAND_BACK).await;
                }
            }
        }
        part.filled.store(wanted, Ordering::Release);
    }
}

/// What must do while others try new ones.
fn at_hand(found: Vec<Arc<Candidate>>) -> Result<Vec<Arc<Candidate>>, ShelfError> {
    if found.is_empty() {
        return Err(SandboxError::Busy { retry_after_s: BUSY_RETRY_S }.into());
    }
    Ok(found)
}

/// Whether what this names may stand on the shelf for good.
const fn is_kept(name: &Name) -> bool {
    name.seed.0 < SEEDS_KEPT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_finds_nothing_waits_for_a_turn_and_not_for_ever() {
        let part = Part::default();
        let turn = part.turn(true).await;
        assert!(turn.is_some());
        assert!(part.turn(false).await.is_none(), "what is at hand is given at once");
        assert!(part.turn(true).await.is_none());
        drop(turn);
        assert!(part.turn(false).await.is_some());
        assert!(matches!(at_hand(Vec::new()), Err(ShelfError::Sandbox(SandboxError::Busy { .. }))));
    }
}
