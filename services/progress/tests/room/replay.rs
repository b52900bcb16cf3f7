//! Replays: what lies on the topics brings back the state that it came from, whatever the order, however often.

use std::collections::BTreeMap;

use bus::{Delivery, Disposition, Headers, Message};
use bytes::Bytes;
use contracts::events::{StudentErased, StudentProgress};
use contracts::{Event, Topic, avro, metadata};
use http::{Method, StatusCode};
use jiff::Timestamp;
use progress::replay::{Replayed, Tally};
use proptest::prelude::*;
use serde_json::{Value, json};
use testkit::{student, teacher};

use crate::bench::{Bench, all, answered, at, graded, header, keyed, message, reviewed};

const STUDENTS: [&str; 3] = ["ava", "mira", "noor"];
const COMPONENTS: [&str; 2] = ["loops", "lists"];
const MINUTE_MS: i64 = 60_000;

/// Something that happens to a student in a component.
#[derive(Debug, Clone)]
enum Act {
    /// Evidence of so many minutes ago, by a clock that may be ahead.
    Evidence { kind: u8, what: u8, minutes_ago: i64 },
    /// Explicit scores, perhaps under a key.
    Post { tenths: u8, key: Option<u8> },
    /// A target, where there is evidence.
    Target(u8),
    /// The student is erased.
    Erase,
}

/// Something that happens, and what comes after it: time, and the relay at work.
#[derive(Debug, Clone)]
struct Step {
    student: usize,
    component: usize,
    act: Act,
    wait_ms: i64,
    is_relayed: bool,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (0_u8..3, 0_u8..6, minutes_ago()).prop_map(|(kind, what, minutes_ago)| Act::Evidence { kind, what, minutes_ago }),
        3 => (0_u8..=10, prop::option::of(0_u8..3)).prop_map(|(tenths, key)| Act::Post { tenths, key }),
        1 => (1_u8..9).prop_map(Act::Target),
        1 => Just(Act::Erase),
    ]
}

fn minutes_ago() -> impl Strategy<Value = i64> {
    prop_oneof![2 => 0_i64..3000, 1 => -4_i64..0]
}

fn step() -> impl Strategy<Value = Step> {
    let wait_ms = prop_oneof![Just(0), 1..5_i64, MINUTE_MS..600 * MINUTE_MS];
    (0..STUDENTS.len(), 0..COMPONENTS.len(), act(), wait_ms, any::<bool>()).prop_map(
        |(student, component, act, wait_ms, is_relayed)| Step {
            student,
            component,
            act,
            wait_ms,
            is_relayed,
        },
    )
}

/// A room, and what it came to lie on the topics meanwhile.
struct Term {
    bench: Bench,
    evidence: Vec<Message>,
    /// By student: a partition each.
    events: BTreeMap<String, Vec<Message>>,
}

impl Term {
    async fn new() -> Self {
        Self { bench: Bench::new().await, evidence: Vec::new(), events: BTreeMap::new() }
    }

    async fn live(steps: &[Step]) -> Self {
        let mut term = Self::new().await;
        for (number, step) in (1..).zip(steps) {
            term.take(number, step).await;
        }
        term.relay().await;
        term
    }

    async fn take(&mut self, number: u64, step: &Step) {
        let (name, component) = (STUDENTS[step.student], COMPONENTS[step.component]);
        let mut is_relayed = step.is_relayed;
        match &step.act {
            Act::Evidence { kind, what, minutes_ago } => {
                let now_ms = clock::Clock::now(self.bench.clock.as_ref()).as_millisecond();
                let time = Timestamp::from_millisecond(now_ms - minutes_ago * MINUTE_MS).unwrap();
                let header = header(number.wrapping_mul(0x9E37_79B9_7F4A_7C15), name, component, time);
                let event = match kind {
                    0 => graded(header, &format!("p{what}"), if what % 3 == 0 { 0.5 } else { 1.0 }),
                    1 => answered(header, &format!("q{what}"), what % 2 == 0),
                    _ => reviewed(header, f64::from(*what) / 7.0),
                };
                self.hear(&event).await;
                // What a clock ahead of ours told is known to be void by what the room said of it before the erasure.
                is_relayed |= *minutes_ago < 0;
            }
            Act::Post { tenths, key } => {
                let body = all(component, f64::from(*tenths) / 10.0);
                let body = key.map_or(body.clone(), |key| keyed(body, &format!("exam-{key}")));
                let (status, answer) = self.bench.post(name, body).await;
                assert!([StatusCode::OK, StatusCode::CONFLICT].contains(&status), "{answer}");
            }
            Act::Target(target) => self.set_target(name, component, *target).await,
            Act::Erase => self.erase(name).await,
        }
        if is_relayed {
            self.relay().await;
        }
        self.bench.clock.advance_ms(step.wait_ms);
    }

