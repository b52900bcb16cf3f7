//! The in-process adapter: the suite that every adapter passes, and what it promises beyond.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bus::conformance::Harness;
use bus::dead_letter::SendsLetters;
use bus::memory::{MemoryBus, Settings};
use bus::settle::Patience;
use bus::{
    BusObserver, Delivery, Disposition, Failure, Handle, Headers, Message, Publish, PublishError, Subscribe,
    Subscription,
};
use bytes::Bytes;
use clock::{Clock, Ids};
use contracts::events::{ErrorType, Event, EvidenceHeader, QuizAnswered};
use contracts::{EventId, Topic, avro};
use futures::FutureExt;
use jiff::Timestamp;
use tokio::sync::{Semaphore, mpsc};

struct NewYear;

impl Clock for NewYear {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(1_767_225_600_000).unwrap()
    }
}

#[derive(Default)]
struct Counted(AtomicU64);

impl Ids for Counted {
    fn event_id(&self) -> EventId {
        format!("00000000-0000-4000-8000-{:012}", self.0.fetch_add(1, Ordering::SeqCst)).parse().unwrap()
    }
}

fn bus(settings: Settings) -> MemoryBus {
    MemoryBus::new(settings, Arc::new(NewYear), Arc::new(Counted::default()), Arc::new(()))
}

/// Shows each delivery, waits for the gate, answers the same each time.
struct Gated {
    show: mpsc::UnboundedSender<Delivery>,
    gate: Arc<Semaphore>,
    answer: Disposition,
}

#[async_trait]
impl Handle for Gated {
    async fn handle(&self, delivery: Delivery) -> Disposition {
        let _ = self.show.send(delivery);
        // Closed is open for ever.
        if let Ok(permit) = self.gate.acquire().await {
            permit.forget();
        }
        self.answer.clone()
    }
}

/// A group whose handler waits for the gate.
async fn listen(
    bus: &MemoryBus,
    group: &'static str,
    topic: Topic,
    answer: Disposition,
) -> (Arc<Semaphore>, mpsc::UnboundedReceiver<Delivery>) {
    let gate = Arc::new(Semaphore::new(0));
    let (show, deliveries) = mpsc::unbounded_channel();
    let handler = Arc::new(Gated { show, gate: Arc::clone(&gate), answer });
    bus.subscribe(Subscription { group, topics: vec![topic], handler }).await.unwrap();
    (gate, deliveries)
}

fn message(payload: impl Into<Bytes>) -> Message {
    let headers = Headers { correlation_id: Some("req-1".into()), traceparent: None };
    Message { topic: Topic::LearningEvidence, key: "ada".into(), payload: payload.into(), headers }
}

fn no(error_type: ErrorType) -> Failure {
    Failure { error_type, message: "no".into() }
}

/// Every bus of a case is a new one: what a crash leaves undone, the publisher still has.
struct Memory(Settings);

#[async_trait]
impl Harness for Memory {
    type Bus = MemoryBus;

    async fn bus(&self) -> MemoryBus {
        bus(self.0)
    }

    fn queue_max_records(&self) -> usize {
        self.0.queue_max_records
    }

    fn run(&self) -> &str {
        "memory"
    }
}

mod in_process {
    use super::*;

    bus::conformance!(
        #[tokio::test(start_paused = true)]
        Memory(Settings::default())
    );
}

mod in_process_on_several_threads {
    use super::*;

    const QUICK: Patience = Patience {
        retry_first: Duration::from_millis(1),
        hold_max: Duration::from_millis(5),
        handler_timeout: Duration::from_secs(30),
    };

    bus::conformance!(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        Memory(Settings { patience: QUICK, ..Settings::default() })
    );
}

mod in_process_with_room_for_one {
    use super::*;

    bus::conformance!(
        #[tokio::test(start_paused = true)]
        Memory(Settings { queue_max_records: 1, ..Settings::default() })
    );
}

