//! Rosters, and what a teacher sees and sets through them.

use contracts::Event;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::{service, student, teacher};

use crate::bench::{Bench, all, at, fields, graded, header};

#[tokio::test]
async fn a_class_is_read_back_as_it_was_put_with_each_student_once() {
    let bench = Bench::new().await;
    let lee = teacher("ms-lee");
    let put = bench
        .put(&lee, "/classes/7b", json!({ "name": "Fridays, Ω", "students": ["noor", "mira", "noor"] }))
        .await;
    let expected =
        json!({ "class_id": "7b", "name": "Fridays, Ω", "owner": "ms-lee", "students": ["mira", "noor"] });
    assert_eq!(put, expected);
    assert_eq!(bench.read(&lee, "/classes/7b").await, expected);
    bench.put(&lee, "/classes/7b", json!({ "students": ["ava", "noor"] })).await;
    let changed = json!({ "class_id": "7b", "name": null, "owner": "ms-lee", "students": ["ava", "noor"] });
    assert_eq!(bench.read(&lee, "/classes/7b").await, changed);
}

#[tokio::test]
async fn who_leaves_a_class_is_no_longer_its_teachers_student() {
    let bench = Bench::new().await;
    let teaches = async |student: &str| {
        let path = format!("/{student}/teachers/ms-lee");
        let said = bench.read(&service("debug", student), &path).await["teaches"].as_bool().unwrap();
        let (status, _) = bench.ask(Method::GET, &format!("/{student}"), &teacher("ms-lee"), None).await;
        assert_eq!(said, status == StatusCode::OK, "what the others are told is what holds here");
        said
    };
    assert!(!teaches("mira").await);
    bench.class("ms-lee", "7b", &["mira", "noor"]).await;
    bench.class("ms-lee", "8a", &["mira"]).await;
    assert!(teaches("mira").await && teaches("noor").await && !teaches("ava").await);
    bench.class("ms-lee", "7b", &[]).await;
    assert!(teaches("mira").await, "still in the other class");
    assert!(!teaches("noor").await);
}

#[tokio::test]
async fn a_class_belongs_to_its_maker_alone() {
    let bench = Bench::new().await;
    bench.class("ms-lee", "7b", &["mira"]).await;
    let put = Some(json!({ "students": [] }));
    let target = Some(json!({ "component": "loops", "target": 3 }));
    for (method, path, body) in [
        (Method::GET, "/classes/7b", None),
        (Method::PUT, "/classes/7b", put),
        (Method::GET, "/classes/7b/mastery?component=loops", None),
        (Method::PUT, "/classes/7b/targets", target),
    ] {
        let (status, _) = bench.ask(method.clone(), path, &teacher("mr-ito"), body.clone()).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{method} {path}");
        if method == Method::GET || path.ends_with("targets") {
            let other = path.replace("7b", "9z");
            let (status, _) = bench.ask(method.clone(), &other, &teacher("mr-ito"), body).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{method} {other}");
        }
    }
    assert_eq!(bench.read(&teacher("ms-lee"), "/classes/7b").await["students"], json!(["mira"]));
}

