//! What is counted about learning: each thing once, however often it comes.

use bus::Disposition;
use contracts::Event;
use contracts::events::LearnerSaid;
use http::{Method, StatusCode};
use testkit::teacher;

use crate::alerts::{alerts_until, exercises, said};
use crate::bench::{Bench, all, answered, at, graded, header, keyed, reviewed};

const NINE: &str = "2026-03-01T09:00:00Z";

#[tokio::test]
async fn evidence_is_counted_once_by_its_kind() {
    let bench = Bench::new().await;
    let header = |number| header(number, "ava", "loops", at(NINE));
    let sign = agent_core::signs::Sign::Stuck;
    let events = [
        graded(header(1), "p1", 0.1),
        answered(header(2), "q1", false),
        reviewed(header(3), 0.1),
        Event::LearnerSaid(LearnerSaid { header: header(4), sign, agent: "concepts".to_owned() }),
    ];
    for event in events.iter().chain(&events) {
        assert_eq!(bench.hear(event).await, Disposition::Ack);
    }
    let evidence = ["ExerciseGraded", "QuizAnswered", "CodeReviewed", "LearnerSaid"];
    assert_eq!(bench.counted.take(), evidence);
}

#[tokio::test]
async fn a_change_of_level_is_counted_and_nothing_where_it_stays() {
    let bench = Bench::new().await;
    let post = async |value: f64, key: &str| {
        let body = keyed(all("loops", value), key);
        let (status, answer) = bench.ask(Method::POST, "/ava", &teacher("op"), Some(body)).await;
        assert_eq!(status, StatusCode::OK, "{answer:#}");
        bench.counted.take()
    };
    bench.class("op", "7b", &["ava"]).await;
    assert!(post(0.1, "1").await.is_empty(), "the first is no change");
    assert_eq!(post(0.6, "2").await, ["to Learning"]);
    assert!(post(0.6, "2").await.is_empty(), "the same post again");
    assert!(post(0.65, "3").await.is_empty(), "the same level");
    assert_eq!(post(0.95, "4").await, ["to Mastered"]);
    assert_eq!(post(0.0, "5").await, ["to Beginner"]);
}

#[tokio::test]
async fn a_struggle_is_counted_when_teachers_are_told() {
    let bench = Bench::asking(exercises()).await;
    bench.class("ms-lee", "7b", &["mira"]).await;
    assert_eq!(bench.hear(&said(header(1, "mira", "loops", at(NINE)))).await, Disposition::Ack);
    assert_eq!(bench.counted.take(), ["LearnerSaid"], "nobody was told yet");
    let running = bench.begin();
    alerts_until(&bench, "7b", |alerts| alerts["items"][0].is_object()).await;
    running.stop().await;
    // As another process would, which finds that it is told.
    let neighbour = bench.neighbour().begin();
    neighbour.stop().await;
    assert_eq!(bench.counted.take(), ["struggle: AskedForHelp"]);
}
