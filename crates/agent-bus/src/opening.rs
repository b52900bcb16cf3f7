//! Records as a room reads them: out of a schema registry's frame, each with the place where it lies. For the commands that
//! read topics back.
//!
//! Not here: the frame, and what a registry is asked (crate `schema-registry`), what becomes of a record (module `cli`).

use std::fmt;
use std::sync::{Arc, OnceLock};

use bus::Delivery;
use bytes::Bytes;
use clock::SystemClock;
use contracts::Topic;
use schema_registry::{Framing, UnframeError, is_framed};

use crate::cli::Failure;
use crate::registry::RegistryArgs;

/// Why a frame stays closed where nobody says which registry it is of. Short: it is to fit into a row of a table.
const NO_REGISTRY: &str = "it is in a schema registry's frame, and SCHEMA_REGISTRY_URL names none";

/// Where a record lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) topic: Topic,
    pub(crate) partition: i32,
    pub(crate) offset: i64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { topic, partition, offset } = self;
        write!(f, "{topic}/{partition}/{offset}")
    }
}

/// A record as a room reads it, or why there is none for a room.
pub(crate) struct Opened {
    pub(crate) place: Place,
    pub(crate) record: Result<Delivery, String>,
}

/// The registry is away: in words.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Away(String);

/// Takes records out of their frames, with the registry that the agents have. What has no frame stays as it is.
#[derive(Default)]
pub(crate) struct Opener {
    framing: Option<Framing>,
    /// Why it could not be asked for what a dead letter holds, once that was so.
    away: OnceLock<String>,
}

impl Opener {
    /// With the registry, where one is named. Nobody is asked yet.
    ///
    /// # Errors
    /// Where its address is none.
    pub(crate) fn new(registry: &RegistryArgs) -> Result<Self, Failure> {
        Ok(Self { framing: registry.framing(Arc::new(SystemClock))?, away: OnceLock::new() })
    }

    /// The record without its frame.
    ///
    /// # Errors
    /// Where the registry is away. A frame that nobody will ever open is no error: its record says so.
    pub(crate) async fn open(&self, mut record: Delivery) -> Result<Opened, Away> {
        let (topic, payload) = (record.message.topic, &record.message.payload);
        let place = Place { topic, partition: record.partition, offset: record.offset };
        let bare = match &self.framing {
            Some(framing) => framing.unframe(topic, payload).await,
            None => without_registry(payload),
        };
        let record = match bare {
            Ok(payload) => {
                record.message.payload = payload;
                Ok(record)
            }
            Err(UnframeError::Unusable(why)) => Err(why),
            Err(UnframeError::Away(why)) => return Err(Away(why)),
        };
        Ok(Opened { place, record })
    }

    /// The record that a dead letter holds, without its frame, whatever topic it came from; or why it stays in it.
    ///
    /// Such a record is looked at, and the letter is of use without it: a registry that is away ends nothing. It is not asked
    /// again either, as thousands of letters would each wait for its answer.
    pub(crate) async fn held(&self, payload: &Bytes) -> Result<Bytes, String> {
        let bare = match (&self.framing, self.away.get()) {
            (Some(_), Some(why)) if is_framed(payload) => return Err(why.clone()),
            (Some(framing), _) => framing.object(payload).await,
            (None, _) => without_registry(payload),
        };
        bare.map_err(|error| match error {
            UnframeError::Unusable(why) => why,
            UnframeError::Away(why) => self.away.get_or_init(|| why).clone(),
        })
    }
}

/// Not the end of the run: without frames too a record of somebody else may open like one.
fn without_registry(payload: &Bytes) -> Result<Bytes, UnframeError> {
    if is_framed(payload) {
        return Err(UnframeError::Unusable(NO_REGISTRY.to_owned()));
    }
    Ok(payload.clone())
}

#[cfg(test)]
mod tests {
    use bus::{Headers, Message};
    use testkit::registry::Registry;

    use super::*;

    const FRAME: &[u8] = b"\0\0\0\0\x01body";

    fn record(payload: &'static [u8]) -> Delivery {
        let (topic, payload) = (Topic::LearningEvents, Bytes::from_static(payload));
        let message = Message { topic, key: "ada".to_owned(), payload, headers: Headers::default() };
        Delivery { message, partition: 2, offset: 17, attempt: 1 }
    }

    #[tokio::test]
    async fn a_frame_of_no_registry_that_is_named_stays_closed_and_says_what_to_set() {
        let opener = Opener::default();
        for bare in [&b""[..], b"\xC3\x01", b"{}"] {
            let opened = opener.open(record(bare)).await.unwrap();
            assert_eq!(opened.record.unwrap().message.payload, bare);
            assert_eq!(opener.held(&Bytes::from_static(bare)).await.unwrap(), bare);
        }
        for framed in [&b"\0"[..], FRAME] {
            let opened = opener.open(record(framed)).await.unwrap();
            assert_eq!(opened.place.to_string(), "learning.events/2/17");
            assert!(opened.record.unwrap_err().contains("SCHEMA_REGISTRY_URL"));
            let closed = opener.held(&Bytes::from_static(framed)).await.unwrap_err();
            assert!(closed.contains("SCHEMA_REGISTRY_URL"), "{closed}");
        }
    }

    #[tokio::test]
    async fn a_registry_that_is_away_is_asked_for_each_record_and_once_for_what_letters_hold() {
        let registry = Registry::start().await;
        registry.set_down(true);
        let settings = schema_registry::Settings::new(&registry.url()).unwrap();
        let framing = Framing::new(&settings, Arc::new(SystemClock)).unwrap();
        let opener = Opener { framing: Some(framing), ..Opener::default() };
        for _ in 0..2 {
            let closed = opener.held(&Bytes::from_static(FRAME)).await.unwrap_err();
            assert!(closed.contains("the schema registry is away"), "{closed}");
        }
        assert_eq!(registry.count("GET"), 1);
        assert_eq!(opener.held(&Bytes::from_static(b"bare")).await.unwrap(), "bare");
        for _ in 0..2 {
            let away = opener.open(record(FRAME)).await.err().unwrap().to_string();
            assert!(away.contains("the schema registry is away"), "{away}");
        }
        assert_eq!(registry.count("GET"), 3);
    }
}
