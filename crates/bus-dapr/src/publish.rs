//! The way out: raw bytes, keyed by student, as many as wait in one call to the sidecar.
//!
//! A call costs the sidecar and the broker more than the records in it. So messages of a topic that come while calls of that
//! topic are under way gather, and go together in the next; what comes alone goes at once. Each is answered for by itself.
//! Dapr's producer waits for all replicas, but numbers nothing: after a retry of its own a record may be there twice, or
//! behind the next. Not here: the way in (`listener`).

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bus::{Message, Publish, PublishError};
use contracts::Topic;
use dapr::dapr::proto::runtime::v1::{
    BulkPublishRequest, BulkPublishRequestEntry, BulkPublishResponse, PublishEventRequest,
};
use tokio::sync::oneshot;

use crate::delivery::Unread;
use crate::sidecar::{Calls, Sidecar};

/// The metadata that carries the correlation id; the sidecar makes each metadata a header of the record.
pub const CORRELATION_METADATA: &str = "correlationid";
/// The metadata that carries the trace context.
pub(crate) const TRACE_METADATA: &str = "traceparent";

/// How long the broker's answer may take. A message that was given up then may still arrive: consumers are idempotent.
const PUBLISH_MAX: Duration = Duration::from_secs(5);

/// How many calls of one topic are under way at once: the next gathers while these wait for the broker.
const CALLS_MAX: usize = 2;
/// How many messages go in one call, and how many bytes of them: a larger one goes alone.
const CALL_MAX_MESSAGES: usize = 256;
const CALL_MAX_BYTES: usize = 1 << 20;

/// Publishes through the sidecar. Clones are the same publisher.
#[derive(Clone)]
pub(crate) struct Publisher {
    calls: Calls,
    names: Names,
    queues: Arc<Mutex<HashMap<Topic, Queue>>>,
}

/// Where messages go.
#[derive(Clone)]
struct Names {
    /// The component.
    pubsub: String,
    /// What topics begin with.
    prefix: String,
}

impl Names {
    fn topic(&self, topic: Topic) -> String {
        format!("{}{topic}", self.prefix)
    }
}

/// What waits for a call of its topic.
#[derive(Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    calls: usize,
}

struct Waiting {
    message: Message,
    answer: oneshot::Sender<Result<(), PublishError>>,
}

impl Publisher {
    pub(crate) fn new(sidecar: &Sidecar, pubsub: String, prefix: String) -> Self {
        Self { calls: sidecar.calls(), names: Names { pubsub, prefix }, queues: Arc::default() }
    }

    /// Keeps what nobody can read in `dead-letter.raw`, with where it lay: as the sidecar's own dead letters have it.
    pub(crate) async fn keep(&self, unread: Unread) -> Result<(), PublishError> {
        let Unread { message, place } = unread;
        let mut metadata = metadata(&message);
        metadata.extend(place.into_iter().map(|(name, value)| (name.to_owned(), value)));
        metadata.insert(RAW.0.to_owned(), RAW.1.to_owned());
        let request = PublishEventRequest {
            pubsub_name: self.names.pubsub.clone(),
            topic: self.names.topic(message.topic),
            data: message.payload.into(),
            data_content_type: CONTENT_TYPE.to_owned(),
            metadata,
        };
        in_time(self.calls.clone().publish_event(request)).await.map(drop)
    }

    /// Sends what waits in the topic's queue until it is empty.
    async fn empty(self, topic: Topic) {
        // Whoever publishes several at once has put them all into the queue before the first call.
        tokio::task::yield_now().await;
        while let Some(taken) = self.take(topic) {
            let (messages, answers): (Vec<_>, Vec<_>) =
                taken.into_iter().map(|waiting| (waiting.message, waiting.answer)).unzip();
            let sent = self.send(bulk(&self.names, topic, messages)).await;
            for (answer, result) in answers.into_iter().zip(results(&sent)) {
                let _ = answer.send(result);
            }
        }
    }