    async fn hear(&mut self, event: &Event) {
        assert_eq!(self.bench.hear(event).await, Disposition::Ack);
        self.evidence.push(message(event));
    }

    async fn set_target(&self, name: &str, component: &str, target: u8) {
        let stand = self.bench.read(&student(name), &format!("/{name}")).await;
        if stand["components"].get(component).is_none() {
            return;
        }
        self.bench.class("lee", &format!("of-{name}"), &[name]).await;
        let body = json!({ "component": component, "target": target });
        self.bench.put(&teacher("lee"), &format!("/classes/of-{name}/targets"), body).await;
    }

    async fn erase(&self, name: &str) {
        let (status, answer) =
            self.bench.ask(Method::DELETE, &format!("/{name}"), &student(name), None).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }

    async fn relay(&mut self) {
        for message in self.bench.relay().await {
            if message.topic == Topic::LearningEvents {
                self.events.entry(message.key.clone()).or_default().push(message);
            }
        }
    }

    /// The records of learning.events: each partition in its order, some of it twice as after a crash of the relay, and
    /// the partitions mixed.
    fn events(&self, dice: &mut Dice) -> Vec<Delivery> {
        let mut partitions: Vec<_> = (0..)
            .zip(self.events.values())
            .map(|(partition, messages)| {
                let end = dice.below(messages.len() + 1);
                let start = dice.below(end + 1);
                let again = [&messages[..end], &messages[start..end], &messages[end..]].concat();
                deliveries(partition, &again).into_iter()
            })
            .collect();
        let mut mixed = Vec::new();
        while !partitions.is_empty() {
            let chosen = dice.below(partitions.len());
            match partitions[chosen].next() {
                Some(delivery) => mixed.push(delivery),
                None => drop(partitions.swap_remove(chosen)),
            }
        }
        mixed
    }

    /// The evidence, all of it twice, in any order.
    fn evidence(&self, dice: &mut Dice) -> Vec<Delivery> {
        let mut twice = deliveries(0, &[&self.evidence[..], &self.evidence[..]].concat());
        for last in (1..twice.len()).rev() {
            twice.swap(last, dice.below(last + 1));
        }
        twice
    }

    /// Replays all into a room; what became of it.
    async fn replay_into(&self, other: &Bench, seed: u64) -> Tally {
        other.clock.set(clock::Clock::now(self.bench.clock.as_ref()));
        let mut dice = Dice(seed);
        let (events, evidence) = (self.events(&mut dice), self.evidence(&mut dice));
        replay(other, &events, &evidence).await
    }
}

async fn replay(bench: &Bench, events: &[Delivery], evidence: &[Delivery]) -> Tally {
    let mut replay = bench.replay();
    events.iter().for_each(|delivery| replay.note(delivery).unwrap());
    events.iter().for_each(|delivery| replay.note_void(delivery).unwrap());
    let mut tally = replay.erase().await.unwrap();
    for delivery in events.iter().chain(evidence) {
        tally.count(&replay.take(delivery.clone()).await.unwrap());
    }
    tally
}

/// Numbers that look like chance.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

fn deliveries(partition: i32, messages: &[Message]) -> Vec<Delivery> {
    (0..)
        .zip(messages)
        .map(|(offset, message)| Delivery { message: message.clone(), partition, offset, attempt: 1 })
        .collect()
}

/// All that is answered about the students, and what is kept of scores: without the count of erasures, in the names of
/// logs too, as two of one moment are one to a replay.
async fn stand(bench: &Bench) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for name in STUDENTS {
        let of = |component: &str| {
            [
                format!("/{name}/history?component={component}"),
                format!("/{name}/explain?component={component}"),
            ]
        };
        let paths = COMPONENTS.iter().flat_map(|component| of(component)).chain([format!("/{name}")]);
        for path in paths {
            let (status, answer) = bench.ask(Method::GET, &path, &student(name), None).await;
            found.insert(path, if status == StatusCode::OK { answer } else { json!(status.as_u16()) });
        }
        let export = bench.read(&student(name), &format!("/{name}/export")).await;
        for item in export["items"].as_array().unwrap() {
            let (place, key) = (item["place"].as_str().unwrap(), item["key"].as_str().unwrap());
            if ["struggle", "waiting", "alert", "feed", "member"].contains(&place) {
                continue;
            }
            let mut body = item["body"].clone();
            if let Some(body) = body.as_object_mut() {
                body.remove("generation");
            }
            found.insert(format!("{} {}", without_generation(place), without_generation(key)), body);
        }
    }
    found
}

