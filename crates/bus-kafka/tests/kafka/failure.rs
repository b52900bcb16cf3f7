//! Brokers that are away, and processes that come and go: nothing that was taken is lost.

use crate::given;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::given::{ONE_BROKER, listen, message, publish};
use bus::{Delivery, Disposition, Publish, PublishError, Subscribe};
use bus_kafka::{Settings, topics};
use contracts::Topic;
use testkit::kafka::Broker;
use tokio::sync::mpsc;

const EVIDENCE: Topic = Topic::LearningEvidence;

/// Gives up a message soon, as its broker will be away.
fn impatient(broker: &Broker) -> Settings {
    let client = [("message.timeout.ms".to_owned(), "2000".to_owned())].into();
    Settings { client, ..Settings::new(broker.address()) }
}

async fn next(seen: &mut mpsc::UnboundedReceiver<Delivery>) -> Delivery {
    tokio::time::timeout(Duration::from_secs(120), seen.recv()).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_is_away_at_the_start_is_found_when_it_comes() {
    let broker = Broker::start_new();
    let settings = impatient(&broker);
    topics::apply(&settings, ONE_BROKER).await.unwrap();
    broker.crash();

    let bus = given::bus(&settings);
    assert!(bus.reachable().await.is_err());
    let mut seen = listen(&bus, "progress", EVIDENCE, |_| Disposition::Ack).await;
    let refused = bus.publish(message(EVIDENCE, "ada", "early")).await;
    assert!(matches!(refused, Err(PublishError::Unavailable(_))), "{refused:?}");

    broker.start();
    publish(&bus, message(EVIDENCE, "ada", "late")).await;
    assert!(bus.reachable().await.is_ok());
    // The early one was refused, which does not say that it was not sent.
    while next(&mut seen).await.message.payload != "late" {}
    bus.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_broker_that_is_killed_under_load_loses_nothing_and_keeps_the_order_of_a_key() {
    const PER_KEY: usize = 60;
    let broker = Broker::start_new();
    let settings = impatient(&broker);
    topics::apply(&settings, ONE_BROKER).await.unwrap();
    let bus = given::bus(&settings);
    let mut seen = listen(&bus, "progress", EVIDENCE, |_| Disposition::Ack).await;
    let taken = Arc::new(AtomicUsize::new(0));
    let publishers: Vec<_> = ["ada", "bo", "cy", "dee"]
        .map(|key| {
            let (bus, taken) = (bus.clone(), Arc::clone(&taken));
            tokio::spawn(async move {
                for number in 0..PER_KEY {
                    publish(&bus, message(EVIDENCE, key, number.to_string())).await;
                    taken.fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .into();
    let mut order: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let (mut distinct, mut kills) = (BTreeSet::new(), 0);
    while distinct.len() < 4 * PER_KEY {
        if kills < 2 && taken.load(Ordering::SeqCst) > (kills + 1) * PER_KEY {
            kills += 1;
            broker.crash();
            broker.start();
        }
        let delivery = next(&mut seen).await;
        let number: usize = std::str::from_utf8(&delivery.message.payload).unwrap().parse().unwrap();
        if distinct.insert((delivery.message.key.clone(), number)) {
            order.entry(delivery.message.key).or_default().push(number);
        }
    }
    for publisher in publishers {
        publisher.await.unwrap();
    }
    assert_eq!(kills, 2);
    for (key, numbers) in order {
        assert_eq!(numbers, (0..PER_KEY).collect::<Vec<_>>(), "{key}");
    }
    bus.stop().await;
}

/// Publishes to many keys, so that every partition has some.
async fn publish_round(bus: &bus_kafka::KafkaBus, round: &str) -> BTreeSet<String> {
    let names: BTreeSet<String> = (0..60).map(|number| format!("{round}-{number}")).collect();
    for name in &names {
        publish(bus, message(EVIDENCE, name, name.clone())).await;
    }
    names
}

/// Whether the process has records of every partition by now, so that it is the one that has them all.
async fn until_all_came(
    seen: &mut mpsc::UnboundedReceiver<Delivery>,
    mut missing: BTreeSet<String>,
    others: &mut mpsc::UnboundedReceiver<Delivery>,
) {
    while !missing.is_empty() {
        let delivery = tokio::select! {
            delivery = next(seen) => delivery,
            Some(delivery) = others.recv() => delivery,
        };
        missing.remove(&delivery.message.key);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn processes_of_one_group_share_the_partitions_and_take_over_from_one_that_goes() {
    let settings = given::fresh().await;
    let (one, two) = (given::bus(&settings), given::bus(&settings));
    let (_nobody, mut none) = mpsc::unbounded_channel();
    let mut seen_by_one = listen(&one, "progress", EVIDENCE, |_| Disposition::Ack).await;
    until_all_came(&mut seen_by_one, publish_round(&one, "alone").await, &mut none).await;

    let mut seen_by_two = listen(&two, "progress", EVIDENCE, |_| Disposition::Ack).await;
    // Rounds until both have had some: the second process has its share of the partitions then.
    let mut round = 0;
    loop {
        round += 1;
        let mut missing = publish_round(&one, &format!("shared-{round}")).await;
        let (mut by_one, mut by_two) = (0, 0);
        while !missing.is_empty() {
            let key = tokio::select! {
                delivery = next(&mut seen_by_one) => { by_one += 1; delivery.message.key }
                delivery = next(&mut seen_by_two) => { by_two += 1; delivery.message.key }
            };
            missing.remove(&key);
        }
        if by_one > 0 && by_two > 0 {
            break;
        }
        assert!(round < 200, "the second process never gets a partition");
    }

    // One goes without a word. When nothing of it is left, all goes to the other.
    drop(one);
    while seen_by_one.recv().await.is_some() {}
    until_all_came(&mut seen_by_two, publish_round(&two, "taken-over").await, &mut none).await;
    two.stop().await;
    assert!(matches!(two.publish(message(EVIDENCE, "ada", "late")).await, Err(PublishError::Stopping)));
}
