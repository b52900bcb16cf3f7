//! What becomes of the copy when events come: in any order, more than once, unreadable, or while the copy is away.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use agent_core::mastery::{Mastery, Score, Scores};
use async_trait::async_trait;
use bus::{Delivery, Disposition, Headers, Message};
use clock::Ids;
use contracts::events::{ErrorType, StudentErased, StudentProgress};
use contracts::metadata::ACCEPTED_EVENTS;
use contracts::{Event, StudentId, Topic, avro};
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::subsequence;
use proptest::test_runner::TestCaseResult;
use read_copy::{CONFLICTS_MAX, Etag, MemoryCopy, ReadCopy, ReadCopyError, StudentCopy, Written, refresher};
use testkit::{FixedClock, SeededIds};

const NOW_S: i64 = 1_772_355_600;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(NOW_S + second).unwrap()
}

fn ada() -> StudentId {
    "ada".parse().unwrap()
}

fn progress(component: &str, tenths: u32, accepted: u64, second: i64) -> Event {
    let share = Score::share(tenths, 10);
    let ids = SeededIds::new(accepted);
    Event::StudentProgress(StudentProgress {
        event_id: ids.event_id(),
        timestamp: at(second),
        student_id: ada(),
        component: component.parse().unwrap(),
        scores: Scores { completion: share, quiz: share, quality: share, consistency: share },
        mastery: Mastery::new(share.get()).unwrap(),
        idempotency_key: ids.event_id().to_string().parse().unwrap(),
        metadata: Some(BTreeMap::from([(ACCEPTED_EVENTS.to_owned(), accepted.to_string())])),
    })
}

fn erased(second: i64) -> Event {
    Event::StudentErased(StudentErased {
        event_id: SeededIds::default().event_id(),
        timestamp: at(second),
        student_id: ada(),
    })
}

fn record(key: &str, payload: bytes::Bytes) -> Delivery {
    let message =
        Message { topic: Topic::LearningEvents, key: key.to_owned(), payload, headers: Headers::default() };
    Delivery { message, partition: 0, offset: 0, attempt: 1 }
}

fn delivery(event: &Event) -> Delivery {
    record("ada", avro::encode(event))
}

/// A copy of whatever kind that follows Progress; the clock stands at second 100.
async fn hear(copy: Arc<dyn ReadCopy>, deliveries: impl IntoIterator<Item = Delivery>) -> Vec<Disposition> {
    let clock = Arc::new(FixedClock::at(at(100)));
    let subscription = refresher("concepts-copy", copy, clock);
    assert_eq!(
        (subscription.group, subscription.topics.as_slice()),
        ("concepts-copy", [Topic::LearningEvents].as_slice())
    );
    let mut dispositions = Vec::new();
    for delivery in deliveries {
        dispositions.push(subscription.handler.handle(delivery).await);
    }
    dispositions
}

async fn after(events: &[Event]) -> Option<StudentCopy> {
    let copy = MemoryCopy::default();
    for disposition in hear(Arc::new(copy.clone()), events.iter().map(delivery)).await {
        assert_eq!(disposition, Disposition::Ack);
    }
    copy.read(&ada()).await.unwrap().map(|(copy, _)| copy)
}

#[tokio::test]
async fn what_progress_decided_is_held_by_component_with_the_time_of_the_latest_event() {
    let events = [progress("for", 3, 1, 5), progress("while", 7, 4, 9), progress("for", 5, 2, 7)];
    let copy = after(&events).await.unwrap();
    let held = ["for", "while", "lists"].map(|component| copy.held(component).map(|held| held.mastery.get()));
    assert_eq!(held, [Some(0.5), Some(0.7), None]);
    assert_eq!(copy.refreshed_at, at(9));
}

#[tokio::test]
async fn a_clock_that_is_ahead_makes_nothing_fresher_than_now() {
    assert_eq!(after(&[progress("for", 3, 1, 160)]).await.unwrap().refreshed_at, at(100));
}

