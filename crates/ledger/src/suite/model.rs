//! Any sequence of changes ends as in a model that applies them one by one, however they are batched: a law for every
//! adapter that one process uses alone.
//!
//! Not here: how an adapter opens its store, and how many cases it is worth (its own test).

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use proptest::prelude::*;

use super::Verdict;
use super::given::{COUNTER, NOTE, accept, append, message, note, student, waiting};
use crate::{
    Append, Change, Delete, Expected, Kind, Ledger, LedgerError, Outcome, Pending, Put, RoomSpec, Version,
};

/// The room whose ledger is compared.
pub const ROOM: RoomSpec = RoomSpec { name: "suite", kinds: &[NOTE, COUNTER] };
/// The limit of its outbox.
pub const OUTBOX_MAX: u64 = 5;
const STUDENTS: [&str; 2] = ["ada", "bob"];
const STREAMS: [&str; 2] = ["s", "t"];
const KEYS: [&str; 3] = ["k", "l", "m"];

/// A document's version, student and body.
type Stored = (Version, Option<String>, Vec<u8>);

/// A ledger that is obviously right.
#[derive(Debug, Clone, Default, PartialEq)]
struct Model {
    accepted: BTreeSet<u128>,
    /// By stream and event: time and student.
    entries: BTreeMap<(String, u128), (i64, Option<String>)>,
    /// By kind and key.
    documents: BTreeMap<(String, String), Stored>,
    /// Key and payload.
    messages: Vec<(String, Vec<u8>)>,
}

#[derive(Debug, PartialEq)]
enum End {
    Committed,
    Duplicate,
    Conflict,
    Full,
}

impl Model {
    fn commit(&mut self, change: &Change) -> End {
        let mut next = self.clone();
        let end = next.apply(change);
        if end == End::Committed {
            *self = next;
        }
        end
    }

    fn apply(&mut self, change: &Change) -> End {
        if let Some(accept) = &change.accept
            && !self.accepted.insert(accept.event_id.0.as_u128())
        {
            return End::Duplicate;
        }
        if let Some(student) = &change.erase {
            let student = Some(student.to_string());
            self.entries.retain(|_, (_, subject)| *subject != student);
            self.documents.retain(|_, (_, subject, _)| *subject != student);
            self.messages.retain(|(key, _)| Some(key) != student.as_ref());
        }
        for append in &change.appends {
            let place = (append.stream.clone(), append.event_id.0.as_u128());
            let entry =
                (append.occurred_at.as_millisecond(), append.subject.as_ref().map(ToString::to_string));
            if self.entries.insert(place, entry).is_some() {
                return End::Conflict;
            }
        }
        for put in &change.puts {
            let place = (put.kind.name.to_owned(), put.key.clone());
            let version = self.documents.get(&place).map(|(version, ..)| *version);
            let fits = match put.expected {
                Expected::Any => true,
                Expected::Absent => version.is_none(),
                Expected::Version(expected) => version == Some(expected),
            };
            if !fits {
                return End::Conflict;
            }
            let subject = put.subject.as_ref().map(ToString::to_string);
            self.documents.insert(place, (version.unwrap_or(0) + 1, subject, put.body.to_vec()));
        }
        for delete in &change.deletes {
            self.documents.remove(&(delete.kind.name.to_owned(), delete.key.clone()));
        }
        for message in &change.messages {
            self.messages.push((message.key.clone(), message.payload.to_vec()));
        }
        let is_full = !change.messages.is_empty() && self.messages.len() as u64 > OUTBOX_MAX;
        if is_full { End::Full } else { End::Committed }
    }
}

/// What the ledger holds, in the model's form. The inbox cannot be read: duplicates show it.
async fn dump(ledger: &dyn Ledger) -> Result<Model, LedgerError> {
    let mut model = Model::default();
    for stream in STREAMS {
        for entry in ledger.stream(stream, None, u32::MAX).await? {
            let place = (stream.to_owned(), entry.event_id.0.as_u128());
            model.entries.insert(place, (entry.occurred_at.as_millisecond(), None));
        }
    }
    for kind in ROOM.kinds {
        for key in KEYS {
            if let Some(document) = ledger.document(*kind, key).await? {
                let place = (kind.name.to_owned(), key.to_owned());
                model.documents.insert(place, (document.version, None, document.body.to_vec()));
            }
        }
    }
    for name in STUDENTS {
        let Ok(id) = student(name) else { continue };
        for exported in ledger.export(&id).await? {
            let subject = Some(name.to_owned());
            let key = (exported.place.clone(), exported.key.clone());
            if let Some((_, own, _)) = model.documents.get_mut(&key) {
                *own = subject;
            } else if let Ok(event) = exported.key.parse::<contracts::EventId>()
                && let Some((_, own)) = model.entries.get_mut(&(exported.place, event.0.as_u128()))
            {
                *own = subject;
            }
        }
    }
    let pair = |pending: Pending| (pending.message.key, pending.message.payload.to_vec());
    model.messages = waiting(ledger).await?.into_iter().map(pair).collect();
    Ok(model)
}

