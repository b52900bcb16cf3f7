//! Hears what Progress decided, and writes it into the copy.
//!
//! Deliveries may come in any order and any number of times: the copy ends up the same (module `copy`). Not here: who reads
//! it (module `first`).

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Delivery, Disposition, Failure, Handle, Subscription, unreadable};
use clock::Clock;
use contracts::events::{ErrorType, StudentErased, StudentProgress};
use contracts::metadata::ACCEPTED_EVENTS;
use contracts::{Component, Event, StudentId, Topic, avro};
use jiff::Timestamp;

use crate::{Held, ReadCopy, ReadCopyError, StudentCopy, Written};

/// How often a write is tried while others write the same student's copy. In each round one of them succeeds.
pub const CONFLICTS_MAX: u32 = 32;

/// The subscription by which `copy` follows Progress. Where it cannot be written the delivery is handed out again.
#[must_use]
pub fn refresher(group: &'static str, copy: Arc<dyn ReadCopy>, clock: Arc<dyn Clock>) -> Subscription {
    Subscription { group, topics: vec![Topic::LearningEvents], handler: Arc::new(Refresher { copy, clock }) }
}

struct Refresher {
    copy: Arc<dyn ReadCopy>,
    clock: Arc<dyn Clock>,
}

/// What an event says of a student.
struct News {
    student: StudentId,
    at: Timestamp,
    what: What,
}

enum What {
    Progress(Component, Held),
    Erased,
}

impl News {
    /// `None` where the event is of no interest.
    fn of(event: Event) -> Option<Self> {
        match event {
            Event::StudentProgress(event) => Self::progress(event),
            Event::StudentErased(StudentErased { student_id, timestamp, .. }) => {
                Some(Self { student: student_id, at: timestamp, what: What::Erased })
            }
            _ => None,
        }
    }

    /// Without the count nobody can say whether it is newer than what is held: it is passed over, and the copy goes stale.
    fn progress(event: StudentProgress) -> Option<Self> {
        let metadata = event.metadata.unwrap_or_default();
        let accepted_events = metadata.get(ACCEPTED_EVENTS)?.parse().ok()?;
        let held = Held { mastery: event.mastery, accepted_events, occurred_at: event.timestamp };
        let what = What::Progress(event.component, held);
        Some(Self { student: event.student_id, at: event.timestamp, what })
    }

    /// Returns whether that changed anything.
    fn tell(&self, copy: &mut StudentCopy) -> bool {
        match &self.what {
            What::Progress(component, held) => copy.progress(component.clone(), *held),
            What::Erased => copy.erase(self.at),
        }
    }
}

impl Refresher {
    fn read(delivery: &Delivery) -> Result<Option<News>, Failure> {
        let event = avro::decode(&delivery.message.payload).map_err(|error| unreadable(&error))?;
        let Some(news) = News::of(event) else { return Ok(None) };
        if delivery.message.key != news.student.as_str() {
            let message = "the message's key is not the student of the event".to_owned();
            return Err(Failure { error_type: ErrorType::Validation, message });
        }
        Ok(Some(news))
    }

    async fn write(&self, news: &News) -> Result<(), ReadCopyError> {
        // Old news, from a long queue or a replay, makes nothing look fresh; nor does an agent whose clock is ahead.
        let known_at = news.at.min(self.clock.now());
        for _ in 0..CONFLICTS_MAX {
            let (mut copy, etag) = match self.copy.read(&news.student).await? {
                Some((copy, etag)) => (copy, Some(etag)),
                None => (StudentCopy::empty(known_at), None),
            };
            if !news.tell(&mut copy) {
                return Ok(());
            }
            copy.refreshed_at = copy.refreshed_at.max(known_at);
            if self.copy.write(&news.student, &copy, etag.as_ref()).await? == Written::Yes {
                return Ok(());
            }
        }
        Err(ReadCopyError(format!("{CONFLICTS_MAX} times somebody else wrote first")))
    }
}

#[async_trait]
impl Handle for Refresher {
    async fn handle(&self, delivery: Delivery) -> Disposition {
        let news = match Self::read(&delivery) {
            Ok(Some(news)) => news,
            Ok(None) => return Disposition::Ack,
            Err(failure) => return Disposition::DeadLetter(failure),
        };
        match self.write(&news).await {
            Ok(()) => Disposition::Ack,
            // The news is sound, the copy is away.
            Err(error) => Disposition::Hold(error.to_string()),
        }
    }
}