#[tokio::test]
async fn an_erasure_leaves_a_mark_and_no_component() {
    let copy = after(&[progress("for", 3, 1, 5), erased(6), progress("while", 3, 1, 6)]).await.unwrap();
    assert!(copy.is_empty());
    assert_eq!(copy.erased_at(), Some(at(6)));
    assert!(after(&[erased(6)]).await.unwrap().is_empty(), "also of a student of whom nothing was known");
}

#[tokio::test]
async fn a_record_without_the_count_of_events_is_passed_over() {
    for metadata in
        [None, Some(BTreeMap::new()), Some(BTreeMap::from([(ACCEPTED_EVENTS.to_owned(), "-1".to_owned())]))]
    {
        let Event::StudentProgress(event) = progress("for", 3, 1, 5) else { unreachable!() };
        assert_eq!(after(&[Event::StudentProgress(StudentProgress { metadata, ..event })]).await, None);
    }
}

#[tokio::test]
async fn what_is_no_event_or_another_students_is_a_dead_letter_and_other_events_are_none_of_it() {
    let whole = avro::encode(&progress("for", 3, 1, 5));
    let copy = MemoryCopy::default();
    let other = evidence();
    let deliveries = [
        record("ada", whole.slice(..whole.len() - 1)),
        record("ada", bytes::Bytes::from_static(b"nonsense")),
        record("bea", whole),
        record("bea", avro::encode(&erased(5))),
        record("ada", avro::encode(&other)),
    ];
    let types: Vec<_> = hear(Arc::new(copy.clone()), deliveries)
        .await
        .into_iter()
        .map(|disposition| match disposition {
            Disposition::DeadLetter(failure) => Some(failure.error_type),
            disposition => {
                assert_eq!(disposition, Disposition::Ack);
                None
            }
        })
        .collect();
    let (schema, validation) = (Some(ErrorType::Schema), Some(ErrorType::Validation));
    assert_eq!(types, [schema, schema, validation, validation, None]);
    for student in [ada(), "bea".parse().unwrap()] {
        assert_eq!(copy.read(&student).await.unwrap(), None);
    }
}

/// An event of the fleet that is not the copy's business.
fn evidence() -> Event {
    let header = contracts::events::EvidenceHeader {
        event_id: SeededIds::default().event_id(),
        timestamp: at(5),
        student_id: ada(),
        component: "for".parse().unwrap(),
        metadata: None,
    };
    Event::CodeReviewed(contracts::events::CodeReviewed { header, score: Score::ONE })
}

/// Somebody else writes first, so many times.
struct Contended {
    copy: MemoryCopy,
    times: AtomicU32,
}

#[async_trait]
impl ReadCopy for Contended {
    async fn read(&self, student: &StudentId) -> Result<Option<(StudentCopy, Etag)>, ReadCopyError> {
        self.copy.read(student).await
    }

    async fn write(
        &self,
        student: &StudentId,
        copy: &StudentCopy,
        expected: Option<&Etag>,
    ) -> Result<Written, ReadCopyError> {
        let before = |left: u32| left.checked_sub(1);
        if let Ok(left) = self.times.fetch_update(Ordering::SeqCst, Ordering::SeqCst, before) {
            let mut theirs =
                self.copy.read(student).await?.map_or_else(|| StudentCopy::empty(at(0)), |(held, _)| held);
            theirs.refreshed_at = at(i64::from(left));
            assert_eq!(self.copy.write(student, &theirs, expected).await?, Written::Yes);
        }
        self.copy.write(student, copy, expected).await
    }
}

#[tokio::test]
async fn who_finds_that_somebody_wrote_first_reads_again_and_gives_up_in_the_end() {
    for (times, written) in [(0, true), (1, true), (CONFLICTS_MAX - 1, true), (CONFLICTS_MAX, false)] {
        let copy = MemoryCopy::default();
        let contended = Contended { copy: copy.clone(), times: AtomicU32::new(times) };
        let dispositions = hear(Arc::new(contended), [delivery(&progress("for", 3, 1, 5))]).await;
        let held = copy.read(&ada()).await.unwrap().unwrap().0;
        assert_eq!(held.held("for").is_some(), written, "{times}");
        assert_eq!(matches!(dispositions.as_slice(), [Disposition::Hold(_)]), !written, "{dispositions:?}");
    }
}

/// Not there.
struct Away;