    #[expect(deprecated, reason = "sidecars before 1.17 do not know it by its later name")]
    async fn send(&self, request: BulkPublishRequest) -> Result<BulkPublishResponse, PublishError> {
        in_time(self.calls.clone().bulk_publish_event_alpha1(request)).await
    }

    /// The messages of the next call. `None` where nothing waits: then there is one call fewer.
    fn take(&self, topic: Topic) -> Option<Vec<Waiting>> {
        let mut queues = self.queues();
        let queue = queues.get_mut(&topic)?;
        // Who does not wait any longer publishes again, or keeps no promise.
        queue.waiting.retain(|waiting| !waiting.answer.is_closed());
        let mut bytes = 0;
        let fits = queue.waiting.iter().take(CALL_MAX_MESSAGES).take_while(|waiting| {
            bytes += waiting.message.payload.len();
            bytes <= CALL_MAX_BYTES
        });
        let count = fits.count().max(1).min(queue.waiting.len());
        if count == 0 {
            queue.calls -= 1;
            return None;
        }
        Some(queue.waiting.drain(..count).collect())
    }

    fn queues(&self) -> MutexGuard<'_, HashMap<Topic, Queue>> {
        // Nothing in there can panic half way.
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Publish for Publisher {
    async fn publish(&self, message: Message) -> Result<(), PublishError> {
        let topic = message.topic;
        let (answer, answered) = oneshot::channel();
        let is_first = {
            let mut queues = self.queues();
            let queue = queues.entry(topic).or_default();
            queue.waiting.push_back(Waiting { message, answer });
            let is_first = queue.calls < CALLS_MAX;
            queue.calls += usize::from(is_first);
            is_first
        };
        if is_first {
            tokio::spawn(self.clone().empty(topic));
        }
        answered.await.unwrap_or(Err(PublishError::Stopping))
    }
}

/// The call's answer, or why there is none.
async fn in_time<T>(
    call: impl Future<Output = Result<tonic::Response<T>, tonic::Status>>,
) -> Result<T, PublishError> {
    // Not as the call's own deadline alone: that would not bound the wait for a connection.
    match tokio::time::timeout(PUBLISH_MAX, call).await {
        Ok(Ok(answer)) => Ok(answer.into_inner()),
        Ok(Err(status)) => {
            Err(PublishError::Unavailable(format!("{:?}: {}", status.code(), status.message())))
        }
        Err(_) => Err(PublishError::Unavailable(format!("no answer in {} ms", PUBLISH_MAX.as_millis()))),
    }
}

/// What the answer says of each message, in their order and without end.
fn results(
    sent: &Result<BulkPublishResponse, PublishError>,
) -> impl Iterator<Item = Result<(), PublishError>> + '_ {
    (0_usize..).map(move |number| match sent {
        Ok(answer) => {
            let failed = answer.failed_entries.iter().find(|failed| failed.entry_id == number.to_string());
            failed.map_or(Ok(()), |failed| Err(PublishError::Unavailable(failed.error.clone())))
        }
        Err(PublishError::Unavailable(why)) => Err(PublishError::Unavailable(why.clone())),
        Err(PublishError::Stopping) => Err(PublishError::Stopping),
    })
}

/// The bytes as they are: without it the sidecar would wrap them in a CloudEvent of JSON.
const RAW: (&str, &str) = ("rawPayload", "true");
const CONTENT_TYPE: &str = "application/octet-stream";

fn bulk(names: &Names, topic: Topic, messages: Vec<Message>) -> BulkPublishRequest {
    let entry = |(number, message): (usize, Message)| BulkPublishRequestEntry {
        entry_id: number.to_string(),
        metadata: metadata(&message),
        event: message.payload.into(),
        content_type: CONTENT_TYPE.to_owned(),
    };
    BulkPublishRequest {
        pubsub_name: names.pubsub.clone(),
        topic: names.topic(topic),
        entries: messages.into_iter().enumerate().map(entry).collect(),
        metadata: HashMap::from([(RAW.0.to_owned(), RAW.1.to_owned())]),
    }
}