/// `mira/loops/2` is the log of Mira's loops after she was erased twice.
fn without_generation(name: &str) -> String {
    let parts: Vec<&str> = name.split('/').collect();
    let kept = parts.iter().enumerate().filter(|(place, _)| *place != 2).map(|(_, part)| *part);
    kept.collect::<Vec<_>>().join("/")
}

fn on_a_runtime<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_replay_into_an_empty_database_ends_where_the_original_stands(
        steps in prop::collection::vec(step(), 1..60),
        seed: u64,
    ) {
        on_a_runtime(async {
            let term = Term::live(&steps).await;
            let wanted = stand(&term.bench).await;
            let other = Bench::new().await;
            let first = term.replay_into(&other, seed).await;
            prop_assert_eq!(first.refused, 0);
            prop_assert_eq!(&stand(&other).await, &wanted);

            let again = term.replay_into(&other, seed ^ 1).await;
            prop_assert_eq!((again.new, again.refused), (0, 0));
            prop_assert_eq!(again.replayed() > 0, first.replayed() > 0);
            prop_assert_eq!(&stand(&other).await, &wanted, "it changed when it was replayed again");

            let own = term.replay_into(&term.bench, seed).await;
            prop_assert_eq!((own.new, own.refused), (0, 0), "onto what it came from");
            prop_assert_eq!(&stand(&term.bench).await, &wanted);
            Ok(())
        })?;
    }

    #[test]
    fn a_replay_brings_an_older_copy_up_to_date(
        before in prop::collection::vec(step(), 1..30),
        after in prop::collection::vec(step(), 1..30),
        seed: u64,
    ) {
        on_a_runtime(async {
            // The copy went the same way up to there.
            let copy = Term::live(&before).await;
            let mut term = Term::live(&before).await;
            for (number, step) in (1_000..).zip(&after) {
                term.take(number, step).await;
            }
            term.relay().await;
            let tally = term.replay_into(&copy.bench, seed).await;
            prop_assert_eq!(tally.refused, 0);
            prop_assert_eq!(stand(&copy.bench).await, stand(&term.bench).await);
            Ok(())
        })?;
    }
}

fn told(message: &Message) -> StudentProgress {
    match avro::decode(&message.payload).unwrap() {
        Event::StudentProgress(progress) => progress,
        other => panic!("no progress: {other:?}"),
    }
}

#[tokio::test]
async fn a_restored_post_answers_its_key_as_the_first_one_did() {
    let mut term = Term::new().await;
    let body = keyed(all("loops", 0.6), "exam-1");
    // By a clock that is ahead: it counts after the post, and was in the answer all the same.
    term.hear(&graded(header(1, "mira", "loops", at("2026-03-01T09:02:00Z")), "p1", 1.0)).await;
    term.relay().await;
    let (_, first) = term.bench.post("mira", body.clone()).await;
    assert_eq!(first["breakdown"]["completion"], 0.8);
    term.relay().await;
    let other = Bench::new().await;
    term.replay_into(&other, 1).await;

    let (status, again) = other.post("mira", body).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!((&again["duplicate"], &again["event_id"]), (&json!(true), &first["event_id"]));
    assert_eq!(again["breakdown"], first["breakdown"]);
    let (status, _) = other.post("mira", keyed(all("loops", 0.7), "exam-1")).await;
    assert_eq!(status, StatusCode::CONFLICT);

    let notes = |message: &Message| told(message).metadata.unwrap();
    let (was, is) = (notes(&term.events["mira"][1]), notes(&other.relay().await[0]));
    assert_eq!(was[metadata::CAUSE], first["event_id"].as_str().unwrap());
    let said = [metadata::CAUSE, metadata::FACT, metadata::BY];
    assert_eq!(
        said.map(|key| &was[key]),
        said.map(|key| &is[key]),
        "what is told again can be replayed again"
    );
}