#[tokio::test(start_paused = true)]
async fn a_message_is_published_when_the_last_group_has_acknowledged_it() {
    let bus = bus(Settings::default());
    let (quick, mut quick_seen) = listen(&bus, "quick", Topic::LearningEvidence, Disposition::Ack).await;
    let (slow, mut slow_seen) = listen(&bus, "slow", Topic::LearningEvidence, Disposition::Ack).await;
    let mut publishing = bus.publish(message("x"));
    assert!(futures::poll!(&mut publishing).is_pending());
    quick.close();
    quick_seen.recv().await.unwrap();
    slow_seen.recv().await.unwrap();
    tokio::task::yield_now().await;
    assert!(futures::poll!(&mut publishing).is_pending(), "one group has it still in hand");
    slow.close();
    publishing.await.unwrap();
    bus.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_makes_the_publisher_wait() {
    let bus = bus(Settings { queue_max_records: 4, ..Settings::default() });
    let (gate, mut seen) = listen(&bus, "slow", Topic::LearningEvidence, Disposition::Ack).await;
    // Polled by hand on one thread: the worker has not run yet, so exactly what fits is taken.
    let mut publishing: Vec<_> = (0..100).map(|_| bus.publish(message("x"))).collect();
    for one in &mut publishing {
        assert!(futures::poll!(one).is_pending());
    }
    assert_eq!(bus.queued(), 4);
    // The ninety-six never came in: with their publishers gone there is nothing of them.
    drop(publishing);
    gate.close();
    for offset in 0..4 {
        assert_eq!(seen.recv().await.unwrap().offset, offset);
    }
    bus.stop().await;
    assert!(seen.recv().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_for_room_gets_it() {
    let bus = bus(Settings { queue_max_records: 1, ..Settings::default() });
    let (gate, mut seen) = listen(&bus, "slow", Topic::LearningEvidence, Disposition::Ack).await;
    let messages = (0..50_u8).map(|payload| bus.publish(message(vec![payload])));
    let publishing = futures::future::try_join_all(messages);
    let (published, ()) = tokio::join!(publishing, async {
        gate.close();
        for payload in 0..50 {
            assert_eq!(seen.recv().await.unwrap().message.payload[0], payload, "in the order they were sent");
        }
    });
    assert_eq!(published.unwrap().len(), 50);
    bus.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_never_ends_is_a_timeout_and_then_a_dead_letter() {
    let bus = bus(Settings::default());
    let (_gate, mut seen) = listen(&bus, "stuck", Topic::LearningEvidence, Disposition::Ack).await;
    let (letters_gate, mut letters) = listen(&bus, "letters", Topic::DeadLetterQueue, Disposition::Ack).await;
    letters_gate.close();
    bus.publish(message("x")).await.unwrap();
    let Ok(Event::ErrorEvent(letter)) = avro::decode(&letters.recv().await.unwrap().message.payload) else {
        panic!("no dead letter")
    };
    assert_eq!((letter.error_type, letter.retry_count), (ErrorType::Timeout, 5));
    assert_eq!(letter.error_message, "the handler took over 30000 ms");
    bus.stop().await;
    assert_eq!(std::iter::from_fn(|| seen.try_recv().ok()).count(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_record_whose_dead_letter_cannot_be_kept_stays_with_its_publisher() {
    let bus = bus(Settings::default());
    let refused = Disposition::DeadLetter(no(ErrorType::Validation));
    let (gate, mut seen) = listen(&bus, "progress", Topic::LearningEvidence, refused).await;
    let full_disk = Disposition::Retry(no(ErrorType::Processing));
    let (letters_gate, mut letters) = listen(&bus, "letters", Topic::DeadLetterQueue, full_disk).await;
    gate.close();
    letters_gate.close();
    assert!(matches!(bus.publish(message("x")).await, Err(PublishError::Unavailable(_))));
    bus.stop().await;
    assert_eq!(std::iter::from_fn(|| seen.try_recv().ok()).count(), 1);
    assert_eq!(std::iter::from_fn(|| letters.try_recv().ok()).count(), 5, "tried, and never kept by another");
}

#[tokio::test(start_paused = true)]
async fn a_dead_letter_tells_where_it_came_from_and_when() {
    let bus = bus(Settings::default());
    let refused = Disposition::DeadLetter(no(ErrorType::Validation));
    let (gate, mut seen) = listen(&bus, "progress", Topic::LearningEvidence, refused).await;
    let (letters_gate, mut letters) = listen(&bus, "letters", Topic::DeadLetterQueue, Disposition::Ack).await;
    gate.close();
    letters_gate.close();
    let answered = Event::QuizAnswered(QuizAnswered {
        header: EvidenceHeader {
            event_id: Counted::default().event_id(),
            timestamp: NewYear.now(),
            student_id: "ada".parse().unwrap(),
            component: "loops".parse().unwrap(),
            metadata: None,
        },
        question: "q1".parse().unwrap(),
        correct: true,
    });
    let original = avro::encode(&answered);
    bus.publish(message(original.clone())).await.unwrap();

    let delivery = letters.recv().await.unwrap();
    assert_eq!(delivery.message.key, "ada", "the dead letters of a student keep their order");
    assert_eq!(delivery.message.headers.correlation_id.as_deref(), Some("req-1"));
    let Ok(Event::ErrorEvent(letter)) = avro::decode(&delivery.message.payload) else {
        panic!("no dead letter")
    };
    assert_eq!(letter.original_event_type.as_deref(), Some("QuizAnswered"));
    assert_eq!(letter.original_payload, original);
    assert_eq!(letter.failed_at, NewYear.now());
    assert_eq!(letter.event_id.to_string(), "00000000-0000-4000-8000-000000000000");
    assert_eq!(letter.partition, seen.recv().await.unwrap().partition);
    bus.stop().await;
}

/// Marks what it passes on.
struct Gate {
    way: Arc<dyn Publish>,
    mark: &'static str,
}

#[async_trait]
impl Publish for Gate {
    async fn publish(&self, message: Message) -> Result<(), PublishError> {
        let payload = Bytes::from([&message.payload[..], self.mark.as_bytes()].concat());
        self.way.publish(Message { payload, ..message }).await
    }
}

#[tokio::test(start_paused = true)]
async fn dead_letters_alone_go_through_the_gates_and_the_last_gate_sees_them_first() {
    let bus = bus(Settings::default());
    let gated = bus
        .clone()
        .letters_through(|way| Arc::new(Gate { way, mark: "inner" }))
        .letters_through(|way| Arc::new(Gate { way, mark: "outer " }));
    let refused = Disposition::DeadLetter(no(ErrorType::Validation));
    let (gate, mut seen) = listen(&gated, "progress", Topic::LearningEvidence, refused).await;
    let (letters_gate, mut letters) =
        listen(&gated, "letters", Topic::DeadLetterQueue, Disposition::Ack).await;
    gate.close();
    letters_gate.close();
    gated.publish(message("x")).await.unwrap();
    assert_eq!(seen.recv().await.unwrap().message.payload, "x");
    assert!(letters.recv().await.unwrap().message.payload.ends_with(b"outer inner"));
    bus.stop().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_queued_when_the_bus_stops_stays_with_its_publisher() {
    let bus = bus(Settings::default());
    let (gate, mut seen) = listen(&bus, "slow", Topic::LearningEvidence, Disposition::Ack).await;
    let (in_hand, queued) = (bus.publish(message("in hand")), bus.publish(message("queued")));
    let (in_hand, queued, ()) = tokio::join!(in_hand, queued, async {
        seen.recv().await.unwrap();
        let mut stopping = bus.stop().boxed();
        assert!(futures::poll!(&mut stopping).is_pending(), "a record is in hand");
        gate.close();
        stopping.await;
    });
    in_hand.unwrap();
    assert!(matches!(queued, Err(PublishError::Stopping)));
    assert!(seen.recv().await.is_none(), "the queued one was not handled");
    assert!(matches!(bus.publish(message("late")).await, Err(PublishError::Stopping)));
    let late = Gated { show: mpsc::unbounded_channel().0, gate, answer: Disposition::Ack };
    let subscription =
        Subscription { group: "late", topics: vec![Topic::LearningEvidence], handler: Arc::new(late) };
    assert!(matches!(bus.subscribe(subscription).await, Err(PublishError::Stopping)));
}

#[tokio::test(start_paused = true)]
async fn a_record_between_two_attempts_is_left_when_the_bus_stops() {
    let patience = Patience { retry_first: Duration::from_secs(3600), ..Patience::default() };
    let bus = bus(Settings { patience, ..Settings::default() });
    let retry = Disposition::Retry(no(ErrorType::Processing));
    let (gate, mut seen) = listen(&bus, "weary", Topic::LearningEvidence, retry).await;
    gate.close();
    let (published, ()) = tokio::join!(bus.publish(message("x")), async {
        seen.recv().await.unwrap();
        bus.stop().await;
    });
    assert!(matches!(published, Err(PublishError::Stopping)));
    assert!(seen.recv().await.is_none(), "it was tried once");
}

#[tokio::test(start_paused = true)]
async fn a_group_joins_a_topic_once() {
    let bus = bus(Settings::default());
    let (gate, _seen) = listen(&bus, "twin", Topic::LearningEvidence, Disposition::Ack).await;
    let handler = Gated { show: mpsc::unbounded_channel().0, gate, answer: Disposition::Ack };
    let again =
        Subscription { group: "twin", topics: vec![Topic::LearningEvidence], handler: Arc::new(handler) };
    assert!(matches!(bus.subscribe(again).await, Err(PublishError::Unavailable(_))));
    bus.stop().await;
}

#[derive(Default)]
struct Tally(Mutex<BTreeMap<String, u32>>);

impl Tally {
    fn count(&self, what: String) {
        *self.0.lock().unwrap().entry(what).or_default() += 1;
    }
}

impl BusObserver for Tally {
    fn delivered(&self, group: &'static str, topic: Topic) {
        self.count(format!("delivered {group} {topic}"));
    }
    fn retried(&self, group: &'static str, topic: Topic) {
        self.count(format!("retried {group} {topic}"));
    }
    fn dead_lettered(&self, group: &'static str, topic: Topic, error_type: ErrorType) {
        self.count(format!("dead-lettered {group} {topic} {}", error_type.as_str()));
    }
}

#[tokio::test(start_paused = true)]
async fn every_delivery_retry_and_dead_letter_is_counted() {
    let tally = Arc::new(Tally::default());
    let observer = Arc::clone(&tally) as Arc<dyn BusObserver>;
    let bus = MemoryBus::new(Settings::default(), Arc::new(NewYear), Arc::new(Counted::default()), observer);
    let retry = Disposition::Retry(no(ErrorType::Processing));
    let (gate, _seen) = listen(&bus, "weary", Topic::LearningEvidence, retry).await;
    let refuse = Disposition::DeadLetter(no(ErrorType::Schema));
    let (letters_gate, _letters) = listen(&bus, "letters", Topic::DeadLetterQueue, refuse).await;
    gate.close();
    letters_gate.close();
    bus.publish(message("x")).await.unwrap();
    bus.stop().await;
    let tally: Vec<_> =
        tally.0.lock().unwrap().iter().map(|(what, count)| format!("{what}: {count}")).collect();
    assert_eq!(
        tally,
        [
            "dead-lettered letters dead-letter.queue schema: 1",
            "dead-lettered weary learning.evidence processing: 1",
            "delivered letters dead-letter.queue: 1",
            "delivered weary learning.evidence: 5",
            "retried weary learning.evidence: 4",
        ]
    );
}

/// Counts what it has taken.
#[derive(Default)]
struct Taken(AtomicU64);

#[async_trait]
impl Handle for Taken {
    async fn handle(&self, _: Delivery) -> Disposition {
        self.0.fetch_add(1, Ordering::SeqCst);
        Disposition::Ack
    }
}

/// Publishes until the bus says that it stops; how many it said it had taken.
async fn publish_until_the_stop(bus: MemoryBus) -> u64 {
    let mut published = 0;
    while bus.publish(message("x")).await.is_ok() {
        published += 1;
    }
    published
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_is_published_in_the_midst_of_a_stop_was_handled() {
    for round in 0..5_000 {
        let (bus, taken) = (bus(Settings::default()), Arc::new(Taken::default()));
        let handler = Arc::clone(&taken) as Arc<dyn Handle>;
        let topics = vec![Topic::LearningEvidence];
        bus.subscribe(Subscription { group: "progress", topics, handler }).await.unwrap();
        let publishers: Vec<_> = (0..4).map(|_| tokio::spawn(publish_until_the_stop(bus.clone()))).collect();
        tokio::task::yield_now().await;
        bus.stop().await;
        let mut published = 0;
        for publisher in publishers {
            published += publisher.await.unwrap();
        }
        let taken = taken.0.load(Ordering::SeqCst);
        assert!(published <= taken, "round {round}: {published} were published, {taken} handled");
    }
}