/// What the component makes of it: the record's key, and a header of each other.
fn metadata(message: &Message) -> HashMap<String, String> {
    let headers = &message.headers;
    let carried = [
        ("partitionKey", Some(&message.key)),
        (CORRELATION_METADATA, headers.correlation_id.as_ref()),
        (TRACE_METADATA, headers.traceparent.as_ref()),
    ];
    carried.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use bus::Headers;
    use dapr::dapr::proto::runtime::v1::BulkPublishResponseFailedEntry;

    use super::*;

    fn message(payload: &'static [u8]) -> Message {
        let headers = Headers { correlation_id: Some("req-1".into()), traceparent: None };
        Message { topic: Topic::LearningEvents, key: "ada".into(), payload: payload.into(), headers }
    }

    #[test]
    fn a_message_is_raw_bytes_under_its_key() {
        let names = Names { pubsub: "blue-kafka-pubsub".into(), prefix: "blue-".into() };
        let request = bulk(&names, Topic::LearningEvents, vec![message(b"\xC3\x01\x00"), message(b"2")]);
        assert_eq!((&*request.pubsub_name, &*request.topic), ("blue-kafka-pubsub", "blue-learning.events"));
        assert_eq!(request.metadata["rawPayload"], "true");
        let [first, second] = &request.entries[..] else { panic!("{request:?}") };
        assert_eq!((&*first.entry_id, &*second.entry_id), ("0", "1"));
        assert_eq!(first.event, b"\xC3\x01\x00");
        let mut metadata: Vec<_> =
            first.metadata.iter().map(|(name, value)| format!("{name}={value}")).collect();
        metadata.sort();
        assert_eq!(metadata, ["correlationid=req-1", "partitionKey=ada"]);
    }

    #[test]
    fn each_message_has_its_own_answer() {
        let failed = BulkPublishResponseFailedEntry { entry_id: "1".into(), error: "too large".into() };
        let sent = Ok(BulkPublishResponse { failed_entries: vec![failed] });
        let told: Vec<_> =
            results(&sent).take(3).map(|result| result.map_err(|why| why.to_string())).collect();
        assert_eq!(told, [Ok(()), Err("the broker is not available: too large".into()), Ok(())]);
        let lost = Err(PublishError::Unavailable("away".into()));
        assert!(results(&lost).take(3).all(|result| result.is_err()));
    }

    #[tokio::test]
    async fn a_call_takes_what_fits_and_is_waited_for_and_a_large_message_goes_alone() {
        let sidecar = Sidecar::new("http://127.0.0.1:1", "http://127.0.0.1:1", None).unwrap();
        let publisher = Publisher::new(&sidecar, crate::PUBSUB.to_owned(), String::new());
        let large: &'static [u8] = vec![0; CALL_MAX_BYTES + 1].leak();
        let payloads = [b"0", b"1", b"2", large, b"3"].map(|payload: &'static [u8]| message(payload));
        let mut answers = Vec::new();
        for message in payloads {
            let (answer, answered) = oneshot::channel();
            answers.push(answered);
            let waiting = Waiting { message, answer };
            publisher.queues().entry(Topic::LearningEvents).or_default().waiting.push_back(waiting);
        }
        publisher.queues().get_mut(&Topic::LearningEvents).unwrap().calls = 1;
        // Nobody waits for the first any longer.
        answers.remove(0);
        let mut counts = Vec::new();
        while let Some(taken) = publisher.take(Topic::LearningEvents) {
            counts.push(taken.len());
        }
        assert_eq!(counts, [2, 1, 1]);
        assert_eq!(publisher.queues()[&Topic::LearningEvents].calls, 0);
    }
}