#[tokio::test]
async fn a_key_that_was_used_again_meanwhile_is_refused_where_it_says_something_else() {
    let mut term = Term::new().await;
    term.bench.post("mira", keyed(all("loops", 0.6), "exam-1")).await;
    term.relay().await;
    let events = deliveries(0, &term.events["mira"]);
    for (value, expected) in
        [(0.6, Tally { known: 1, ..Tally::default() }), (0.7, Tally { refused: 1, ..Tally::default() })]
    {
        let other = Bench::new().await;
        other.clock.advance_ms(MINUTE_MS);
        other.post("mira", keyed(all("loops", value), "exam-1")).await;
        assert_eq!(replay(&other, &events, &[]).await, expected, "{value}");
        let explain = other.read(&student("mira"), "/mira/explain?component=loops").await;
        assert_eq!(explain["total"], 1, "{explain:#}");
    }
}

#[tokio::test]
async fn an_erasure_takes_what_was_before_it_and_leaves_what_came_since() {
    let bench = Bench::new().await;
    let of = |n, time: &str| header(n, "mira", "loops", at(time));
    let before = graded(of(1, "2026-02-28T10:00:00Z"), "p1", 1.0);
    let since = graded(of(2, "2026-03-01T08:30:00Z"), "p2", 1.0);
    bench.hear_all(&[before, since]).await;
    let (_, posted) = bench.post("mira", keyed(all("loops", 0.4), "exam-1")).await;
    bench.post("mira", all("lists", 0.5)).await;
    bench.relay().await;
    let erased = StudentErased {
        event_id: bench.ids.nth(900),
        timestamp: at("2026-03-01T08:00:00Z"),
        student_id: "mira".parse().unwrap(),
    };
    let erased = Message { topic: Topic::LearningEvents, ..message(&Event::StudentErased(erased)) };
    let erased = deliveries(0, &[erased]);
    assert_eq!(replay(&bench, &erased, &[]).await, Tally { new: 1, ..Tally::default() });

    let stand = bench.read(&student("mira"), "/mira").await;
    assert_eq!(stand["components"]["loops"]["events"], 2, "{stand:#}");
    assert_eq!(stand["components"]["lists"]["events"], 1);
    let export = bench.read(&student("mira"), "/mira/export").await.to_string();
    assert!(!export.contains("p1") && export.contains("p2"), "{export}");
    let told = bench.told().await;
    // The erasure too, as the same event: who was set back as this database was has not heard of it.
    let (erasures, progress): (Vec<_>, Vec<_>) =
        told.iter().partition(|event| matches!(event, Event::StudentErased(_)));
    let [Event::StudentErased(again)] = &erasures[..] else { panic!("{told:?}") };
    assert_eq!((again.event_id, again.timestamp), (bench.ids.nth(900), at("2026-03-01T08:00:00Z")));
    assert!(progress.iter().all(|event| matches!(event, Event::StudentProgress(_))), "{told:?}");
    assert_eq!(progress.len(), 3);
    let (_, again) = bench.post("mira", keyed(all("loops", 0.4), "exam-1")).await;
    assert_eq!((&again["duplicate"], &again["event_id"]), (&json!(true), &posted["event_id"]));
    assert_eq!(replay(&bench, &erased, &[]).await, Tally { known: 1, ..Tally::default() });
}

#[tokio::test]
async fn what_was_told_before_an_erasure_is_void_though_its_clock_was_ahead() {
    let mut term = Term::new().await;
    term.hear(&graded(header(1, "mira", "loops", at("2026-03-01T09:02:00Z")), "p1", 1.0)).await;
    term.relay().await;
    term.erase("mira").await;
    term.hear(&graded(header(2, "mira", "loops", at("2026-03-01T09:02:00Z")), "p2", 1.0)).await;
    term.relay().await;
    let other = Bench::new().await;
    let events = deliveries(0, &term.events["mira"]);
    let tally = replay(&other, &events, &deliveries(0, &term.evidence)).await;
    assert_eq!(tally, Tally { new: 2, void: 1, ..Tally::default() });
    assert_eq!(stand(&other).await, stand(&term.bench).await);
}

#[tokio::test]
async fn a_target_is_restored_though_it_is_what_holds_without_those_that_were_not_told() {
    let mut term = Term::new().await;
    let set = async |term: &Term, target: u8| {
        let body = json!({ "component": "loops", "target": target });
        term.bench.put(&teacher("lee"), "/classes/7b/targets", body).await;
    };
    term.bench.class("lee", "7b", &["mira"]).await;
    // Nobody is told of it: there is no evidence yet.
    set(&term, 3).await;
    term.hear(&graded(header(1, "mira", "loops", at("2026-03-01T08:00:00Z")), "p1", 1.0)).await;
    set(&term, 5).await;
    term.relay().await;
    let other = Bench::new().await;
    let tally = term.replay_into(&other, 1).await;
    assert_eq!(
        (tally.new, tally.refused),
        (2, 0),
        "5 is the target where none is set, and said all the same"
    );
    let overview =
        async |bench: &Bench| bench.read(&student("mira"), "/mira").await["overall_mastery"].clone();
    assert_eq!(overview(&other).await, overview(&term.bench).await);
}

