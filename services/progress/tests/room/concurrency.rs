//! Many at once on one student: nothing is lost and nothing counted twice, in one process and across two.

use std::sync::Arc;

use contracts::Event;
use futures::future::join_all;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::{student, teacher};

use crate::bench::{Bench, all, answered, at, graded, header, keyed};

/// Sends the posts as tasks of their own, to one room and the other in turn.
async fn post_all(rooms: [&Arc<Bench>; 2], bodies: Vec<Value>) -> Vec<(StatusCode, Value)> {
    let tasks = bodies.into_iter().enumerate().map(|(n, body)| {
        let room = Arc::clone(rooms[n % 2]);
        tokio::spawn(async move { room.post("mira", body).await })
    });
    join_all(tasks).await.into_iter().map(|task| task.unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn many_posts_at_once_all_count_once() {
    let room = Arc::new(Bench::new().await);
    let bodies = (0..200).map(|n| all("loops", f64::from(n) / 200.0)).collect();
    let answers = post_all([&room, &room], bodies).await;
    assert!(answers.iter().all(|(status, _)| *status == StatusCode::OK));
    let stand = room.read(&student("mira"), "/mira").await;
    assert_eq!(stand["components"]["loops"]["events"], 200);
    let told = room.read(&student("mira"), "/mira/explain?component=loops&per_page=200").await;
    assert_eq!(told["items"].as_array().unwrap().len(), 200);
    assert_eq!(told["items"][0]["mastery_after"], stand["components"]["loops"]["mastery"]);
    assert_eq!(room.told().await.len(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_at_once_from_many_counts_once_and_all_get_the_one_answer() {
    let room = Arc::new(Bench::new().await);
    let neighbour = Arc::new(room.neighbour());
    let answers = post_all([&room, &neighbour], vec![keyed(all("loops", 0.5), "exam-1"); 40]).await;
    let first = answers[0].1["event_id"].clone();
    assert!(answers.iter().all(|(status, answer)| *status == StatusCode::OK && answer["event_id"] == first));
    assert_eq!(answers.iter().filter(|(_, answer)| answer["duplicate"] == false).count(), 1);
    assert_eq!(room.told().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_old_and_new_among_many_posts_at_once_are_each_answered_rightly() {
    let room = Arc::new(Bench::new().await);
    let (_, old) = room.post("mira", keyed(all("loops", 0.5), "old")).await;
    let bodies: Vec<Value> = (0..120)
        .map(|n| match n % 4 {
            0 => keyed(all("loops", 0.5), "old"),
            1 => keyed(all("loops", 0.6), "old"),
            2 => keyed(all("loops", 0.7), &format!("new-{}", n % 24)),
            _ => all(["loops", "lists"][n % 8 / 4], 0.8),
        })
        .collect();
    let answers = post_all([&room, &room], bodies).await;
    let (mut new, mut unnamed) = (0, 0);
    for (n, (status, answer)) in answers.iter().enumerate() {
        let expected = if n % 4 == 1 { StatusCode::CONFLICT } else { StatusCode::OK };
        assert_eq!(*status, expected, "{n}: {answer}");
        match n % 4 {
            0 => assert_eq!((&answer["event_id"], &answer["duplicate"]), (&old["event_id"], &json!(true))),
            2 => new += u32::from(answer["duplicate"] == false),
            3 => unnamed += u32::from(answer["duplicate"] == false),
            _ => {}
        }
    }
    assert_eq!((new, unnamed), (6, 30), "each new key once, and each post without one");
    let stand = room.read(&student("mira"), "/mira").await;
    let events = |component: &str| stand["components"][component]["events"].as_u64().unwrap();
    assert_eq!(events("loops") + events("lists"), 1 + 6 + 30);
    assert_eq!(room.told().await.len(), 1 + 6 + 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn posts_at_once_behind_evidence_of_a_fast_clock_all_count() {
    let room = Arc::new(Bench::new().await);
    let ahead = answered(header(1, "mira", "loops", at("2026-03-01T09:04:00Z")), "q1", true);
    assert_eq!(room.hear(&ahead).await, bus::Disposition::Ack);
    let answers = post_all([&room, &room], vec![all("loops", 0.5); 30]).await;
    assert!(
        answers
            .iter()
            .all(|(status, answer)| *status == StatusCode::OK && answer["breakdown"]["quiz"] == 0.75)
    );
    let told = room.read(&student("mira"), "/mira/explain?component=loops").await;
    assert_eq!(told["events"], 31);
    assert_eq!(told["items"][0]["fact"]["kind"], "quiz_answered", "the newest is the one ahead");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_on_one_ledger_do_not_overwrite_each_other() {
    let room = Arc::new(Bench::new().await);
    let neighbour = Arc::new(room.neighbour());
    let bodies = (0..40).map(|n| all(["loops", "lists"][n % 3 % 2], 0.5)).collect();
    let answers = post_all([&room, &neighbour], bodies).await;
    let taken = answers.iter().filter(|(status, _)| *status == StatusCode::OK).count() as u64;
    let refused =
        answers.iter().filter(|(status, _)| *status == StatusCode::SERVICE_UNAVAILABLE).count() as u64;
    assert_eq!(taken + refused, 40, "taken, or asked to come again");
    let stand = neighbour.read(&student("mira"), "/mira").await;
    let events = |component: &str| stand["components"][component]["events"].as_u64().unwrap();
    assert_eq!(events("loops") + events("lists"), taken, "what was answered is there, once");
    assert_eq!(room.told().await.len() as u64, taken);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_process_remembers_yields_to_what_another_wrote() {
    let room = Bench::new().await;
    let neighbour = room.neighbour();
    for round in 0..4 {
        for bench in [&room, &neighbour] {
            let (status, _) = bench.post("mira", all("loops", 0.5)).await;
            assert_eq!(status, StatusCode::OK, "round {round}");
        }
        let (status, _) = neighbour.ask(Method::DELETE, "/mira", &student("mira"), None).await;
        assert_eq!(status, StatusCode::OK);
        let (status, answer) = room.post("mira", all("loops", 0.9)).await;
        assert_eq!((status, &answer["mastery"]), (StatusCode::OK, &json!(0.9)));
        let stand = neighbour.read(&student("mira"), "/mira").await;
        assert_eq!(stand["components"]["loops"]["events"], 1, "nothing of before the erasure is left");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_is_set_again_after_another_process_set_another() {
    let room = Bench::new().await;
    let neighbour = room.neighbour();
    room.class("ms-lee", "7b", &["mira"]).await;
    // The room remembers 7 when 7 is asked of it again.
    for (process, target, changed) in
        [(&room, 7, 1), (&neighbour, 3, 1), (&room, 7, 1), (&room, 7, 0), (&neighbour, 7, 0)]
    {
        let body = json!({ "component": "loops", "target": target });
        let answer = process.put(&teacher("ms-lee"), "/classes/7b/targets", body).await;
        assert_eq!(answer["changed"], changed, "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_remembered_from_before_an_erasure_is_not_taken_for_the_one_after_it() {
    let room = Bench::new().await;
    let neighbour = room.neighbour();
    let solved = |n: u64, time: &str| graded(header(n, "mira", "loops", at(time)), &format!("p{n}"), 1.0);
    room.hear_all(&[solved(1, "2026-03-01T08:00:00Z")]).await;
    let (status, _) = neighbour.ask(Method::DELETE, "/mira", &student("mira"), None).await;
    assert_eq!(status, StatusCode::OK);
    room.clock.advance_ms(60_000);
    // Both heads were put once.
    neighbour.hear_all(&[solved(2, "2026-03-01T09:00:30Z")]).await;
    room.hear_all(&[solved(3, "2026-03-01T09:00:40Z")]).await;
    let export = room.read(&student("mira"), "/mira/export").await.to_string();
    assert!(!export.contains("\"p1\"") && export.contains("\"p2\"") && export.contains("\"p3\""), "{export}");
    let stand = room.read(&student("mira"), "/mira").await;
    assert_eq!(stand["components"]["loops"]["breakdown"]["completion"], 0.4);
}

#[tokio::test(flavor = "multi_thread")]
async fn posts_evidence_targets_and_erasures_at_once_leave_a_log_and_a_head_that_agree() {
    let room = Arc::new(Bench::new().await);
    let neighbour = Arc::new(room.neighbour());
    room.class("ms-lee", "7b", &["mira"]).await;
    let tasks = (0..120_u64).map(|n| {
        let room = Arc::clone([&room, &neighbour][(n % 2) as usize]);
        tokio::spawn(async move {
            match n % 6 {
                0 => drop(room.post("mira", all("loops", 0.5)).await),
                1 => {
                    let body = json!({ "component": "loops", "target": 1 + n % 9 });
                    drop(room.ask(Method::PUT, "/classes/7b/targets", &teacher("ms-lee"), Some(body)).await);
                }
                2 if n % 5 == 0 => drop(room.ask(Method::DELETE, "/mira", &student("mira"), None).await),
                _ => {
                    let time = at("2026-03-01T09:00:01Z")
                        + jiff::SignedDuration::from_secs(i64::try_from(n).unwrap());
                    drop(room.hear(&answered(header(n + 1, "mira", "loops", time), "q", n % 2 == 0)).await);
                }
            }
        })
    });
    assert!(join_all(tasks).await.iter().all(Result::is_ok));
    let (_, _) = room.post("mira", all("loops", 0.3)).await;
    let stand = room.read(&student("mira"), "/mira").await;
    let told = neighbour.read(&student("mira"), "/mira/explain?component=loops&per_page=200").await;
    let items = told["items"].as_array().unwrap();
    assert_eq!(json!(items.len()), stand["components"]["loops"]["events"]);
    assert_eq!(items[0]["mastery_after"], stand["components"]["loops"]["mastery"]);
    let logged = room.kept("mira").await.iter().filter(|kept| kept.place.contains('/')).count();
    assert_eq!(logged, items.len());
    let progress = room.told().await.into_iter().filter(|event| matches!(event, Event::StudentProgress(_)));
    assert!(progress.count() <= items.len(), "no message of what was erased");
}
