//! What teachers assign: who may, what comes of it, and that it comes first.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::{StaticInvoke, operator, service, teacher};

use crate::answers::{right, wrong};
use crate::bench::{Bench, ben, mia, ms_lee};

fn easy(to: Value) -> Value {
    let mut body = json!({"topic": "variables", "difficulty": "easy", "kind": "predict-output", "count": 2});
    for (field, value) in to.as_object().unwrap() {
        body[field] = value.clone();
    }
    body
}

#[tokio::test]
async fn an_assigned_set_comes_first_and_is_counted_until_it_is_done() {
    let bench = Bench::new().await;
    let made = bench.post("/assignments", &ms_lee(), easy(json!({"class_id": "ms-lee"}))).await;
    assert_eq!(made["students"], json!(["ben", "mia"]));
    let path = format!("/assignments/{}", made["assignment_id"].as_str().unwrap());
    let other_topic =
        bench.post("/generate", &mia(), json!({"topic": "for", "kind": "predict-output"})).await;
    assert_eq!(other_topic["assignment_id"], Value::Null);
    for asked in [
        json!({"topic": "variables", "difficulty": "beginner", "kind": "predict-output"}),
        json!({"topic": "variables", "kind": "write"}),
        json!({"topic": "variables", "kind": "predict-output", "seed": 5}),
    ] {
        let own = bench.post("/generate", &mia(), asked).await;
        assert_eq!(own["assignment_id"], Value::Null, "asked for something else");
    }
    let ready = bench.post("/generate", &ms_lee(), json!({"topic": "variables", "student_id": "mia"})).await;
    assert_eq!(ready["assignment_id"], Value::Null, "a teacher's look takes nothing of the set");
    let mut names = Vec::new();
    for round in 1..=2_u32 {
        let problem = bench.post("/generate", &mia(), json!({"topic": "variables"})).await;
        assert_eq!(problem["assignment_id"], made["assignment_id"]);
        assert_eq!((&problem["difficulty"], &problem["kind"]), (&json!("easy"), &json!("predict-output")));
        assert!(
            problem["why"].as_str().unwrap().contains("Your teacher assigned 2 exercises"),
            "{problem:#}"
        );
        let exercise = bench.exercise(&problem).await;
        names.push(exercise.name.to_string());
        bench.verify(&mia(), &problem, wrong(&exercise)).await;
        bench.verify(&mia(), &problem, right(&exercise)).await;
        let mine = bench.get("/assignments", &mia()).await;
        let result = &mine["items"][0]["result"];
        assert_eq!((&result["solved"], &result["done"]), (&json!(round), &json!(round == 2)), "{mine:#}");
        assert_eq!(result["mean_score"], json!(f64::from(round) / 2.0));
    }
    assert_ne!(names[0], names[1], "different ones");
    let after = bench.post("/generate", &mia(), json!({"topic": "variables"})).await;
    assert_eq!(after["assignment_id"], Value::Null, "it is done");
    let results = bench.get(&path, &ms_lee()).await;
    assert_eq!((&results["done"], &results["results"]["total"]), (&json!(1), &json!(2)), "{results:#}");
    assert_eq!(results["results"]["items"][0]["student_id"], "ben");
    assert_eq!(results["results"]["items"][0]["mean_score"], Value::Null);
    assert_eq!(results["results"]["items"][1]["done"], true);
    assert_eq!(results["assignment"]["class_id"], "ms-lee");
}

