//! From single object to frame and back: the ids that are known, and the questions that are left.
//!
//! Not here: how a registry is asked (`client`), what stands around a bus (`framed`).

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use bus::{Message, PublishError};
use bytes::Bytes;
use clock::Clock;
use contracts::avro::{self, Fingerprint, Shipped};
use contracts::{Event, Topic};
use futures::FutureExt;
use quick_cache::sync::Cache;

use crate::client::{Answer, Client, NotRegistered};
use crate::frame::{self, Payload};
use crate::once::Once;
use crate::{Settings, SettingsError};

/// How many ids are kept with what they mean, and as many that nobody knows.
pub const SCHEMAS_MAX: usize = 1024;

/// The largest id that a registry gives: Confluent's are Java's signed integers. It has no address for a larger one, and answers
/// as if there were no registry.
const ID_MAX: u32 = i32::MAX.cast_unsigned();

/// How long an id that the registry did not know is not asked for again.
pub const UNKNOWN_FOR: Duration = Duration::from_secs(10);

/// Translates between single objects and frames, with what a registry says. Clones are the same.
#[derive(Clone)]
pub struct Framing {
    known: Arc<Known>,
}

/// What is known, and who is asked about the rest.
struct Known {
    client: Client,
    clock: Arc<dyn Clock>,
    /// What we write. As many as topics and records, at most.
    registered: RwLock<HashMap<Subject, u32>>,
    registering: Once<Subject, Result<u32, String>>,
    /// Subjects whose schema was refused: that is said once.
    refused: Mutex<HashSet<Subject>>,
    /// What we read.
    meanings: Cache<u32, Meaning>,
    /// When an id was not known, in milliseconds of the clock.
    unknown: Cache<u32, i64>,
    asking: Once<u32, Result<Meaning, String>>,
}

/// What a subject stands for.
type Subject = (Topic, Fingerprint);

/// What an id is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// A schema that we ship.
    Ours(Fingerprint),
    /// A schema, but none of ours: why not.
    Foreign(&'static str),
    /// Nothing, for now.
    Unknown,
}

/// Why a frame is not opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnframeError {
    /// It never will be: it is torn, or its schema is none of ours.
    #[error("{0}")]
    Unusable(String),
    /// Not now: the registry is away.
    #[error("{0}")]
    Away(String),
}

impl Framing {
    /// With that registry. Nothing is asked yet. The clock tells how long something is unknown.
    ///
    /// # Errors
    /// When this process can have no HTTP client.
    pub fn new(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Self, SettingsError> {
        let known = Known {
            client: Client::new(settings)?,
            clock,
            registered: RwLock::default(),
            registering: Once::new(),
            refused: Mutex::default(),
            meanings: Cache::new(SCHEMAS_MAX),
            unknown: Cache::new(SCHEMAS_MAX),
            asking: Once::new(),
        };
        Ok(Self { known: Arc::new(known) })
    }

    /// The message as it goes to the broker.
    pub(crate) async fn outgoing(&self, message: Message) -> Result<Message, PublishError> {
        let Some((fingerprint, body)) = avro::split(&message.payload) else { return Ok(message) };
        let Some(shipped) = avro::shipped(fingerprint) else { return Ok(message) };
        if passes_as_it_is(message.topic) {
            return Ok(message);
        }
        let subject = (message.topic, fingerprint);
        let id = match self.known.registered(subject) {
            Some(id) => id,
            None => self.register(subject, shipped).await.map_err(PublishError::Unavailable)?,
        };
        let payload = frame::write(id, body);
        Ok(Message { payload, ..message })
    }

    async fn register(&self, subject: Subject, shipped: Shipped) -> Result<u32, String> {
        let known = Arc::clone(&self.known);
        let question = move || async move { known.register(subject, shipped).await }.boxed();
        self.known.registering.ask(subject, question).await
    }

    /// What came from the broker on a topic, as a room may see it: a single object where it was a frame, else as it came.
    /// [`crate::Framed`] does it for who subscribes; this is for who reads a topic back.
    ///
    /// # Errors
    /// [`UnframeError::Away`] may go another time, [`UnframeError::Unusable`] never will.
    pub async fn unframe(&self, topic: Topic, payload: &Bytes) -> Result<Bytes, UnframeError> {
        if passes_as_it_is(topic) {
            return Ok(payload.clone());
        }
        self.object(payload).await
    }

    /// The same for a record that somebody gave up, in a dead letter or on `dead-letter.raw`, whatever topic it came from.
    ///
    /// # Errors
    /// As [`Framing::unframe`].
    pub async fn object(&self, payload: &Bytes) -> Result<Bytes, UnframeError> {
        let unusable = |why: &str| Err(UnframeError::Unusable(why.to_owned()));
        let (id, body) = match frame::read(payload) {
            Payload::Bare => return Ok(payload.clone()),
            Payload::Torn => return unusable("the frame ends before its schema's id"),
            Payload::Framed(id, body) => (id, body),
        };
        match self.meaning(id).await? {
            Meaning::Ours(fingerprint) => Ok(avro::join(fingerprint, body)),
            Meaning::Foreign(why) => unusable(&format!("the schema of id {id} {why}")),
            Meaning::Unknown => unusable(&format!("the registry knows no schema of id {id}")),
        }
    }

    async fn meaning(&self, id: u32) -> Result<Meaning, UnframeError> {
        if let Some(meaning) = self.known.meaning(id) {
            return Ok(meaning);
        }
        let known = Arc::clone(&self.known);
        let question = move || async move { known.look_up(id).await }.boxed();
        let answer = self.known.asking.ask(id, question).await;
        answer.map_err(|why| UnframeError::Away(away(&why)))
    }

    /// A dead letter that holds a frame says which event is in it, where that is known without asking.
    pub(crate) fn name_original(&self, message: Message) -> Message {
        let Ok(Event::ErrorEvent(mut letter)) = avro::decode(&message.payload) else { return message };
        let Payload::Framed(id, _) = frame::read(&letter.original_payload) else { return message };
        let Some(Meaning::Ours(fingerprint)) = self.known.meaning(id) else { return message };
        letter.original_event_type = avro::shipped(fingerprint).map(|shipped| shipped.event.to_owned());
        Message { payload: avro::encode(&Event::ErrorEvent(letter)), ..message }
    }
}

impl Known {
    fn registered(&self, subject: Subject) -> Option<u32> {
        self.registered.read().unwrap_or_else(PoisonError::into_inner).get(&subject).copied()
    }