#[tokio::test]
async fn what_is_not_valid_is_named() {
    let bench = Bench::new().await;
    let many: Vec<String> = (0..501).map(|n| format!("s{n}")).collect();
    for (path, body, field) in [
        ("/classes/7b", json!({ "students": many }), "students"),
        ("/classes/7b", json!({ "students": ["mira", "../x"] }), "students[1]"),
        ("/classes/7b", json!({}), "students"),
        ("/classes/7b", json!({ "students": [], "owner": "me" }), "owner"),
        ("/classes/7b", json!({ "students": [], "name": "" }), "name"),
        ("/classes/7b", json!({ "students": [], "name": "x".repeat(101) }), "name"),
        ("/classes/7b", json!({ "students": [], "name": "a\u{0}b" }), "name"),
        ("/classes/7b", json!({ "students": [], "name": "two\nlines" }), "name"),
        ("/classes/alerts", json!({ "students": [] }), "class_id"),
        ("/classes/7b/targets", json!({ "component": "loops", "target": 0 }), "target"),
        ("/classes/7b/targets", json!({ "component": "loops", "target": 101 }), "target"),
        ("/classes/7b/targets", json!({ "component": "", "target": 1 }), "component"),
    ] {
        let (status, problem) = bench.ask(Method::PUT, path, &teacher("ms-lee"), Some(body)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {problem}");
        assert_eq!(fields(&problem), [field], "{path}");
    }
    let name = "Ω".repeat(100);
    bench.put(&teacher("ms-lee"), "/classes/7b", json!({ "students": many[..500], "name": name })).await;
}

#[tokio::test]
async fn the_class_view_shows_every_student_page_by_page_and_the_mean_of_those_known() {
    let bench = Bench::new().await;
    bench.class("ms-lee", "7b", &["ava", "mira", "noor", "zoe"]).await;
    bench.post("mira", all("loops", 0.9)).await;
    bench.post("noor", all("loops", 0.6)).await;
    bench.post("ava", all("lists", 0.1)).await;
    bench.post("not-in-class", all("loops", 0.0)).await;
    let lee = teacher("ms-lee");
    insta::assert_json_snapshot!(bench.read(&lee, "/classes/7b/mastery?component=loops").await);
    let second = bench.read(&lee, "/classes/7b/mastery?component=loops&page=2&per_page=3").await;
    assert_eq!(second["items"].as_array().unwrap().len(), 1);
    assert_eq!((&second["items"][0]["student_id"], &second["total"]), (&json!("zoe"), &json!(4)));
    assert_eq!(second["class_mastery"], 0.75);
    let empty = bench.read(&lee, "/classes/7b/mastery?component=sets").await;
    assert_eq!((&empty["class_mastery"], &empty["students_known"]), (&Value::Null, &json!(0)));
}

#[tokio::test]
async fn a_target_is_an_event_in_each_students_log() {
    let bench = Bench::new().await;
    let lee = teacher("ms-lee");
    bench.class("ms-lee", "7b", &["mira", "noor"]).await;
    let time = at("2026-02-28T10:00:00Z");
    bench.hear_all(&[graded(header(1, "mira", "loops", time), "p1", 1.0)]).await;
    let put = bench.put(&lee, "/classes/7b/targets", json!({ "component": "loops", "target": 2 })).await;
    let expected =
        json!({ "class_id": "7b", "component": "loops", "target": 2, "students": 2, "changed": 2 });
    assert_eq!(put, expected);

    let mira = bench.read(&lee, "/mira").await;
    assert_eq!(mira["components"]["loops"]["target"], 2);
    assert_eq!(mira["components"]["loops"]["breakdown"]["completion"], 0.5);
    let told = bench.read(&lee, "/mira/explain?component=loops").await;
    assert_eq!(told["items"][0]["fact"], json!({ "kind": "target_set", "target": 2 }));
    assert_eq!(
        (&told["items"][0]["by"], &told["items"][0]["changed"]),
        (&json!("ms-lee"), &json!(["completion"]))
    );

    let noor = bench.read(&student("noor"), "/noor").await;
    assert_eq!(noor["components"], json!({}), "a target alone is no evidence");
    let progress_of_noor = bench.told().await.into_iter().any(
        |event| matches!(event, Event::StudentProgress(progress) if progress.student_id.as_str() == "noor"),
    );
    assert!(!progress_of_noor, "and no mastery is told by it");
    bench.hear_all(&[graded(header(2, "noor", "loops", at("2026-03-01T09:00:00Z")), "p1", 1.0)]).await;
    let noor = bench.read(&student("noor"), "/noor").await;
    assert_eq!(noor["components"]["loops"]["breakdown"]["completion"], 0.5, "but it holds");
}

#[tokio::test]
async fn putting_a_target_again_changes_nothing_for_who_has_it() {
    let bench = Bench::new().await;
    let lee = teacher("ms-lee");
    let changed = async |target: u32| {
        let body = json!({ "component": "loops", "target": target });
        bench.put(&lee, "/classes/7b/targets", body).await["changed"].as_u64().unwrap()
    };
    bench.class("ms-lee", "7b", &["mira"]).await;
    assert_eq!(changed(5).await, 0, "five is what holds without a word");
    assert_eq!(changed(3).await, 1);
    bench.class("ms-lee", "7b", &["mira", "noor"]).await;
    assert_eq!(changed(3).await, 1, "who joined since");
    assert_eq!(changed(3).await, 0);
    assert_eq!(changed(5).await, 2);
}
