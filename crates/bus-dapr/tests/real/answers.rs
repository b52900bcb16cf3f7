//! What the sidecar makes of an answer: each is something that would lose an event, or must not.
//!
//! Not here: answers that do not come (`outages`).

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bus::{Disposition, Publish, Subscribe};
use contracts::Topic;
use futures::future::BoxFuture;
use serde_json::{Value, json};

use crate::release::{Release, Shown, ack, message};

const EVIDENCE: Topic = Topic::LearningEvidence;

fn word(word: &str) -> (u16, Value) {
    (200, json!({"status": word}))
}

/// The reasons why every address under /events answers, and why `DROP` is never the answer: the router's own tests show that.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_404_loses_the_event_and_so_does_a_drop() {
    let release = Release::new().await;
    let answer = |shown: &Shown| match &shown.payload()[..] {
        b"first" => (404, json!({})),
        b"second" => word("DROP"),
        _ => word("SUCCESS"),
    };
    let mut progress = release.onlooker("progress", EVIDENCE, answer).await;
    let bus = release.publisher().await;
    // The same key: what is behind one comes when it is done with.
    for payload in [b"first".as_slice(), b"second", b"third"] {
        bus.publish(message(EVIDENCE, "ada", payload)).await.unwrap();
        assert_eq!(progress.next().await.payload(), payload);
    }
}

