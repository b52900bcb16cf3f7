//! `topics apply`: made, as wanted, or different; and the exit status says which. `topics lag`: how far an agent is behind.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bus::{Delivery, Disposition, Handle, Publish, Subscribe, Subscription};
use contracts::Topic;

use crate::given::{self, bus, fresh, message, run_on, stderr, stdout, untouched};

struct Done;

#[async_trait]
impl Handle for Done {
    async fn handle(&self, _: Delivery) -> Disposition {
        Disposition::Ack
    }
}

#[test]
fn topics_are_made_then_as_wanted_and_what_differs_is_told() {
    let settings = untouched();
    let lines =
        |state: &str| Topic::ALL.map(|topic| format!("{}: {state}\n", settings.topic(topic))).concat();
    let small = ["topics", "apply", "--replicas", "1", "--min-insync", "1"];
    let drift = "drift: replicas is 1, wanted 3; min.insync.replicas is 1, wanted 2";
    for (args, status, state) in [
        (&small[..], 0, "made"),
        (&small[..], 0, "as wanted"),
        (&small[..2], 1, drift),
        (&small[..], 0, "as wanted"),
    ] {
        let output = run_on(&settings, args);
        assert_eq!(output.status.code(), Some(status), "{output:?}");
        assert_eq!(stdout(&output), lines(state));
    }
}

#[tokio::test]
async fn an_agent_is_behind_by_what_its_group_has_not_done() {
    let settings = fresh().await;
    let nothing_done = run_on(&settings, &["topics", "lag"]);
    assert_eq!((nothing_done.status.code(), stdout(&nothing_done)), (Some(0), ""));
    let bus = bus(&settings);
    bus.publish(message(Topic::LearningEvents, "ada", "no event")).await.unwrap();
    let handler = Arc::new(Done);
    bus.subscribe(Subscription { group: "review", topics: vec![Topic::LearningEvents], handler })
        .await
        .unwrap();
    let told = |records: u32| format!("review {}: {records}\n", settings.topic(Topic::LearningEvents));
    let lag = || stdout(&run_on(&settings, &["topics", "lag", "--agent", "review"])).to_owned();
    while lag() != told(0) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bus.stop().await;
    let late = given::bus(&settings);
    late.publish(message(Topic::LearningEvents, "ben", "no event")).await.unwrap();
    assert_eq!(lag(), told(1));
    assert_eq!(stdout(&run_on(&settings, &["topics", "lag"])), told(1));
    assert_eq!(stdout(&run_on(&settings, &["topics", "lag", "--agent", "debug"])), "");
}

#[test]
fn a_cluster_that_is_too_small_says_so() {
    let output = run_on(&untouched(), &["topics", "apply"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(&output).contains("learning.evidence"), "{output:?}");
}
