//! Dead letters: what is in them is what came, and they travel as all other events do.

use std::sync::Arc;

use async_trait::async_trait;
use bus::memory::{MemoryBus, Settings};
use bus::{Delivery, Disposition, Failure, Handle, Publish, Subscribe, Subscription};
use clock::{RandomIds, SystemClock};
use contracts::events::{ErrorEvent, ErrorType, Event};
use contracts::{Topic, avro};
use schema_registry::Framed;
use testkit::registry::Registry;

use crate::desk::{Room, framing, message};
use crate::examples;

/// A room that can use nothing.
struct Refuses;

#[async_trait]
impl Handle for Refuses {
    async fn handle(&self, delivery: Delivery) -> Disposition {
        let message = format!("it has {} bytes", delivery.message.payload.len());
        Disposition::DeadLetter(Failure { error_type: ErrorType::Validation, message })
    }
}

/// A bus on which every piece of evidence is refused: with frames, and as its broker sees it.
struct Refusing {
    framed: Framed<MemoryBus>,
    inner: MemoryBus,
    on_the_broker: Room,
    letters: Room,
}

impl Refusing {
    async fn start(registry: &Registry) -> Self {
        let inner =
            MemoryBus::new(Settings::default(), Arc::new(SystemClock), Arc::new(RandomIds), Arc::new(()));
        let framed = Framed::new(inner.clone(), framing(registry));
        let (on_the_broker, letters) = (Room::default(), Room::default());
        let subscription = |group, topic, handler| Subscription { group, topics: vec![topic], handler };
        let listening = [
            framed.subscribe(subscription("room", Topic::LearningEvidence, Arc::new(Refuses))),
            framed.subscribe(subscription("letters", Topic::DeadLetterQueue, Arc::new(letters.clone()))),
            inner.subscribe(subscription("broker", Topic::DeadLetterQueue, Arc::new(on_the_broker.clone()))),
        ];
        futures::future::try_join_all(listening).await.unwrap();
        Self { framed, inner, on_the_broker, letters }
    }

    /// The one dead letter since the last look; on the broker it has the same body in a frame.
    fn letter(&self) -> ErrorEvent {
        let [letter] = self.letters.seen().try_into().unwrap();
        let [on_the_broker] = self.on_the_broker.seen().try_into().unwrap();
        let (object, frame) = (letter.message.payload, on_the_broker.message.payload);
        assert_eq!(frame[0], 0, "it is in a frame");
        assert_eq!(frame[5..], object[10..]);
        assert_eq!((letter.message.key, letter.message.topic), ("ada".to_owned(), Topic::DeadLetterQueue));
        let Ok(Event::ErrorEvent(letter)) = avro::decode(&object) else { panic!("no dead letter") };
        letter
    }
}

#[tokio::test]
async fn a_dead_letter_is_framed_holds_the_frame_that_came_and_names_its_event() {
    let registry = Registry::start().await;
    let bus = Refusing::start(&registry).await;
    let quiz = examples::named("QuizAnswered");
    bus.framed.publish(message(quiz.topic, quiz.object.clone())).await.unwrap();
    let letter = bus.letter();
    assert_eq!(
        letter.error_message,
        format!("it has {} bytes", quiz.object.len()),
        "the room saw the object"
    );
    assert_eq!(letter.original_payload, [&[0, 0, 0, 0, 1], quiz.body()].concat());
    assert_eq!(letter.original_event_type.as_deref(), Some("QuizAnswered"));
    assert_eq!(letter.error_type, ErrorType::Validation);
    assert!(registry.subjects().contains(&"dead-letter.queue-agentbus.events.ErrorEvent".to_owned()));
    bus.framed.stop().await;
}

#[tokio::test]
async fn a_frame_that_cannot_be_read_is_a_dead_letter_with_its_bytes() {
    let registry = Registry::start().await;
    registry.plant(7, 200, r#"{"schema": "\"long\""}"#);
    let bus = Refusing::start(&registry).await;
    let cases: [(&[u8], &str); 5] = [
        (b"\0", "the frame ends before its schema's id"),
        (b"\0\0\0\0", "the frame ends before its schema's id"),
        (b"\0\0\0\0\x63body", "the registry knows no schema of id 99"),
        (b"\0\xFF\xFF\xFF\xFF", "the registry knows no schema of id 4294967295"),
        (b"\0\0\0\0\x07body", "the schema of id 7 is none that this version ships"),
    ];
    for (payload, why) in cases {
        bus.inner.publish(message(Topic::LearningEvidence, payload)).await.unwrap();
        let letter = bus.letter();
        assert_eq!((letter.error_type, letter.error_message.as_str()), (ErrorType::Schema, why));
        assert_eq!((letter.original_payload.as_slice(), letter.retry_count), (payload, 1));
        assert_eq!(letter.original_event_type, None);
    }
    // What is behind them goes on, to the room, which refuses it for reasons of its own.
    let quiz = examples::named("QuizAnswered");
    bus.framed.publish(message(quiz.topic, quiz.object)).await.unwrap();
    assert_eq!(bus.letter().error_type, ErrorType::Validation);
    bus.framed.stop().await;
}
