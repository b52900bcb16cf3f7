//! An erased student is forgotten; the others' results stay.

use bus::{Delivery, Disposition, Headers, Message};
use contracts::events::StudentErased;
use contracts::{Event, StudentId, Topic, avro};
use serde_json::json;
use testkit::SeededIds;

use crate::answers::{right, wrong};
use crate::bench::{Bench, ben, mia, ms_lee};

#[tokio::test]
async fn nothing_is_left_of_an_erased_student() {
    let bench = Bench::new().await;
    let work = json!({"class_id": "ms-lee", "topic": "variables", "difficulty": "easy", "kind": "predict-output", "count": 1});
    let made = bench.post("/assignments", &ms_lee(), work).await;
    let mut problems = Vec::new();
    for who in [mia(), ben()] {
        let problem = bench.post("/generate", &who, json!({"topic": "variables"})).await;
        let exercise = bench.exercise(&problem).await;
        bench.verify(&who, &problem, wrong(&exercise)).await;
        problems.push((problem, exercise));
    }
    let student_id: StudentId = "mia".parse().unwrap();
    let kept = bench.ledger.export(&student_id).await.unwrap();
    let places: Vec<&str> = kept.iter().map(|one| one.place.as_str()).collect();
    assert_eq!(places, ["assigned", "learners", "problems"]);
    let erased = Event::StudentErased(StudentErased {
        event_id: SeededIds::new(7).nth(1),
        timestamp: clock::Clock::now(&*bench.clock),
        student_id: student_id.clone(),
    });
    let [subscription] = bench.inbox.as_slice() else { panic!("one subscription") };
    assert_eq!(
        (subscription.group, subscription.topics.as_slice()),
        ("exercise", &[Topic::LearningEvents][..])
    );
    let message = Message {
        topic: Topic::LearningEvents,
        key: "mia".to_owned(),
        payload: avro::encode(&erased),
        headers: Headers::default(),
    };
    let delivery = Delivery { message, partition: 0, offset: 0, attempt: 1 };
    assert_eq!(subscription.handler.handle(delivery).await, Disposition::Ack);
    assert!(bench.ledger.export(&student_id).await.unwrap().is_empty());
    let told = bench.told().await;
    let about = |event: &Event| match event {
        Event::ExerciseOpened(event) => event.header.student_id.to_string(),
        Event::ExerciseGraded(event) => event.header.student_id.to_string(),
        other => panic!("{other:?}"),
    };
    assert!(told.iter().all(|event| about(event) == "ben"), "{told:?}");
    let (problem, _) = &problems[0];
    let answer = json!({"problem_id": problem["problem_id"], "answer": "again"});
    assert_eq!(bench.refused("/verify", &mia(), answer).await.0, 404);
    let (problem, exercise) = &problems[1];
    bench.verify(&ben(), problem, right(exercise)).await;
    let path = format!("/assignments/{}", made["assignment_id"].as_str().unwrap());
    let results = bench.get(&path, &ms_lee()).await;
    assert_eq!((&results["done"], &results["results"]["total"]), (&json!(1), &json!(1)), "{results:#}");
    assert!(!results.to_string().contains("mia"));
}
