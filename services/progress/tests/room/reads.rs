//! What can be read of a student: standing, history, explanation, export.

use agent_core::mastery::DAY_MS;
use contracts::Event;
use http::{Method, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};
use testkit::{operator, service, student};

use crate::bench::{Bench, all, answered, at, fields, graded, header, keyed, reviewed};

fn week() -> Vec<Event> {
    let of = |number, time: &str| header(number, "mira", "variables", at(time));
    vec![
        answered(of(1, "2026-02-26T10:00:00Z"), "q1", true),
        answered(of(2, "2026-02-26T23:59:59.999Z"), "q2", false),
        graded(of(3, "2026-02-27T00:00:00Z"), "p1", 0.95),
        reviewed(of(4, "2026-03-01T08:30:00.5Z"), 0.7),
    ]
}

#[tokio::test]
async fn a_student_of_whom_nothing_is_known_has_no_components_and_no_mastery() {
    let bench = Bench::new().await;
    let nobody = bench.read(&student("mira"), "/mira").await;
    insta::assert_json_snapshot!(nobody);
    let history = bench.read(&student("mira"), "/mira/history?component=lists").await;
    assert_eq!((&history["points"], &history["truncated"]), (&json!([]), &json!(false)));
    let explained = bench.read(&student("mira"), "/mira/explain?component=lists").await;
    assert_eq!(
        (&explained["items"], &explained["total"], &explained["mastery"]),
        (&json!([]), &json!(0), &json!(0.0))
    );
}

#[tokio::test]
async fn a_student_stands_where_the_evidence_says() {
    let bench = Bench::new().await;
    bench.hear_all(&week()).await;
    bench.post("mira", all("lists", 1.0)).await;
    insta::assert_json_snapshot!(bench.read(&student("mira"), "/mira").await);
}

#[tokio::test]
async fn explain_names_each_event_newest_first_with_what_it_contributed() {
    let bench = Bench::new().await;
    bench.hear_all(&week()).await;
    bench.post("mira", all("variables", 0.5)).await;
    let told = bench.read(&student("mira"), "/mira/explain?component=variables").await;
    insta::assert_json_snapshot!(told);
    let sum: f64 =
        told["items"].as_array().unwrap().iter().map(|item| item["contribution"].as_f64().unwrap()).sum();
    assert!(
        (sum - told["mastery"].as_f64().unwrap()).abs() < 1e-9,
        "from nothing to the mastery, event by event"
    );
}

