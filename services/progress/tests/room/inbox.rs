//! Evidence from the bus: in any order, any number of times, late, void, or of no use.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bus::memory::{MemoryBus, Settings};
use bus::{Delivery, Disposition, Handle, Message, Publish, Subscribe, Subscription};
use bytes::Bytes;
use contracts::events::{ErrorType, StudentErased};
use contracts::{Event, Topic, avro};
use http::{Method, StatusCode};
use jiff::Timestamp;
use serde_json::json;
use testkit::{FixedClock, SeededIds, student};

use crate::bench::{Bench, all, answered, at, evidence_id, graded, header, message, reviewed};

/// A term of three students: exercises, answers and reviews over some days, several at each moment.
fn term() -> Vec<Event> {
    let start = at("2026-02-10T08:00:00Z").as_millisecond();
    let event = |n: u64| {
        let student = ["ava", "mira", "noor"][(n % 3) as usize];
        let component = ["loops", "lists"][(n % 2) as usize];
        let time = Timestamp::from_millisecond(start + i64::try_from(n / 5).unwrap() * 7_200_000).unwrap();
        // Ids in no order of time.
        let header = header(n.wrapping_mul(0x9E37_79B9_7F4A_7C15), student, component, time);
        match n % 4 {
            0 => graded(header, &format!("p{}", n % 23), [1.0, 0.8, 0.3][(n % 7 % 3) as usize]),
            1 | 2 => answered(header, &format!("q{}", n % 29), n % 5 > 1),
            _ => reviewed(header, 0.1 + 0.123_456_789 * f64::from(u32::try_from(n % 7).unwrap())),
        }
    };
    (1..=700).map(event).collect()
}

/// Everything twice, in an order that has nothing to do with time.
fn shuffled_twice(events: &[Event], seed: u64) -> Vec<Event> {
    let twice = events.iter().chain(events);
    let mut keyed: Vec<(u64, &Event)> = (1..)
        .zip(twice)
        .map(|(n, event): (u64, _)| ((n ^ seed).wrapping_mul(0xD134_2543_DE82_EF95).rotate_left(23), event))
        .collect();
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, event)| event.clone()).collect()
}

/// Keeps what becomes a dead letter.
#[derive(Default)]
struct Letters(Mutex<Vec<Event>>);

#[async_trait]
impl Handle for Letters {
    async fn handle(&self, delivery: Delivery) -> Disposition {
        self.0.lock().unwrap().push(avro::decode(&delivery.message.payload).unwrap());
        Disposition::Ack
    }
}

/// The real in-process bus with the room on it, and what it gave up.
async fn on_a_bus(bench: &Bench) -> (MemoryBus, Arc<Letters>) {
    let bus = MemoryBus::new(
        Settings::default(),
        Arc::new(FixedClock::default()),
        Arc::new(SeededIds::new(5)),
        Arc::new(()),
    );
    let letters = Arc::new(Letters::default());
    let handler = Arc::clone(&letters) as Arc<dyn Handle>;
    bus.subscribe(bench.subscription.clone()).await.unwrap();
    bus.subscribe(Subscription { group: "letters", topics: vec![Topic::DeadLetterQueue], handler })
        .await
        .unwrap();
    (bus, letters)
}

/// Publishes all, many at once; each is handled when this returns.
async fn publish_all(bus: &MemoryBus, events: &[Event]) {
    let published = futures::future::join_all(events.iter().map(|event| bus.publish(message(event)))).await;
    assert!(published.iter().all(Result::is_ok));
}

#[tokio::test(flavor = "multi_thread")]
async fn any_order_and_duplication_on_the_bus_ends_in_the_same_bytes() {
    let events = term();
    let in_order = Bench::new().await;
    let mut sorted = events.clone();
    sorted.sort_by_key(|event| match event {
        Event::ExerciseGraded(it) => (it.header.timestamp, it.header.event_id),
        Event::QuizAnswered(it) => (it.header.timestamp, it.header.event_id),
        Event::CodeReviewed(it) => (it.header.timestamp, it.header.event_id),
        other => panic!("no evidence: {other:?}"),
    });
    in_order.hear_all(&sorted).await;
    for seed in [1, 2] {
        let any = Bench::new().await;
        let (bus, letters) = on_a_bus(&any).await;
        publish_all(&bus, &shuffled_twice(&events, seed)).await;
        bus.stop().await;
        assert!(letters.0.lock().unwrap().is_empty());
        for student in ["ava", "mira", "noor"] {
            assert_eq!(any.kept(student).await, in_order.kept(student).await, "{student}, seed {seed}");
        }
        assert_eq!(any.told().await.len(), events.len(), "each event was told once");
    }
}

