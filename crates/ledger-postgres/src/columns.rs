//! What a run writes, column by column: each list of rows becomes arrays of one length.
//!
//! Not here: what is to be written (`ledger::plan`), the statement (module `sql`).

use contracts::EventId;
use ledger::plan::{Plan, Target};
use ledger::{Accept, Append, Put, Version};
use uuid::Uuid;

use crate::lanes::lane_of;

/// Inbox rows.
#[derive(Default)]
pub(crate) struct Accepts<'a> {
    pub(crate) consumers: Vec<&'a str>,
    pub(crate) events: Vec<Uuid>,
}

impl<'a> Accepts<'a> {
    pub(crate) fn add(&mut self, accept: &'a Accept) {
        self.consumers.push(accept.consumer);
        self.events.push(accept.event_id.0);
    }
}

/// Entries.
#[derive(Default)]
pub(crate) struct Entries<'a> {
    pub(crate) streams: Vec<&'a str>,
    pub(crate) times: Vec<i64>,
    pub(crate) events: Vec<Uuid>,
    pub(crate) subjects: Vec<Option<&'a str>>,
    pub(crate) bodies: Vec<&'a [u8]>,
}

impl<'a> Entries<'a> {
    pub(crate) fn add(&mut self, append: &'a Append) {
        let (occurred_at_ms, EventId(event)) = ledger::plan::place_of(append);
        self.streams.push(&append.stream);
        self.times.push(occurred_at_ms);
        self.events.push(event);
        self.subjects.push(append.subject.as_ref().map(|subject| subject.as_str()));
        self.bodies.push(&append.body);
    }
}

/// Documents that will be there.
#[derive(Default)]
pub(crate) struct Documents<'a> {
    pub(crate) kinds: Vec<i16>,
    pub(crate) keys: Vec<&'a str>,
    pub(crate) versions: Vec<Version>,
    pub(crate) subjects: Vec<Option<&'a str>>,
    pub(crate) bodies: Vec<&'a [u8]>,
    /// By place of the indexed field.
    pub(crate) fields: [Vec<Option<&'a str>>; 4],
}

impl<'a> Documents<'a> {
    fn add(&mut self, kind: i16, version: Version, put: &'a Put) {
        self.kinds.push(kind);
        self.keys.push(&put.key);
        self.versions.push(version);
        self.subjects.push(put.subject.as_ref().map(|subject| subject.as_str()));
        self.bodies.push(&put.body);
        for (place, column) in self.fields.iter_mut().enumerate() {
            column.push(put.indexed.get(place).map(String::as_str));
        }
    }
}

/// Messages, with sequences from the next on.
#[derive(Default)]
pub(crate) struct Messages<'a> {
    pub(crate) sequences: Vec<i64>,
    pub(crate) lanes: Vec<i16>,
    pub(crate) topics: Vec<&'static str>,
    pub(crate) keys: Vec<&'a str>,
    pub(crate) payloads: Vec<&'a [u8]>,
    pub(crate) correlation_ids: Vec<Option<&'a str>>,
    pub(crate) traceparents: Vec<Option<&'a str>>,
}

impl<'a> Messages<'a> {
    fn add(&mut self, sequence: i64, message: &'a bus::Message) {
        self.sequences.push(sequence);
        self.lanes.push(lane_of(&message.key));
        self.topics.push(message.topic.name());
        self.keys.push(&message.key);
        self.payloads.push(&message.payload);
        self.correlation_ids.push(message.headers.correlation_id.as_deref());
        self.traceparents.push(message.headers.traceparent.as_deref());
    }
}

/// All that a run writes.
#[derive(Default)]
pub(crate) struct Columns<'a> {
    pub(crate) accepts: Accepts<'a>,
    pub(crate) entries: Entries<'a>,
    pub(crate) documents: Documents<'a>,
    /// Kinds and keys of documents that will not be there.
    pub(crate) deleted: (Vec<i16>, Vec<&'a str>),
    pub(crate) messages: Messages<'a>,
}

impl<'a> Columns<'a> {
    /// What is planned, in a room with these numbers of kinds; `first` is the sequence of the first message.
    pub(crate) fn of(plan: &Plan<'a, Version>, kinds: &[i16], first: i64) -> Self {
        let mut columns = Self::default();
        plan.accepts.iter().for_each(|accept| columns.accepts.add(accept));
        plan.appends.iter().for_each(|append| columns.entries.add(append));
        for (kind, documents) in kinds.iter().zip(&plan.documents) {
            for (key, target) in documents {
                match target {
                    Target::Put(version, put) => columns.documents.add(*kind, *version, put),
                    Target::Absent => {
                        columns.deleted.0.push(*kind);
                        columns.deleted.1.push(key);
                    }
                }
            }
        }
        for (sequence, message) in (first..).zip(&plan.messages) {
            columns.messages.add(sequence, message);
        }
        columns
    }
}
