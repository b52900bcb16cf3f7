//! The way out: one call to the sidecar for each message, raw bytes in, keyed by student.
//!
//! Dapr's producer waits for all replicas, but numbers nothing: after a retry of its own a record may be there twice, or
//! behind the next. Not here: the way in (`listener`).

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use bus::{Message, Publish, PublishError};
use dapr::dapr::proto::runtime::v1::PublishEventRequest;

use crate::PUBSUB;
use crate::delivery::Unread;
use crate::sidecar::{Calls, Sidecar};

/// The metadata that carries the correlation id; the sidecar makes each metadata a header of the record.
pub const CORRELATION_METADATA: &str = "correlationid";
/// The metadata that carries the trace context.
pub(crate) const TRACE_METADATA: &str = "traceparent";

/// How long the broker's answer may take. A message that was given up then may still arrive: consumers are idempotent.
const PUBLISH_MAX: Duration = Duration::from_secs(5);

/// Publishes through the sidecar.
#[derive(Clone)]
pub(crate) struct Publisher {
    calls: Calls,
    prefix: String,
}

impl Publisher {
    pub(crate) fn new(sidecar: &Sidecar, prefix: String) -> Self {
        Self { calls: sidecar.calls(), prefix }
    }

    /// Keeps what nobody can read in `dead-letter.raw`, with where it lay: as the sidecar's own dead letters have it.
    pub(crate) async fn keep(&self, unread: Unread) -> Result<(), PublishError> {
        let Unread { message, place } = unread;
        let mut request = request(&self.prefix, message);
        request.metadata.extend(place.into_iter().map(|(name, value)| (name.to_owned(), value)));
        self.send(request).await
    }

    async fn send(&self, request: PublishEventRequest) -> Result<(), PublishError> {
        let unavailable = |why: String| Err(PublishError::Unavailable(why));
        // Not as the call's own deadline alone: that would not bound the wait for a connection.
        match tokio::time::timeout(PUBLISH_MAX, self.calls.clone().publish_event(request)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(status)) => unavailable(format!("{:?}: {}", status.code(), status.message())),
            Err(_) => unavailable(format!("no answer in {} ms", PUBLISH_MAX.as_millis())),
        }
    }
}

#[async_trait]
impl Publish for Publisher {
    async fn publish(&self, message: Message) -> Result<(), PublishError> {
        self.send(request(&self.prefix, message)).await
    }
}

fn request(prefix: &str, message: Message) -> PublishEventRequest {
    let Message { topic, key, payload, headers } = message;
    let mut metadata = HashMap::from([
        // The bytes as they are: without it the sidecar would wrap them in a CloudEvent of JSON.
        ("rawPayload".to_owned(), "true".to_owned()),
        ("partitionKey".to_owned(), key),
    ]);
    let carried = [(CORRELATION_METADATA, headers.correlation_id), (TRACE_METADATA, headers.traceparent)];
    metadata.extend(carried.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    PublishEventRequest {
        pubsub_name: PUBSUB.to_owned(),
        topic: format!("{prefix}{topic}"),
        data: payload.into(),
        data_content_type: "application/octet-stream".to_owned(),
        metadata,
    }
}

#[cfg(test)]
mod tests {
    use bus::Headers;
    use contracts::Topic;

    use super::*;

    #[test]
    fn a_message_is_raw_bytes_under_its_key() {
        let headers = Headers { correlation_id: Some("req-1".into()), traceparent: None };
        let message = Message {
            topic: Topic::LearningEvents,
            key: "ada".into(),
            payload: b"\xC3\x01\x00".as_slice().into(),
            headers,
        };
        let request = request("blue-", message);
        assert_eq!(request.pubsub_name, "kafka-pubsub");
        assert_eq!(request.topic, "blue-learning.events");
        assert_eq!(request.data, b"\xC3\x01\x00");
        let mut metadata: Vec<_> =
            request.metadata.iter().map(|(name, value)| format!("{name}={value}")).collect();
        metadata.sort();
        assert_eq!(metadata, ["correlationid=req-1", "partitionKey=ada", "rawPayload=true"]);
    }
}