    async fn register(&self, subject: Subject, shipped: Shipped) -> Result<u32, String> {
        // Somebody may have had the answer just before this question was the first again.
        if let Some(id) = self.registered(subject) {
            return Ok(id);
        }
        let name = format!("{}-{}", subject.0, shipped.record);
        match self.client.register(&name, shipped.schema).await {
            Ok(id) => {
                self.refused.lock().unwrap_or_else(PoisonError::into_inner).remove(&subject);
                self.meanings.insert(id, Meaning::Ours(subject.1));
                self.registered.write().unwrap_or_else(PoisonError::into_inner).insert(subject, id);
                Ok(id)
            }
            Err(NotRegistered::Away(why)) => Err(away(&why)),
            Err(NotRegistered::Refused(why)) => {
                if self.refused.lock().unwrap_or_else(PoisonError::into_inner).insert(subject) {
                    tracing::error!(
                        subject = name,
                        why,
                        "the schema registry refuses a schema: its events wait"
                    );
                }
                Err(format!("the schema registry refuses {name}: {why}"))
            }
        }
    }

    /// What the id is, if that need not be asked.
    fn meaning(&self, id: u32) -> Option<Meaning> {
        if id > ID_MAX {
            return Some(Meaning::Unknown);
        }
        if let Some(meaning) = self.meanings.get(&id) {
            return Some(meaning);
        }
        let past_ms = self.now_ms().checked_sub(self.unknown.get(&id)?)?;
        // A clock that was set back does not make it last longer.
        let fresh = u128::try_from(past_ms).is_ok_and(|past_ms| past_ms < UNKNOWN_FOR.as_millis());
        fresh.then_some(Meaning::Unknown)
    }

    async fn look_up(&self, id: u32) -> Result<Meaning, String> {
        if let Some(meaning) = self.meaning(id) {
            return Ok(meaning);
        }
        let meaning = match self.client.schema(id).await? {
            Answer::Schema(schema) => meaning(&schema),
            Answer::Other(why) => Meaning::Foreign(why),
            Answer::Unknown => {
                self.unknown.insert(id, self.now_ms());
                return Ok(Meaning::Unknown);
            }
        };
        self.meanings.insert(id, meaning);
        Ok(meaning)
    }

    fn now_ms(&self) -> i64 {
        self.clock.now().as_millisecond()
    }
}

/// What a schema is to us. Its text comes from whoever may write to the registry.
fn meaning(schema: &str) -> Meaning {
    match Fingerprint::of(schema) {
        Ok(fingerprint) if avro::shipped(fingerprint).is_some() => Meaning::Ours(fingerprint),
        Ok(_) => Meaning::Foreign("is none that this version ships"),
        Err(_) => Meaning::Foreign("cannot be read"),
    }
}

/// What is on this topic is kept as it came, whatever it is.
fn passes_as_it_is(topic: Topic) -> bool {
    topic == Topic::DeadLetterRaw
}

fn away(why: &str) -> String {
    format!("the schema registry is away: {why}")
}

#[cfg(test)]
mod tests {
    use clock::SystemClock;

    use super::*;

    #[test]
    fn whatever_ids_come_no_more_are_kept_than_were_said() {
        let settings = Settings::new("http://127.0.0.1:1").unwrap();
        let framing = Framing::new(&settings, Arc::new(SystemClock)).unwrap();
        for id in 0..10_000 {
            framing.known.meanings.insert(id, Meaning::Foreign("is another"));
            framing.known.unknown.insert(id, 0);
        }
        assert!(
            (1..=SCHEMAS_MAX).contains(&framing.known.meanings.len()),
            "{}",
            framing.known.meanings.len()
        );
        assert!((1..=SCHEMAS_MAX).contains(&framing.known.unknown.len()), "{}", framing.known.unknown.len());
    }
}
