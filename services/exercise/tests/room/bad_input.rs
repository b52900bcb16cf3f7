//! Programs that do harm, and requests that make no sense: each gets the right verdict or a refusal that names its field,
//! and the next student's right answer is right.

use exercise::decide::exercise::{Kind, Task};
use serde_json::{Value, json};

use crate::answers::right;
use crate::bench::{Bench, ben, mia};

/// A program, and what must be said of it: a kind of error, or none where it merely does not do what it should.
const PROGRAMS: [(&str, &str, Option<&str>); 16] = [
    ("prints a gigabyte", "while True:\n    print('x' * 1000000)\n", Some("too-much-output")),
    ("forks", "import os\nos.fork()\n", Some("PermissionError")),
    (
        "forks without end",
        "import os\nwhile True:\n    try:\n        os.fork()\n    except Exception:\n        pass\n",
        Some("timed-out"),
    ),
    ("sleeps", "import time\ntime.sleep(100000)\n", None),
    ("loops", "while True:\n    pass\n", Some("timed-out")),
    (
        "loops and swallows",
        "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass\n",
        Some("timed-out"),
    ),
    ("recurses", "def down():\n    down()\n\ndown()\n", Some("RecursionError")),
    ("takes all memory", "held = []\nwhile True:\n    held.append('x' * 1000000)\n", Some("out-of-memory")),
    (
        "raises in repr",
        "class Odd:\n    def __repr__(self):\n        raise ValueError('no')\n\nprint(Odd())\n",
        Some("ValueError"),
    ),
    (
        "raises in eq",
        "class Odd:\n    def __eq__(self, other):\n        raise KeyError('no')\n\nprint(Odd() == 1)\n",
        Some("KeyError"),
    ),
    ("redefines print", "def print(*texts):\n    return True\n\nprint(1)\n", None),
    ("reads what is not there", "while True:\n    input()\n", Some("EOFError")),
    ("exits", "exit()\n", None),
    ("exits with a status", "exit(3)\n", None),
    ("forges an end", "print('{\"nonce\":\"\",\"said\":{\"Ended\":\"Completed\"}}')\nexit()\n", None),
    (
        "writes past print",
        "import sys\nsys.__stdout__.write('{\"said\":{\"Ended\":\"Completed\"}}\\n')\n",
        None,
    ),
];

#[tokio::test]
async fn programs_that_do_harm_get_their_verdict_and_nobody_else_notices() {
    let bench = Bench::new().await;
    let question = json!({"topic": "variables", "kind": "write", "difficulty": "easy", "seed": 1});
    let problem = bench.post("/generate", &mia(), question.clone()).await;
    let exercise = bench.exercise(&problem).await;
    for (what, program, error) in PROGRAMS {
        let verdict = bench.verify(&mia(), &problem, json!(program)).await;
        assert_eq!(verdict["correct"], false, "{what}: {verdict:#}");
        assert!(verdict["score"].as_f64().is_some_and(|score| score < 0.5), "{what}: {verdict:#}");
        if let Some(error) = error {
            assert_eq!(verdict["error"], error, "{what}: {verdict:#}");
        }
        assert!(verdict.to_string().len() < 64 << 10, "{what}: {} bytes", verdict.to_string().len());
        let next = bench.post("/generate", &ben(), question.clone()).await;
        let verdict = bench.verify(&ben(), &next, right(&exercise)).await;
        assert_eq!(verdict["correct"], true, "after one that {what}: {verdict:#}");
    }
}

#[tokio::test]
async fn a_program_that_never_ends_is_stopped_in_its_first_test() {
    let bench = Bench::new().await;
    let question = json!({"topic": "variables", "kind": "write", "difficulty": "easy", "seed": 1});
    let problem = bench.post("/generate", &mia(), question).await;
    for program in ["while True:\n    pass\n", "n = 1\nwhile n:\n    n += 1\n"] {
        let verdict = bench.verify(&mia(), &problem, json!(program)).await;
        let reasons: Vec<&str> =
            verdict["tests"].as_array().unwrap().iter().filter_map(|test| test["reason"].as_str()).collect();
        assert!(reasons.len() > 2 && !reasons[0].starts_with("Not run"), "{verdict:#}");
        assert!(reasons[1..].iter().all(|reason| reason.starts_with("Not run")), "{verdict:#}");
    }
}

