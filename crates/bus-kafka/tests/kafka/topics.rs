//! Topics are made as wanted, compared and never changed; and they are read back from where one likes.

use crate::given;
use crate::given::ONE_BROKER;
use bus::{Disposition, Publish, Subscribe};
use bus_kafka::lag::{Lag, LagReader};
use bus_kafka::read::{self, From, ReadError};
use bus_kafka::topics::{self, Drift, State, TopicsError, Wanted};
use bus_kafka::{KafkaBus, Settings};
use clock::{Clock, SystemClock};
use contracts::Topic;

fn untouched() -> Settings {
    Settings { prefix: testkit::kafka::fresh_prefix(), ..Settings::new(testkit::kafka::address()) }
}

#[tokio::test]
async fn every_topic_is_made_once_and_then_is_as_wanted() {
    let settings = untouched();
    let made = topics::apply(&settings, ONE_BROKER).await.unwrap();
    assert_eq!(made, Topic::ALL.map(|topic| (topic, State::Made)));
    let again = topics::apply(&settings, ONE_BROKER).await.unwrap();
    assert_eq!(again, Topic::ALL.map(|topic| (topic, State::AsWanted)));
}

#[tokio::test]
async fn what_differs_is_told_and_left_as_it_is() {
    let settings = untouched();
    topics::apply(&settings, ONE_BROKER).await.unwrap();
    let drift =
        |setting, is: &str, wanted: &str| Drift { setting, is: is.to_owned(), wanted: wanted.to_owned() };
    let expected = vec![drift("replicas", "1", "3"), drift("min.insync.replicas", "1", "2")];
    for _ in 0..2 {
        let states = topics::apply(&settings, Wanted::default()).await.unwrap();
        assert_eq!(states, Topic::ALL.map(|topic| (topic, State::Drifted(expected.clone()))));
    }
    assert_eq!(expected[0].to_string(), "replicas is 1, wanted 3");
}

#[tokio::test]
async fn a_topic_that_the_cluster_cannot_make_is_named() {
    let settings = untouched();
    let error = topics::apply(&settings, Wanted::default()).await.unwrap_err();
    let TopicsError::Refused { topic, .. } = &error else { panic!("{error}") };
    assert_eq!(*topic, format!("{}learning.evidence", settings.prefix));
}

async fn payloads(settings: &Settings, topics: &[Topic], from: From) -> Result<Vec<String>, ReadError> {
    let mut records = read::read(settings, topics, from);
    let mut payloads = Vec::new();
    while let Some(record) = records.recv().await {
        payloads.push(String::from_utf8(record?.message.payload.to_vec()).unwrap());
    }
    Ok(payloads)
}

async fn publish_numbers(bus: &KafkaBus, topic: Topic, numbers: std::ops::Range<u32>) {
    for number in numbers {
        bus.publish(given::message(topic, "ada", number.to_string())).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_is_read_back_from_its_beginning_or_from_a_time_to_where_it_ends() {
    let settings = given::fresh().await;
    let bus = given::bus(&settings);
    assert_eq!(payloads(&settings, &[Topic::LearningEvidence], From::Beginning).await.unwrap(), [""; 0]);
    publish_numbers(&bus, Topic::LearningEvidence, 0..20).await;
    publish_numbers(&bus, Topic::LearningEvents, 20..25).await;
    let numbers = |range: std::ops::Range<u32>| range.map(|number| number.to_string()).collect::<Vec<_>>();
    let both = [Topic::LearningEvidence, Topic::LearningEvents];
    assert_eq!(payloads(&settings, &both, From::Beginning).await.unwrap(), numbers(0..25));

    // Records are stamped in milliseconds by whoever publishes: the next ones must be in a later one.
    let last = SystemClock.now().as_millisecond();
    while SystemClock.now().as_millisecond() <= last {}
    let later = SystemClock.now();
    publish_numbers(&bus, Topic::LearningEvidence, 25..30).await;
    assert_eq!(payloads(&settings, &both, From::Time(later)).await.unwrap(), numbers(25..30));
    let far = later + std::time::Duration::from_secs(3_600);
    assert_eq!(payloads(&settings, &both, From::Time(far)).await.unwrap(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_that_is_not_there_is_named_with_what_makes_it() {
    let settings = untouched();
    let error = payloads(&settings, &[Topic::LearningEvents], From::Beginning).await.unwrap_err();
    let name = settings.topic(Topic::LearningEvents);
    assert_eq!(error.to_string(), format!("there is no topic {name}: `agent-bus topics apply` makes it"));
}

/// What a group has not done of a topic, asked away from the test's own thread: it blocks.
async fn lags(settings: &Settings, group: &'static str, topic: Topic) -> Vec<Lag> {
    let settings = settings.clone();
    let ask = move || LagReader::new(&settings, group).unwrap().lags(&[topic]).unwrap();
    tokio::task::spawn_blocking(ask).await.unwrap()
}

#[tokio::test]
async fn a_group_is_behind_by_what_it_has_not_done() {
    let settings = given::fresh().await;
    let bus = given::bus(&settings);
    publish_numbers(&bus, Topic::LearningEvents, 0..5).await;
    let topic = Topic::LearningEvents;
    let behind = |records| vec![Lag { topic, records }];
    assert_eq!(lags(&settings, "progress", topic).await, behind(5), "where it begins");
    let mut seen = given::listen(&bus, "progress", Topic::LearningEvents, |_| Disposition::Ack).await;
    for _ in 0..5 {
        seen.recv().await.unwrap();
    }
    bus.stop().await;
    assert_eq!(lags(&settings, "progress", topic).await, behind(0));
    let bus = given::bus(&settings);
    publish_numbers(&bus, Topic::LearningEvents, 0..7).await;
    assert_eq!(lags(&settings, "progress", topic).await, behind(7));
    assert_eq!(lags(&settings, "review", topic).await, behind(12), "each group for itself");
    assert_eq!(lags(&untouched(), "progress", topic).await, vec![], "a topic that is not there");
}