#[tokio::test]
async fn a_record_that_cannot_be_used_is_named_and_stops_nothing() {
    let mut term = Term::new().await;
    let time = at("2026-03-01T08:00:00Z");
    term.hear(&reviewed(header(1, "mira", "loops", time), 0.8)).await;
    term.bench.post("mira", all("loops", 0.5)).await;
    term.relay().await;
    let post = term.events["mira"]
        .iter()
        .find(|message| told(message).metadata.unwrap().contains_key(metadata::FACT));
    let post = post.unwrap();
    let changed = |key: &str, text: Option<&str>| {
        let mut progress = told(post);
        let notes = progress.metadata.as_mut().unwrap();
        match text {
            Some(text) => notes.insert(key.to_owned(), text.to_owned()),
            None => notes.remove(key),
        };
        Message { payload: avro::encode(&Event::StudentProgress(progress)), ..post.clone() }
    };
    let evidence = &term.evidence[0];
    let late = reviewed(header(2, "mira", "loops", at("2026-03-01T10:00:00Z")), 0.8);
    let elsewhere = |message: &Message| Message { key: "noor".to_owned(), ..message.clone() };
    let garbled =
        |message: &Message| Message { payload: Bytes::from_static(b"\xC3\x01none"), ..message.clone() };
    for (record, why) in [
        (garbled(evidence), "not a known event"),
        (elsewhere(evidence), "key is not the student"),
        (message(&late), "in the future"),
        (garbled(post), "not a known event"),
        (elsewhere(post), "key is not the student"),
        (changed(metadata::FACT, Some("{}")), "metadata: fact"),
        (changed(metadata::FACT, Some(r#"{"kind":"code_reviewed","score":0.5}"#)), "evidence is nobody's"),
        (changed(metadata::CAUSE, Some("exam")), "metadata: cause"),
        (changed(metadata::BY, None), "metadata: no by"),
    ] {
        let bench = Bench::new().await;
        let replay = bench.replay();
        let delivery = |message: Message| Delivery { message, partition: 0, offset: 7, attempt: 1 };
        let Replayed::Refused(reason) = replay.take(delivery(record)).await.unwrap() else {
            panic!("taken, though {why}");
        };
        assert!(reason.contains(why), "{reason}");
        assert!(bench.kept("mira").await.is_empty() && bench.told().await.is_empty());
        assert_eq!(replay.take(delivery(evidence.clone())).await.unwrap(), Replayed::New);
    }
    let other = Message { headers: Headers::default(), topic: Topic::StruggleAlerts, ..post.clone() };
    let replay = Bench::new().await.replay();
    let delivery = Delivery { message: other, partition: 0, offset: 0, attempt: 1 };
    assert_eq!(replay.take(delivery).await.unwrap(), Replayed::Passed);
}

#[tokio::test]
async fn an_erasure_that_cannot_be_read_is_told_and_erases_nobody() {
    let bench = Bench::new().await;
    let erased = StudentErased {
        event_id: bench.ids.nth(900),
        timestamp: at("2026-03-01T08:00:00Z"),
        student_id: "mira".parse().unwrap(),
    };
    let whole = Message { topic: Topic::LearningEvents, ..message(&Event::StudentErased(erased)) };
    // As a schema registry has it: what takes the frame away stands before the room.
    let framed = [&b"\0\0\0\0\x01"[..], &whole.payload[10..]].concat();
    let mut replay = bench.replay();
    for (record, why) in [
        (Message { payload: framed.into(), ..whole.clone() }, "not a known event"),
        (Message { key: "noor".to_owned(), ..whole.clone() }, "key is not the student"),
    ] {
        let delivery = Delivery { message: record, partition: 0, offset: 7, attempt: 1 };
        for noted in [replay.note(&delivery), replay.note_void(&delivery)] {
            let reason = noted.unwrap_err();
            assert!(reason.contains(why), "{reason}");
        }
    }
    assert_eq!(replay.erase().await.unwrap(), Tally::default());
}