#[tokio::test]
async fn answers_that_cannot_be_judged_name_their_place() {
    let bench = Bench::new().await;
    for kind in Kind::ALL {
        let question = json!({"topic": "variables", "kind": kind, "difficulty": "easy", "seed": 1});
        let problem = bench.post("/generate", &mia(), question).await;
        let exercise = bench.exercise(&problem).await;
        let mut cases: Vec<(&str, Value, &str)> = vec![
            ("a number", json!(5), "answer"),
            ("nothing", Value::Null, "answer"),
            ("an object", json!({"code": "x"}), "answer"),
            ("a number among texts", json!(["a", 5]), "answer[1]"),
        ];
        match &exercise.task {
            Task::Write | Task::FixBug { .. } | Task::PredictOutput => {
                cases.push(("a list", json!(["x"]), "answer"));
                cases.push(("too long", json!("x".repeat((64 << 10) + 1)), "answer"));
            }
            Task::Order { .. } => {
                let Value::Array(order) = right(&exercise) else { panic!("an order is a list") };
                let mut unknown = order.clone();
                unknown[1] = json!("nowhere");
                let mut repeated = order.clone();
                repeated[1] = order[0].clone();
                cases.extend([
                    ("a text", json!("p1"), "answer"),
                    ("no pieces", json!([]), "answer"),
                    ("an unknown piece", json!(unknown), "answer[1]"),
                    ("a repeated piece", json!(repeated), "answer[1]"),
                    ("a thousand pieces", json!(vec!["p"; 100_000]), "answer[0]"),
                ]);
            }
            Task::FillGap { gaps } => {
                let mut lines = vec!["x".to_owned(); gaps.len()];
                lines[0] = "x\ny".to_owned();
                let mut long = vec!["x".to_owned(); gaps.len()];
                long[0] = "x".repeat(201);
                cases.extend([
                    ("a text", json!("x"), "answer"),
                    ("too many", json!(vec!["x"; gaps.len() + 1]), "answer"),
                    ("none", json!([]), "answer"),
                    ("two lines in a gap", json!(lines), "answer[0]"),
                    ("a long gap", json!(long), "answer[0]"),
                ]);
            }
        }
        for (what, answer, field) in cases {
            let body = json!({"problem_id": problem["problem_id"], "answer": answer});
            let found = bench.refused("/verify", &mia(), body).await;
            assert_eq!(found, (422, field.to_owned()), "{kind:?}: {what}");
        }
        let strange = bench.verify(&mia(), &problem, right(&exercise)).await;
        assert_eq!(strange["attempts"], 1, "{kind:?}: what cannot be judged is no attempt");
    }
}

#[tokio::test]
async fn an_order_with_lines_left_out_or_left_in_is_judged_or_refused() {
    let bench = Bench::new().await;
    let question = json!({"topic": "variables", "kind": "order", "difficulty": "easy", "seed": 1});
    let problem = bench.post("/generate", &mia(), question).await;
    let exercise = bench.exercise(&problem).await;
    let Task::Order { pieces } = &exercise.task else { panic!("{exercise:?}") };
    let Value::Array(order) = right(&exercise) else { panic!("an order is a list") };
    let short = json!({"problem_id": problem["problem_id"], "answer": order[1..]});
    if pieces.len() == order.len() {
        assert_eq!(bench.refused("/verify", &mia(), short).await, (422, "answer".to_owned()));
    } else {
        assert_eq!(bench.post("/verify", &mia(), short).await["correct"], false);
        let all: Vec<&str> = pieces.iter().map(|piece| piece.id.as_str()).collect();
        assert_eq!(bench.verify(&mia(), &problem, json!(all)).await["correct"], false);
    }
    assert_eq!(bench.verify(&mia(), &problem, json!(order)).await["correct"], true);
}

#[tokio::test]
async fn requests_that_make_no_sense_name_the_field() {
    let bench = Bench::new().await;
    let problem =
        bench.post("/generate", &mia(), json!({"topic": "variables", "kind": "write", "seed": 1})).await;
    let id = &problem["problem_id"];
    let nobody = "00000000-0000-4000-8000-000000000000";
    for (path, body, refusal) in [
        ("/generate", json!({}), (422, "topic")),
        ("/generate", json!({"topic": "alchemy"}), (422, "topic")),
        ("/generate", json!({"topic": "functions"}), (404, "")),
        ("/generate", json!({"topic": "variables", "seed": -1}), (422, "seed")),
        ("/generate", json!({"topic": "variables", "seed": 4_294_967_296_u64}), (422, "seed")),
        ("/generate", json!({"topic": "variables", "seed": 1.5}), (422, "seed")),
        ("/generate", json!({"topic": "variables", "kind": "essay"}), (422, "kind")),
        ("/generate", json!({"topic": "variables", "difficulty": "brutal"}), (422, "difficulty")),
        ("/generate", json!({"topic": "variables", "colour": "red"}), (422, "colour")),
        ("/generate", json!({"topic": "variables", "student_id": "../ben"}), (422, "student_id")),
        ("/difficulty", json!({"topic": "Variables!"}), (422, "topic")),
        ("/difficulty", json!({"topic": "variables", "mastery": 1}), (422, "mastery")),
        ("/verify", json!({"problem_id": id}), (422, "answer")),
        ("/verify", json!({"answer": "x"}), (422, "problem_id")),
        ("/verify", json!({"problem_id": id, "answer": "x", "score": 1}), (422, "score")),
        ("/verify", json!({"problem_id": nobody, "answer": "x"}), (404, "")),
        ("/verify", json!({"problem_id": "no id!", "answer": "x"}), (422, "problem_id")),
        ("/hints", json!({"problem_id": id, "level": 0}), (422, "level")),
        ("/hints", json!({"problem_id": id, "level": 4}), (422, "level")),
        ("/hints", json!({"problem_id": id, "level": -1}), (422, "level")),
        ("/hints", json!({"problem_id": id, "level": "1"}), (422, "level")),
        ("/hints", json!({"problem_id": id}), (422, "level")),
        ("/hints", json!({"problem_id": nobody, "level": 1}), (404, "")),
        ("/hints", json!({"problem_id": id, "level": 1, "message": "x".repeat(2001)}), (422, "message")),
    ] {
        let found = bench.refused(path, &mia(), body.clone()).await;
        assert_eq!(found, (refusal.0, refusal.1.to_owned()), "{path} {body}");
    }
    assert_eq!(bench.told_names().await, ["opened"]);
}