#[tokio::test]
async fn late_events_of_a_long_log_are_put_in_their_place_from_a_checkpoint_or_the_beginning() {
    let start = at("2026-02-10T08:00:00Z").as_millisecond();
    let event = |n: u64| {
        let time = Timestamp::from_millisecond(start + i64::try_from(n).unwrap() * 60_000).unwrap();
        let header = header(n, "mira", "loops", time);
        match n % 3 {
            0 => reviewed(header, 0.7),
            turn => answered(header, &format!("q{}", n % 25), turn == 1),
        }
    };
    let events: Vec<Event> = (1..=700).map(event).collect();
    let in_order = Bench::new().await;
    in_order.hear_all(&events).await;
    // Before the first checkpoint, right at one, after the last, and the very first.
    let late = [5, 255, 256, 257, 512, 600, 0];
    let (late, in_time): (Vec<_>, Vec<_>) =
        events.iter().cloned().enumerate().partition(|(n, _)| late.contains(n));
    let unordered = Bench::new().await;
    unordered.hear_all(&in_time.into_iter().map(|(_, event)| event).collect::<Vec<_>>()).await;
    unordered.hear_all(&late.into_iter().rev().map(|(_, event)| event).collect::<Vec<_>>()).await;
    let kept = unordered.kept("mira").await;
    assert_eq!(kept.iter().filter(|kept| kept.place == "checkpoint").count(), 2);
    assert_eq!(kept, in_order.kept("mira").await);
}

#[tokio::test]
async fn a_late_event_moves_the_mastery_as_if_it_had_come_in_time() {
    let of = |n, time: &str| header(n, "mira", "loops", at(time));
    let early = answered(of(1, "2026-02-27T10:00:00Z"), "q1", true);
    let exam = answered(of(2, "2026-02-28T10:00:00Z"), "q1", false);
    let after = reviewed(of(3, "2026-03-01T08:00:00Z"), 0.8);
    let (in_time, late) = (Bench::new().await, Bench::new().await);
    in_time.hear_all(&[early.clone(), exam.clone(), after.clone()]).await;
    late.hear_all(&[exam, after, early]).await;
    assert_eq!(late.kept("mira").await, in_time.kept("mira").await);
    let stand = late.read(&student("mira"), "/mira").await;
    assert_eq!(stand["components"]["loops"]["breakdown"]["quiz"], 0.0, "the later answer holds");
    assert!(stand["components"]["loops"]["breakdown"]["consistency"].as_f64().unwrap() > 0.4, "three days");

    let told = late.told().await;
    let Some(Event::StudentProgress(last)) = told.last() else { panic!("{told:?}") };
    assert_eq!(last.timestamp, at("2026-02-27T10:00:00Z"), "the event that moved it");
    assert_eq!(last.metadata.as_ref().unwrap()["accepted_events"], "3", "and which record is the newest");
}

#[tokio::test]
async fn evidence_before_an_explicit_post_no_longer_counts_however_late_it_comes() {
    let bench = Bench::new().await;
    bench.post("mira", all("loops", 0.5)).await;
    bench.hear_all(&[answered(header(1, "mira", "loops", at("2026-02-20T10:00:00Z")), "q1", false)]).await;
    let stand = bench.read(&student("mira"), "/mira").await;
    assert_eq!(stand["components"]["loops"]["mastery"], 0.5);
    assert_eq!(stand["components"]["loops"]["events"], 2, "it is in the log all the same");
    bench.clock.advance_ms(1000);
    bench.hear_all(&[answered(header(2, "mira", "loops", at("2026-03-01T09:00:01Z")), "q1", true)]).await;
    let stand = bench.read(&student("mira"), "/mira").await;
    assert_eq!(stand["components"]["loops"]["breakdown"]["quiz"], 0.75);
}

#[tokio::test]
async fn what_cannot_be_used_is_a_dead_letter_of_the_right_kind() {
    let bench = Bench::new().await;
    let (bus, letters) = on_a_bus(&bench).await;
    let good = graded(header(1, "mira", "loops", at("2026-03-01T08:00:00Z")), "p1", 1.0);
    let of_another = Message { key: "noor".to_owned(), ..message(&good) };
    let of_the_future = message(&reviewed(header(2, "mira", "loops", at("2026-03-01T09:05:00.001Z")), 0.5));
    let no_avro = Message { payload: Bytes::from_static(b"{}"), ..message(&good) };
    let mut cut = message(&good);
    cut.payload = cut.payload.slice(..cut.payload.len() - 3);
    let mut out_of_range = avro::encode(&good).to_vec();
    let score_at = out_of_range.windows(8).position(|bytes| bytes == 1.0_f64.to_le_bytes()).unwrap();
    out_of_range[score_at..score_at + 8].copy_from_slice(&1.5_f64.to_le_bytes());
    let out_of_range = Message { payload: out_of_range.into(), ..message(&good) };
    for (what, bad, error_type) in [
        ("a key that is not the student", of_another, ErrorType::Validation),
        ("the far future", of_the_future, ErrorType::Validation),
        ("no Avro", no_avro, ErrorType::Schema),
        ("half an event", cut, ErrorType::Schema),
        ("a score of 1.5", out_of_range, ErrorType::Validation),
    ] {
        let payload = bad.payload.clone();
        bus.publish(bad).await.unwrap();
        let letter = letters.0.lock().unwrap().pop();
        let Some(Event::ErrorEvent(letter)) = letter else { panic!("{what}: {letter:?}") };
        assert_eq!(letter.error_type, error_type, "{what}: {}", letter.error_message);
        assert_eq!(letter.original_payload, payload, "{what}: as it came");
        assert_eq!(letter.consumer_agent, "progress");
    }
    bus.stop().await;
    assert!(bench.kept("mira").await.is_empty() && bench.kept("noor").await.is_empty());
}

