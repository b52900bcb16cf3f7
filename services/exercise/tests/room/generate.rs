//! What is made: the same from the same seed, nothing that gives it away, as hard as fits, nothing twice.

use std::collections::BTreeSet;

use contracts::Event;
use exercise::decide::adapt::{NEAR_DUPLICATE, Sketch};
use exercise::decide::exercise::{Exercise, Kind, Task};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::{StaticInvoke, service, student, teacher};

use crate::answers::{printed, right, wrong};
use crate::bench::{Bench, ben, knows, mia, ms_lee};

/// What must not be read in an answer: the solution, and what hidden tests are about.
fn secrets(exercise: &Exercise) -> BTreeSet<String> {
    let mut secrets = BTreeSet::new();
    match exercise.task {
        Task::PredictOutput => {
            secrets.insert(printed(exercise).trim().to_owned());
        }
        _ => {
            secrets.insert(exercise.reference.trim().to_owned());
        }
    }
    let open: Vec<_> = exercise.tests.iter().filter(|test| test.open).collect();
    let open = format!("{} {open:?}", exercise.statement);
    for test in exercise.tests.iter().filter(|test| !test.open) {
        secrets.insert(test.stdin.trim().to_owned());
        for call in &test.calls {
            secrets.insert(format!("{:?}", call.arguments));
        }
    }
    secrets.retain(|secret| secret.len() >= 6 && !open.contains(secret.as_str()));
    secrets
}

fn tells_nothing(what: &str, answer: &Value, exercise: &Exercise) {
    let told = answer.to_string();
    for secret in secrets(exercise) {
        let written = json!(secret).to_string();
        let written = written.trim_matches('"');
        assert!(!told.contains(written), "{what} of {} tells {secret:?}: {told}", exercise.name);
    }
    for field in ["reference", "expected_output", "solution", "mutants", "bug"] {
        assert!(!told.contains(&format!("\"{field}\":")), "{what} has a field {field}: {told}");
    }
}

#[tokio::test]
async fn the_same_question_gives_the_same_exercise_and_none_gives_itself_away() {
    let bench = Bench::new().await;
    for (topic, kind) in
        Kind::ALL.into_iter().map(|kind| ("variables", kind)).chain([("list-comprehensions", Kind::Write)])
    {
        let question = json!({"topic": topic, "kind": kind, "difficulty": "easy", "seed": 7});
        let first = bench.post("/generate", &mia(), question.clone()).await;
        let second = bench.post("/generate", &ben(), question).await;
        let exercise = bench.exercise(&first).await;
        assert_eq!(exercise, bench.exercise(&second).await);
        assert_eq!(first["kind"], kind.name());
        assert!(first["why"].as_str().is_some_and(|why| why.contains("seed")), "{first:#}");
        for field in ["problem_id", "student_id", "attempts"] {
            assert!(!first[field].is_null(), "{field}");
        }
        let same = |answer: &Value| {
            let mut answer = answer.clone();
            for own in ["problem_id", "student_id"] {
                answer[own] = Value::Null;
            }
            answer
        };
        assert_eq!(same(&first), same(&second));
        tells_nothing("generate", &first, &exercise);
        let shown = bench.get(&format!("/problems/{}", first["problem_id"].as_str().unwrap()), &mia()).await;
        tells_nothing("problems", &shown, &exercise);
        let verdict = bench.verify(&mia(), &first, wrong(&exercise)).await;
        assert_eq!(verdict["correct"], false, "{verdict:#}");
        tells_nothing("verify", &verdict, &exercise);
        for level in 1..=3 {
            let asked = json!({"problem_id": first["problem_id"], "level": level});
            tells_nothing("hints", &bench.post("/hints", &mia(), asked).await, &exercise);
        }
    }
}

#[tokio::test]
async fn difficulty_follows_mastery_and_first_answers() {
    let bench = Bench::asking(knows(0.3)).await;
    let asked = json!({"topic": "variables"});
    let recommended = bench.post("/difficulty", &mia(), asked.clone()).await;
    assert_eq!(recommended["recommended"], "easy", "{recommended:#}");
    assert!(recommended["reasoning"].as_str().unwrap().contains("0.3"), "{recommended:#}");
    let generated = bench.post("/generate", &mia(), json!({"topic": "variables", "kind": "write"})).await;
    assert_eq!(generated["difficulty"], "easy", "{generated:#}");
    assert!(generated["why"].as_str().unwrap().contains("Mastery 0.3"), "{generated:#}");
    for (invoke, recommended) in [
        (StaticInvoke::none(), "beginner"),
        (StaticInvoke::down(), "beginner"),
        (knows(0.5), "medium"),
        (knows(0.95), "challenge"),
    ] {
        let answer = bench.knowing(invoke).post("/difficulty", &mia(), asked.clone()).await;
        assert_eq!(answer["recommended"], recommended);
        assert_eq!(answer["confidence"], 0.0);
    }
    // Three right first answers: one step up.
    for seed in 1..=3 {
        let question =
            json!({"topic": "variables", "kind": "predict-output", "difficulty": "easy", "seed": seed});
        let problem = bench.post("/generate", &mia(), question).await;
        let answer = right(&bench.exercise(&problem).await);
        assert_eq!(bench.verify(&mia(), &problem, answer).await["correct"], true);
    }
    let after = bench.post("/difficulty", &mia(), asked.clone()).await;
    assert_eq!((after["recommended"].as_str(), after["confidence"].as_f64()), (Some("medium"), Some(0.3)));
    let for_mia = json!({"topic": "variables", "student_id": "mia"});
    assert_eq!(bench.post("/difficulty", &ms_lee(), for_mia).await, after, "her teacher is told the same");
}

