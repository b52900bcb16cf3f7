//! A message of the port as a Kafka record, and back. The header names are those that Dapr writes too.

use bus::{Delivery, Headers, Message};
use bytes::Bytes;
use rdkafka::message::{BorrowedMessage, Header, Headers as _, Message as _, OwnedHeaders};

use crate::Settings;

const CORRELATION_ID: &str = "correlationid";
const TRACEPARENT: &str = "traceparent";

/// The headers of a record.
pub(crate) fn headers(headers: &Headers) -> OwnedHeaders {
    let pairs = [(CORRELATION_ID, &headers.correlation_id), (TRACEPARENT, &headers.traceparent)];
    pairs.into_iter().fold(OwnedHeaders::new(), |owned, (key, value)| match value {
        Some(value) => owned.insert(Header { key, value: Some(value) }),
        None => owned,
    })
}

/// The record as a first delivery. `None` for a topic that is none of ours. A key or a header that is no text is read as far
/// as it is: the handler compares the key with what the event says.
pub(crate) fn delivery(settings: &Settings, record: &BorrowedMessage<'_>) -> Option<Delivery> {
    let message = Message {
        topic: settings.topic_named(record.topic())?,
        key: String::from_utf8_lossy(record.key().unwrap_or_default()).into_owned(),
        payload: Bytes::copy_from_slice(record.payload().unwrap_or_default()),
        headers: Headers {
            correlation_id: text(record, CORRELATION_ID),
            traceparent: text(record, TRACEPARENT),
        },
    };
    Some(Delivery { message, partition: record.partition(), offset: record.offset(), attempt: 1 })
}

fn text(record: &BorrowedMessage<'_>, name: &str) -> Option<String> {
    let value = record.headers()?.iter().find(|header| header.key == name)?.value?;
    std::str::from_utf8(value).ok().map(str::to_owned)
}