#[tokio::test]
async fn history_has_the_end_of_each_day_with_an_event() {
    let bench = Bench::new().await;
    bench.hear_all(&week()).await;
    insta::assert_json_snapshot!(bench.read(&student("mira"), "/mira/history?component=variables").await);
    let dates = async |days: u32| {
        let path = format!("/mira/history?component=variables&days={days}");
        let history = bench.read(&student("mira"), &path).await;
        let points = history["points"].as_array().unwrap().iter();
        points.map(|point| point["date"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(dates(1).await, ["2026-03-01"], "today");
    assert_eq!(dates(2).await, ["2026-03-01"], "yesterday nothing happened");
    assert_eq!(dates(3).await, ["2026-02-27", "2026-03-01"]);
    assert_eq!(dates(365).await, ["2026-02-26", "2026-02-27", "2026-03-01"]);
}

#[tokio::test]
async fn a_parameter_that_is_not_valid_is_named() {
    let bench = Bench::new().await;
    for (path, field) in [
        ("/mira/history", "component"),
        ("/mira/history?component=", "component"),
        ("/mira/history?component=a&days=0", "days"),
        ("/mira/history?component=a&days=366", "days"),
        ("/mira/history?component=a&days=-1", "days"),
        ("/mira/history?component=a&weeks=1", "weeks"),
        ("/mira/explain", "component"),
        ("/mira/explain?component=a%2Fb", "component"),
        ("/mira/explain?component=a&page=0", "page"),
        ("/mira/explain?component=a&page=-1", "page"),
        ("/mira/explain?component=a&per_page=201", "per_page"),
        ("/mira/explain?component=a&per_page=0", "per_page"),
        ("/mira/explain?component=a&per_page=x", "per_page"),
        ("/-mira/export", "student_id"),
    ] {
        let (status, problem) = bench.ask(Method::GET, path, &student("mira"), None).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {problem}");
        assert_eq!(fields(&problem), [field], "{path}");
    }
}

/// One right and one wrong answer in turn, a minute apart, up to nine in the morning of the first of March.
fn many(count: u64) -> Vec<Event> {
    let last_ms = at("2026-03-01T09:00:00Z").as_millisecond();
    (0..count)
        .map(|n| {
            let ms = last_ms - i64::try_from(count - 1 - n).unwrap() * 60_000;
            let header = header(n + 1, "mira", "loops", Timestamp::from_millisecond(ms).unwrap());
            answered(header, &format!("q{}", n % 7), n % 2 == 0)
        })
        .collect()
}

#[tokio::test]
async fn a_long_log_is_paged_back_to_the_reach_and_its_history_says_where_it_is_cut() {
    let bench = Bench::new().await;
    let count = 2600;
    bench.hear_all(&many(count)).await;
    let (mut ids, mut oldest_mastery) = (Vec::new(), Value::Null);
    let mut newest_mastery = Value::Null;
    for page in 1..=10 {
        let path = format!("/mira/explain?component=loops&per_page=200&page={page}");
        let told = bench.read(&student("mira"), &path).await;
        assert_eq!((&told["total"], &told["events"]), (&json!(1792), &json!(count)));
        for item in told["items"].as_array().unwrap() {
            ids.push(item["event_id"].clone());
            if !newest_mastery.is_null() {
                assert_eq!(item["mastery_after"], oldest_mastery, "pages meet without a gap");
            } else {
                newest_mastery = item["mastery_after"].clone();
                assert_eq!(newest_mastery, told["mastery"]);
            }
            oldest_mastery = item["mastery_before"].clone();
        }
    }
    let expected: Vec<Value> = (0..1792).map(|n| json!(crate::bench::evidence_id(count - n))).collect();
    assert_eq!(ids, expected);

    let history = bench.read(&student("mira"), "/mira/history?component=loops&days=1").await;
    assert_eq!((&history["truncated"], &history["points"][0]["events"]), (&json!(false), &json!(9 * 60 + 1)));
    let history = bench.read(&student("mira"), "/mira/history?component=loops&days=7").await;
    assert_eq!(history["truncated"], true);
    let told: u64 =
        history["points"].as_array().unwrap().iter().map(|point| point["events"].as_u64().unwrap()).sum();
    assert_eq!(told, count - 3 * 256, "from the oldest checkpoint that is kept");
    assert_eq!(history["points"].as_array().unwrap().last().unwrap()["mastery"], newest_mastery);
}

#[tokio::test]
async fn a_log_of_ten_days_is_told_whole_while_its_beginning_is_in_reach() {
    let bench = Bench::new().await;
    let ms = at("2026-03-01T08:00:00Z").as_millisecond();
    for day in 0..10 {
        let time = Timestamp::from_millisecond(ms - day * DAY_MS).unwrap();
        bench.hear_all(&[reviewed(header(day.unsigned_abs() + 1, "mira", "loops", time), 0.5)]).await;
    }
    let history = bench.read(&student("mira"), "/mira/history?component=loops&days=30").await;
    let points = history["points"].as_array().unwrap();
    assert_eq!(points.len(), 10);
    assert_eq!(
        points[9]["breakdown"]["consistency"], 1.0,
        "ten days in a row, though they were heard backwards"
    );
    assert_eq!(points[0]["date"], "2026-02-20");
}

#[tokio::test]
async fn the_export_holds_all_that_is_kept_and_an_erasure_leaves_only_the_note_of_itself() {
    let bench = Bench::new().await;
    bench.class("ms-lee", "7b", &["mira", "noor"]).await;
    bench.hear_all(&week()).await;
    bench.post("mira", keyed(all("lists", 0.5), "exam-1")).await;
    bench.post("noor", all("lists", 0.5)).await;
    let export = bench.read(&student("mira"), "/mira/export").await;
    insta::assert_json_snapshot!(export);

    let (status, erased) = bench.ask(Method::DELETE, "/mira", &student("mira"), None).await;
    assert_eq!(status, StatusCode::OK);
    let left = bench.read(&operator("op"), "/mira/export").await;
    let note = json!({ "generation": 1, "erased_at": "2026-03-01T09:00:00Z", "components": [] });
    assert_eq!(left["items"], json!([{ "place": "student", "key": "mira", "body": note }]));
    assert_eq!(erased["erased_at"], "2026-03-01T09:00:00.000Z");
    assert_eq!(bench.read(&student("mira"), "/mira").await["components"], json!({}));
    let teaches = bench.read(&service("debug", "mira"), "/mira/teachers/ms-lee").await;
    assert_eq!(teaches["teaches"], false, "the place in the class is gone too");
    let noor = bench.read(&student("noor"), "/noor").await;
    assert_eq!(noor["overall_mastery"], 0.5, "nobody else is touched");
}
