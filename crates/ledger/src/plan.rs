//! What becomes of a run of changes: pure, from what the store holds of the things they touch. For adapters that commit
//! several changes in one transaction.
//!
//! Changes are considered in order, each against the store and against the changes taken before it. A refused change adds
//! nothing, so that no savepoint is needed to take it back; of a document put many times in a run only the last version is
//! written.
//!
//! Not here: asking the store and writing to it (the adapters).

use std::collections::{BTreeMap, HashMap, HashSet};

use bus::Message;
use contracts::EventId;

use crate::{Accept, Append, Change, Expected, Kind, LedgerError, Outcome, Put, Version, declared};

/// What a store holds of the things that a run touches; `D` is what it tells of a document.
#[derive(Debug)]
pub struct Facts<D> {
    /// Events accepted before, by consumer.
    pub accepted: HashMap<String, HashSet<EventId>>,
    /// Places taken in a stream before, by stream.
    pub appended: HashMap<String, HashSet<Place>>,
    /// Documents by key, one map for each kind of the room.
    pub documents: Vec<HashMap<String, D>>,
}

/// An entry's place in its stream: its time in milliseconds, and its event.
pub type Place = (i64, EventId);

/// The place of an entry.
#[must_use]
pub fn place_of(append: &Append) -> Place {
    (append.occurred_at.as_millisecond(), append.event_id)
}

impl<D> Facts<D> {
    /// Nothing of what a run touches is there yet, in a room with that many kinds.
    #[must_use]
    pub fn none(kinds: usize) -> Self {
        let documents = std::iter::repeat_with(HashMap::new).take(kinds).collect();
        Self { accepted: HashMap::new(), appended: HashMap::new(), documents }
    }
}

/// What a store tells of a document: at the least, its version.
pub trait Stored {
    /// How often it was put.
    fn version(&self) -> Version;
}

impl Stored for Version {
    fn version(&self) -> Version {
        *self
    }
}

/// What is to be true of a document in the end.
#[derive(Debug)]
pub enum Target<'a> {
    /// It is there.
    Put(Version, &'a Put),
    /// It is not.
    Absent,
}

/// What is to be written.
pub struct Plan<'a, D> {
    facts: &'a Facts<D>,
    /// How many messages the outbox still takes.
    room_left: u64,
    /// Finds a kind's place in [`Facts::documents`].
    kinds: &'a [Kind],
    accepted: HashSet<(&'a str, EventId)>,
    appended: HashSet<(&'a str, Place)>,
    /// Inbox rows.
    pub accepts: Vec<&'a Accept>,
    /// Entries.
    pub appends: Vec<&'a Append>,
    /// Documents by kind and key, in the order of keys: neighbours share pages.
    pub documents: Vec<BTreeMap<&'a str, Target<'a>>>,
    /// Messages in commit order.
    pub messages: Vec<&'a Message>,
}

impl<'a, D: Stored> Plan<'a, D> {
    /// Nothing to write yet.
    #[must_use]
    pub fn new(facts: &'a Facts<D>, kinds: &'a [Kind], room_left: u64) -> Self {
        Self {
            facts,
            room_left,
            kinds,
            accepted: HashSet::new(),
            appended: HashSet::new(),
            accepts: Vec::new(),
            appends: Vec::new(),
            documents: kinds.iter().map(|_| BTreeMap::new()).collect(),
            messages: Vec::new(),
        }
    }

    /// Takes the change, or says why not.
    ///
    /// # Errors
    /// [`LedgerError::Conflict`], [`LedgerError::OutboxFull`], [`LedgerError::Undeclared`]: then nothing of it is planned.
    pub fn consider(&mut self, change: &'a Change) -> Result<Outcome, LedgerError> {
        if change.accept.as_ref().is_some_and(|accept| self.is_accepted(accept)) {
            return Ok(Outcome::Duplicate);
        }
        let appended = self.judge_appends(&change.appends)?;
        let documents = self.judge_documents(change)?;
        let messages = change.messages.len() as u64;
        if messages > self.room_left {
            return Err(LedgerError::OutboxFull);
        }
        // Nothing below can refuse.
        self.room_left -= messages;
        if let Some(accept) = &change.accept {
            self.accepted.insert((accept.consumer, accept.event_id));
            self.accepts.push(accept);
        }
        self.appended.extend(appended);
        self.appends.extend(&change.appends);
        for (kind, key, target) in documents {
            self.documents[kind].insert(key, target);
        }
        self.messages.extend(&change.messages);
        Ok(Outcome::Committed)
    }

    fn is_accepted(&self, accept: &Accept) -> bool {
        let before = self.facts.accepted.get(accept.consumer);
        before.is_some_and(|events| events.contains(&accept.event_id))
            || self.accepted.contains(&(accept.consumer, accept.event_id))
    }

    fn judge_appends(&self, appends: &'a [Append]) -> Result<HashSet<(&'a str, Place)>, LedgerError> {
        let mut own = HashSet::new();
        for append in appends {
            let entry = (append.stream.as_str(), place_of(append));
            let before = self.facts.appended.get(entry.0).is_some_and(|places| places.contains(&entry.1));
            if before || self.appended.contains(&entry) || !own.insert(entry) {
                return Err(LedgerError::Conflict(format!(
                    "event {} is in stream {} already",
                    append.event_id, append.stream
                )));
            }
        }
        Ok(own)
    }

    /// The change's documents in the order of its fields; a later target of the same key replaces an earlier one.
    fn judge_documents(&self, change: &'a Change) -> Result<Vec<(usize, &'a str, Target<'a>)>, LedgerError> {
        let mut own: Vec<(usize, &'a str, Target<'a>)> = Vec::new();
        for put in &change.puts {
            let kind = self.place(put.kind)?;
            let mine = own.iter().rev().find(|(k, key, _)| *k == kind && *key == put.key);
            let current =
                mine.map_or_else(|| self.current(kind, &put.key), |(_, _, target)| target.version());
            let fits = match put.expected {
                Expected::Any => true,
                Expected::Absent => current.is_none(),
                Expected::Version(version) => current == Some(version),
            };
            if !fits {
                let found =
                    current.map_or_else(|| "absent".into(), |version| format!("at version {version}"));
                return Err(LedgerError::Conflict(format!("{} {} is {found}", put.kind.name, put.key)));
            }
            own.push((kind, &put.key, Target::Put(current.unwrap_or(0) + 1, put)));
        }
        for delete in &change.deletes {
            own.push((self.place(delete.kind)?, &delete.key, Target::Absent));
        }
        Ok(own)
    }

    fn current(&self, kind: usize, key: &str) -> Option<Version> {
        match self.documents[kind].get(key) {
            Some(target) => target.version(),
            None => Some(self.facts.documents.get(kind)?.get(key)?.version()),
        }
    }

    fn place(&self, kind: Kind) -> Result<usize, LedgerError> {
        declared::place(self.kinds, kind)
    }
}

impl Target<'_> {
    fn version(&self) -> Option<Version> {
        match self {
            Self::Put(version, _) => Some(*version),
            Self::Absent => None,
        }
    }
}