fn end(result: &Result<Outcome, LedgerError>) -> Option<End> {
    Some(match result {
        Ok(Outcome::Committed) => End::Committed,
        Ok(Outcome::Duplicate) => End::Duplicate,
        Err(LedgerError::Conflict(_)) => End::Conflict,
        Err(LedgerError::OutboxFull) => End::Full,
        Err(_) => return None,
    })
}

fn subject() -> impl Strategy<Value = Option<contracts::StudentId>> {
    prop::option::of(prop::sample::select(&STUDENTS[..]).prop_filter_map("an id", |name| student(name).ok()))
}

fn an_append() -> impl Strategy<Value = Append> {
    (prop::sample::select(&STREAMS[..]), 0..25_u32, subject()).prop_filter_map(
        "a time",
        |(stream, number, subject)| {
            // An event happened once: its time goes with its number, and the order is not that of the numbers.
            let occurred_at_ms = i64::from(number * 7 % 5);
            Some(Append { subject, ..append(stream, number, occurred_at_ms).ok()? })
        },
    )
}

fn a_put() -> impl Strategy<Value = Put> {
    let expected = prop_oneof![
        2 => Just(Expected::Any),
        1 => Just(Expected::Absent),
        2 => (1..4_i64).prop_map(Expected::Version),
    ];
    let colour = prop::sample::select(&["red", "blue"][..]);
    (any::<bool>(), prop::sample::select(&KEYS[..]), colour, expected, subject()).prop_map(
        |(is_note, key, colour, expected, subject)| {
            let put = Put { subject, ..note(key, colour, expected) };
            if is_note { put } else { Put { kind: COUNTER, indexed: Vec::new(), ..put } }
        },
    )
}

fn a_delete() -> impl Strategy<Value = Delete> {
    let kind = prop::sample::select(&[NOTE, COUNTER][..]);
    (kind, prop::sample::select(&KEYS[..]))
        .prop_map(|(kind, key): (Kind, &str)| Delete { kind, key: key.into() })
}

fn a_change() -> impl Strategy<Value = Change> {
    let erase = prop_oneof![9 => Just(None), 1 => subject()];
    let a_message = (prop::sample::select(&STUDENTS[..]), 0..100_u8)
        .prop_map(|(key, payload)| message(key, &payload.to_string()));
    (
        prop::option::of((0..40_u32).prop_map(accept)),
        erase,
        prop::collection::vec(an_append(), 0..3),
        prop::collection::vec(a_put(), 0..3),
        prop::collection::vec(a_delete(), 0..2),
        prop::collection::vec(a_message, 0..4),
    )
        .prop_map(|(accept, erase, appends, puts, deletes, messages)| Change {
            accept,
            erase,
            appends,
            puts,
            deletes,
            messages,
        })
}

/// Changes that are committed at once, and how many messages the bus takes afterwards; several times.
pub type Batches = Vec<(Vec<Change>, u8)>;

/// Any batches.
pub fn batches() -> impl Strategy<Value = Batches> {
    prop::collection::vec((prop::collection::vec(a_change(), 1..24), 0..8_u8), 1..6)
}

/// One after the other in the model; each batch at once in the empty ledger of [`ROOM`], which takes them in the order of
/// asking.
pub async fn compare(ledger: &dyn Ledger, batches: Batches) -> Verdict {
    let mut model = Model::default();
    for (changes, published) in batches {
        let results = join_all(changes.iter().map(|change| ledger.commit(change.clone()))).await;
        for (change, result) in changes.iter().zip(&results) {
            assert_eq!(end(result), Some(model.commit(change)), "{change:?} came to {result:?}");
        }
        let gone = ledger.outbox().oldest(0, published.into()).await?;
        let sequences: Vec<i64> = gone.iter().map(|pending| pending.sequence).collect();
        ledger.outbox().published(&sequences).await?;
        model.messages.drain(..gone.len());
        assert_eq!(ledger.outbox().backlog().await?.messages, model.messages.len() as u64);
        let expected = Model { accepted: BTreeSet::new(), ..model.clone() };
        assert_eq!(dump(ledger).await?, expected);
    }
    Ok(())
}