#[tokio::test]
async fn five_minutes_ahead_are_still_taken_and_another_event_is_passed_over() {
    let bench = Bench::new().await;
    bench.hear_all(&[reviewed(header(1, "mira", "loops", at("2026-03-01T09:05:00Z")), 0.5)]).await;
    let erased = Event::StudentErased(StudentErased {
        event_id: evidence_id(2),
        timestamp: at("2026-03-01T08:00:00Z"),
        student_id: "mira".parse().unwrap(),
    });
    assert_eq!(bench.hear(&erased).await, Disposition::Ack, "only this room erases");
    assert_eq!(bench.read(&student("mira"), "/mira").await["components"]["loops"]["events"], 1);
}

#[tokio::test]
async fn a_post_is_now_even_if_evidence_of_a_fast_clock_is_ahead_of_it() {
    let bench = Bench::new().await;
    bench.hear_all(&[answered(header(1, "mira", "loops", at("2026-03-01T09:03:00Z")), "q1", true)]).await;
    let (status, answer) = bench.post("mira", all("loops", 0.5)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(answer["breakdown"]["quiz"], 0.75, "the answer comes after the post, as its time says");
    let told = bench.read(&student("mira"), "/mira/explain?component=loops").await;
    assert_eq!(told["items"][1]["occurred_at"], "2026-03-01T09:00:00.000Z");
}

#[tokio::test]
async fn after_an_erasure_what_happened_before_is_void_and_what_happens_after_starts_anew() {
    let bench = Bench::new().await;
    let of = |n, time: &str| header(n, "mira", "loops", at(time));
    let before = graded(of(1, "2026-02-28T10:00:00Z"), "p1", 1.0);
    let never_seen = graded(of(2, "2026-03-01T09:00:00Z"), "p2", 1.0);
    bench.hear_all(std::slice::from_ref(&before)).await;
    let (status, _) = bench.ask(Method::DELETE, "/mira", &student("mira"), None).await;
    assert_eq!(status, StatusCode::OK);

    bench.hear_all(&[before.clone(), never_seen.clone()]).await;
    assert!(bench.kept("mira").await.is_empty(), "replayed or late, it is taken and has no effect");
    let told = bench.told().await;
    let [Event::StudentErased(erased)] = told.as_slice() else { panic!("what waited is gone: {told:?}") };
    assert_eq!(erased.timestamp, at("2026-03-01T09:00:00Z"));

    let (_, posted) = bench.post("mira", all("lists", 0.5)).await;
    assert_eq!(posted["mastery"], 0.5, "a post within the very millisecond is after it");
    bench.clock.advance_ms(60_000);
    bench.hear_all(&[graded(of(3, "2026-03-01T09:00:30Z"), "p3", 1.0), before, never_seen]).await;
    let stand = bench.read(&student("mira"), "/mira").await;
    assert_eq!(stand["components"]["loops"]["events"], 1);
    assert_eq!(stand["components"]["loops"]["breakdown"]["completion"], 0.2);
    let export = bench.read(&student("mira"), "/mira/export").await;
    assert!(!export.to_string().contains("p1") && !export.to_string().contains("p2"), "{export:#}");
}

#[tokio::test]
async fn an_erasure_may_be_repeated_and_frees_the_keys() {
    let bench = Bench::new().await;
    let keyed = |value| crate::bench::keyed(all("loops", value), "exam-1");
    bench.post("mira", keyed(0.5)).await;
    for _ in 0..2 {
        let (status, _) = bench.ask(Method::DELETE, "/mira", &student("mira"), None).await;
        assert_eq!(status, StatusCode::OK);
    }
    let (status, answer) = bench.post("mira", keyed(0.9)).await;
    assert_eq!((status, &answer["duplicate"]), (StatusCode::OK, &json!(false)));
    assert_eq!(
        bench.told().await.len(),
        2,
        "the second erasure's event, and the new post's: the first is void"
    );
}
