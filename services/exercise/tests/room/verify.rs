//! What answers are worth, and that each counts once.

use contracts::{Event, metadata};
use exercise::decide::exercise::Kind;
use serde_json::json;
use testkit::service;

use crate::answers::{partly, right, wrong};
use crate::bench::{Bench, ben, busy, mia, missing, ms_lee};

#[tokio::test]
async fn answers_of_every_kind_are_right_wrong_or_in_between() {
    let bench = Bench::new().await;
    for kind in Kind::ALL {
        let question = json!({"topic": "variables", "kind": kind, "difficulty": "easy", "seed": 3});
        let problem = bench.post("/generate", &mia(), question).await;
        let exercise = bench.exercise(&problem).await;
        let verdict = bench.verify(&mia(), &problem, wrong(&exercise)).await;
        assert_eq!(verdict["correct"], false, "{kind:?}: {verdict:#}");
        assert!(verdict["score"].as_f64().is_some_and(|score| score < 0.9), "{kind:?}: {verdict:#}");
        assert!(verdict["feedback"].as_str().is_some_and(|text| !text.is_empty()));
        if let Some(partly) = partly(&exercise) {
            let verdict = bench.verify(&mia(), &problem, partly).await;
            let score = verdict["score"].as_f64().unwrap();
            assert!(score > 0.0 && score < 1.0 && verdict["correct"] == false, "{kind:?}: {verdict:#}");
        }
        let verdict = bench.verify(&mia(), &problem, right(&exercise)).await;
        assert_eq!(
            (&verdict["correct"], &verdict["score"]),
            (&json!(true), &json!(1.0)),
            "{kind:?}: {verdict:#}"
        );
        let again =
            bench.get(&format!("/problems/{}", problem["problem_id"].as_str().unwrap()), &mia()).await;
        assert_eq!((&again["attempts"], &again["best_score"]), (&verdict["attempts"], &json!(1.0)));
    }
}

#[tokio::test]
async fn the_same_answer_is_judged_once_and_told_once() {
    let bench = Bench::new().await;
    let question = json!({"topic": "variables", "kind": "fix-bug", "difficulty": "easy", "seed": 1});
    let problem = bench.post("/generate", &mia(), question).await;
    let exercise = bench.exercise(&problem).await;
    let first = bench.verify(&mia(), &problem, wrong(&exercise)).await;
    assert_eq!((&first["duplicate"], &first["attempts"]), (&json!(false), &json!(1)));
    let second = bench.verify(&mia(), &problem, wrong(&exercise)).await;
    assert_eq!((&second["duplicate"], &second["attempts"]), (&json!(true), &json!(1)));
    assert_eq!(first["score"], second["score"]);
    let (who, right) = (mia(), right(&exercise));
    let (one, other) = tokio::join!(
        bench.verify(&who, &problem, right.clone()),
        bench.verify(&who, &problem, right.clone()),
    );
    assert!(one["correct"] == true && other["correct"] == true);
    assert_ne!(one["duplicate"], other["duplicate"], "one of the two that came at once is counted");
    assert_eq!(bench.answers.counted(), [(Kind::FixBug, false), (Kind::FixBug, true)]);
    let told = bench.told().await;
    let [
        Event::ExerciseOpened(opened),
        Event::ExerciseGraded(first_told),
        Event::ExerciseGraded(second_told),
    ] = told.as_slice()
    else {
        panic!("{told:?}")
    };
    assert_eq!(opened.problem, first_told.problem);
    assert!((first_told.score.get() - first["score"].as_f64().unwrap()).abs() < 1e-9);
    let noted = first_told.header.metadata.as_ref().and_then(|notes| notes.get(metadata::MISCONCEPTION));
    let expected = first["error"].as_str().or(first["misconception"].as_str());
    assert!(expected.is_some(), "{first:#}");
    assert_eq!(noted.map(String::as_str), expected);
    assert_eq!((second_told.score.get(), &second_told.header.metadata), (1.0, &None));
}

#[tokio::test]
async fn going_back_to_an_earlier_answer_counts_nothing() {
    let bench = Bench::new().await;
    let question = json!({"topic": "variables", "kind": "predict-output", "difficulty": "easy", "seed": 1});
    let problem = bench.post("/generate", &mia(), question).await;
    let first = bench.verify(&mia(), &problem, json!("one")).await;
    let second = bench.verify(&mia(), &problem, json!("two")).await;
    assert_eq!((&second["duplicate"], &second["attempts"]), (&json!(false), &json!(2)));
    for _ in 0..2 {
        let back = bench.verify(&mia(), &problem, json!("one")).await;
        assert_eq!((&back["duplicate"], &back["attempts"]), (&json!(true), &json!(2)));
        assert_eq!(back["feedback"], first["feedback"]);
    }
    let graded = bench.told().await.into_iter().filter(|event| matches!(event, Event::ExerciseGraded(_)));
    assert_eq!(graded.count(), 2);
}

#[tokio::test]
async fn nobody_answers_for_somebody_else() {
    let bench = Bench::new().await;
    let problem =
        bench.post("/generate", &mia(), json!({"topic": "variables", "kind": "write", "seed": 1})).await;
    let answer = json!({"problem_id": problem["problem_id"], "answer": "print(1)"});
    assert_eq!(bench.refused("/verify", &ben(), answer.clone()).await.0, 404);
    assert_eq!(bench.refused("/verify", &testkit::teacher("mr-ito"), answer.clone()).await.0, 404);
    assert_eq!(bench.refused("/verify", &service("ask", "ben"), answer.clone()).await.0, 404);
    let mut named = answer.clone();
    named["student_id"] = json!("ben");
    assert_eq!(bench.refused("/verify", &ms_lee(), named).await, (422, "student_id".to_owned()));
    let hint = json!({"problem_id": problem["problem_id"], "level": 1});
    assert_eq!(bench.refused("/hints", &ben(), hint).await.0, 404);
    assert_eq!(bench.told_names().await, ["opened"]);
    assert_eq!(bench.post("/verify", &service("ask", "mia"), answer).await["duplicate"], false);
}

#[tokio::test]
async fn without_a_sandbox_nothing_is_counted() {
    let bench = Bench::new().await;
    let question = json!({"topic": "variables", "kind": "write", "seed": 1});
    let problem = bench.post("/generate", &mia(), question).await;
    let right = right(&bench.exercise(&problem).await);
    for (sandbox, retry_after) in [(busy(7), Some("7")), (missing(), None)] {
        let without = bench.again(sandbox);
        for (path, body) in [
            ("/verify", json!({"problem_id": problem["problem_id"], "answer": right})),
            ("/generate", json!({"topic": "while"})),
        ] {
            let (status, headers, answer) = without.ask(http::Method::POST, path, &mia(), Some(body)).await;
            assert_eq!(status.as_u16(), 503, "{path}: {answer:#}");
            let header = headers["retry-after"].to_str().unwrap();
            assert!(retry_after.is_none_or(|seconds| seconds == header), "{path}: {header}");
        }
        // What needs no sandbox is judged as ever: a syntax error.
        let verdict = without.verify(&mia(), &problem, json!(format!("if x\n{retry_after:?}"))).await;
        assert_eq!(verdict["correct"], false);
    }
    assert_eq!(bench.told_names().await, ["opened", "graded", "graded"], "the two syntax errors alone");
    let verdict = bench.verify(&mia(), &problem, right).await;
    assert_eq!((&verdict["correct"], &verdict["attempts"]), (&json!(true), &json!(3)));
}