/// As no sidecar sends it, but as one might some day.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_delivery_is_in_the_raw_dead_letters_with_its_bytes_and_headers() {
    let release = Release::new().await;
    let mut progress = release.agent("progress", EVIDENCE, ack).await;
    let mut raw = release.onlooker("raw", Topic::DeadLetterRaw, |_| word("SUCCESS")).await;
    let (port, token) = {
        let sidecar = release.sidecar("progress", true).await;
        (sidecar.app_port(), sidecar.app_token().to_owned())
    };
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let kept = b"\xC3\x01\x00".as_slice();
    for (topic, body, bytes) in [
        ("learning.evidence", r#"{"data_base64":"wwEA","traceparent":"00-t-01"}"#, kept),
        ("no.such.topic", r#"{"data_base64":"wwEA","traceparent":"00-t-01"}"#, kept),
        ("learning.evidence", r#"{"data":"x"}"#, br#"{"data":"x"}"#),
    ] {
        let request = client.post(format!("http://127.0.0.1:{port}/events/{topic}")).body(body);
        let request = request.header("dapr-api-token", &token).header("correlationid", "req-1");
        // No offset: it cannot be told where it lay.
        let request = request.header("__key", "ada").header("__topic", topic).header("__partition", "2");
        let answer = request.send().await.unwrap();
        assert_eq!(answer.text().await.unwrap(), r#"{"status":"SUCCESS"}"#);
        let letter = raw.next().await;
        assert_eq!(letter.payload(), bytes);
        assert_eq!((letter.header("__key"), letter.header("__topic")), ("ada", topic));
        assert_eq!((letter.header("correlationid"), letter.header("__partition")), ("req-1", "2"));
    }
    assert!(progress.seen.try_recv().is_err(), "no handler sees it");
    let counted = [Some(Topic::LearningEvidence), None, Some(Topic::LearningEvidence)];
    assert_eq!(release.unread.counted(), counted.map(|topic| ("progress", topic)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_comes_with_its_place_its_headers_and_the_trace() {
    let release = Release::new().await;
    let mut progress = release.onlooker("progress", EVIDENCE, |_| word("SUCCESS")).await;
    let mut review = release.agent("review", EVIDENCE, ack).await;
    let mut sent = message(EVIDENCE, "ada", b"\xC3\x01\x00\xFE not avro");
    sent.headers.traceparent = Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".into());
    release.publisher().await.publish(sent.clone()).await.unwrap();
    let shown = progress.next().await;
    assert_eq!(shown.payload(), sent.payload);
    assert_eq!((shown.header("__key"), shown.header("correlationid")), ("ada", "req-1"));
    assert_eq!(shown.header("__topic"), format!("{}learning.evidence", release.prefix()));
    assert!(shown.header("__partition").parse::<i32>().unwrap() < 6);
    assert_eq!(shown.header("__offset"), "0");
    // The sidecar's own span, in the same trace; the body has what was published.
    assert_ne!(shown.header("traceparent"), sent.headers.traceparent.as_deref().unwrap());
    assert!(shown.header("traceparent").contains("4bf92f3577b34da6a3ce929d0e0e4736"));
    let delivery = review.next().await;
    assert_eq!((&delivery.message, delivery.offset), (&sent, 0));
}

/// A store that is away for longer than any number of attempts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_held_comes_again_and_again_and_is_no_dead_letter() {
    const LOOKS: u32 = 18;
    let release = Release::new().await;
    let looks = AtomicU32::new(0);
    let holds = move |_| -> BoxFuture<'static, Disposition> {
        let away = looks.fetch_add(1, Ordering::SeqCst) < LOOKS;
        let held = Disposition::Hold("the store is away".to_owned());
        Box::pin(std::future::ready(if away { held } else { Disposition::Ack }))
    };
    let mut progress = release.agent("progress", EVIDENCE, holds).await;
    let mut raw = release.onlooker("raw", Topic::DeadLetterRaw, |_| word("SUCCESS")).await;
    let mut queue = release.onlooker("letters", Topic::DeadLetterQueue, |_| word("SUCCESS")).await;
    let bus = release.publisher().await;
    let held = message(EVIDENCE, "ada", b"held");
    bus.publish(held.clone()).await.unwrap();
    for _ in 0..=LOOKS {
        let delivery = progress.next().await;
        assert_eq!((&delivery.message, delivery.attempt), (&held, 1));
    }
    // A held record is kept for 100 ms a request: it was handed back more than once.
    let retries = release
        .sidecar("progress", true)
        .await
        .log()
        .matches("encountered a retriable error while publishing")
        .count();
    assert!(retries > 1, "handed back {retries} times");
    for topic in [Topic::DeadLetterRaw, Topic::DeadLetterQueue] {
        bus.publish(message(topic, "ada", b"marker")).await.unwrap();
    }
    assert_eq!(raw.next().await.payload(), b"marker");
    assert_eq!(queue.next().await.payload(), b"marker");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_app_gets_the_event_again_and_it_is_no_dead_letter() {
    let release = Release::new().await;
    let asked = AtomicU32::new(0);
    let answer = move |_: &Shown| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => (500, json!({})),
        1 => (401, json!({})),
        2 => (403, json!({})),
        3 => (413, json!({})),
        4 => word("UNHEARD OF"),
        _ => word("SUCCESS"),
    };
    let mut progress = release.onlooker("progress", EVIDENCE, answer).await;
    let mut raw = release.onlooker("raw", Topic::DeadLetterRaw, |_| word("SUCCESS")).await;
    let bus = release.publisher().await;
    bus.publish(message(EVIDENCE, "ada", b"first")).await.unwrap();
    for _ in 0..6 {
        assert_eq!(progress.next().await.payload(), b"first");
    }
    bus.publish(message(EVIDENCE, "ada", b"second")).await.unwrap();
    assert_eq!(progress.next().await.payload(), b"second");
    bus.publish(message(Topic::DeadLetterRaw, "ada", b"marker")).await.unwrap();
    assert_eq!(raw.next().await.payload(), b"marker");
}

/// A line break cannot stand in an HTTP header: unescaped, such a record could not be delivered, and nothing behind it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_of_any_characters_is_delivered_as_it_is() {
    let release = Release::new().await;
    let mut progress = release.agent("progress", EVIDENCE, ack).await;
    let bus = release.publisher().await;
    for key in ["a\nb", "a b+c%41", "été", ""] {
        let mut odd = message(EVIDENCE, key, b"x");
        odd.headers.correlation_id = Some(format!("<{key}>"));
        bus.publish(odd.clone()).await.unwrap();
        assert_eq!(progress.next().await.message, odd);
    }
}

/// Headers become headers of a request, which some would break for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_of_somebody_else_does_not_block_its_partition() {
    let release = Release::new().await;
    let mut progress = release.agent("progress", EVIDENCE, ack).await;
    let topics = Arc::clone(&release.topics);
    let headers = ":nameless,content-length:3,Transfer-Encoding:chunked,odd name:x,été:y,line:a%0Ab,dapr-api-token:z,correlationid:é";
    tokio::task::spawn_blocking(move || topics.write(EVIDENCE, headers, "no avro")).await.unwrap();
    let message = progress.next().await.message;
    assert_eq!(message.payload, b"no avro".as_slice());
    assert_eq!((message.key.as_str(), message.headers.correlation_id.as_deref()), ("", Some("é")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_of_five_mebibytes_and_its_dead_letter_pass() {
    let release = Release::new().await;
    let refuses = |_| -> BoxFuture<'static, Disposition> {
        let failure = bus::Failure {
            error_type: contracts::events::ErrorType::Validation,
            message: "too much of it".to_owned(),
        };
        Box::pin(std::future::ready(Disposition::DeadLetter(failure)))
    };
    let mut progress = release.agent("progress", EVIDENCE, refuses).await;
    let mut letters = release.agent("letters", Topic::DeadLetterQueue, ack).await;
    let bus = release.publisher().await;
    let mut large = message(EVIDENCE, "ada", b"");
    large.payload = vec![0xC3; 5 << 20].into();
    bus.publish(large.clone()).await.unwrap();
    assert!(progress.next().await.message == large, "another record");
    let letter = letters.next().await;
    // A dead letter so large is not decoded here: that it is whole is the question.
    let kept = letter.message.payload.iter().filter(|byte| **byte == 0xC3).count();
    assert!(kept >= large.payload.len(), "{kept} bytes of the record");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_agents_see_every_event_each() {
    let release = Release::new().await;
    let mut progress = release.agent("progress", EVIDENCE, ack).await;
    let mut review = release.agent("review", EVIDENCE, ack).await;
    let bus = release.publisher().await;
    let sent: Vec<_> = (0..20).map(|number| message(EVIDENCE, &format!("s-{number}"), b"x")).collect();
    for one in &sent {
        bus.publish(one.clone()).await.unwrap();
    }
    for agent in [&mut progress, &mut review] {
        let mut keys = Vec::new();
        while keys.len() < sent.len() {
            keys.push(agent.next().await.message.key);
        }
        keys.sort();
        let mut expected: Vec<_> = sent.iter().map(|one| one.key.clone()).collect();
        expected.sort();
        assert_eq!(keys, expected);
        agent.bus.stop().await;
    }
}
