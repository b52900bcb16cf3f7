//! `POST /{student_id}`.

use contracts::Event;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::{service, student, teacher};

use crate::bench::{Bench, all, fields, keyed};

fn exam() -> Value {
    json!({
        "component": "loops",
        "scores": { "completion": 0.85, "quiz": 0.90, "quality": 0.75, "consistency": 0.80 }
    })
}

#[tokio::test]
async fn a_post_is_answered_with_the_mastery_that_the_formula_gives() {
    let bench = Bench::new().await;
    let (status, answer) = bench.post("mira", exam()).await;
    assert_eq!(status, StatusCode::OK);
    insta::assert_json_snapshot!(answer);
}

#[tokio::test]
async fn a_post_tells_the_others_once_and_with_the_key_that_it_came_under() {
    let bench = Bench::new().await;
    let (_, first) = bench.post("mira", exam()).await;
    bench.post("mira", keyed(all("lists", 0.5), "exam-1")).await;
    let told = bench.told().await;
    let [Event::StudentProgress(loops), Event::StudentProgress(lists)] = told.as_slice() else {
        panic!("one message a post: {told:?}")
    };
    assert_eq!(loops.idempotency_key.as_str(), first["event_id"], "without a key the event's id is the key");
    assert!((loops.mastery.get() - 0.84).abs() < f64::EPSILON);
    assert_eq!(lists.idempotency_key.as_str(), "exam-1");
    assert_eq!(lists.component.as_str(), "lists");
}

#[tokio::test]
async fn the_same_key_and_content_gets_the_first_answer_again_for_ever() {
    let bench = Bench::new().await;
    let (_, mut first) = bench.post("mira", keyed(exam(), "exam-1")).await;
    bench.clock.advance_ms(400 * 86_400_000);
    bench.post("mira", all("loops", 0.1)).await;
    let (status, again) = bench.post("mira", keyed(exam(), "exam-1")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!((&first["duplicate"], &again["duplicate"]), (&json!(false), &json!(true)));
    first["duplicate"] = json!(true);
    first["token_efficiency"] = again["token_efficiency"].clone();
    assert_eq!(again, first);
    assert_eq!(bench.told().await.len(), 2, "the second time nothing happened");
    assert_eq!(bench.read(&student("mira"), "/mira").await["components"]["loops"]["mastery"], 0.1);
}

#[tokio::test]
async fn the_same_key_with_other_content_is_a_conflict() {
    let bench = Bench::new().await;
    bench.post("mira", keyed(exam(), "exam-1")).await;
    let mut other_component = exam();
    other_component["component"] = json!("lists");
    for other in [all("loops", 0.5), other_component] {
        let (status, problem) = bench.post("mira", keyed(other, "exam-1")).await;
        assert_eq!(status, StatusCode::CONFLICT, "{problem}");
    }
    assert_eq!(bench.told().await.len(), 1);
    let (status, _) = bench.post("noor", keyed(all("loops", 0.5), "exam-1")).await;
    assert_eq!(status, StatusCode::OK, "one student's keys are apart from another's");
}

#[tokio::test]
async fn without_a_key_each_post_counts_and_the_last_one_holds_within_one_millisecond_too() {
    let bench = Bench::new().await;
    for value in [0.1, 0.9, 0.3, 0.7, 0.5] {
        let (_, answer) = bench.post("mira", all("loops", value)).await;
        assert_eq!(answer["mastery"], value);
    }
    let student = bench.read(&student("mira"), "/mira").await;
    assert_eq!(student["components"]["loops"]["events"], 5);
    assert_eq!(student["components"]["loops"]["mastery"], 0.5);
}

#[tokio::test]
async fn what_is_not_valid_is_refused_with_the_field_named_and_leaves_no_trace() {
    let bench = Bench::new().await;
    let with = |path: &[&str], value: Value| {
        let mut body = exam();
        let mut place = &mut body;
        for name in path {
            place = &mut place[*name];
        }
        *place = value;
        body
    };
    let without_quiz =
        json!({ "component": "loops", "scores": { "completion": 1, "quality": 1, "consistency": 1 } });
    for (body, field) in [
        (with(&["scores", "quiz"], json!(1.01)), "scores.quiz"),
        (with(&["scores", "completion"], json!(-0.1)), "scores.completion"),
        (with(&["scores", "quality"], json!("NaN")), "scores.quality"),
        (with(&["scores", "consistency"], json!(null)), "scores.consistency"),
        (without_quiz, "scores.quiz"),
        (with(&["scores", "luck"], json!(1)), "scores.luck"),
        (with(&["mastery"], json!(1)), "mastery"),
        (with(&["component"], json!("../loops")), "component"),
        (with(&["component"], json!("x".repeat(65))), "component"),
        (with(&["idempotency_key"], json!("")), "idempotency_key"),
        (with(&["idempotency_key"], json!(7)), "idempotency_key"),
    ] {
        let (status, problem) = bench.post("mira", body.clone()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert_eq!(fields(&problem), [field], "{problem:#}");
    }
    assert!(bench.kept("mira").await.is_empty() && bench.told().await.is_empty());
}

#[tokio::test]
async fn an_id_that_is_none_is_refused_with_its_name() {
    let bench = Bench::new().await;
    let who = teacher("ms-lee");
    for id in ["health", "classes", "-mira", "mi%20ra", "mi%2Fra", &"x".repeat(65)] {
        let (status, problem) = bench.ask(Method::POST, &format!("/{id}"), &who, Some(exam())).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{id}: {problem}");
        assert_eq!(fields(&problem), ["student_id"], "{id}");
    }
    let (status, _) = bench.ask(Method::POST, "/alerts", &who, Some(exam())).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "the list of alerts is no student");
}

#[tokio::test]
async fn the_topic_classes_is_a_component_like_any_other() {
    let bench = Bench::new().await;
    let (status, answer) = bench.post("mira", all("classes", 0.5)).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let told = bench.read(&student("mira"), "/mira/explain?component=classes").await;
    assert_eq!(told["events"], 1);
}

#[tokio::test]
async fn a_student_has_at_most_200_components() {
    let bench = Bench::new().await;
    for n in 0..200 {
        let (status, _) = bench.post("mira", all(&format!("c{n}"), 0.9)).await;
        assert_eq!(status, StatusCode::OK, "{n}");
    }
    let (status, problem) = bench.post("mira", all("one-more", 0.9)).await;
    assert_eq!((status, fields(&problem)), (StatusCode::UNPROCESSABLE_ENTITY, vec!["component"]));
    let (status, _) = bench.post("mira", all("c199", 0.9)).await;
    assert_eq!(status, StatusCode::OK, "those that are there go on");
    let student = bench.read(&service("concepts", "mira"), "/mira").await;
    assert_eq!(student["components"].as_object().unwrap().len(), 200);
    assert_eq!((&student["overall_mastery"], &student["level"]), (&json!(0.9), &json!("proficient")));
}