#[async_trait]
impl ReadCopy for Away {
    async fn read(&self, _: &StudentId) -> Result<Option<(StudentCopy, Etag)>, ReadCopyError> {
        Err(ReadCopyError("it is away in this test".to_owned()))
    }

    async fn write(
        &self,
        _: &StudentId,
        _: &StudentCopy,
        _: Option<&Etag>,
    ) -> Result<Written, ReadCopyError> {
        Err(ReadCopyError("it is away in this test".to_owned()))
    }
}

#[tokio::test]
async fn what_cannot_be_written_is_held() {
    let dispositions =
        hear(Arc::new(Away), [delivery(&progress("for", 3, 1, 5)), delivery(&erased(6))]).await;
    for disposition in dispositions {
        assert!(matches!(disposition, Disposition::Hold(_)), "{disposition:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_who_follow_at_once_lose_nothing() {
    const COMPONENTS: u64 = 12;
    let copy = MemoryCopy::default();
    let tasks = (0..COMPONENTS).map(|number| {
        let copy: Arc<dyn ReadCopy> = Arc::new(copy.clone());
        tokio::spawn(async move {
            let events = (1..=5).map(|accepted| delivery(&progress(&format!("c{number}"), 5, accepted, 1)));
            hear(copy, events).await
        })
    });
    for ended in futures::future::join_all(tasks).await {
        assert!(ended.unwrap().iter().all(|disposition| *disposition == Disposition::Ack));
    }
    let (held, _) = copy.read(&ada()).await.unwrap().unwrap();
    for number in 0..COMPONENTS {
        assert_eq!(held.held(&format!("c{number}")).unwrap().accepted_events, 5);
    }
}

fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        6 => (prop_oneof!["for", "while"], 0..=10_u32, 1..8_u64, 0..12_i64)
            .prop_map(|(component, tenths, accepted, second)| progress(&component, tenths, accepted, second)),
        1 => (0..12_i64).prop_map(erased),
    ]
}

/// Events, and the same again in another order, some of them twice.
fn deliveries() -> impl Strategy<Value = (Vec<Event>, Vec<Event>)> {
    prop::collection::vec(any_event(), 1..14).prop_flat_map(|events| {
        let count = events.len();
        let twice = subsequence(events.clone(), 0..=count);
        let other = twice.prop_flat_map({
            let events = events.clone();
            move |twice| Just([events.clone(), twice].concat()).prop_shuffle()
        });
        (Just(events), other)
    })
}

/// What the copy must come to: of what is not void, the record on the most events; of equals the later, then the higher.
fn stands(events: &[Event], component: &str) -> Option<(u64, i64, u64)> {
    let erasures = events.iter().filter_map(|event| match event {
        Event::StudentErased(event) => Some(event.timestamp.as_second()),
        _ => None,
    });
    let erased_at = erasures.max().unwrap_or(i64::MIN);
    let records = events.iter().filter_map(|event| match event {
        Event::StudentProgress(event)
            if event.component.as_str() == component && event.timestamp.as_second() > erased_at =>
        {
            let accepted = event.metadata.as_ref()?.get(ACCEPTED_EVENTS)?.parse().ok()?;
            Some((accepted, event.timestamp.as_second(), event.mastery.get().to_bits()))
        }
        _ => None,
    });
    records.max()
}

fn converge(events: &[Event], again: &[Event]) -> TestCaseResult {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (one, other) = runtime.block_on(async { (after(events).await, after(again).await) });
    prop_assert_eq!(serde_json::to_string(&one).unwrap(), serde_json::to_string(&other).unwrap());
    let copy = one.unwrap();
    for component in ["for", "while"] {
        let held = copy.held(component);
        let held = held
            .map(|held| (held.accepted_events, held.occurred_at.as_second(), held.mastery.get().to_bits()));
        prop_assert_eq!(held, stands(events, component));
    }
    Ok(())
}

proptest! {
    /// In whatever order events come, and however often: the same bytes, and the newest of what is not void.
    #[test]
    fn any_order_and_any_duplication_ends_in_the_same_copy((events, again) in deliveries()) {
        converge(&events, &again)?;
    }
}
