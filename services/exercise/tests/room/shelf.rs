//! The shelf over restarts: what was admitted stays, as long as its template does, and it has an end.

use std::num::NonZeroUsize;
use std::sync::Arc;

use exercise::decide::template::Templates;
use exercise::ports::SHELF;
use exercise::prepare::{Asked, Prepared, prepare};
use ledger::{Change, Document, Expected, Put, Query};
use serde_json::{Value, json};

use crate::bench::{Bench, ben, mia, missing};

async fn kept(bench: &Bench) -> Vec<Document> {
    let query = Query { field: "topic", values: vec!["variables".to_owned()], limit: 1000, offset: 0 };
    bench.ledger.documents(SHELF, query).await.unwrap()
}

#[tokio::test]
async fn what_was_admitted_is_given_after_a_restart_without_a_sandbox() {
    let bench = Bench::new().await;
    let question = json!({"topic": "variables", "kind": "write", "difficulty": "easy", "seed": 2});
    let seeded = bench.post("/generate", &mia(), question.clone()).await;
    let free = json!({"topic": "variables", "kind": "write", "difficulty": "easy"});
    bench.post("/generate", &mia(), free.clone()).await;
    let again = bench.again(missing());
    let after = again.post("/generate", &ben(), question.clone()).await;
    assert_eq!(again.exercise(&after).await, bench.exercise(&seeded).await);
    again.post("/generate", &ben(), free.clone()).await;
    // She had both: rather the same again than nothing.
    let repeated = again.post("/generate", &mia(), free.clone()).await;
    assert!(repeated["why"].as_str().unwrap().contains("once more"), "{repeated:#}");
    // What was made of another template is made anew, and cannot be without a sandbox.
    for document in kept(&bench).await {
        let mut item: Value = document.read().unwrap();
        item["made_from"] = json!("0123456789abcdef");
        let indexed = vec!["variables".to_owned()];
        let put = Put::json(SHELF, document.key, None, indexed, Expected::Any, &item).unwrap();
        let _ = bench.ledger.commit(Change { puts: vec![put], ..Change::default() }).await.unwrap();
    }
    let changed = bench.again(missing());
    for question in [question, free] {
        assert_eq!(changed.refused("/generate", &ben(), question).await.0, 503);
    }
}

#[tokio::test]
async fn a_document_that_cannot_be_read_is_in_nobodys_way() {
    let bench = Bench::new().await;
    let indexed = vec!["variables".to_owned()];
    let put = Put::json(
        SHELF,
        "variables.old.write.1".to_owned(),
        None,
        indexed,
        Expected::Absent,
        &json!({"old": 1}),
    );
    let _ = bench.ledger.commit(Change { puts: vec![put.unwrap()], ..Change::default() }).await.unwrap();
    bench.post("/generate", &mia(), json!({"topic": "variables", "kind": "predict-output"})).await;
}

#[tokio::test]
async fn seeds_without_end_do_not_fill_the_shelf() {
    let bench = Bench::new().await;
    let seeded = async |seed: u32| {
        let question =
            json!({"topic": "variables", "kind": "predict-output", "difficulty": "easy", "seed": seed});
        bench.post("/generate", &mia(), question).await
    };
    seeded(1).await;
    let before = kept(&bench).await.len();
    assert_eq!(before, 1);
    for seed in [64, 100_000, u32::MAX] {
        let (first, second) = (seeded(seed).await, seeded(seed).await);
        assert_eq!(bench.exercise(&first).await, bench.exercise(&second).await, "{seed}");
    }
    // The last seed's stand-ins begin again at 0, which may be kept.
    assert!(kept(&bench).await.len() <= before + 1);
}

#[tokio::test]
async fn a_topic_that_was_asked_for_is_filled_in_the_background() {
    let mut bench = Bench::new().await;
    let (stop, tasks) = bench.begin();
    bench.post("/generate", &mia(), json!({"topic": "variables", "kind": "predict-output"})).await;
    let mut names = Vec::new();
    while names.len() < 8 {
        tokio::task::yield_now().await;
        names = kept(&bench).await.into_iter().map(|document| document.key).collect();
    }
    stop.cancel();
    for task in tasks {
        task.await.unwrap();
    }
    let kinds: std::collections::BTreeSet<&str> =
        names.iter().filter_map(|name| name.split('.').nth(2)).collect();
    assert!(kinds.len() >= 3, "the first of each kind before the second of one: {names:?}");
}

/// Fills the shelf as another process does.
async fn prepare_swaps(bench: &Bench, seeds: u32) -> Prepared {
    let asked =
        Asked { seeds, only: Some("variables/swap".to_owned()), parallel: NonZeroUsize::new(2).unwrap() };
    let (ledger, sandbox) = (Arc::clone(&bench.ledger), Arc::clone(&bench.sandbox));
    let mut told = 0;
    let prepared =
        prepare(&asked, Templates::load().unwrap(), ledger, sandbox, |progress| told = progress.done);
    let prepared = prepared.await.unwrap();
    assert_eq!(told, prepared.new + prepared.known + prepared.refused);
    prepared
}

#[tokio::test]
async fn what_was_prepared_is_given_without_a_sandbox_and_not_tried_again() {
    let bench = Bench::new().await;
    assert_eq!(prepare_swaps(&bench, 1).await, Prepared { new: 5, known: 0, refused: 0 });
    assert_eq!(kept(&bench).await.len(), 5);
    let room = bench.again(missing());
    room.post("/generate", &mia(), json!({"topic": "variables", "kind": "write", "difficulty": "medium"}))
        .await;
    // The room has looked at the topic by now: what comes later it finds by its name.
    assert_eq!(prepare_swaps(&bench, 2).await, Prepared { new: 5, known: 5, refused: 0 });
    let seeded = json!({"topic": "variables", "kind": "write", "difficulty": "medium", "seed": 1});
    room.post("/generate", &mia(), seeded).await;
}
