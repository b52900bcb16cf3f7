//! A registry that is away: nothing is lost, nothing is an attempt, and nothing needs a restart.

use std::sync::Arc;
use std::time::Duration;

use bus::memory::MemoryBus;
use bus::settle::Patience;
use bus::{Disposition, Publish, PublishError, Subscribe, Subscription};
use clock::{RandomIds, SystemClock};
use contracts::Topic;
use schema_registry::{Framed, Framing, Settings};
use testkit::registry::Registry;
use tokio::net::TcpListener;

use crate::desk::{Room, desk, framing, framing_at, message};
use crate::examples;

/// The id that the registry gave to QuizAnswered.
const QUIZ: [u8; 5] = [0, 0, 0, 0, 1];

#[tokio::test]
async fn a_registry_that_is_down_at_the_start_is_asked_again_when_it_is_there() {
    let registry = Registry::start().await;
    registry.set_down(true);
    let (framed, desk, room) = desk(framing(&registry)).await;
    let quiz = examples::named("QuizAnswered");
    for _ in 0..2 {
        let refused = framed.publish(message(quiz.topic, quiz.object.clone())).await.unwrap_err();
        let PublishError::Unavailable(why) = refused else { panic!("{refused}") };
        assert!(why.contains("away") && why.contains("503"), "{why}");
    }
    let frame = [&QUIZ, quiz.body()].concat();
    let held = desk.deliver(quiz.topic, frame.clone()).await;
    assert!(matches!(held, Disposition::Hold(why) if why.contains("503")));
    assert_eq!((desk.published(), room.seen().len()), (vec![], 0));

    registry.set_down(false);
    framed.publish(message(quiz.topic, quiz.object.clone())).await.unwrap();
    assert_eq!(desk.published()[0].payload, frame);
    assert_eq!(desk.deliver(quiz.topic, frame).await, Disposition::Ack);
    assert_eq!(room.seen()[0].message.payload, quiz.object);
}

#[tokio::test]
async fn what_is_known_needs_no_registry() {
    let registry = Registry::start().await;
    let (framed, desk, room) = desk(framing(&registry)).await;
    let quiz = examples::named("QuizAnswered");
    framed.publish(message(quiz.topic, quiz.object.clone())).await.unwrap();
    drop(registry);
    framed.publish(message(quiz.topic, quiz.object.clone())).await.unwrap();
    for on_the_broker in desk.published() {
        assert_eq!(desk.deliver(on_the_broker.topic, on_the_broker.payload).await, Disposition::Ack);
    }
    assert_eq!(room.seen().len(), 2);
}

#[tokio::test]
async fn a_registry_that_nobody_runs_or_that_says_nothing_is_away() {
    // Bound and then let go: nobody listens there. Bound and never served: connections are taken, and nothing comes.
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let quiz = examples::named("QuizAnswered");
    for address in [nobody, silent.local_addr().unwrap()] {
        let settings = Settings::new(&format!("http://ada:secret@{address}")).unwrap();
        let settings = settings.with_timeout(Duration::from_millis(50));
        let framing = Framing::new(&settings, Arc::new(SystemClock)).unwrap();
        let (framed, desk, _) = desk(framing).await;
        let refused = framed.publish(message(quiz.topic, quiz.object.clone())).await.unwrap_err();
        let PublishError::Unavailable(why) = refused else { panic!("{refused}") };
        let Disposition::Hold(held) = desk.deliver(quiz.topic, &QUIZ[..]).await else { panic!("not held") };
        for text in [why, held] {
            assert!(text.contains("away") && !text.contains("secret") && !text.contains("ada"), "{text}");
        }
    }
}

#[tokio::test]
async fn an_id_that_no_registry_gives_is_not_asked_for() {
    let registry = Registry::start().await;
    let (_framed, desk, _room) = desk(framing(&registry)).await;
    let refused = desk.deliver(Topic::LearningEvidence, &[0, 0x80, 0, 0, 0][..]).await;
    assert!(matches!(refused, Disposition::DeadLetter(_)));
    assert_eq!(registry.count("GET"), 0);
}

#[tokio::test]
async fn a_bus_holds_a_record_until_the_registry_is_back() {
    let registry = Registry::start().await;
    let quick = Duration::from_millis(1);
    let patience = Patience { retry_first: quick, hold_max: quick, ..Patience::default() };
    let settings = bus::memory::Settings { patience, ..bus::memory::Settings::default() };
    let inner = MemoryBus::new(settings, Arc::new(SystemClock), Arc::new(RandomIds), Arc::new(()));
    // Two processes on one bus: what the one knows the other must ask for.
    let writer = Framed::new(inner.clone(), framing(&registry));
    let reader = Framed::new(inner, framing_at(&registry.url()));
    let room = Room::default();
    let topics = vec![Topic::LearningEvidence];
    let opened = examples::named("ExerciseOpened");
    writer.publish(message(opened.topic, opened.object.clone())).await.unwrap();
    reader.subscribe(Subscription { group: "room", topics, handler: Arc::new(room.clone()) }).await.unwrap();

    registry.set_down(true);
    let publishing = tokio::spawn({
        let writer = writer.clone();
        async move { writer.publish(message(opened.topic, opened.object)).await }
    });
    // More looks than a record has attempts.
    while registry.count("GET /schemas/ids/1") < 8 {
        tokio::task::yield_now().await;
    }
    assert!(room.seen().is_empty());
    registry.set_down(false);
    publishing.await.unwrap().unwrap();
    assert_eq!(room.seen()[0].attempt, 1);
    reader.stop().await;
}