#[tokio::test]
async fn nobody_gets_nearly_the_same_twice_in_ten() {
    let bench = Bench::new().await;
    let mut sketches: Vec<(String, Sketch)> = Vec::new();
    for round in 0..10 {
        let problem = bench.post("/generate", &mia(), json!({"topic": "variables"})).await;
        assert!(problem["why"].as_str().is_some_and(|why| !why.is_empty()), "{problem:#}");
        let exercise = bench.exercise(&problem).await;
        let sketch = Sketch::of(&exercise.reference);
        for (name, before) in &sketches {
            let likeness = before.likeness(&sketch);
            assert!(likeness < NEAR_DUPLICATE, "round {round}: {} is like {name}: {likeness}", exercise.name);
        }
        sketches.push((exercise.name.to_string(), sketch));
    }
}

#[tokio::test]
async fn what_comes_next_practises_the_mistake_that_comes_back() {
    let mut bench = Bench::new().await;
    let (stop, tasks) = bench.begin();
    // The background has something to choose from.
    bench.post("/generate", &ben(), json!({"topic": "variables"})).await;
    let found = async || {
        let query =
            ledger::Query { field: "topic", values: vec!["variables".to_owned()], limit: 1000, offset: 0 };
        bench.ledger.documents(exercise::ports::SHELF, query).await.unwrap()
    };
    while found().await.len() < 20 {
        tokio::task::yield_now().await;
    }
    stop.cancel();
    for task in tasks {
        task.await.unwrap();
    }
    // Twice the same misconception.
    let mut met = None;
    for seed in 0..2 {
        let question = json!({"topic": "variables", "kind": "fix-bug", "difficulty": "easy", "seed": seed});
        let problem = bench.post("/generate", &mia(), question).await;
        let starter = bench.exercise(&problem).await.starter;
        for ending in ["\n", "\n\n"] {
            let verdict = bench.verify(&mia(), &problem, json!(format!("{starter}{ending}"))).await;
            met = met.or(verdict["misconception"].as_str().map(str::to_owned));
        }
    }
    let met = met.unwrap().replace('-', " ");
    let next = bench.post("/generate", &mia(), json!({"topic": "variables"})).await;
    let why = next["why"].as_str().unwrap();
    assert!(why.contains("went wrong") || why.contains("you met"), "{met}: {why}");
}

#[tokio::test]
async fn a_student_opens_what_others_make_ready() {
    let bench = Bench::new().await;
    let question = json!({"topic": "variables", "kind": "write", "seed": 1});
    let with_student = json!({"topic": "variables", "kind": "write", "seed": 1, "student_id": "mia"});
    bench.post("/generate", &service("progress", "mia"), question.clone()).await;
    let ready = bench.post("/generate", &ms_lee(), with_student).await;
    assert_eq!(ready["student_id"], "mia");
    assert!(bench.told().await.is_empty());
    let path = format!("/problems/{}", ready["problem_id"].as_str().unwrap());
    bench.get(&path, &ms_lee()).await;
    assert!(bench.told().await.is_empty(), "a teacher's look is no opening");
    for _ in 0..2 {
        bench.get(&path, &mia()).await;
        assert_eq!(bench.told_names().await, ["opened"], "once");
    }
    bench.post("/generate", &mia(), question).await;
    let told = bench.told().await;
    let [Event::ExerciseOpened(first), Event::ExerciseOpened(second)] = told.as_slice() else {
        panic!("{told:?}")
    };
    assert_eq!((first.header.student_id.as_str(), first.header.component.as_str()), ("mia", "variables"));
    assert_eq!(first.problem, second.problem, "the same exercise is one problem in mastery");
    let (status, _, _) = bench.ask(Method::GET, &path, &ben(), None).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "not somebody else's");
    for (who, status) in
        [(student("noor"), 403), (teacher("mr-ito"), 403), (service("progress", "noor"), 403)]
    {
        let asked = json!({"topic": "variables", "student_id": "mia"});
        assert_eq!(bench.refused("/generate", &who, asked).await.0, status, "{who:?}");
    }
}

#[tokio::test]
async fn of_a_student_the_latest_fifty_are_kept() {
    let bench = Bench::new().await;
    let question = json!({"topic": "variables", "kind": "predict-output", "seed": 1});
    let first = bench.post("/generate", &mia(), question.clone()).await;
    let answer = json!({"problem_id": first["problem_id"], "answer": "no idea"});
    for _ in 0..49 {
        bench.post("/generate", &mia(), question.clone()).await;
    }
    bench.get(&format!("/problems/{}", first["problem_id"].as_str().unwrap()), &mia()).await;
    bench.post("/generate", &mia(), question).await;
    assert_eq!(bench.refused("/verify", &mia(), answer).await.0, 404, "it was pushed out");
}