#[tokio::test]
async fn assignments_are_seen_by_who_made_them_and_who_has_them() {
    let bench = Bench::new().await;
    let by_class = bench.post("/assignments", &ms_lee(), easy(json!({"class_id": "ms-lee"}))).await;
    bench.clock.advance_ms(60_000);
    let by_name =
        bench.post("/assignments", &ms_lee(), easy(json!({"students": ["mia", "mia"], "count": 1}))).await;
    assert_eq!((&by_name["students"], &by_name["class_id"]), (&json!(["mia"]), &Value::Null));
    let ids = |list: &Value| -> Vec<Value> {
        list["items"].as_array().unwrap().iter().map(|item| item["assignment_id"].clone()).collect()
    };
    let (both, first) = (
        vec![by_name["assignment_id"].clone(), by_class["assignment_id"].clone()],
        vec![by_class["assignment_id"].clone()],
    );
    for (who, query, seen) in [
        (ms_lee(), "", &both),
        (ms_lee(), "?class_id=ms-lee", &first),
        (ms_lee(), "?student_id=mia", &both),
        (ms_lee(), "?student_id=ben", &first),
        (mia(), "", &both),
        (ben(), "", &first),
        (service("ask", "ben"), "", &first),
        (teacher("mr-ito"), "", &Vec::new()),
        (ms_lee(), "?page=2&per_page=1", &first),
    ] {
        let list = bench.get(&format!("/assignments{query}"), &who).await;
        assert_eq!(&ids(&list), seen, "{who:?} {query}");
    }
    for (who, query, status) in [
        (ben(), "?student_id=mia", 403),
        (teacher("mr-ito"), "?student_id=mia", 403),
        (operator("op"), "", 403),
        (mia(), "?page=0", 422),
        (mia(), "?colour=red", 422),
    ] {
        let (found, _, answer) = bench.ask(Method::GET, &format!("/assignments{query}"), &who, None).await;
        assert_eq!(found.as_u16(), status, "{who:?} {query}: {answer:#}");
    }
    let path = format!("/assignments/{}", by_class["assignment_id"].as_str().unwrap());
    let unknown = "/assignments/00000000-0000-4000-8000-000000000000";
    for (who, path, status) in [
        (ms_lee(), path.as_str(), StatusCode::OK),
        (teacher("mr-ito"), &path, StatusCode::NOT_FOUND),
        (ms_lee(), unknown, StatusCode::NOT_FOUND),
        (mia(), &path, StatusCode::FORBIDDEN),
        (operator("op"), &path, StatusCode::FORBIDDEN),
        (service("ask", "mia"), &path, StatusCode::FORBIDDEN),
        (ms_lee(), "/assignments/nine", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        assert_eq!(bench.ask(Method::GET, path, &who, None).await.0, status, "{who:?} {path}");
    }
}

#[tokio::test]
async fn who_may_not_assign_and_what_cannot_be_assigned() {
    let bench = Bench::new().await;
    let many: Vec<String> = (0..501).map(|number| format!("s{number}")).collect();
    for (who, body, refusal) in [
        (mia(), easy(json!({"students": ["mia"]})), (403, "")),
        (service("ask", "mia"), easy(json!({"students": ["mia"]})), (403, "")),
        (operator("op"), easy(json!({"students": ["mia"]})), (403, "")),
        (ms_lee(), easy(json!({"students": ["noor"]})), (403, "")),
        (ms_lee(), easy(json!({"class_id": "mr-ito"})), (422, "class_id")),
        (teacher("nobodys"), easy(json!({"class_id": "nobodys"})), (422, "class_id")),
        (ms_lee(), easy(json!({})), (422, "students")),
        (ms_lee(), easy(json!({"class_id": "ms-lee", "students": ["mia"]})), (422, "students")),
        (ms_lee(), easy(json!({"students": many})), (422, "students")),
        (ms_lee(), easy(json!({"class_id": "ms-lee", "count": 0})), (422, "count")),
        (ms_lee(), easy(json!({"class_id": "ms-lee", "count": 21})), (422, "count")),
        (ms_lee(), easy(json!({"class_id": "ms-lee", "count": -1})), (422, "count")),
        (ms_lee(), easy(json!({"class_id": "ms-lee", "topic": "alchemy"})), (422, "topic")),
        (ms_lee(), easy(json!({"class_id": "ms-lee", "topic": "functions"})), (404, "")),
        (ms_lee(), easy(json!({"class_id": "ms-lee", "difficulty": "brutal"})), (422, "difficulty")),
        (ms_lee(), easy(json!({"class_id": "ms-lee", "colour": "red"})), (422, "colour")),
    ] {
        let found = bench.refused("/assignments", &who, body.clone()).await;
        assert_eq!(found, (refusal.0, refusal.1.to_owned()), "{who:?} {body}");
    }
    assert_eq!(bench.get("/assignments", &ms_lee()).await["total"], 0);
}

#[tokio::test]
async fn an_old_set_that_cannot_be_finished_does_not_stand_in_the_way() {
    let bench = Bench::new().await.knowing(StaticInvoke::none());
    bench.post("/assignments", &ms_lee(), easy(json!({"students": ["mia"], "count": 1}))).await;
    let mut assigned = 0;
    for _ in 0..4 {
        let problem = bench.post("/generate", &mia(), json!({"topic": "variables"})).await;
        assigned += u32::from(!problem["assignment_id"].is_null());
    }
    assert_eq!(assigned, 3, "three tries for one");
}
