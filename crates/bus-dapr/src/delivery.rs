//! A request of the sidecar as a delivery: the bytes are in the body, where they lay is in the headers.
//!
//! Not here: what becomes of it (`listener`).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bus::{Delivery, Headers, Message};
use bytes::Bytes;
use contracts::Topic;
use http::HeaderMap;
use serde::Deserialize;

use crate::publish::CORRELATION_METADATA;

/// Nothing can be made of the request: why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NoDelivery(pub(crate) String);

/// What nobody can read, for `dead-letter.raw`.
pub(crate) struct Unread {
    /// The bytes of the record where there are any, else those of the request.
    pub(crate) message: Message,
    /// Where it lay, as far as the request says.
    pub(crate) place: Vec<(&'static str, String)>,
}

impl Unread {
    pub(crate) fn of(headers: &HeaderMap, body: Bytes) -> Self {
        let read = serde_json::from_slice::<Body>(&body).ok();
        let bytes = read.as_ref().and_then(|read| STANDARD.decode(&read.data_base64).ok());
        let place = PLACE.iter().filter_map(|name| Some((*name, text(headers, name)?))).collect();
        let message = Message {
            topic: Topic::DeadLetterRaw,
            key: text(headers, KEY).unwrap_or_default(),
            payload: bytes.map_or(body, Bytes::from),
            headers: carried(headers, read),
        };
        Self { message, place }
    }
}

/// The headers that say where a record lay.
const PLACE: [&str; 3] = ["__topic", "__partition", "__offset"];
/// The header that holds its key.
const KEY: &str = "__key";

/// The part of the body that is read. Around the bytes the sidecar puts a CloudEvent with an id that is new each time: who
/// wants to know a record again looks inside its bytes.
#[derive(Deserialize)]
struct Body {
    data_base64: String,
    /// As published: the header of this name is that of the sidecar's own span.
    traceparent: Option<String>,
}

/// The delivery in a request for this topic: the first attempt.
pub(crate) fn read(topic: Topic, headers: &HeaderMap, body: &[u8]) -> Result<Delivery, NoDelivery> {
    let body: Body = serde_json::from_slice(body)
        .map_err(|error| NoDelivery(format!("its body is no raw event: {error}")))?;
    let payload = STANDARD
        .decode(&body.data_base64)
        .map_err(|error| NoDelivery(format!("its data_base64 is no base64: {error}")))?;
    let message = Message {
        topic,
        // A record without a key is a record: what it is worth, its handler says.
        key: text(headers, KEY).unwrap_or_default(),
        payload: payload.into(),
        headers: carried(headers, Some(body)),
    };
    let (partition, offset) = (number(headers, "__partition")?, number(headers, "__offset")?);
    Ok(Delivery { message, partition, offset, attempt: 1 })
}

fn carried(headers: &HeaderMap, body: Option<Body>) -> Headers {
    let traceparent = body.and_then(|body| body.traceparent);
    Headers {
        correlation_id: text(headers, CORRELATION_METADATA),
        traceparent: traceparent.as_deref().map(unescaped),
    }
}

fn number<N: std::str::FromStr>(headers: &HeaderMap, name: &str) -> Result<N, NoDelivery> {
    let number = text(headers, name).and_then(|text| text.parse().ok());
    number.ok_or_else(|| NoDelivery(format!("its header {name} is missing or no number")))
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    // Escaped by the sidecar, hence ASCII.
    Some(unescaped(headers.get(name)?.to_str().ok()?))
}

/// What the sidecar escaped as a URL's query would be (`escapeHeaders` of the component), so that keys and headers of any
/// bytes can be delivered. What is no escape stays as it is.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        rest = behind;
        match (first, behind) {
            (b'+', _) => bytes.push(b' '),
            (b'%', [high, low, ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                bytes.push(nibble(*high) << 4 | nibble(*low));
                rest = &behind[2..];
            }
            _ => bytes.push(*first),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The value of a hexadecimal digit.
fn nibble(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20) - b'a' + 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    const WHOLE: [(&str, &str); 3] = [("__key", "ada"), ("__partition", "2"), ("__offset", "41")];

    #[test]
    fn a_request_is_the_record_that_was_published() {
        let mut all = WHOLE.to_vec();
        all.extend([
            ("correlationid", "req-1"),
            ("traceparent", "00-of-the-sidecar-01"),
            ("__topic", "blue-x"),
        ]);
        let body =
            br#"{"id":"new","data_base64":"wwEA/iBub3QgYXZybw==","traceparent":"00-of-the-publisher-01"}"#;
        let delivery = read(Topic::LearningEvidence, &headers(&all), body).unwrap();
        assert_eq!(delivery.message.payload, b"\xC3\x01\x00\xFE not avro".as_slice());
        assert_eq!((delivery.message.key.as_str(), delivery.partition, delivery.offset), ("ada", 2, 41));
        assert_eq!(delivery.message.headers.correlation_id.as_deref(), Some("req-1"));
        assert_eq!(delivery.message.headers.traceparent.as_deref(), Some("00-of-the-publisher-01"));
        assert_eq!(delivery.attempt, 1);
    }

    #[test]
    fn a_record_without_key_bytes_or_headers_is_one_all_the_same() {
        let delivery =
            read(Topic::LearningEvidence, &headers(&WHOLE[1..]), br#"{"data_base64":""}"#).unwrap();
        assert_eq!(delivery.message.key, "");
        assert!(delivery.message.payload.is_empty());
        assert_eq!(delivery.message.headers, Headers::default());
    }

    #[test]
    fn what_is_no_delivery_is_refused_with_the_reason() {
        let whole = headers(&WHOLE);
        for (headers, body, reason) in [
            (&whole, "", "no raw event"),
            (&whole, "{}", "data_base64"),
            (&whole, r#"{"data":{"a":1}}"#, "data_base64"),
            (&whole, r#"{"data_base64":7}"#, "no raw event"),
            (&whole, r#"{"data_base64":"%%"}"#, "no base64"),
            (&headers(&WHOLE[..2]), r#"{"data_base64":""}"#, "__offset"),
            (&headers(&[("__partition", "two"), ("__offset", "1")]), r#"{"data_base64":""}"#, "__partition"),
        ] {
            let refused = read(Topic::LearningEvidence, headers, body.as_bytes()).unwrap_err();
            assert!(refused.0.contains(reason), "{body}: {refused}");
        }
    }

    #[test]
    fn what_nobody_can_read_is_kept_with_its_bytes_and_its_place() {
        let mut all = WHOLE[..2].to_vec();
        all.extend([("correlationid", "req-1"), ("__topic", "blue-learning.evidence")]);
        let raw = |body: &'static str| Unread::of(&headers(&all), Bytes::from_static(body.as_bytes()));
        let unread = raw(r#"{"data_base64":"wwEA","traceparent":"00-t-01"}"#);
        assert_eq!(unread.message.payload, b"\xC3\x01\x00".as_slice());
        assert_eq!((unread.message.topic, unread.message.key.as_str()), (Topic::DeadLetterRaw, "ada"));
        assert_eq!(unread.message.headers.correlation_id.as_deref(), Some("req-1"));
        assert_eq!(unread.message.headers.traceparent.as_deref(), Some("00-t-01"));
        let place = [("__topic", "blue-learning.evidence".to_owned()), ("__partition", "2".to_owned())];
        assert_eq!(unread.place, place);
        for odd in ["", "{}", r#"{"data_base64":"*"}"#, "\u{1}"] {
            assert_eq!(raw(odd).message.payload, odd.as_bytes(), "the request's own bytes");
        }
    }

    #[test]
    fn escapes_are_undone() {
        for (escaped, plain) in [
            ("S-1.b_2", "S-1.b_2"),
            ("a%0Ab", "a\nb"),
            ("%C3%A9t%c3%a9+x", "été x"),
            ("100%", "100%"),
            ("%zz%1", "%zz%1"),
            ("", ""),
        ] {
            assert_eq!(unescaped(escaped), plain, "{escaped}");
        }
    }
}
